// X.509 certificates of seal makers and signers: read, judged, and, for a seal
// authority of our own, issued. SM2 signatures in them are verified under the
// user ID of sm2.h.
//
// Thread rule: values; functions are safe for concurrent use.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/hash.h"
#include "ledger/result.h"
#include "notary/sm2.h"

namespace sealedger::notary {

inline constexpr size_t kMaxCertificate = 64 << 10;

struct CertificateFacts {
  std::string spki;          // DER
  std::string subject;       // one line of UTF-8, RFC 2253: "CN=…,O=…,C=CN"
  std::string common_name;   // empty where it has none
  std::string organization;  // likewise
  std::string issuer;
  std::string serial;  // lower-case hex
  int64_t not_before_s = 0;
  int64_t not_after_s = 0;
  bool is_ca = false;
  // digitalSignature or nonRepudiation, or no key usage extension at all.
  bool may_sign = false;
};
// One DER certificate with nothing after it. kMalformed "bad-certificate".
Result<CertificateFacts> ReadCertificate(std::string_view der);

// DER of each CERTIFICATE block; other blocks (keys) are passed over.
// kMalformed "bad-certificate" where there is none, or one is malformed.
Result<std::vector<std::string>> ReadCertificatesPem(std::string_view pem);
std::string CertificatePem(std::string_view der);

enum class CertificateFault {
  kNone,
  kMalformed,
  kNotYetValid,  // at the time asked about, it or one of its issuers
  kExpired,
  kUnknownIssuer,  // no chain to one of the trusted
  kWrongSignature,
  kWrongUse,    // it may not sign, or an issuer is no CA
  kWrongCurve,  // its key is no SM2 key on the named curve
};
// How the certificate stands under these trusted ones (DER, roots or not), at
// `at_s`. `others` may be used between them. With `sm2_only` the leaf's key
// must be an SM2 key.
CertificateFault JudgeCertificate(std::string_view der,
                                  std::span<const std::string> trusted,
                                  std::span<const std::string> others,
                                  int64_t at_s, bool sm2_only = true);

// UTF-8; the common name is not empty.
struct CertificateNames {
  std::string common_name;
  std::string organization;
};
struct Validity {
  int64_t not_before_s = 0;
  int64_t not_after_s = 0;
};
// DER; random serial; SM2-with-SM3.
std::string MakeRootCertificate(const Sm2Key& key,
                                const CertificateNames& names,
                                const Validity& validity);
// For signing: key usage digitalSignature and nonRepudiation, critical.
// kMalformed "bad-certificate" where `issuer` (DER) cannot be read or is of no
// CA with this key, "bad-key" where `spki` is of no SM2 key.
Result<std::string> IssueCertificate(std::string_view spki,
                                     const CertificateNames& names,
                                     const Validity& validity,
                                     std::string_view issuer,
                                     const Sm2Key& issuer_key);

}  // namespace sealedger::notary
