// The ways in which the checks of a bundle come out, each with a word of its
// own.
//
// Thread rule: pure functions.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "notary/verdict.h"

namespace sealedger::notary {

// Every way in which a check of VerifyBundle (verify.h) comes out: it gives no
// other.
std::span<const KnownReason> KnownReasons();

// CHECK-fails on what is not in the table.
Check ConcludeBundleCheck(std::string_view id, std::string_view reason,
                          std::map<std::string, std::string> evidence);

}  // namespace sealedger::notary
