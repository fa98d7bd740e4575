#include "ledger/ledger.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ledger/fsck.h"
#include "ledger/leveldb_store.h"
#include "ledger/memory_store.h"
#include "ledger/rollback.h"
#include "tests/ledger/sample_log.h"
#include "tests/support/files.h"
#include "tests/support/reference_tree.h"

namespace sealedger::ledger {
namespace {

using namespace sample;

TEST_CASE("a ledger opened again goes on where it was, at every size") {
  MemoryStore store(IsImmutableKey);
  uint64_t size = 0;
  for (const uint64_t next : {1, 2, 255, 256, 257, 511, 512, 1300, 2000}) {
    Log log(store);
    CHECK(log.ledger->published()->head.size == size);
    log.Start();
    REQUIRE(log.sequencer->Append(Entries(Numbered(size, next))).has_value());
    size = next;
  }
  CheckWhole(*Log(store).ledger, 2000);
}

TEST_CASE("tiles of a size above 65,536 come back after opening") {
  MemoryStore store(IsImmutableKey);
  const uint64_t size = 66000;
  Hash root;
  {
    Log log(store);
    log.Start();
    for (uint64_t i = 0; i < size; i += 6000) {
      REQUIRE(
          log.sequencer->Append(Entries(Numbered(i, i + 6000))).has_value());
    }
    root = log.ledger->published()->head.root;
  }
  const Log log(store);
  const PublishedPtr published = log.ledger->published();
  CHECK(published->head.root == root);
  for (const uint64_t index : {0, 255, 256, 65535, 65536, 65999}) {
    CAPTURE(index);
    const auto leaf = log.ledger->LeafHashAt(index, published);
    REQUIRE(leaf.has_value());
    CHECK(*leaf == LeafHash("entry " + std::to_string(index)));
    const auto path = log.ledger->ProveInclusion(index, published);
    REQUIRE(path.has_value());
    CHECK(VerifyInclusion(index, size, *leaf, *path, root).has_value());
  }
  for (const TileId& tile : TilesOf(size)) {
    const auto bytes = log.ledger->ReadTile(tile, published);
    REQUIRE(bytes.has_value());
    if (tile.kind == TileId::Kind::kHashes) {
      CHECK(bytes->size() == tile.width * kHashSize);
    }
    for (const uint32_t width : {1U, 100U, tile.width}) {
      if (width > tile.width) continue;
      TileId part = tile;
      part.width = width;
      const auto cut = log.ledger->ReadTile(part, published);
      REQUIRE(cut.has_value());
      CHECK(bytes->starts_with(*cut));
    }
  }
  CHECK(log.ledger
            ->ReadTile({TileId::Kind::kHashes, 0, size / 256,
                        static_cast<uint32_t>(size % 256 + 1)},
                       published)
            .error()
            .code == Code::kNotFound);
}

TEST_CASE("a ledger is held against its guard") {
  MemoryStore store(IsImmutableKey);
  MemoryStore other(IsImmutableKey);
  std::vector<std::string> notes;
  {
    Log log(store);
    log.Start();
    for (int i = 0; i < 5; ++i) {
      auto done =
          log.sequencer->Append(Entries({"entry " + std::to_string(i)}));
      REQUIRE(done.has_value());
      notes.push_back(done->published->note);
    }
    Log forked(other);
    forked.Start();
    REQUIRE(forked.sequencer->Append(Entries({"entry 0", "other", "b", "c"}))
                .has_value());
  }
  const Log log(store);
  const Log forked(other);
  const VerifierKey key = Vkey();
  const auto name = [&](const Log& held,
                        const std::optional<std::string>& note) {
    const auto agrees = CheckAgainstGuard(*held.ledger, note, key);
    return agrees ? std::string("ok") : agrees.error().name;
  };
  CHECK(name(log, notes[4]) == "ok");
  CHECK(name(log, notes[0]) == "ok");
  CHECK(name(log, std::nullopt) == "guard-missing");
  CHECK(name(forked, notes[4]) == "rolled-back");
  CHECK(name(forked, notes[0]) == "ok");
  CHECK(name(forked, notes[2]) == "guard-contradicts");
  CHECK(name(log, "garbage") == "guard-contradicts");
}

TEST_CASE("the N-th file operation fails, for N = 1, 2, 3 … until none does") {
  for (const auto mode : {StoreFaults::Mode::kNotPersisted,
                          StoreFaults::Mode::kPersistedAnyway}) {
    bool failed = true;
    for (int64_t n = 1; failed; ++n) {
      REQUIRE(n < 200);
      CAPTURE(n);
      const testing::TempDir dir;
      LevelDbOptions options;
      options.create_if_missing = true;
      options.faults = std::make_shared<StoreFaults>();
      std::vector<std::string> acknowledged;
      std::vector<TreeHead> heads;
      {
        auto store = OpenLevelDb((dir.path() / "db").string(), options);
        REQUIRE(store.has_value());
        Log log(**store);
        log.Start();
        options.faults->mode = mode;
        options.faults->countdown = n;
        failed = false;
        for (uint64_t i = 0; i < 10; ++i) {
          auto done =
              log.sequencer->Append(Entries(Numbered(30 * i, 30 * (i + 1))));
          if (!done) {
            failed = true;
            break;
          }
          for (const NewEntry& entry : done->entries) {
            acknowledged.push_back(entry.bytes);
          }
          heads.push_back(done->published->head);
        }
        log.sequencer.reset();
      }
      options.faults->countdown = -1;
      auto store = OpenLevelDb((dir.path() / "db").string(), options);
      REQUIRE(store.has_value());
      const Log log(**store);
      const PublishedPtr published = log.ledger->published();
      REQUIRE(published->head.size >= acknowledged.size());
      REQUIRE(published->head.size % 30 == 0);
      for (uint64_t i = 0; i < acknowledged.size(); ++i) {
        CHECK(*log.ledger->ReadEntry(i, *published) == acknowledged[i]);
      }
      for (const TreeHead& head : heads) {
        CHECK(*log.ledger->RootAt(head.size, published) == head.root);
      }
      const auto report = Fsck(**store);
      REQUIRE(report.has_value());
      CHECK(report->problems.empty());
    }
  }
}

TEST_CASE("fsck names what is wrong and where") {
  const auto with = [](const std::function<void(WriteBatch*)>& damage) {
    MemoryStore store;
    {
      Log log(store);
      log.Start();
      REQUIRE(log.sequencer->Append(Entries(Numbered(0, 600))).has_value());
    }
    WriteBatch batch;
    damage(&batch);
    REQUIRE(store.Write(batch, Store::Durability::kSynced).has_value());
    const auto report = Fsck(store);
    REQUIRE(report.has_value());
    return report->problems;
  };
  CHECK(with([](WriteBatch*) {}).empty());
  CHECK(!with([](WriteBatch* b) { b->Put(EntryKey(3), "entry X"); }).empty());
  CHECK(!with([](WriteBatch* b) { b->Delete(EntryKey(300)); }).empty());
  CHECK(!with([](WriteBatch* b) { b->Delete(EntryKey(599)); }).empty());
  CHECK(!with([](WriteBatch* b) { b->Delete(TileKey(0, 1)); }).empty());
  CHECK(!with([](WriteBatch* b) { b->Put(TileKey(0, 1), "x"); }).empty());
  CHECK(!with([](WriteBatch* b) { b->Delete(HeadKey(600)); }).empty());
  CHECK(!with([](WriteBatch* b) { b->Put(EntryKey(600), "more"); }).empty());
  CHECK(!with([](WriteBatch* b) { b->Put(HeadKey(10), "x"); }).empty());
  CHECK(!with([](WriteBatch* b) { b->Put(LedgerKey(5, 0x10), "x"); }).empty());
  CHECK(!with([](WriteBatch* b) { b->Put("e", "x"); }).empty());
}

TEST_CASE("a ledger whose end does not hold together does not open") {
  const auto opens = [](const std::function<void(WriteBatch*)>& damage) {
    MemoryStore store;
    {
      Log log(store);
      log.Start();
      REQUIRE(log.sequencer->Append(Entries(Numbered(0, 600))).has_value());
    }
    WriteBatch batch;
    damage(&batch);
    REQUIRE(store.Write(batch, Store::Durability::kSynced).has_value());
    return Ledger::Open(std::make_unique<BorrowedStore>(store), Sign)
        .has_value();
  };
  CHECK(opens([](WriteBatch*) {}));
  CHECK(!opens([](WriteBatch* b) { b->Put(EntryKey(3), "entry X"); }));
  CHECK(!opens([](WriteBatch* b) { b->Delete(EntryKey(599)); }));
  CHECK(!opens([](WriteBatch* b) { b->Delete(TileKey(0, 1)); }));
  CHECK(!opens([](WriteBatch* b) { b->Delete(HeadKey(600)); }));
  CHECK(!opens([](WriteBatch* b) { b->Put(EntryKey(600), "more"); }));
  CHECK(!opens([](WriteBatch* b) { b->Put(kFormatKey, "other/1"); }));
}

TEST_CASE(
    "rows hold the roots that opening needs, and fsck names their faults") {
  // Rows at tiles 15 and 31; the 40 tiles end in a partial tile of level 1.
  constexpr uint64_t kSize = 40 * kTileWidth + 3;
  const auto with = [&](const std::function<void(WriteBatch*)>& damage,
                        bool* opens) {
    MemoryStore store;
    {
      Log log(store);
      log.Start();
      for (uint64_t begin = 0; begin < kSize; begin += 1000) {
        REQUIRE(log.sequencer
                    ->Append(Entries(Numbered(
                        begin, std::min<uint64_t>(begin + 1000, kSize))))
                    .has_value());
      }
      std::vector<Hash> leaves;
      for (uint64_t i = 0; i < kSize; ++i) {
        leaves.push_back(LeafHash("entry " + std::to_string(i)));
      }
      for (uint64_t index = 0; index < 40; ++index) {
        const auto row = store.Get(RowKey(0, index));
        REQUIRE(row.has_value());
        CHECK(row->has_value() == (index == 15 || index == 31));
        if (!row->has_value()) continue;
        std::string expected;
        for (uint64_t i = 0; i <= index; ++i) {
          const auto first =
              leaves.begin() + static_cast<std::ptrdiff_t>(i * kTileWidth);
          expected +=
              testing::ReferenceRoot({first, first + kTileWidth}).view();
        }
        CHECK(**row == expected);
      }
    }
    WriteBatch batch;
    damage(&batch);
    REQUIRE(store.Write(batch, Store::Durability::kSynced).has_value());
    *opens =
        Ledger::Open(std::make_unique<BorrowedStore>(store), Sign).has_value();
    const auto report = Fsck(store);
    REQUIRE(report.has_value());
    return report->problems;
  };
  const std::string flipped(32 * kHashSize, 'x');
  bool opens = false;
  CHECK(with([](WriteBatch*) {}, &opens).empty());
  CHECK(opens);
  CHECK(with([](WriteBatch* b) { b->Delete(RowKey(0, 15)); }, &opens) ==
        std::vector<std::string>{
            "the row of level 0 that entry 4095 finishes is missing"});
  CHECK(opens);  // the newer one has all that it had
  CHECK(with([](WriteBatch* b) { b->Delete(RowKey(0, 31)); }, &opens) ==
        std::vector<std::string>{
            "the row of level 0 that entry 8191 finishes is missing"});
  CHECK_FALSE(opens);
  CHECK(with([&](WriteBatch* b) { b->Put(RowKey(0, 31), flipped); }, &opens) ==
        std::vector<std::string>{
            "the row of level 0 at entry 8191 does not agree with the "
            "entries"});
  CHECK_FALSE(opens);
  CHECK(with([&](WriteBatch* b) { b->Put(RowKey(0, 20), flipped); }, &opens) ==
        std::vector<std::string>{
            "the row of level 0 stands at entry 5375, which finishes none"});
  CHECK(opens);
}

TEST_CASE("tiles below the hashed end must lead to the head's root") {
  MemoryStore store;
  {
    Log log(store);
    log.Start();
    REQUIRE(log.sequencer->Append(Entries(Numbered(0, 3000))).has_value());
  }
  // The roots of the groups of the first tile, far below the last 1,024
  // entries: no hashing of the end looks at them.
  std::string tile = **store.Get(TileKey(0, 0));
  tile[kTileBytes] = static_cast<char>(tile[kTileBytes] ^ 1);
  WriteBatch batch;
  batch.Put(TileKey(0, 0), tile);
  REQUIRE(store.Write(batch, Store::Durability::kSynced).has_value());
  const auto opened =
      Ledger::Open(std::make_unique<BorrowedStore>(store), Sign);
  REQUIRE(!opened.has_value());
  CHECK(opened.error().name == "ledger-corrupt");
}

}  // namespace
}  // namespace sealedger::ledger
