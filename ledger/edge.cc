#include "ledger/edge.h"

#include <utility>

#include "ledger/check.h"

namespace sealedger::ledger {

TreeEdge::TreeEdge(uint64_t size, std::vector<TileNodes> levels) : size_(size) {
  for (uint32_t level = 0; level < levels.size(); ++level) {
    CHECK(levels[level].width() == HashesAtLevel(level, size) % kTileWidth);
    levels_.push_back(
        {std::make_shared<TileNodes>(std::move(levels[level])), false});
  }
}

TreeEdge TreeEdge::Snapshot() {
  TreeEdge snapshot;
  snapshot.size_ = size_;
  for (Level& level : levels_) level.shared = true;
  snapshot.levels_ = levels_;
  return snapshot;
}

const TileNodes* TreeEdge::Partial(uint32_t level) const {
  if (level >= levels_.size() || levels_[level].tile->width() == 0) {
    return nullptr;
  }
  return levels_[level].tile.get();
}

Hash TreeEdge::Root() const {
  if (size_ == 0) return EmptyRoot();
  std::vector<Hash> row;
  for (size_t level = levels_.size(); level-- > 0;) {
    const TileNodes& tile = *levels_[level].tile;
    for (const Subtree& subtree : SubtreesOf(0, tile.width())) {
      row.push_back(tile.Node(subtree.height, subtree.position));
    }
  }
  return FoldRight(row);
}

void TreeEdge::Append(const Hash& leaf_hash,
                      std::vector<FinishedTile>* finished) {
  CHECK(size_ < kMaxTreeSize);
  Hash hash = leaf_hash;
  ++size_;
  for (uint32_t level = 0;; ++level) {
    if (level == levels_.size()) {
      levels_.push_back({std::make_shared<TileNodes>(), false});
    }
    Level& edge = levels_[level];
    if (edge.shared) edge = {std::make_shared<TileNodes>(*edge.tile), false};
    edge.tile->Append(hash);
    if (!edge.tile->full()) {
      if (level > 0 && edge.tile->width() % kTilesPerRow == 0) {
        finished->back().row = edge.tile->hashes();
      }
      return;
    }
    hash = edge.tile->Node(kTileHeight, 0);
    finished->push_back({level, HashesAtLevel(level, size_) / kTileWidth - 1,
                         std::move(edge.tile)});
    edge = {std::make_shared<TileNodes>(), false};
  }
}

}  // namespace sealedger::ledger
