#include "notary/certificate.h"

#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <utility>

#include "ledger/check.h"
#include "ledger/encoding.h"
#include "notary/openssl_parts.h"

namespace sealedger::notary {
namespace {

using ledger::Code;
using ledger::Error;

using CertificatePtr = std::unique_ptr<X509, OpensslDeleter<X509_free>>;
using StorePtr = std::unique_ptr<X509_STORE, OpensslDeleter<X509_STORE_free>>;
using StoreContextPtr =
    std::unique_ptr<X509_STORE_CTX, OpensslDeleter<X509_STORE_CTX_free>>;

// A macro of functions behind a name of its own.
void FreeStack(STACK_OF(X509) * stack) { sk_X509_pop_free(stack, X509_free); }
using StackPtr = std::unique_ptr<STACK_OF(X509), OpensslDeleter<FreeStack>>;

constexpr size_t kMaxPem = 1 << 20;
constexpr size_t kPemLine = 64;
// Issuers between a leaf and a trusted one.
constexpr int kMaxIntermediates = 8;
// OpenSSL's: 112 bits, so no MD5, SHA-1 or RSA below 2,048 bits in a chain.
constexpr int kSecurityLevel = 2;

Error BadCertificate(std::string_view detail) {
  return ledger::MakeError(Code::kMalformed, "bad-certificate", detail);
}

std::string SpkiOf(const X509* certificate) {
  return Encoded<i2d_X509_PUBKEY>(X509_get_X509_PUBKEY(certificate));
}

// An SM2 signature in a certificate is made under the user ID; OpenSSL would
// take the empty one. With others' signatures it would refuse to have any.
void SetUserId(X509* certificate) {
  if (X509_get_signature_nid(certificate) != NID_SM2_with_SM3) return;
  ASN1_OCTET_STRING* id = ASN1_OCTET_STRING_new();
  CHECK(id != nullptr);
  CHECK(ASN1_OCTET_STRING_set(id, Bytes(kSm2UserId),
                              static_cast<int>(kSm2UserId.size())) == 1);
  X509_set0_distinguishing_id(certificate, id);
}

// nullptr for all but one certificate in DER, to the last octet.
CertificatePtr Decode(std::string_view der) {
  if (der.size() > kMaxCertificate) return nullptr;
  const unsigned char* at = Bytes(der);
  CertificatePtr certificate(
      d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  if (certificate == nullptr || Encoded<i2d_X509>(certificate.get()) != der) {
    return nullptr;
  }
  SetUserId(certificate.get());
  return certificate;
}

std::optional<int64_t> SecondsOf(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return std::nullopt;
  return timegm(&parts);
}

std::optional<std::string> LineOf(const X509_NAME* name) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  CHECK(bio != nullptr);
  // As UTF-8, not with an escape for each of its octets.
  if (X509_NAME_print_ex(bio.get(), name, 0,
                         XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) < 0) {
    return std::nullopt;
  }
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  std::string line(text, static_cast<size_t>(size));
  if (!ledger::IsUtf8(line)) return std::nullopt;
  return line;
}

// The last one of its kind, which RFC 2253 prints first; empty where there is
// none.
std::optional<std::string> PartOf(const X509_NAME* name, int nid) {
  int last = -1;
  for (int i = -1; (i = X509_NAME_get_index_by_NID(name, nid, i)) >= 0;) {
    last = i;
  }
  if (last < 0) return "";
  unsigned char* text = nullptr;
  const int size = ASN1_STRING_to_UTF8(
      &text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, last)));
  if (size < 0) return std::nullopt;
  std::string part(reinterpret_cast<const char*>(text),
                   static_cast<size_t>(size));
  OPENSSL_free(text);
  return part;
}

std::string SerialOf(const X509* certificate) {
  const ASN1_INTEGER* serial = X509_get0_serialNumber(certificate);
  const std::string hex = ledger::EncodeHex(
      {reinterpret_cast<const char*>(ASN1_STRING_get0_data(serial)),
       static_cast<size_t>(ASN1_STRING_length(serial))});
  return ASN1_STRING_type(serial) == V_ASN1_NEG_INTEGER ? "-" + hex : hex;
}

// A real signer has an alternative name that is none, and yet a name and a key
// to be shown. Such a certificate may do nothing: OpenSSL gives it no key
// usage, takes it for no CA and finds no chain through it.
bool HasReadableExtensions(X509* certificate) {
  return X509_check_purpose(certificate, -1, 0) == 1;
}

