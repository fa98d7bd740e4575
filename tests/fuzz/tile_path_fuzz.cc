// What is read as a tile path is written as the same bytes, and names a tile
// within the bounds of its fields.

#include <cstdint>
#include <optional>
#include <string_view>

#include "ledger/check.h"
#include "ledger/tile.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sealedger::ledger;
  const std::string_view path(reinterpret_cast<const char*>(data), size);
  const std::optional<TileId> tile = ParseTilePath(path);
  if (!tile) return 0;
  CHECK(FormatTilePath(*tile) == path);
  CHECK(tile->level <= kMaxTileLevel);
  CHECK(tile->width >= 1 && tile->width <= kTileWidth);
  CHECK(tile->kind == TileId::Kind::kHashes || tile->level == 0);
  CHECK(!TileWithin(*tile, 0));
  return 0;
}
