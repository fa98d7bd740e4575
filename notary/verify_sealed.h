// The checks of a bundle whose subject is about a seal's file: document.sealed,
// and seal.issued. What entries alone tell (register_chain) is verify.cc's.
//
//   document.sealed   register_status custody seal_signature maker_certificate
//                     seal_validity signature signer_listed signer_certificate
//                     data_hash time_stamp signed_checkpoint
//   seal.issued       seal_signature maker_certificate
//
// Where the bundle has no bytes, what needs them is `not_checked`,
// "bytes_withheld". Required: all but `time_stamp` without an authority,
// `signed_checkpoint`, and the certificates where no seal authority is trusted
// and the bundle brings none of its own.
//
// The signing time: of a signature made here the entry's `time`. Of one made
// elsewhere the time of a token that a trusted authority signed; else both the
// claimed time and `time`, where a claimed time that lies up to 8 hours after
// `time` counts as `time` (local time written with a Z).
//
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "ledger/checkpoint.h"
#include "notary/bundle.h"
#include "notary/entry.h"
#include "notary/eseal_verify.h"
#include "notary/register_status.h"
#include "notary/verdict.h"

namespace sealedger::notary {

inline constexpr int64_t kLatestClaimMs = int64_t{8} * 3600 * 1000;

// The moments by which a signature is judged that was entered at `entered_ms`.
// Empty where it states no time and bears no token.
std::vector<SigningMoment> SigningMomentsOf(
    bool made_here, int64_t entered_ms, std::optional<int64_t> claimed_ms,
    const std::optional<int64_t>& stamped_ms);
// Of the token in the signature, where it is good under the trusted
// authorities.
std::optional<int64_t> StampedTime(const SealSignatureFrame& signature,
                                   const SealTrust& trust);
// How a signature is asked about that is entered, or was, at `entered_ms`.
SealQuestion QuestionOf(const SealSignatureFrame& signature, bool made_here,
                        int64_t entered_ms,
                        const ProtectedDigests& protected_bytes,
                        const SealTrust& trust);

struct SealedSubject {
  const Bundle& bundle;
  const Entry& entry;
  const SealTrust& trust;
  // The seal's entries from seal.issued on; empty where `register_chain` does
  // not pass.
  std::vector<ChainEntry> chain;
  // Absent where it was not read.
  std::optional<ledger::Checkpoint> checkpoint;
};

struct SealedVerdict {
  std::vector<Check> checks;
  std::vector<IntervalEnd> ends;
  std::vector<Claim> claims;
};

// The subject is a document.sealed or a seal.issued.
SealedVerdict CheckSealedSubject(const SealedSubject& subject);

}  // namespace sealedger::notary
