#include "tools/remote_fsck.h"

#include <doctest/doctest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "ledger/edge.h"
#include "ledger/entry_bundle.h"
#include "ledger/tile.h"

namespace sealedger::tools {
namespace {

using ledger::TileId;

std::string EntryText(uint64_t index) {
  return "entry " + std::to_string(index);
}

// A ledger as a correct server shows it: each tile at every width.
struct Served {
  explicit Served(uint64_t size) {
    ledger::TreeEdge edge;
    std::vector<ledger::FinishedTile> finished;
    std::string bundle;
    for (uint64_t index = 0; index < size; ++index) {
      edge.Append(ledger::LeafHash(EntryText(index)), &finished);
      if (index % ledger::kTileWidth == 0) bundle.clear();
      ledger::AppendToEntryBundle(&bundle, EntryText(index));
      TileId tile;
      tile.kind = TileId::Kind::kEntries;
      tile.index = index / ledger::kTileWidth;
      tile.width = static_cast<uint32_t>(index % ledger::kTileWidth + 1);
      files[FormatTilePath(tile)] = bundle;
    }
    for (const ledger::FinishedTile& tile : finished) {
      Put(tile.level, tile.index, tile.nodes->hashes());
    }
    for (uint32_t level = 0; level < 8; ++level) {
      if (const ledger::TileNodes* partial = edge.Partial(level)) {
        Put(level, ledger::HashesAtLevel(level, size) / ledger::kTileWidth,
            partial->hashes());
      }
    }
    head = {size, edge.Root()};
  }

  void Put(uint32_t level, uint64_t index, std::vector<ledger::Hash> hashes) {
    for (; !hashes.empty(); hashes.pop_back()) {
      TileId tile;
      tile.level = level;
      tile.index = index;
      tile.width = static_cast<uint32_t>(hashes.size());
      files[FormatTilePath(tile)] = ledger::EncodeTile(hashes);
    }
  }

  ledger::VerifiedCheckpoint Checkpoint() const {
    const ledger::Ed25519Key key = *ledger::Ed25519Key::FromSeed(
        std::string(ledger::kEd25519KeySize, 'k'));
    const auto vkey =
        ledger::MakeVerifierKey("example.com/log", key.public_key());
    return *ledger::VerifyCheckpoint(
        *ledger::SignCheckpoint({"example.com/log", head}, key), {&vkey, 1});
  }

  RemoteFsckReport Fsck() {
    const auto report = RemoteFsck(
        Checkpoint(),
        [this](const std::string& path) -> ledger::Result<std::string> {
          asked.insert(path);
          const auto found = files.find(path);
          if (found != files.end()) return found->second;
          return ledger::MakeError(ledger::Code::kNotFound, "no-such-tile",
                                   "no such tile");
        },
        [](uint64_t, uint64_t) {});
    REQUIRE(report);
    return *report;
  }

  std::map<std::string, std::string> files;
  std::set<std::string> asked;
  ledger::TreeHead head;
};

TEST_CASE("a ledger that is served rightly is clean at any size") {
  for (const uint64_t size : {0, 1, 2, 255, 256, 257, 511, 512, 700}) {
    CAPTURE(size);
    Served served(size);
    const RemoteFsckReport report = served.Fsck();
    CHECK(report.problems.empty());
    CHECK(report.head == served.head);
    // All of its tiles were looked at.
    for (const TileId& tile : ledger::TilesOf(size)) {
      CHECK(served.asked.count(FormatTilePath(tile)) == 1);
    }
  }
}

TEST_CASE("partial tiles are read at every width of the current size") {
  Served served(256 + 5);
  CHECK(served.Fsck().problems.empty());
  for (int width = 1; width <= 5; ++width) {
    CHECK(served.asked.count("tile/0/001.p/" + std::to_string(width)) == 1);
    CHECK(served.asked.count("tile/entries/001.p/" + std::to_string(width)) ==
          1);
  }
  CHECK(served.asked.count("tile/1/000.p/1") == 1);
}

TEST_CASE("one changed byte anywhere is found") {
  const uint64_t size = 256 + 3;
  Served clean(size);
  REQUIRE(clean.Fsck().problems.empty());
  for (const std::string& path : clean.asked) {
    CAPTURE(path);
    Served served(size);
    served.files[path].back() ^= 1;
    CHECK(!served.Fsck().problems.empty());
  }
}

TEST_CASE("a tile that is missing is found and named") {
  const uint64_t size = 256 + 3;
  Served clean(size);
  REQUIRE(clean.Fsck().problems.empty());
  for (const std::string& path : clean.asked) {
    CAPTURE(path);
    Served served(size);
    served.files.erase(path);
    const RemoteFsckReport report = served.Fsck();
    REQUIRE(!report.problems.empty());
    CHECK(report.problems.front() == path + " is not served");
  }
}

TEST_CASE("a signed root that is not the entries' is found") {
  Served served(300);
  served.head.root = ledger::Sha256Of("another tree");
  const RemoteFsckReport report = served.Fsck();
  REQUIRE(report.problems.size() == 1);
  CHECK(report.problems.front().find("the checkpoint says") !=
        std::string::npos);
}

TEST_CASE("what keeps it from looking is an error, not a problem") {
  Served served(3);
  const auto report = RemoteFsck(
      served.Checkpoint(),
      [](const std::string&) -> ledger::Result<std::string> {
        return ledger::MakeError(ledger::Code::kUnavailable, "no-connection",
                                 "it is gone");
      },
      [](uint64_t, uint64_t) {});
  REQUIRE(!report);
  CHECK(report.error().name == "no-connection");
}

}  // namespace
}  // namespace sealedger::tools
