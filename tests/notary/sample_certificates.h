// Certificates as others might issue them, odd ones too, made with OpenSSL
// alone: nothing of notary/certificate.cc has a part in them.
#pragma once

#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sealedger::testing {

struct FreeOpenssl {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(X509_NAME* name) const { X509_NAME_free(name); }
  void operator()(X509_EXTENSION* extension) const {
    X509_EXTENSION_free(extension);
  }
};
template <typename T>
using OpensslPtr = std::unique_ptr<T, FreeOpenssl>;
using SampleKey = OpensslPtr<EVP_PKEY>;

inline void Must(bool done) {
  if (!done) throw std::runtime_error("OpenSSL made no sample");
}

inline SampleKey NewSm2() {
  SampleKey key(EVP_PKEY_Q_keygen(nullptr, nullptr, "SM2"));
  Must(key != nullptr);
  return key;
}
inline SampleKey NewP256() {
  SampleKey key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  Must(key != nullptr);
  return key;
}
inline SampleKey NewRsa(size_t bits) {
  SampleKey key(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", bits));
  Must(key != nullptr);
  return key;
}

// One relative name after the other: a NID and UTF-8.
using SampleName = std::vector<std::pair<int, std::string>>;
inline SampleName Named(const std::string& common_name) {
  return {{NID_commonName, common_name}};
}

constexpr int64_t kSampleStart = 1'700'000'000;
constexpr int64_t kSampleEnd = 1'800'000'000;

using SampleExtensions = std::vector<std::pair<int, std::string>>;
inline const SampleExtensions kCaExtensions = {
    {NID_basic_constraints, "critical,CA:TRUE"},
    {NID_key_usage, "critical,keyCertSign,cRLSign"}};
inline const SampleExtensions kSignerExtensions = {
    {NID_basic_constraints, "critical,CA:FALSE"},
    {NID_key_usage, "critical,digitalSignature"}};

struct SampleCertificate {
  SampleName subject;
  SampleName issuer;
  EVP_PKEY* key = nullptr;
  EVP_PKEY* issuer_key = nullptr;
  SampleExtensions extensions = kSignerExtensions;
  int64_t not_before_s = kSampleStart;
  int64_t not_after_s = kSampleEnd;
  int version = 3;
  const EVP_MD* digest = EVP_sm3();
  std::string_view user_id = "1234567812345678";  // of an SM2 signature
};

inline OpensslPtr<X509_NAME> NativeName(const SampleName& parts) {
  OpensslPtr<X509_NAME> name(X509_NAME_new());
  Must(name != nullptr);
  for (const auto& [nid, text] : parts) {
    Must(X509_NAME_add_entry_by_NID(
             name.get(), nid, V_ASN1_UTF8STRING,
             reinterpret_cast<const unsigned char*>(text.data()),
             static_cast<int>(text.size()), -1, 0) == 1);
  }
  return name;
}

inline std::string Spki(const EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key, &der);
  Must(size > 0);
  std::string spki(reinterpret_cast<const char*>(der),
                   static_cast<size_t>(size));
  OPENSSL_free(der);
  return spki;
}

inline void AddSampleExtensions(const SampleCertificate& sample,
                                X509* certificate) {
  for (const auto& [nid, value] : sample.extensions) {
    const OpensslPtr<X509_EXTENSION> extension(
        X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str()));
    Must(extension != nullptr);
    Must(X509_add_ext(certificate, extension.get(), -1) == 1);
  }
}

// DER.
inline std::string Made(const SampleCertificate& sample) {
  const OpensslPtr<X509> certificate(X509_new());
  X509* const x509 = certificate.get();
  Must(x509 != nullptr);
  Must(X509_set_version(x509, sample.version - 1) == 1);
  Must(ASN1_INTEGER_set(X509_get_serialNumber(x509), 0x1234) == 1);
  Must(X509_set_subject_name(x509, NativeName(sample.subject).get()) == 1);
  Must(X509_set_issuer_name(x509, NativeName(sample.issuer).get()) == 1);
  Must(ASN1_TIME_set(X509_getm_notBefore(x509), sample.not_before_s) !=
       nullptr);
  Must(ASN1_TIME_set(X509_getm_notAfter(x509), sample.not_after_s) != nullptr);
  Must(X509_set_pubkey(x509, sample.key) == 1);
  AddSampleExtensions(sample, x509);
  const OpensslPtr<EVP_MD_CTX> context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* options = nullptr;
  Must(EVP_DigestSignInit(context.get(), &options, sample.digest, nullptr,
                          sample.issuer_key) == 1);
  if (EVP_PKEY_is_a(sample.issuer_key, "SM2") == 1) {
    Must(EVP_PKEY_CTX_set1_id(options, sample.user_id.data(),
                              static_cast<int>(sample.user_id.size())) == 1);
  }
  Must(X509_sign_ctx(x509, context.get()) > 0);
  unsigned char* der = nullptr;
  const int size = i2d_X509(x509, &der);
  Must(size > 0);
  std::string bytes(reinterpret_cast<const char*>(der),
                    static_cast<size_t>(size));
  OPENSSL_free(der);
  return bytes;
}

// A key and its self-signed certificate of a CA.
struct SampleRoot {
  SampleKey key = NewSm2();
  SampleName name = Named("Root");
  std::string der = Made({.subject = name,
                          .issuer = name,
                          .key = key.get(),
                          .issuer_key = key.get(),
                          .extensions = kCaExtensions});

  // A certificate by it.
  SampleCertificate Issued(const std::string& common_name, EVP_PKEY* of) const {
    return {.subject = Named(common_name),
            .issuer = name,
            .key = of,
            .issuer_key = key.get()};
  }
};

}  // namespace sealedger::testing
