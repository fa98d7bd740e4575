// The checks of a seal or a seal signature (verdict.h), as a stranger makes
// them offline:
//
//   format             strict DER of a known shape
//   seal_signature     the maker over the seal info
//   maker_certificate  chain, use and validity at the seal's creation
//   seal_validity      at the signing time; of a seal alone: at `at`
//   signature          the signer over the whole TBS
//   signer_listed      his certificate is in the seal, or its digest
//   signer_certificate chain, use and validity at the signing time
//   data_hash          SM3 of the protected bytes, where it is given
//   time_stamp         the token over the signature value, where there is one
//   register_status    never offline: `not_checked`
//
// A seal file has no checks of a signature. Required: all but
// `register_status`; `data_hash` where the bytes or their SM3 are given;
// `time_stamp` where an authority is given and the token is not signed with
// SM2. Nobody's revocations are asked for.
//
// Warnings of the format and vendors' habits stand in the evidence of the check
// that they belong to, under "warnings": words that seal_sentences.h spells
// out.
//
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/hash.h"
#include "notary/eseal.h"
#include "notary/seal_operations.h"
#include "notary/verdict.h"

namespace sealedger::notary {

struct SealTrust {
  std::vector<std::string> seal_cas;  // DER
  std::vector<std::string> tsa_cas;   // DER
};

// A moment at which a seal is judged, and whose word it is: "stated" in the
// signature, "asked" about by the verifier, "entered" in the ledger, "stamped"
// by a time stamp authority. Where there are several, all must pass.
struct SigningMoment {
  int64_t at_ms = 0;
  std::string_view from = "asked";
  // It is somewhere in [at_ms, at_ms + span_ms]: signatures tell seconds.
  int64_t span_ms = 0;

  bool operator==(const SigningMoment&) const = default;
};
inline constexpr int64_t kSecondMs = 1000;
inline constexpr std::string_view kStatedMoment = "stated";
inline constexpr std::string_view kEnteredMoment = "entered";
inline constexpr std::string_view kStampedMoment = "stamped";

struct SealQuestion {
  // The moment that is judged. Absent: `moments`; where there are none, of a
  // signature its claimed time, of a seal now (the caller gives it).
  std::optional<int64_t> at_s{};
  std::vector<SigningMoment> moments{};
  // A claimed time beyond it is refused, whatever the moments.
  std::optional<int64_t> latest_claim_s{};
  // What the signature is over: the bytes, or their SM3 alone.
  std::optional<std::string> protected_bytes{};
  std::optional<ledger::Hash> protected_sm3{};
  // That may stand between those in the file and the trusted ones (DER).
  std::vector<std::string> certificates{};
};

// Reads and checks; a file that is no seal fails `format` and has no further
// checks. The verdict claims the time that a signature states, and ends at that
// of a time stamp that passed.
Verdict VerifySealFile(std::string_view bytes, const SealTrust& trust,
                       const SealQuestion& question, int64_t now_s);

// Of what is decoded already: without `format`.
std::vector<Check> CheckSeal(const Seal& seal, const SealTrust& trust,
                             int64_t at_s,
                             const std::vector<std::string>& certificates = {});
std::vector<Check> CheckSealSignature(const SealSignature& signature,
                                      const SealTrust& trust,
                                      const SealQuestion& question);
// The same where the seal is known already, or operations are kept.
struct SignatureParts {
  const SealSignatureFrame& frame;
  const Seal& seal;
  const SealOperations& operations;
};
std::vector<Check> CheckSignatureParts(const SignatureParts& parts,
                                       const SealTrust& trust,
                                       const SealQuestion& question);

// The check `format` of a signature: `sm3` is that of the whole of it; or why
// it cannot be read.
Check WellFormedSignature(const SealSignatureFrame& frame, const Seal& seal,
                          const ledger::Hash& sm3);
Check MalformedSignature(const ledger::Error& error);

// FormatTime of a second that stands in a seal; "before 1970", which FormatTime
// does not take, is such a word.
std::string SealTimeText(int64_t unix_s);

}  // namespace sealedger::notary
