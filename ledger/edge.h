// The right edge of a tree as tiles: at each level the tile that is not full
// yet, with all its inner nodes. Enough to append, to know the root and to
// serve what is not in a finished tile.
//
//   size 70,000:  level 0  112 leaf hashes   (tile 273)
//                 level 1   17 hashes        (tile 1)
//                 level 2    1 hash          (tile 0)
//
// A snapshot shares the tiles and is cheap; a level is copied when it is first
// changed after one (copy on write).
//
// Thread rule: one thread at a time for the edge that grows; a snapshot that is
// only read is immutable and safe for concurrent use.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "ledger/hash.h"
#include "ledger/tile.h"
#include "ledger/tree.h"

namespace sealedger::ledger {

// Every so many tiles of a level the roots of those below the same parent tile
// are written down together, as a row: whoever needs all of them (opening) does
// not read the tiles one by one. A parent tile that is full is its own row.
inline constexpr uint64_t kTilesPerRow = 16;

struct FinishedTile {
  uint32_t level = 0;
  uint64_t index = 0;
  std::shared_ptr<const TileNodes> nodes;
  // The roots of the tiles of this level, from the first below the same parent
  // tile to this one: 16, 32, … 240. Empty where no row is due.
  std::vector<Hash> row = {};
};

class TreeEdge {
 public:
  TreeEdge() = default;
  // `levels[l]` is the partial tile of level l for `size` (CHECK: its width is
  // HashesAtLevel(l, size) % 256).
  TreeEdge(uint64_t size, std::vector<TileNodes> levels);

  TreeEdge(TreeEdge&&) = default;
  TreeEdge& operator=(TreeEdge&&) = default;

  // The edge as it is now; what is appended to either later, the other does
  // not see.
  TreeEdge Snapshot();

  uint64_t size() const { return size_; }
  Hash Root() const;
  // The partial tile of a level; nullptr where its width is 0.
  const TileNodes* Partial(uint32_t level) const;

  // Tiles that the leaf finishes are appended to `finished`, lowest first.
  void Append(const Hash& leaf_hash, std::vector<FinishedTile>* finished);

 private:
  uint64_t size_ = 0;
  struct Level {
    std::shared_ptr<TileNodes> tile;
    bool shared = false;  // with a snapshot: to be copied before a change
  };
  std::vector<Level> levels_;
};

}  // namespace sealedger::ledger