// Key usage is ours to check: OpenSSL without a purpose passes a certificate
// for encryption.
bool MaySign(X509* certificate) {
  // All bits are set where there is no such extension.
  return (X509_get_key_usage(certificate) &
          (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)) != 0;
}

bool IsCa(X509* certificate) { return X509_check_ca(certificate) == 1; }

// Who may stand above others in a chain: a CA by its basic constraints, whose
// key usage, if it has one, includes keyCertSign; or a root of X.509 version 1,
// which can say neither and is a root because the caller trusts it. What
// OpenSSL passes besides (a certificate of version 3 without basic constraints)
// is no issuer (RFC 5280 §6.1.4 (k)), trusted or not.
bool MayIssue(X509* certificate) {
  constexpr int kSelfSignedVersion1 = 3;
  return IsCa(certificate) || X509_check_ca(certificate) == kSelfSignedVersion1;
}

CertificateFault FaultOf(int error) {
  switch (error) {
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return CertificateFault::kNotYetValid;
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return CertificateFault::kExpired;
    case X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD:
    case X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD:
      return CertificateFault::kMalformed;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_CHAIN_TOO_LONG:
    case X509_V_ERR_CERT_UNTRUSTED:
      return CertificateFault::kUnknownIssuer;
    case X509_V_ERR_INVALID_CA:
    case X509_V_ERR_KEYUSAGE_NO_CERTSIGN:
    case X509_V_ERR_PATH_LENGTH_EXCEEDED:
    case X509_V_ERR_INVALID_PURPOSE:
    case X509_V_ERR_CERT_REJECTED:
    case X509_V_ERR_PROXY_CERTIFICATES_NOT_ALLOWED:
    // A restriction that we cannot weigh, or one that it does not keep.
    case X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION:
    case X509_V_ERR_PERMITTED_VIOLATION:
    case X509_V_ERR_EXCLUDED_VIOLATION:
      return CertificateFault::kWrongUse;
    case X509_V_ERR_EC_KEY_EXPLICIT_PARAMS:
      return CertificateFault::kWrongCurve;
    default:  // weak algorithms too
      return CertificateFault::kWrongSignature;
  }
}

// A certificate is valid through notAfter, inclusive (RFC 5280 §4.1.2.5), where
// OpenSSL has it expired in that second.
int PassLastSecond(int passed, X509_STORE_CTX* context) {
  if (passed == 1 ||
      X509_STORE_CTX_get_error(context) != X509_V_ERR_CERT_HAS_EXPIRED) {
    return passed;
  }
  const std::optional<int64_t> last =
      SecondsOf(X509_get0_notAfter(X509_STORE_CTX_get_current_cert(context)));
  return last == X509_VERIFY_PARAM_get_time(X509_STORE_CTX_get0_param(context))
             ? 1
             : 0;
}

// Of a chain that OpenSSL passed, leaf first: what it does not look at.
CertificateFault JudgeIssuers(const STACK_OF(X509) * chain) {
  for (int i = 1; i < sk_X509_num(chain); ++i) {
    X509* const issuer = sk_X509_value(chain, i);
    if (!MayIssue(issuer)) return CertificateFault::kWrongUse;
    const X509* const issued = sk_X509_value(chain, i - 1);
    if (X509_get_signature_nid(issued) == NID_SM2_with_SM3 &&
        !IsSm2Key(SpkiOf(issuer))) {
      return CertificateFault::kWrongCurve;
    }
  }
  return CertificateFault::kNone;
}

// What cannot be read can be no link of a chain, and is left out.
StorePtr StoreOf(std::span<const std::string> trusted) {
  StorePtr store(X509_STORE_new());
  CHECK(store != nullptr);
  for (const std::string& der : trusted) {
    const CertificatePtr certificate = Decode(der);
    if (certificate == nullptr) continue;
    CHECK(X509_STORE_add_cert(store.get(), certificate.get()) == 1);
  }
  return store;
}

StackPtr StackOf(std::span<const std::string> others) {
  StackPtr stack(sk_X509_new_null());
  CHECK(stack != nullptr);
  for (const std::string& der : others) {
    CertificatePtr certificate = Decode(der);
    if (certificate == nullptr) continue;
    CHECK(sk_X509_push(stack.get(), certificate.get()) > 0);
    static_cast<void>(certificate.release());
  }
  return stack;
}

