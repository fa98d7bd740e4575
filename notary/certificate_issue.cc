// The certificates of a seal authority of our own.
#include <openssl/bn.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <utility>

#include "ledger/check.h"
#include "ledger/encoding.h"
#include "notary/certificate.h"
#include "notary/openssl_parts.h"

namespace sealedger::notary {
namespace {

using ledger::Code;

using CertificatePtr = std::unique_ptr<X509, OpensslDeleter<X509_free>>;
using ExtensionPtr =
    std::unique_ptr<X509_EXTENSION, OpensslDeleter<X509_EXTENSION_free>>;
using NumberPtr = std::unique_ptr<BIGNUM, OpensslDeleter<BN_free>>;
using NamePtr = std::unique_ptr<X509_NAME, OpensslDeleter<X509_NAME_free>>;

constexpr size_t kSerialSize = 16;

// Positive, and always of the same size (RFC 5280 §4.1.2.2 allows 20 octets).
void SetSerial(X509* certificate) {
  std::string octets = ledger::RandomBytes(kSerialSize);
  octets[0] = static_cast<char>((octets[0] & 0x3f) | 0x40);
  const NumberPtr number(
      BN_bin2bn(Bytes(octets), static_cast<int>(octets.size()), nullptr));
  CHECK(number != nullptr);
  CHECK(BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) !=
        nullptr);
}

void AddPart(X509_NAME* name, int nid, int type, std::string_view text) {
  if (text.empty()) return;
  CHECK(ledger::IsUtf8(text));
  CHECK(X509_NAME_add_entry_by_NID(name, nid, type, Bytes(text),
                                   static_cast<int>(text.size()), -1, 0) == 1);
}

// By its type, a text may be longer than the 64 characters of RFC 5280's upper
// bound: an organization is a USCC and the unit's name behind it.
NamePtr NameOf(const CertificateNames& names) {
  CHECK(!names.common_name.empty());
  NamePtr name(X509_NAME_new());
  CHECK(name != nullptr);
  AddPart(name.get(), NID_countryName, V_ASN1_PRINTABLESTRING, "CN");
  AddPart(name.get(), NID_organizationName, V_ASN1_UTF8STRING,
          names.organization);
  AddPart(name.get(), NID_commonName, V_ASN1_UTF8STRING, names.common_name);
  return name;
}

// All of a certificate but issuer, extensions and signature.
CertificatePtr NewCertificate(std::string_view spki,
                              const CertificateNames& names,
                              const Validity& validity) {
  CHECK(validity.not_before_s <= validity.not_after_s);
  CertificatePtr certificate(X509_new());
  CHECK(certificate != nullptr);
  CHECK(X509_set_version(certificate.get(), X509_VERSION_3) == 1);
  SetSerial(certificate.get());
  CHECK(X509_set_subject_name(certificate.get(), NameOf(names).get()) == 1);
  CHECK(ASN1_TIME_set(X509_getm_notBefore(certificate.get()),
                      validity.not_before_s) != nullptr);
  CHECK(ASN1_TIME_set(X509_getm_notAfter(certificate.get()),
                      validity.not_after_s) != nullptr);
  const unsigned char* at = Bytes(spki);
  const EvpKeyPtr key(d2i_PUBKEY(nullptr, &at, static_cast<long>(spki.size())));
  CHECK(key != nullptr);
  CHECK(X509_set_pubkey(certificate.get(), key.get()) == 1);
  return certificate;
}

void AddExtension(X509* certificate, X509* issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509V3_set_ctx_nodb(&context);
  const ExtensionPtr extension(
      X509V3_EXT_conf_nid(nullptr, &context, nid, value));
  CHECK(extension != nullptr);
  CHECK(X509_add_ext(certificate, extension.get(), -1) == 1);
}

void AddSignerExtensions(X509* certificate, X509* issuer) {
  AddExtension(certificate, issuer, NID_basic_constraints, "critical,CA:FALSE");
  AddExtension(certificate, issuer, NID_key_usage,
               "critical,digitalSignature,nonRepudiation");
  AddExtension(certificate, issuer, NID_subject_key_identifier, "hash");
  // It names the issuer's key by the identifier that the issuer gives it.
  if (X509_get_ext_by_NID(issuer, NID_subject_key_identifier, -1) >= 0) {
    AddExtension(certificate, issuer, NID_authority_key_identifier, "keyid");
  }
}

std::string Signed(X509* certificate, const Sm2Key& key) {
  const DigestContextPtr context =
      Sm2Context<EVP_DigestSignInit>(key.native().key.get());
  CHECK(context != nullptr);
  CHECK(X509_sign_ctx(certificate, context.get()) > 0);
  std::string der = Encoded<i2d_X509>(certificate);
  CHECK(!der.empty());
  return der;
}

}  // namespace

std::string MakeRootCertificate(const Sm2Key& key,
                                const CertificateNames& names,
                                const Validity& validity) {
  const ErrorMark mark;
  const CertificatePtr certificate =
      NewCertificate(key.spki(), names, validity);
  X509* const root = certificate.get();
  CHECK(X509_set_issuer_name(root, X509_get_subject_name(root)) == 1);
  AddExtension(root, root, NID_basic_constraints, "critical,CA:TRUE");
  AddExtension(root, root, NID_key_usage, "critical,keyCertSign,cRLSign");
  AddExtension(root, root, NID_subject_key_identifier, "hash");
  return Signed(root, key);
}

Result<std::string> IssueCertificate(std::string_view spki,
                                     const CertificateNames& names,
                                     const Validity& validity,
                                     std::string_view issuer,
                                     const Sm2Key& issuer_key) {
  const ErrorMark mark;
  const Result<CertificateFacts> facts = ReadCertificate(issuer);
  if (!facts) return facts.error();
  // What it issued would be refused by everybody.
  if (!facts->is_ca || facts->spki != issuer_key.spki()) {
    return ledger::MakeError(
        Code::kMalformed, "bad-certificate",
        "the issuer's certificate is not of a CA with this key");
  }
  if (!IsSm2Key(spki)) {
    return ledger::MakeError(Code::kMalformed, "bad-key",
                             "the key to be certified is no SM2 key");
  }
  const unsigned char* at = Bytes(issuer);
  const CertificatePtr above(
      d2i_X509(nullptr, &at, static_cast<long>(issuer.size())));
  CHECK(above != nullptr);
  const CertificatePtr certificate = NewCertificate(spki, names, validity);
  X509* const leaf = certificate.get();
  CHECK(X509_set_issuer_name(leaf, X509_get_subject_name(above.get())) == 1);
  AddSignerExtensions(leaf, above.get());
  return Signed(leaf, issuer_key);
}

}  // namespace sealedger::notary
