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
//   data_hash          SM3 of the protected bytes, where they are given
//   time_stamp         the token over the signature value, where there is one
//   register_status    never offline: `not_checked`
//
// A seal file has no checks of a signature. Required: all but
// `register_status`; `data_hash` where the bytes are given; `time_stamp` where
// an authority is given and the token is not signed with SM2. Nobody's
// revocations are asked for.
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

#include "notary/eseal.h"
#include "notary/verdict.h"

namespace sealedger::notary {

struct SealTrust {
  std::vector<std::string> seal_cas;  // DER
  std::vector<std::string> tsa_cas;   // DER
};

struct SealQuestion {
  // The moment that is judged. Absent: of a signature its claimed time, of a
  // seal now (the caller gives it).
  std::optional<int64_t> at_s;
  std::optional<std::string> protected_bytes;
};

// Reads and checks; a file that is no seal fails `format` and has no further
// checks. The verdict claims the time that a signature states, and ends at that
// of a time stamp that passed.
Verdict VerifySealFile(std::string_view bytes, const SealTrust& trust,
                       const SealQuestion& question, int64_t now_s);

// Of what is decoded already: without `format`.
std::vector<Check> CheckSeal(const Seal& seal, const SealTrust& trust,
                             int64_t at_s);
std::vector<Check> CheckSealSignature(const SealSignature& signature,
                                      const SealTrust& trust,
                                      const SealQuestion& question);

// FormatTime of a second that stands in a seal; "before 1970", which FormatTime
// does not take, is such a word.
std::string SealTimeText(int64_t unix_s);

}  // namespace sealedger::notary
