// State: what Admit decides on, a fold over the entries, written in the same
// commit as they are. Keys and values: notary/FORMAT.md.
//
//   sparty/acme  {"entry":7,"role":"platform"}  newest party entry
//   schain/41    {"tail":97}                    newest link of a chain
//   serased/12   {"entry":99}                   its disclosure.erased
//
// FoldEntry is all there is: a commit and a replay of the ledger go through it
// alike, so that both give the same bytes.
//
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/sequencer.h"
#include "notary/entry.h"

namespace sealedger::notary {

inline constexpr std::string_view kStatePrefix = "s";

std::string PartyStateKey(std::string_view id);
std::string ChainStateKey(uint64_t root);
std::string ErasedStateKey(uint64_t index);

struct PartyState {
  uint64_t entry = 0;  // newest party.* entry
  Role role = Role::kApplicant;
  bool signed_only = false;
};

// Where state is read: the store as it is, or the view of a commit.
using ReadState =
    std::function<Result<std::optional<std::string>>(std::string_view key)>;

// nullopt: no such party, no link yet, not erased.
Result<std::optional<PartyState>> ReadPartyState(const ReadState& read,
                                                 std::string_view id);
Result<std::optional<uint64_t>> ReadChainTail(const ReadState& read,
                                              uint64_t root);
Result<std::optional<uint64_t>> ReadErasure(const ReadState& read,
                                            uint64_t index);

// Appends what the entry at `index` changes.
void FoldEntry(const Entry& entry, uint64_t index,
               std::vector<ledger::KeyWrite>* writes);

}  // namespace sealedger::notary
