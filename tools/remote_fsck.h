// A ledger checked from outside, over what anybody may fetch: checkpoint,
// tiles and entry bundles. Every leaf hash is made from its entry, every tile
// from the leaf hashes, and the root from those.
//
// Thread rule: one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ledger/checkpoint.h"
#include "ledger/result.h"

namespace sealedger::tools {

// Gives the content of "checkpoint", "tile/0/x001/234.p/5", …
using FetchPath =
    std::function<ledger::Result<std::string>(const std::string& path)>;

struct RemoteFsckReport {
  ledger::TreeHead head;              // of the checkpoint
  uint64_t tiles = 0;                 // compared, of every width
  std::vector<std::string> problems;  // one sentence each; empty: clean
};

// Reads the whole tree of `checkpoint`, and each partial tile of its size at
// every width up to its own. Problems are what the ledger serves wrongly, what
// it does not serve (kNotFound) among it; an Error is what kept us from
// looking. Ends early after 100 problems. Memory: a tile for each level.
ledger::Result<RemoteFsckReport> RemoteFsck(
    const ledger::VerifiedCheckpoint& checkpoint, const FetchPath& fetch,
    const std::function<void(uint64_t done, uint64_t total)>& on_progress);

}  // namespace sealedger::tools
