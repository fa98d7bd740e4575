// The ways in which checks of seals come out, each with a word of its own, and
// the odd things that are noted beside them.
//
// Thread rule: pure functions.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "notary/verdict.h"

namespace sealedger::notary {

using SealEvidence = std::map<std::string, std::string>;

// Every way in which a check of eseal_verify.h comes out for a file: it gives
// no other.
std::span<const KnownReason> KnownSealReasons();
// The further ones of signatures that are, or were, entered in a ledger
// (verify_sealed.h, signature_judge.h).
std::span<const KnownReason> KnownSealedReasons();

// CHECK-fails on what is in neither table.
Check ConcludeSealCheck(std::string_view id, std::string_view reason,
                        SealEvidence evidence, bool required = true);

// A word more in `warnings`, which joins them by ", ".
void AddSealWarning(SealEvidence* evidence, std::string_view word);

}  // namespace sealedger::notary
