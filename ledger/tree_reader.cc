#include "ledger/tree_reader.h"

#include <utility>

#include "ledger/check.h"
#include "ledger/schema.h"

namespace sealedger::ledger {
namespace {

constexpr uint32_t kGroupHeight = 4;

// A node inside a stored level-0 tile: leaves and group roots are there, the
// rest is hashed from the nearer of the two.
Hash LeafTileNode(std::string_view tile, uint32_t height, uint64_t position) {
  if (height == 0) {
    return *HashFromBytes(tile.substr(position * kHashSize, kHashSize));
  }
  if (height == kGroupHeight) {
    return *HashFromBytes(
        tile.substr(kTileBytes + position * kHashSize, kHashSize));
  }
  return NodeHash(LeafTileNode(tile, height - 1, 2 * position),
                  LeafTileNode(tile, height - 1, 2 * position + 1));
}

uint64_t CacheKey(uint32_t level, uint64_t index) {
  return (uint64_t{level} << 56) | index;
}

}  // namespace

Result<std::string> ReadStoredTile(Store& store, uint32_t level,
                                   uint64_t index) {
  Result<std::optional<std::string>> bytes = store.Get(TileKey(level, index));
  if (!bytes) return std::move(bytes).error();
  if (!bytes->has_value() || !IsStoredTileSize(level, (*bytes)->size())) {
    return MakeError(Code::kCorruption, "tile-missing",
                     "the store lacks the tile " +
                         FormatTilePath({TileId::Kind::kHashes, level, index,
                                         static_cast<uint32_t>(kTileWidth)}));
  }
  return std::move(**bytes);
}

Result<std::shared_ptr<const TileNodes>> TileCache::Get(uint32_t level,
                                                        uint64_t index) {
  CHECK(level > 0);
  {
    const std::shared_lock<std::shared_mutex> lock(mu_);
    const auto found = tiles_.find(CacheKey(level, index));
    if (found != tiles_.end()) return found->second;
  }
  Result<std::string> bytes = ReadStoredTile(store_, level, index);
  if (!bytes) return std::move(bytes).error();
  Result<std::vector<Hash>> hashes =
      DecodeTile(*bytes, static_cast<uint32_t>(kTileWidth));
  if (!hashes) return std::move(hashes).error();
  auto nodes =
      std::make_shared<const TileNodes>(TileNodes::FromHashes(*hashes));
  const std::unique_lock<std::shared_mutex> lock(mu_);
  return tiles_.emplace(CacheKey(level, index), std::move(nodes)).first->second;
}

TreeReader::TreeReader(Store& store, TileCache& cache, PublishedPtr published)
    : store_(store), cache_(cache), published_(std::move(published)) {}

Result<std::vector<Hash>> TreeReader::Read(std::span<const Subtree> wanted) {
  std::vector<Hash> hashes;
  hashes.reserve(wanted.size());
  for (const Subtree& subtree : wanted) {
    Result<Hash> hash = ReadOne(subtree);
    if (!hash) return std::move(hash).error();
    hashes.push_back(*hash);
  }
  return hashes;
}

Result<Hash> TreeReader::ReadOne(const Subtree& subtree) {
  CHECK(subtree.end() <= published_->head.size);
  const uint32_t level = subtree.height / kTileHeight;
  const uint32_t height = subtree.height % kTileHeight;
  const uint64_t index = subtree.position >> (kTileHeight - height);
  const uint64_t position =
      subtree.position & ((uint64_t{1} << (kTileHeight - height)) - 1);

  const uint64_t full_tiles =
      HashesAtLevel(level, published_->head.size) / kTileWidth;
  if (index >= full_tiles) {
    const TileNodes* partial = published_->edge.Partial(level);
    CHECK(partial != nullptr);
    return partial->Node(height, position);
  }
  for (const FinishedTile& tile : published_->finished) {
    if (tile.level == level && tile.index == index) {
      return tile.nodes->Node(height, position);
    }
  }
  if (level == 0) return ReadLeafTile(index, height, position);
  Result<std::shared_ptr<const TileNodes>> nodes = cache_.Get(level, index);
  if (!nodes) return std::move(nodes).error();
  return (*nodes)->Node(height, position);
}

Result<Hash> TreeReader::ReadLeafTile(uint64_t index, uint32_t height,
                                      uint64_t position) {
  if (index != leaf_tile_index_) {
    Result<std::string> bytes = ReadStoredTile(store_, 0, index);
    if (!bytes) return std::move(bytes).error();
    leaf_tile_ = *std::move(bytes);
    leaf_tile_index_ = index;
  }
  return LeafTileNode(leaf_tile_, height, position);
}

}  // namespace sealedger::ledger
