// What an entry stands on in the register: the entries that it names, and those
// before each of them about the same subject, down to the first. `previous`
// leaves no room for an omission below the newest entry that is named; that
// nothing came later nobody can check offline.
//
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "ledger/result.h"
#include "notary/entry.h"

namespace sealedger::notary {

// Whether the entry names others of the register than the one before it:
// seal.issued does, its application's approval and its organisation, and
// document.sealed, its seal's newest entry.
bool StandsOnRegister(const Entry& entry);

// The seal that an entry of the register is about (seal.*); empty: none.
std::string_view SealCodeOf(const Entry& entry);

// The entries that this one leads to: those that it names, and the one before
// it about the same subject.
std::vector<uint64_t> RegisterLinks(const Entry& entry);

struct RegisterFault {
  uint64_t index = 0;
  Error error;  // as FoldRegister (register_rules.h) gives it
};

// Holds these entries, by their index and from the first on, to the rules that
// their commits were held to. What they do not tell (other seals of the
// organisation, say) is taken as not being there. The first that breaks a rule.
std::optional<RegisterFault> FindRegisterFault(
    const std::map<uint64_t, const Entry*>& entries);

}  // namespace sealedger::notary
