#include "ledger/tile.h"

#include <array>

#include "ledger/check.h"
#include "ledger/encoding.h"

namespace sealedger::ledger {
namespace {

constexpr uint64_t kIndexLimit = uint64_t{1} << 55;
// "tile/63/x036/x028/x797/x018/x963/967.p/255" and some.
constexpr size_t kMaxPathSize = 64;

bool IsTileId(const TileId& tile) {
  return tile.level <= kMaxTileLevel &&
         (tile.kind == TileId::Kind::kHashes || tile.level == 0) &&
         tile.index < kIndexLimit && tile.width >= 1 &&
         tile.width <= kTileWidth;
}

std::string ThreeDigits(uint64_t group) {
  std::string text = "000";
  for (size_t i = 3; i-- > 0; group /= 10) {
    text[i] = static_cast<char>('0' + group % 10);
  }
  return text;
}

// "x001/x234/067" for 1,234,067.
std::string FormatIndex(uint64_t index) {
  std::string text = ThreeDigits(index % 1000);
  for (index /= 1000; index != 0; index /= 1000) {
    std::string group = "x";
    group += ThreeDigits(index % 1000);
    group += '/';
    text.insert(0, group);
  }
  return text;
}

// The number that the digits spell, whatever stands between them: ParseTilePath
// formats what it read and compares.
std::optional<uint64_t> DigitsOf(std::string_view text) {
  uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') continue;
    value = value * 10 + static_cast<uint64_t>(c - '0');
    if (value >= kIndexLimit) return std::nullopt;
  }
  return value;
}

bool Consume(std::string_view* text, std::string_view prefix) {
  if (!text->starts_with(prefix)) return false;
  text->remove_prefix(prefix.size());
  return true;
}

}  // namespace

std::string FormatTilePath(const TileId& tile) {
  CHECK(IsTileId(tile));
  std::string path = "tile/";
  path += tile.kind == TileId::Kind::kEntries ? std::string("entries")
                                              : std::to_string(tile.level);
  path += '/' + FormatIndex(tile.index);
  if (!tile.full()) path += ".p/" + std::to_string(tile.width);
  return path;
}

std::optional<TileId> ParseTilePath(std::string_view path) {
  if (path.size() > kMaxPathSize) return std::nullopt;
  std::string_view rest = path;
  if (!Consume(&rest, "tile/")) return std::nullopt;
  TileId tile;
  if (Consume(&rest, "entries/")) {
    tile.kind = TileId::Kind::kEntries;
  } else {
    const size_t slash = rest.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const auto level = ParseDecimal(rest.substr(0, slash), kMaxTileLevel);
    if (!level) return std::nullopt;
    tile.level = static_cast<uint32_t>(*level);
    rest.remove_prefix(slash + 1);
  }
  const size_t partial = rest.find(".p/");
  if (partial != std::string_view::npos) {
    const auto width = ParseDecimal(rest.substr(partial + 3), kTileWidth - 1);
    if (!width || *width == 0) return std::nullopt;
    tile.width = static_cast<uint32_t>(*width);
    rest = rest.substr(0, partial);
  }
  const auto index = DigitsOf(rest);
  if (!index) return std::nullopt;
  tile.index = *index;
  if (FormatTilePath(tile) != path) return std::nullopt;
  return tile;
}

uint64_t HashesAtLevel(uint32_t level, uint64_t size) {
  CHECK(size <= kMaxTreeSize);
  return level >= 64 / kTileHeight ? 0 : size >> (kTileHeight * level);
}

bool TileWithin(const TileId& tile, uint64_t size) {
  CHECK(IsTileId(tile));
  return tile.index * kTileWidth + tile.width <=
         HashesAtLevel(tile.level, size);
}

std::vector<TileId> TilesOf(uint64_t size) {
  std::vector<TileId> tiles;
  const auto append_row = [&tiles](TileId tile, uint64_t hashes) {
    for (; tile.index < hashes / kTileWidth; ++tile.index) {
      tiles.push_back(tile);
    }
    tile.width = static_cast<uint32_t>(hashes % kTileWidth);
    if (tile.width != 0) tiles.push_back(tile);
  };
  for (uint32_t level = 0; HashesAtLevel(level, size) != 0; ++level) {
    append_row({TileId::Kind::kHashes, level}, HashesAtLevel(level, size));
  }
  append_row({TileId::Kind::kEntries}, size);
  return tiles;
}

std::string EncodeTile(const std::vector<Hash>& hashes) {
  CHECK(!hashes.empty() && hashes.size() <= kTileWidth);
  std::string bytes;
  bytes.reserve(hashes.size() * kHashSize);
  for (const Hash& hash : hashes) bytes += hash.view();
  return bytes;
}

Result<std::vector<Hash>> DecodeTile(std::string_view bytes, uint32_t width) {
  CHECK(width >= 1 && width <= kTileWidth);
  if (bytes.size() != width * kHashSize) {
    return MakeError(Code::kMalformed, "tile",
                     "the tile is not 32 bytes for each of its hashes");
  }
  std::vector<Hash> hashes(width);
  for (Hash& hash : hashes) {
    std::memcpy(hash.bytes.data(), bytes.data(), kHashSize);
    bytes.remove_prefix(kHashSize);
  }
  return hashes;
}

TileNodes TileNodes::FromHashes(const std::vector<Hash>& hashes) {
  CHECK(hashes.size() <= kTileWidth);
  TileNodes nodes;
  nodes.rows_[0] = hashes;
  for (uint32_t height = 1; height <= kTileHeight; ++height) {
    const std::vector<Hash>& below = nodes.rows_[height - 1];
    std::vector<Hash>& row = nodes.rows_[height];
    row.reserve(below.size() / 2);
    for (size_t i = 0; i + 1 < below.size(); i += 2) {
      row.push_back(NodeHash(below[i], below[i + 1]));
    }
  }
  return nodes;
}

void TileNodes::Append(const Hash& hash) {
  CHECK(!full());
  rows_[0].push_back(hash);
  for (uint32_t height = 0; rows_[height].size() % 2 == 0; ++height) {
    const std::vector<Hash>& row = rows_[height];
    rows_[height + 1].push_back(
        NodeHash(row[row.size() - 2], row[row.size() - 1]));
  }
}

const Hash& TileNodes::Node(uint32_t height, uint64_t position) const {
  CHECK(height <= kTileHeight && position < rows_[height].size());
  return rows_[height][position];
}

}  // namespace sealedger::ledger
