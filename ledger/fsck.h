// fsck: reads a ledger whole and hashes everything again. It finds what no
// opening looks for: a changed entry far from the end, a tile that does not
// agree with its entries, keys that should not be there.
//
// Thread rule: one thread; nobody writes the store meanwhile.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/checkpoint.h"
#include "ledger/result.h"
#include "ledger/store.h"

namespace sealedger::ledger {

struct FsckReport {
  TreeHead head;                      // as computed from the entries
  uint64_t tiles = 0;                 // full tiles compared
  std::vector<std::string> problems;  // one sentence each; empty: clean
};

struct FsckHooks {
  // Every entry in order, for whoever folds them again. May be null.
  std::function<void(uint64_t index, std::string_view entry)> on_entry;
  // Now and then. May be null.
  std::function<void(uint64_t done, uint64_t total)> on_progress;
};

// Problems are what the ledger has; an Error is what kept fsck from looking
// (kIo, kCorruption from the store).
Result<FsckReport> Fsck(Store& store, const FsckHooks& hooks = {});

}  // namespace sealedger::ledger
