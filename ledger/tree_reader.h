// TreeReader: hashes of full subtrees, from what is published and from the
// finished tiles of the store. What it reads, the store's own commit wrote.
//
// Thread rule: a TileCache is safe for concurrent use; a TreeReader serves one
// thread at a time and must not outlive the store and the cache.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "ledger/proof.h"
#include "ledger/published.h"
#include "ledger/store.h"
#include "ledger/tile.h"

namespace sealedger::ledger {

// Full tiles of level 1 and above with their inner nodes: 16 KiB for 65,536
// entries, a quarter of a byte an entry, so none is ever dropped.
class TileCache {
 public:
  explicit TileCache(Store& store) : store_(store) {}

  // kCorruption where the store lacks the tile or has another length.
  Result<std::shared_ptr<const TileNodes>> Get(uint32_t level, uint64_t index);

 private:
  Store& store_;
  std::shared_mutex mu_;
  // Guarded by mu_. Key: level in the top byte, index below.
  std::unordered_map<uint64_t, std::shared_ptr<const TileNodes>> tiles_;
};

// The stored bytes of a full tile (schema.h). kCorruption where missing.
Result<std::string> ReadStoredTile(Store& store, uint32_t level,
                                   uint64_t index);

class TreeReader : public HashReader {
 public:
  TreeReader(Store& store, TileCache& cache, PublishedPtr published);

  // All of `wanted` lie within the published size (CHECK).
  Result<std::vector<Hash>> Read(std::span<const Subtree> wanted) override;

 private:
  Result<Hash> ReadOne(const Subtree& subtree);
  Result<Hash> ReadLeafTile(uint64_t index, uint32_t height, uint64_t position);

  Store& store_;
  TileCache& cache_;
  const PublishedPtr published_;
  // The level-0 tile read last: a path asks for several nodes of one tile.
  uint64_t leaf_tile_index_ = UINT64_MAX;
  std::string leaf_tile_;
};

}  // namespace sealedger::ledger
