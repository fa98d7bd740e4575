// C2SP tlog-tiles: names and widths of tiles, and the bytes of one.
//
// A tile of level L, index N holds the hashes of the subtrees of height 8·L at
// positions [256·N, 256·N + width): width 256 is full, 1..255 partial. Level 0
// holds leaf hashes. A tree of size s has floor(s / 256^L) hashes at level L.
//
// Sample paths:  tile/0/x001/x234/067   tile/1/000.p/17   tile/entries/005
//
// As stored by us, a full tile of level 0 is followed by the 16 roots of its
// groups of 16 leaves, so that a path inside costs 22 hashes, not 247; the
// first 8,192 bytes are what is served (ledger/FORMAT.md).
//
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/hash.h"
#include "ledger/result.h"
#include "ledger/tree.h"

namespace sealedger::ledger {

inline constexpr uint32_t kTileHeight = 8;
inline constexpr uint64_t kTileWidth = 256;
inline constexpr uint32_t kMaxTileLevel = 63;

struct TileId {
  enum class Kind { kHashes, kEntries };

  Kind kind = Kind::kHashes;
  uint32_t level = 0;    // 0 for entries
  uint64_t index = 0;    // N
  uint32_t width = 256;  // 1..256

  bool full() const { return width == kTileWidth; }
  auto operator<=>(const TileId&) const = default;
};

// "tile/0/x001/234.p/5". index below 2^55.
std::string FormatTilePath(const TileId& tile);
// nullopt for everything FormatTilePath does not write.
std::optional<TileId> ParseTilePath(std::string_view path);

// How many hashes level `level` has in a tree of `size` leaves.
uint64_t HashesAtLevel(uint32_t level, uint64_t size);

// True when a tree of `size` leaves has all the hashes (or entries) of `tile`.
bool TileWithin(const TileId& tile, uint64_t size);

// All tiles, partial ones too, that a tree of `size` leaves is served with, at
// their width for that size: what a mirror fetches.
std::vector<TileId> TilesOf(uint64_t size);

// Full and partial tile bytes: width × 32. Decode refuses any other length.
std::string EncodeTile(const std::vector<Hash>& hashes);
Result<std::vector<Hash>> DecodeTile(std::string_view bytes, uint32_t width);

// All nodes of one tile, so that any subtree inside costs no hashing. Holds
// every complete node over the first `width` hashes.
class TileNodes {
 public:
  TileNodes() = default;
  static TileNodes FromHashes(const std::vector<Hash>& hashes);

  uint32_t width() const { return static_cast<uint32_t>(rows_[0].size()); }
  bool full() const { return width() == kTileWidth; }
  // width() < 256.
  void Append(const Hash& hash);
  // The node of `height` 0..8 at `position`; it must be complete.
  const Hash& Node(uint32_t height, uint64_t position) const;
  const std::vector<Hash>& hashes() const { return rows_[0]; }

 private:
  std::vector<Hash> rows_[kTileHeight + 1];
};

}  // namespace sealedger::ledger