CertificateFault JudgeChain(X509* leaf, std::span<const std::string> trusted,
                            std::span<const std::string> others, int64_t at_s) {
  const StorePtr store = StoreOf(trusted);
  const StackPtr untrusted = StackOf(others);
  const StoreContextPtr context(X509_STORE_CTX_new());
  CHECK(context != nullptr);
  CHECK(X509_STORE_CTX_init(context.get(), store.get(), leaf,
                            untrusted.get()) == 1);
  X509_VERIFY_PARAM* const rules = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_time(rules, at_s);
  X509_VERIFY_PARAM_set_depth(rules, kMaxIntermediates);
  X509_VERIFY_PARAM_set_auth_level(rules, kSecurityLevel);
  // A chain may end in any of the trusted, not in roots only.
  CHECK(X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_PARTIAL_CHAIN) == 1);
  X509_STORE_CTX_set_verify_cb(context.get(), PassLastSecond);
  if (X509_verify_cert(context.get()) != 1) {
    return FaultOf(X509_STORE_CTX_get_error(context.get()));
  }
  return JudgeIssuers(X509_STORE_CTX_get0_chain(context.get()));
}

}  // namespace

Result<CertificateFacts> ReadCertificate(std::string_view der) {
  const ErrorMark mark;
  const CertificatePtr certificate = Decode(der);
  if (certificate == nullptr) {
    return BadCertificate("not one X.509 certificate in DER");
  }
  X509* const x509 = certificate.get();
  const X509_NAME* const subject = X509_get_subject_name(x509);
  const auto line = LineOf(subject);
  const auto common_name = PartOf(subject, NID_commonName);
  const auto organization = PartOf(subject, NID_organizationName);
  const auto issuer = LineOf(X509_get_issuer_name(x509));
  const auto not_before_s = SecondsOf(X509_get0_notBefore(x509));
  const auto not_after_s = SecondsOf(X509_get0_notAfter(x509));
  if (!line || !common_name || !organization || !issuer) {
    return BadCertificate("the certificate has a name that is no text");
  }
  if (!not_before_s || !not_after_s) {
    return BadCertificate("the certificate has a time that does not exist");
  }
  CertificateFacts facts;
  facts.spki = SpkiOf(x509);
  facts.subject = *line;
  facts.common_name = *common_name;
  facts.organization = *organization;
  facts.issuer = *issuer;
  facts.serial = SerialOf(x509);
  facts.not_before_s = *not_before_s;
  facts.not_after_s = *not_after_s;
  facts.is_ca = IsCa(x509);
  facts.may_sign = MaySign(x509);
  return facts;
}

Result<std::vector<std::string>> ReadCertificatesPem(std::string_view pem) {
  const Error none = BadCertificate("no certificate in PEM");
  if (pem.size() > kMaxPem) return none;
  const ErrorMark mark;
  const BioPtr bio = MemoryBio(pem);
  if (bio == nullptr) return none;
  std::vector<std::string> certificates;
  for (;;) {
    PemBlock block;
    if (!block.Read(bio.get())) break;
    if (block.label() != PEM_STRING_X509) continue;
    if (block.has_headers()) return BadCertificate("a certificate has headers");
    const Result<CertificateFacts> facts = ReadCertificate(block.der());
    if (!facts) return facts.error();
    certificates.emplace_back(block.der());
  }
  // Reading ends where nothing more begins, or in a block that is none.
  if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) {
    return BadCertificate("a block of PEM is malformed");
  }
  if (certificates.empty()) return none;
  return certificates;
}

std::string CertificatePem(std::string_view der) {
  const std::string text = ledger::EncodeBase64(der);
  std::string pem = "-----BEGIN CERTIFICATE-----\n";
  for (size_t i = 0; i < text.size(); i += kPemLine) {
    pem += text.substr(i, kPemLine) + "\n";
  }
  return pem + "-----END CERTIFICATE-----\n";
}

CertificateFault JudgeCertificate(std::string_view der,
                                  std::span<const std::string> trusted,
                                  std::span<const std::string> others,
                                  int64_t at_s, bool sm2_only) {
  const ErrorMark mark;
  const CertificatePtr leaf = Decode(der);
  if (leaf == nullptr || !HasReadableExtensions(leaf.get())) {
    return CertificateFault::kMalformed;
  }
  if (sm2_only && !IsSm2Key(SpkiOf(leaf.get()))) {
    return CertificateFault::kWrongCurve;
  }
  if (!MaySign(leaf.get())) return CertificateFault::kWrongUse;
  return JudgeChain(leaf.get(), trusted, others, at_s);
}

}  // namespace sealedger::notary
