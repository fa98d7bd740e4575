// SealSigner: electronic seal signatures (GB/T 38540) with one seal, by its key
// in custody. All that does not change from one signature to the next is at
// hand: the seal's bytes and their hash states, the opened key. A signature
// costs the SM2 operation, one copy of the seal, and some microseconds.
//
// It judges nothing: whether the seal and its certificate are valid, and who
// may have the seal sign, is the caller's to have decided.
//
// Thread rule: safe for concurrent use.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "ledger/hash.h"
#include "ledger/result.h"
#include "notary/eseal.h"
#include "notary/seal_keys.h"
#include "notary/sm3_prefix.h"

namespace sealedger::notary {

struct SealSignerFacts {
  std::string code;
  std::string certificate;  // DER, of the key in custody
  // In the seconds of 1970; the last second belongs to it.
  int64_t seal_from_s = 0;
  int64_t seal_to_s = 0;
  int64_t certificate_from_s = 0;
  int64_t certificate_to_s = 0;

  bool operator==(const SealSignerFacts&) const = default;
};

struct MadeSignature {
  std::string bytes;   // SES_Signature
  ledger::Hash sm3;    // of them
  std::string stored;  // stored_signature.h
};

class SealSigner {
 public:
  // `z`: of the key (sm2_digest.h).
  SealSigner(std::string seseal, SealSignerFacts facts, const ledger::Hash& z,
             std::shared_ptr<const SealKeySigner> key);

  const std::string& seseal() const { return seseal_; }
  const SealSignerFacts& facts() const { return facts_; }

  // What SealKeySigner said, where it did not sign. CHECK-fails on what
  // SignatureRequest does not allow.
  Result<MadeSignature> Sign(const SignatureRequest& request) const;

 private:
  const std::string seseal_;
  const SealSignerFacts facts_;
  const ledger::Hash z_;
  const std::shared_ptr<const SealKeySigner> key_;
  // Over the seal, for what is signed and for what it becomes a part of.
  const Sm3Prefix prefix_;
};

// The signer of a seal of that code, whose key is looked for by the
// certificates that the seal lists. kConflict "no-key-in-custody" where there
// is none for any; kCorruption "seal-corrupt" where the file is no seal; what
// SealKeys::Open said.
Result<std::shared_ptr<const SealSigner>> MakeSealSigner(
    std::string seseal, const std::string& code, SealKeys& keys);

}  // namespace sealedger::notary
