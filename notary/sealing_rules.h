// The rules of seals in use: who may sign with a seal, and when. They are a
// part of those of the register (register_rules.h), through which entries are
// folded.
//
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <string_view>

#include "notary/entry.h"
#include "notary/register_state.h"
#include "notary/state.h"

namespace sealedger::notary {

// Whether the party may sign with the seal at this time: its custodian, or one
// whom he authorised. kPermissionDenied "not-custodian".
Result<void> CheckMaySign(const SealRecord& seal, std::string_view code,
                          std::string_view party, int64_t time_ms,
                          const ReadState& read);
// Whether anybody may. kConflict "seal-not-usable", kVerificationFailed
// "seal-expired".
Result<void> CheckUsable(const SealRecord& seal, int64_t time_ms);

// Holds seal.authorized, seal.deauthorized and document.sealed to the rules and
// folds them; others are none of its business. Refusals besides those above:
//   kInvalidArgument     nothing-changed
//   kNotFound            no-such-seal no-such-authorization
//   kConflict            seal-not-live
//   kVerificationFailed  until-in-past
//   kCorruption          out-of-place: `previous` or `register` is not what
//                        Admit fills in
Result<void> FoldSealing(const Entry& entry, uint64_t index, StateFold* state);

}  // namespace sealedger::notary
