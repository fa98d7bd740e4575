// State: what Admit decides on, a fold over the entries, written in the same
// commit as they are. Keys and values: notary/FORMAT.md.
//
//   sparty/acme  {"entry":7,"role":"platform"}  newest party entry
//   schain/41    {"tail":97}                    newest link of a chain
//   serased/12   {"entry":99}                   its disclosure.erased
//
// Those of the register are in register_state.h.
//
// FoldEntry is all there is: a commit and a replay of the ledger go through it
// alike, so that both give the same bytes.
//
// Thread rule: pure functions; a StateFold serves one thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
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

// State under what is being folded into it.
class StateFold {
 public:
  explicit StateFold(ReadState read) : read_(std::move(read)) {}

  // As the folds so far leave it.
  Result<std::optional<std::string>> Get(std::string_view key) const;
  void Put(std::string key, std::string value);
  void Delete(std::string key);
  // What changed, in the order of the keys; nothing is left in the fold.
  std::vector<ledger::KeyWrite> Take();

 private:
  ReadState read_;
  std::map<std::string, std::optional<std::string>, std::less<>> changed_;
};

// What the entry at `index` changes. Entries of the register are held to its
// rules: an error means that the entry does not follow from the ones before it
// (register_state.h), or what reading the state said; the fold is then of no
// more use.
Result<void> FoldEntry(const Entry& entry, uint64_t index, StateFold* state);

// For the records of state, here and in register_state.cc: the value under a
// key, parsed; nullopt where there is none. kCorruption "state-corrupt".
Result<std::optional<Json>> ReadStateValue(const ReadState& read,
                                           std::string_view key);
Error CorruptState(std::string_view key);

}  // namespace sealedger::notary
