// The full verdict list on an electronic seal signature that was made
// elsewhere, before it is entered: the checks of eseal_verify.h, and what the
// register says of the seal at the signing time.
//
// Many signatures are of few seals and signers: what was found out about a
// seal's maker, and about certificates, is kept, so that a further signature
// costs one SM2 operation.
//
// Thread rule: SignatureJudge is safe for concurrent use.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "notary/entry.h"
#include "notary/eseal_verify.h"
#include "notary/known_seals.h"
#include "notary/lru_map.h"
#include "notary/register_status.h"
#include "notary/verdict.h"

namespace sealedger::notary {

struct JudgedSignature {
  std::vector<Check> checks;  // `format` the first
  // Of the first check that keeps it out: kVerificationFailed
  //   signature-format seal-signature maker-certificate seal-validity
  //   signer-signature signer-not-listed signer-certificate data-hash-differs
  //   signature-time-stamp register-status
  std::optional<Error> refusal;
  // After it the outcome might be another: the end of what is valid now.
  int64_t good_until_ms = 0;
};

// A signature in whose bytes a known seal stands.
struct KnownSignature {
  std::string_view bytes;
  const SealSignatureFrame& frame;
  const KnownSeal& seal;
  Hash sm3;  // of the bytes
};

// The list for a signature whose seal the register does not know.
std::vector<Check> JudgeUnregistered(const SealSignature& signature,
                                     const Hash& sm3,
                                     const ProtectedDigests& protected_bytes,
                                     const SealTrust& trust, int64_t now_ms);

class SignatureJudge {
 public:
  explicit SignatureJudge(SealTrust trust);

  const SealTrust& trust() const { return trust_; }
  KnownSeals& seals() { return seals_; }

  // `chain`: the seal's entries below `size`; CHECK-fails on an empty one.
  JudgedSignature Judge(const KnownSignature& signature,
                        const ProtectedDigests& protected_bytes, int64_t now_ms,
                        std::span<const ChainEntry> chain, uint64_t size);

 private:
  class Operations;
  // When a certificate, and all that are trusted, are valid: within it, the
  // outcome of a chain does not change.
  struct Span {
    int64_t from_s = 0;
    int64_t to_s = 0;
  };
  Span SpanOf(const std::string& der);
  int64_t EndOfValidities(const KnownSignature& signature, int64_t now_ms);
  std::shared_ptr<const ReadableCertificate> Read(const std::string& der);
  CertificateFault JudgeChain(const std::string& der, int64_t at_s);
  bool IsMade(const KnownSeal& seal, std::string_view spki,
              std::string_view value);

  const SealTrust trust_;
  KnownSeals seals_;
  std::mutex mu_;
  // Guarded by mu_.
  LruMap<std::shared_ptr<const ReadableCertificate>> certificates_;  // by DER
  LruMap<bool> good_;  // by DER: judged good within its span
  LruMap<bool> made_;  // by the seal's SM3
};

}  // namespace sealedger::notary
