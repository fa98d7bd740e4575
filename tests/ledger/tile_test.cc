#include "ledger/tile.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "tests/support/aborts.h"
#include "tests/support/reference_tree.h"

namespace sealedger::ledger {
namespace {

using testing::Aborts;
using testing::Leaves;
using testing::NumberedLeaves;
using testing::ReferenceRoot;

constexpr TileId::Kind kHashes = TileId::Kind::kHashes;
constexpr TileId::Kind kEntries = TileId::Kind::kEntries;
constexpr uint64_t kIndexLimit = uint64_t{1} << 55;

TEST_CASE("tile paths are those of the specification") {
  const std::pair<TileId, const char*> samples[] = {
      {{kHashes, 0, 1234067, 256}, "tile/0/x001/x234/067"},
      {{kHashes, 0, 5, 256}, "tile/0/005"},
      {{kHashes, 0, 1234, 5}, "tile/0/x001/234.p/5"},
      {{kHashes, 1, 0, 17}, "tile/1/000.p/17"},
      {{kHashes, 63, 999, 255}, "tile/63/999.p/255"},
      {{kHashes, 10, 1000, 1}, "tile/10/x001/000.p/1"},
      {{kHashes, 0, kIndexLimit - 1, 255},
       "tile/0/x036/x028/x797/x018/x963/967.p/255"},
      {{kEntries, 0, 5, 256}, "tile/entries/005"},
      {{kEntries, 0, 273, 112}, "tile/entries/273.p/112"},
      {{kEntries, 0, kIndexLimit - 1, 256},
       "tile/entries/x036/x028/x797/x018/x963/967"},
  };
  for (const auto& [tile, path] : samples) {
    const std::string_view sample = path;
    CAPTURE(sample);
    CHECK(FormatTilePath(tile) == path);
    CHECK(ParseTilePath(path) == tile);
  }
}

TEST_CASE("every other spelling of a tile path is refused") {
  for (const char* path : {"",
                           "tile",
                           "tile/",
                           "tile/0",
                           "tile/0/",
                           "tile//000",
                           "/tile/0/000",
                           "tile/0/000/",
                           "tile/0/0",
                           "tile/0/00",
                           "tile/0/0000",
                           "tile/0/x000/005",
                           "tile/0/x000/x001/005",
                           "tile/0/00/000",
                           "tile/0/001/000",
                           "tile/0/x001/x000",
                           "tile/0/x001",
                           "tile/0/x001/0",
                           "tile/0/X001/000",
                           "tile/0/x001x/000",
                           "tile/0/x001//000",
                           "tile/0/x0010/00",
                           "tile/0/1000",
                           "tile/0/-01",
                           "tile/0/+01",
                           "tile/0/0 1",
                           "tile/0/000 ",
                           " tile/0/000",
                           "tile/0/000.p",
                           "tile/0/000.p/",
                           "tile/0/000.p/0",
                           "tile/0/000.p/01",
                           "tile/0/000.p/256",
                           "tile/0/000.p/1000",
                           "tile/0/000.p/-1",
                           "tile/0/000.p/+1",
                           "tile/0/000.p/1/",
                           "tile/0/000.p/1 ",
                           "tile/0/000.p/1.p/1",
                           "tile/0/000.P/1",
                           "tile/0/000p/1",
                           "tile/0/000/.p/1",
                           "tile/0/.p/1",
                           "tile/00/000",
                           "tile/01/000",
                           "tile/64/000",
                           "tile/-1/000",
                           "tile/+1/000",
                           "tile/ 0/000",
                           "tile/8/0/000",
                           "tile/a/000",
                           "tile/entries",
                           "tile/entries/",
                           "tile/entries/0",
                           "tile/entries/000.p/0",
                           "tile/entries/000.p/256",
                           "tile/entries/0/000",
                           "tile/0/entries/000",
                           "tile/Entries/000",
                           "tile/data/000",
                           "TILE/0/000",
                           "tile/0/000?",
                           "tile/0/%30%30%30",
                           "tile/0/x036/x028/x797/x018/x963/968",
                           "tile/0/x999/x999/x999/x999/x999/x999/999",
                           "tile/0/x018/x446/x744/x073/x709/x551/x616/000"}) {
    CAPTURE(path);
    CHECK_FALSE(ParseTilePath(path));
  }
  CHECK_FALSE(ParseTilePath(std::string("tile/0/000\0", 11)));
  CHECK_FALSE(ParseTilePath("tile/0/" + std::string(1000, '0')));
}

TEST_CASE("tile paths of all kinds are read back") {
  std::mt19937_64 random(5);
  for (int i = 0; i < 20000; ++i) {
    TileId tile;
    tile.kind = random() % 2 == 0 ? kHashes : kEntries;
    tile.level = tile.kind == kEntries ? 0 : random() % (kMaxTileLevel + 1);
    tile.index = (random() % kIndexLimit) >> (random() % 55);
    tile.width = 1 + static_cast<uint32_t>(random() % kTileWidth);
    REQUIRE(ParseTilePath(FormatTilePath(tile)) == tile);
  }
}

TEST_CASE("a tile path with one character changed is refused or another's") {
  for (const std::string path :
       {"tile/0/x001/x234/067.p/12", "tile/entries/x001/234", "tile/10/000"}) {
    for (size_t i = 0; i < path.size(); ++i) {
      for (int c = 0; c < 256; ++c) {
        std::string changed = path;
        changed[i] = static_cast<char>(c);
        const auto tile = ParseTilePath(changed);
        if (tile) REQUIRE(FormatTilePath(*tile) == changed);
      }
    }
  }
}

TEST_CASE("the path of no tile is our own bug") {
  CHECK(Aborts([] { FormatTilePath({kHashes, 64, 0, 256}); }));
  CHECK(Aborts([] { FormatTilePath({kEntries, 1, 0, 256}); }));
  CHECK(Aborts([] { FormatTilePath({kHashes, 0, kIndexLimit, 256}); }));
  CHECK(Aborts([] { FormatTilePath({kHashes, 0, 0, 0}); }));
  CHECK(Aborts([] { FormatTilePath({kHashes, 0, 0, 257}); }));
}

TEST_CASE("a level holds a hash for each full subtree of its height") {
  CHECK(HashesAtLevel(0, 0) == 0);
  CHECK(HashesAtLevel(0, 70000) == 70000);
  CHECK(HashesAtLevel(1, 70000) == 273);
  CHECK(HashesAtLevel(2, 70000) == 1);
  CHECK(HashesAtLevel(3, 70000) == 0);
  CHECK(HashesAtLevel(1, 255) == 0);
  CHECK(HashesAtLevel(1, 256) == 1);
  CHECK(HashesAtLevel(7, kMaxTreeSize) == 127);
  CHECK(HashesAtLevel(8, kMaxTreeSize) == 0);
  CHECK(HashesAtLevel(63, kMaxTreeSize) == 0);
}

TEST_CASE("a tile lies within a tree that has all its hashes") {
  CHECK(TileWithin({kHashes, 0, 0, 1}, 1));
  CHECK_FALSE(TileWithin({kHashes, 0, 0, 1}, 0));
  CHECK_FALSE(TileWithin({kHashes, 0, 0, 2}, 1));
  CHECK(TileWithin({kHashes, 0, 0, 256}, 256));
  CHECK_FALSE(TileWithin({kHashes, 0, 0, 256}, 255));
  CHECK(TileWithin({kHashes, 1, 0, 1}, 256));
  CHECK_FALSE(TileWithin({kHashes, 1, 0, 1}, 255));
  CHECK(TileWithin({kHashes, 0, 273, 112}, 70000));
  CHECK_FALSE(TileWithin({kHashes, 0, 273, 113}, 70000));
  CHECK(TileWithin({kEntries, 0, 273, 112}, 70000));
  CHECK_FALSE(TileWithin({kEntries, 0, 274, 1}, 70000));
  CHECK(TileWithin({kHashes, 0, kIndexLimit - 1, 255}, kMaxTreeSize));
  CHECK_FALSE(TileWithin({kHashes, 0, kIndexLimit - 1, 256}, kMaxTreeSize));
  CHECK_FALSE(TileWithin({kHashes, 8, 0, 1}, kMaxTreeSize));
}

TEST_CASE("the tiles of 70,000 entries are those that the field counts") {
  std::map<std::pair<TileId::Kind, uint32_t>, int> full;
  std::map<std::pair<TileId::Kind, uint32_t>, uint32_t> partial;
  for (const TileId& tile : TilesOf(70000)) {
    const std::pair row(tile.kind, tile.level);
    if (tile.full()) {
      ++full[row];
    } else {
      REQUIRE_FALSE(partial.contains(row));
      partial[row] = tile.width;
    }
  }
  CHECK(full == decltype(full){{{kHashes, 0}, 273},
                               {{kHashes, 1}, 1},
                               {{kEntries, 0}, 273}});
  CHECK(partial == decltype(partial){{{kHashes, 0}, 112},
                                     {{kHashes, 1}, 17},
                                     {{kHashes, 2}, 1},
                                     {{kEntries, 0}, 112}});
}

TEST_CASE("the tiles of small trees are listed in full") {
  CHECK(TilesOf(0).empty());
  CHECK(TilesOf(1) ==
        std::vector<TileId>{{kHashes, 0, 0, 1}, {kEntries, 0, 0, 1}});
  CHECK(TilesOf(255) ==
        std::vector<TileId>{{kHashes, 0, 0, 255}, {kEntries, 0, 0, 255}});
  CHECK(TilesOf(256) == std::vector<TileId>{{kHashes, 0, 0, 256},
                                            {kHashes, 1, 0, 1},
                                            {kEntries, 0, 0, 256}});
  CHECK(TilesOf(257) == std::vector<TileId>{{kHashes, 0, 0, 256},
                                            {kHashes, 0, 1, 1},
                                            {kHashes, 1, 0, 1},
                                            {kEntries, 0, 0, 256},
                                            {kEntries, 0, 1, 1}});
}

TEST_CASE("the tiles of a tree lie within it and hold each hash once") {
  for (const uint64_t size : {1, 2, 255, 256, 257, 1000, 65535, 65536, 65537}) {
    std::map<std::pair<TileId::Kind, uint32_t>, uint64_t> hashes;
    const std::vector<TileId> tiles = TilesOf(size);
    for (const TileId& tile : tiles) {
      REQUIRE(TileWithin(tile, size));
      uint64_t& count = hashes[{tile.kind, tile.level}];
      REQUIRE(tile.index * kTileWidth == count);
      count += tile.width;
    }
    for (const auto& [row, count] : hashes) {
      CHECK(count == HashesAtLevel(row.second, size));
    }
  }
}

TEST_CASE("a tile's bytes are its hashes, and no other length is taken") {
  const std::vector<Hash> leaves = NumberedLeaves(256);
  for (const uint32_t width : {1u, 2u, 17u, 255u, 256u}) {
    const std::vector<Hash> hashes(leaves.begin(), leaves.begin() + width);
    const std::string bytes = EncodeTile(hashes);
    REQUIRE(bytes.size() == width * 32);
    REQUIRE(bytes.substr(0, 32) == leaves[0].view());
    REQUIRE(bytes.substr(bytes.size() - 32) == leaves[width - 1].view());
    const auto decoded = DecodeTile(bytes, width);
    REQUIRE(decoded);
    CHECK(*decoded == hashes);
    for (const std::string& other :
         {bytes + '\0', bytes + std::string(32, '\0'), bytes.substr(1),
          bytes.substr(32), std::string()}) {
      const auto refused = DecodeTile(other, width);
      REQUIRE_FALSE(refused);
      CHECK(refused.error().code == Code::kMalformed);
    }
  }
  CHECK(Aborts([] { EncodeTile({}); }));
  CHECK(Aborts([] { EncodeTile(std::vector<Hash>(257)); }));
  CHECK(Aborts([] { (void)DecodeTile("", 0); }));
  CHECK(Aborts([] { (void)DecodeTile(std::string(257 * 32, 'x'), 257); }));
}

TEST_CASE("a tile's nodes are the oracle's roots at every width") {
  const std::vector<Hash> leaves = NumberedLeaves(256);
  TileNodes grown;
  for (uint32_t width = 0; width <= kTileWidth; ++width) {
    const std::vector<Hash> hashes(leaves.begin(), leaves.begin() + width);
    const TileNodes made = TileNodes::FromHashes(hashes);
    REQUIRE(grown.width() == width);
    REQUIRE(made.width() == width);
    REQUIRE(grown.full() == (width == 256));
    REQUIRE(grown.hashes() == hashes);
    for (uint32_t height = 0; height <= kTileHeight; ++height) {
      const uint32_t span = 1u << height;
      // The node that this width completes; those before it were looked at.
      if (width == 0 || width % span != 0) continue;
      const uint32_t position = width / span - 1;
      const Hash root =
          ReferenceRoot(Leaves(leaves).subspan(position * span, span));
      REQUIRE(grown.Node(height, position) == root);
      REQUIRE(made.Node(height, position) == root);
    }
    if (width < kTileWidth) grown.Append(leaves[width]);
  }
}

TEST_CASE("a node that is not complete is our own bug") {
  const TileNodes nodes = TileNodes::FromHashes(NumberedLeaves(5));
  CHECK(nodes.Node(2, 0) == ReferenceRoot(NumberedLeaves(4)));
  CHECK(Aborts([&] { nodes.Node(0, 5); }));
  CHECK(Aborts([&] { nodes.Node(1, 2); }));
  CHECK(Aborts([&] { nodes.Node(3, 0); }));
  CHECK(Aborts([&] { nodes.Node(9, 0); }));
  CHECK(Aborts([] {
    TileNodes full = TileNodes::FromHashes(NumberedLeaves(256));
    full.Append(Hash());
  }));
  CHECK(Aborts([] { TileNodes::FromHashes(std::vector<Hash>(257)); }));
}

}  // namespace
}  // namespace sealedger::ledger
