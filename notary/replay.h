// Replay: folds the whole ledger anew and compares with what is stored: the
// state and the rows of the register byte for byte, the other indexes key for
// key, and every entry's own form and references. Entries of the register are
// held to the rules that they were admitted by.
//
// Memory is bounded whatever the ledger's size: state and rows are folded into
// a scratch store, and keys without values are compared by sums (key_sums.h),
// which name the entries among which they differ and not the key.
//
// Thread rule: one thread; nobody writes the stores meanwhile.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "ledger/fsck.h"
#include "ledger/store.h"

namespace sealedger::notary {

struct ReplayReport {
  ledger::FsckReport ledger;
  uint64_t state_keys = 0;
  uint64_t index_keys = 0;  // with those of rows
  // Beyond those of `ledger`.
  std::vector<std::string> problems;
};

// `views` may be null: then indexes are not compared. Indexes are compared up
// to the size that they were folded to. `scratch` is empty, and worth nothing
// afterwards.
ledger::Result<ReplayReport> Replay(
    ledger::Store& ledger, ledger::Store* views, ledger::Store& scratch,
    const std::function<void(uint64_t done, uint64_t total)>& on_progress);

}  // namespace sealedger::notary
