#include "ledger/sequencer.h"

#include <doctest/doctest.h>

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "ledger/fsck.h"
#include "ledger/leveldb_store.h"
#include "ledger/memory_store.h"
#include "ledger/proof.h"
#include "ledger/rollback.h"
#include "tests/support/files.h"
#include "tests/support/manual_clock.h"
#include "tests/support/reference_tree.h"

namespace sealedger::ledger {
namespace {

using testing::ManualClock;

const std::string kOrigin = "example.com/log";

const Ed25519Key& LogKey() {
  static const Ed25519Key key = *Ed25519Key::FromSeed(std::string(32, '\1'));
  return key;
}

Result<std::string> Sign(const TreeHead& head) {
  return SignCheckpoint({kOrigin, head}, LogKey());
}

VerifierKey Vkey() { return MakeVerifierKey(kOrigin, LogKey().public_key()); }

// Gives a store that somebody else owns, so that it outlives the ledger.
class BorrowedStore : public Store {
 public:
  explicit BorrowedStore(Store& store) : store_(store) {}
  Result<std::optional<std::string>> Get(std::string_view key) override {
    return store_.Get(key);
  }
  Result<void> Write(const WriteBatch& batch, Durability durability) override {
    return store_.Write(batch, durability);
  }
  std::unique_ptr<Cursor> NewCursor() override { return store_.NewCursor(); }
  Result<void> Compact(std::string_view first, std::string_view last) override {
    return store_.Compact(first, last);
  }

 private:
  Store& store_;
};

struct Log {
  explicit Log(Store& store) {
    auto opened = Ledger::Open(std::make_unique<BorrowedStore>(store), Sign);
    REQUIRE(opened.has_value());
    ledger = *std::move(opened);
  }

  void Start(SequencerOptions options = {}) {
    options.sign_head = options.sign_head ? options.sign_head : Sign;
    options.clock = &clock;
    options.gather_us = 0;
    auto started = Sequencer::Start(*ledger, std::move(options));
    REQUIRE(started.has_value());
    sequencer = *std::move(started);
  }

  ManualClock clock;
  std::unique_ptr<Ledger> ledger;
  std::unique_ptr<Sequencer> sequencer;
};

Admit Entries(std::vector<std::string> texts) {
  return [texts = std::move(texts)](AdmitView&) -> Result<Admission> {
    Admission admission;
    for (const std::string& text : texts) {
      admission.entries.push_back({text, ""});
    }
    return admission;
  };
}

std::vector<std::string> Numbered(uint64_t begin, uint64_t end) {
  std::vector<std::string> texts;
  for (uint64_t i = begin; i < end; ++i) {
    texts.push_back("entry " + std::to_string(i));
  }
  return texts;
}

void CheckWhole(const Ledger& ledger, uint64_t size) {
  const PublishedPtr published = ledger.published();
  REQUIRE(published->head.size == size);
  const std::vector<VerifierKey> known{Vkey()};
  const auto checkpoint = VerifyCheckpoint(published->note, known);
  REQUIRE(checkpoint.has_value());
  CHECK(checkpoint->head() == published->head);
  for (uint64_t i = 0; i < size; ++i) {
    const auto entry = ledger.ReadEntry(i, *published);
    REQUIRE(entry.has_value());
    CHECK(*entry == "entry " + std::to_string(i));
    const auto path = ledger.ProveInclusion(i, published);
    REQUIRE(path.has_value());
    CHECK(
        VerifyInclusion(i, size, LeafHash(*entry), *path, published->head.root)
            .has_value());
  }
  CHECK(ledger.ReadEntry(size, *published).error().code == Code::kNotFound);
}

TEST_CASE("every answered entry is in the published tree, at any batching") {
  for (const uint64_t step : {1, 7, 256, 300}) {
    CAPTURE(step);
    MemoryStore store(IsImmutableKey);
    Log log(store);
    log.Start();
    std::vector<std::pair<TreeHead, uint64_t>> seen;
    const uint64_t total = 700;
    for (uint64_t i = 0; i < total; i += step) {
      const uint64_t end = std::min(total, i + step);
      auto done = log.sequencer->Append(Entries(Numbered(i, end)));
      REQUIRE(done.has_value());
      CHECK(done->first == i);
      REQUIRE(done->published->head.size >= end);
      REQUIRE(done->leaf_hashes.size() == end - i);
      CHECK(done->leaf_hashes[0] == LeafHash(done->entries[0].bytes));
      seen.emplace_back(done->published->head, end);
    }
    CheckWhole(*log.ledger, total);
    const PublishedPtr newest = log.ledger->published();
    for (const auto& [head, end] : seen) {
      const auto path = log.ledger->ProveConsistency(head.size, newest);
      REQUIRE(path.has_value());
      CHECK(VerifyConsistency(head.size, total, head.root, newest->head.root,
                              *path)
                .has_value());
    }
    log.sequencer.reset();
    const auto report = Fsck(store);
    REQUIRE(report.has_value());
    CHECK(report->problems.empty());
    CHECK(report->head == newest->head);
  }
}

TEST_CASE("what was published stays as it was while the tree grows") {
  MemoryStore store(IsImmutableKey);
  Log log(store);
  log.Start();
  std::vector<PublishedPtr> kept;
  for (uint64_t i = 0; i < 300; ++i) {
    auto done = log.sequencer->Append(Entries(Numbered(i, i + 1)));
    REQUIRE(done.has_value());
    kept.push_back(done->published);
  }
  for (const PublishedPtr& published : kept) {
    const uint64_t size = published->head.size;
    CHECK(published->edge.size() == size);
    CHECK(published->edge.Root() == published->head.root);
    for (const uint64_t index : {uint64_t{0}, size / 2, size - 1}) {
      const auto path = log.ledger->ProveInclusion(index, published);
      REQUIRE(path.has_value());
      CHECK(VerifyInclusion(index, size,
                            LeafHash("entry " + std::to_string(index)), *path,
                            published->head.root)
                .has_value());
    }
    CHECK(log.ledger
              ->ReadTile({TileId::Kind::kHashes, 0, size / kTileWidth,
                          static_cast<uint32_t>(size % kTileWidth + 1)},
                         published)
              .error()
              .code == Code::kNotFound);
  }
}

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

TEST_CASE("a request sees what the same commit admitted before it") {
  MemoryStore store(IsImmutableKey);
  Log log(store);
  log.Start();
  // Sixteen callers want the same name; whatever commits they fall into,
  // exactly one gets it.
  std::atomic<int> got{0};
  std::atomic<int> refused{0};
  std::vector<std::thread> callers;
  for (int i = 0; i < 16; ++i) {
    callers.emplace_back([&] {
      const auto done =
          log.sequencer->Append([](AdmitView& view) -> Result<Admission> {
            const auto taken = view.State("sname");
            if (!taken) return taken.error();
            if (taken->has_value()) {
              return MakeError(Code::kConflict, "taken", "");
            }
            Admission admission;
            admission.entries.push_back({"entry 0", ""});
            admission.state.push_back({"sname", "mine"});
            return admission;
          });
      done.has_value() ? ++got : ++refused;
    });
  }
  for (std::thread& caller : callers) caller.join();
  CHECK(got == 1);
  CHECK(refused == 15);
  CheckWhole(*log.ledger, 1);
}

TEST_CASE("a refusal leaves no trace and a side write needs no entry") {
  MemoryStore store(IsImmutableKey);
  Log log(store);
  log.Start();
  const std::string before = log.ledger->published()->note;
  const auto refused = log.sequencer->Append([](AdmitView&) {
    return Result<Admission>(MakeError(Code::kConflict, "no", ""));
  });
  CHECK(refused.error().name == "no");
  REQUIRE(log.sequencer
              ->Append([](AdmitView&) -> Result<Admission> {
                Admission admission;
                admission.side.push_back({"xtoken", "1"});
                return admission;
              })
              .has_value());
  CHECK(**store.Get("xtoken") == "1");
  CHECK(log.ledger->published()->note == before);
  CHECK(log.ledger->published()->head.size == 0);
}

TEST_CASE("times never go back and an unsure clock refuses without a trace") {
  MemoryStore store(IsImmutableKey);
  Log log(store);
  log.Start();
  auto first = log.sequencer->Append(Entries({"entry 0"}));
  REQUIRE(first.has_value());
  log.clock.SetBy(-1500);
  auto second = log.sequencer->Append(Entries({"entry 1"}));
  REQUIRE(second.has_value());
  CHECK(second->time_ms == first->time_ms);
  log.clock.SetBy(-3600000);
  const auto refused = log.sequencer->Append(Entries({"entry 2"}));
  CHECK(refused.error().name == "clock-unsure");
  REQUIRE(log.sequencer->trouble().has_value());
  log.clock.SetBy(3600000);
  CHECK(log.sequencer->Append(Entries({"entry 2"})).has_value());
  CHECK(!log.sequencer->trouble().has_value());
  CheckWhole(*log.ledger, 3);
}

TEST_CASE("a clock that was unsure is believed again though nobody asks") {
  MemoryStore store(IsImmutableKey);
  Log log(store);
  log.Start();
  REQUIRE(log.sequencer->Append(Entries({"entry 0"})).has_value());
  log.clock.SetBy(3000);
  CHECK(log.sequencer->Append(Entries({"entry 1"})).error().name ==
        "clock-unsure");
  log.clock.Advance(31000);
  while (log.sequencer->trouble()) std::this_thread::yield();
  CHECK(log.sequencer->Append(Entries({"entry 1"})).has_value());
}

TEST_CASE("a failed write stops the sequencer and opening finds the truth") {
  for (const bool persisted : {false, true}) {
    CAPTURE(persisted);
    MemoryStore store(IsImmutableKey);
    {
      Log log(store);
      log.Start();
      REQUIRE(log.sequencer->Append(Entries({"entry 0"})).has_value());
      store.FailNextWrite(persisted);
      const auto unknown = log.sequencer->Append(Entries({"entry 1"}));
      CHECK(unknown.error().name == "outcome-unknown");
      const auto stopped = log.sequencer->Append(Entries({"entry 1"}));
      CHECK(stopped.error().name == "sequencer-stopped");
      REQUIRE(log.sequencer->trouble().has_value());
      // Reads go on, from what was published.
      CheckWhole(*log.ledger, 1);
    }
    store.Reopen();
    Log log(store);
    CheckWhole(*log.ledger, persisted ? 2 : 1);
    log.Start();
    const uint64_t size = log.ledger->published()->head.size;
    REQUIRE(log.sequencer->Append(Entries({"entry " + std::to_string(size)}))
                .has_value());
    CheckWhole(*log.ledger, size + 1);
  }
}

TEST_CASE("a signature that fails publishes nothing") {
  MemoryStore store(IsImmutableKey);
  Log log(store);
  SequencerOptions options;
  options.sign_head = [](const TreeHead&) -> Result<std::string> {
    return MakeError(Code::kIo, "signer", "no signature");
  };
  log.Start(std::move(options));
  CHECK(log.sequencer->Append(Entries({"entry 0"})).error().name ==
        "outcome-unknown");
  CHECK(log.ledger->published()->head.size == 0);
  // It is durable all the same, as after a crash before the answer.
  CheckWhole(*Log(store).ledger, 1);
}

TEST_CASE("the guard holds each head before it is published") {
  const testing::TempDir dir;
  const std::string path = (dir.path() / "guard").string();
  MemoryStore store(IsImmutableKey);
  Log log(store);
  SequencerOptions options;
  auto guard = Guard::Open(path);
  REQUIRE(guard.has_value());
  options.guard.emplace(*std::move(guard));
  log.Start(std::move(options));
  for (int i = 0; i < 3; ++i) {
    auto done = log.sequencer->Append(Entries({"entry " + std::to_string(i)}));
    REQUIRE(done.has_value());
    CHECK(**Guard::Peek(path) == done->published->note);
  }
}

TEST_CASE("a guard that is written at intervals is written at rest, too") {
  const testing::TempDir dir;
  const std::string path = (dir.path() / "guard").string();
  MemoryStore store(IsImmutableKey);
  Log log(store);
  SequencerOptions options;
  auto guard = Guard::Open(path);
  REQUIRE(guard.has_value());
  options.guard.emplace(*std::move(guard));
  options.guard_every_ms = 50;
  log.Start(std::move(options));
  const auto append = [&](const std::string& entry) {
    auto done = log.sequencer->Append(Entries({entry}));
    REQUIRE(done.has_value());
    return done->published->note;
  };
  const auto guarded = [&] { return **Guard::Peek(path); };
  const std::string first = append("entry 0");
  CHECK(guarded() == first);
  const std::string second = append("entry 1");
  log.clock.Advance(20);
  CHECK(guarded() == first);
  CHECK(log.sequencer->figures().guard_late_ms == 20);
  log.clock.Advance(30);
  while (log.sequencer->figures().guard_late_ms != 0) {
  }
  CHECK(guarded() == second);
  // And at the end, however young it is.
  const std::string third = append("entry 2");
  CHECK(guarded() == second);
  log.sequencer->Stop();
  CHECK(guarded() == third);
  CHECK(log.sequencer->figures().guard_late_ms == 0);
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
  const auto name = [&](const Log& held, std::optional<std::string> note) {
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

// Holds the signing of the first head until it is told how that ends.
class HeldSigning {
 public:
  Result<std::string> operator()(const TreeHead& head) {
    if (head.size == 1 && !released_.exchange(true)) {
      reached_.set_value();
      if (!ends_well_.get_future().get()) {
        return MakeError(Code::kIo, "no-signature", "");
      }
    }
    return Sign(head);
  }
  void AwaitReached() { reached_.get_future().wait(); }
  void End(bool well) { ends_well_.set_value(well); }

 private:
  std::atomic<bool> released_{false};
  std::promise<void> reached_;
  std::promise<bool> ends_well_;
};

TEST_CASE("a commit is decided on one that is durable and not yet published") {
  for (const bool well : {true, false}) {
    MemoryStore store;
    {
      Log log(store);
      HeldSigning signing;
      SequencerOptions options;
      options.sign_head = std::ref(signing);
      log.Start(std::move(options));
      std::future<Result<Sequenced>> first =
          std::async(std::launch::async, [&log] {
            return log.sequencer->Append([](AdmitView&) -> Result<Admission> {
              return Admission{{{"one", ""}}, {{"sx", "1"}}, {}};
            });
          });
      signing.AwaitReached();
      CHECK(log.ledger->published()->head.size == 0);

      std::promise<std::string> seen;
      std::future<Result<Sequenced>> second =
          std::async(std::launch::async, [&log, &seen] {
            return log.sequencer->Append(
                [&seen](AdmitView& view) -> Result<Admission> {
                  seen.set_value(*view.Entry(0) + **view.State("sx") +
                                 std::to_string(view.next_index()));
                  return Admission{{{"two", ""}}, {}, {}};
                });
          });
      CHECK(seen.get_future().get() == "one11");
      CHECK(log.ledger->published()->head.size == 0);
      signing.End(well);
      const Result<Sequenced> a = first.get();
      const Result<Sequenced> b = second.get();
      REQUIRE(a.has_value() == well);
      REQUIRE(b.has_value() == well);
      if (well) {
        CHECK(a->first == 0);
        CHECK(b->first == 1);
        CHECK(a->published->head.size == 1);
        CHECK(b->published->head.size == 2);
      } else {
        CHECK(a.error().name == "outcome-unknown");
        CHECK((b.error().name == "outcome-unknown" ||
               b.error().name == "sequencer-stopped"));
        CHECK(log.ledger->published()->head.size == 0);
        CHECK(log.sequencer->Append(Entries({"three"})).error().name ==
              "sequencer-stopped");
      }
    }
    // Whatever became of the answers, what was durable is a prefix.
    const Log again(store);
    const PublishedPtr published = again.ledger->published();
    REQUIRE(published->head.size >= 1);
    CHECK(*again.ledger->ReadEntry(0, *published) == "one");
    if (well) CHECK(published->head.size == 2);
    if (published->head.size == 2) {
      CHECK(*again.ledger->ReadEntry(1, *published) == "two");
    }
  }
}

TEST_CASE("each commit tells what it did") {
  MemoryStore store;
  Log log(store);
  std::vector<CommitFigures> commits;
  SequencerOptions options;
  options.on_commit = [&commits](const CommitFigures& figures) {
    commits.push_back(figures);
  };
  log.Start(std::move(options));
  REQUIRE(log.sequencer->Append(Entries(Numbered(0, 3))).has_value());
  REQUIRE(!log.sequencer
               ->Append([](AdmitView&) -> Result<Admission> {
                 return MakeError(Code::kConflict, "refused", "");
               })
               .has_value());
  log.sequencer->Stop();
  REQUIRE(commits.size() == 2);
  CHECK(commits[0].requests == 1);
  CHECK(commits[0].entries == 3);
  CHECK(commits[0].bytes > 3 * std::string("entry 0").size());
  CHECK(commits[0].write.count() > 0);
  CHECK(commits[0].sign.count() > 0);
  CHECK(commits[0].guard.count() == 0);
  CHECK(commits[1].requests == 1);
  CHECK(commits[1].entries == 0);
  CHECK(commits[1].bytes == 0);
}

TEST_CASE("a queue that is full answers at once") {
  MemoryStore store(IsImmutableKey);
  Log log(store);
  SequencerOptions options;
  options.max_queue = 1;
  std::mutex mu;
  std::condition_variable changed;
  bool inside = false;
  bool release = false;
  log.Start(std::move(options));
  std::thread holder([&] {
    const auto done =
        log.sequencer->Append([&](AdmitView&) -> Result<Admission> {
          std::unique_lock<std::mutex> lock(mu);
          inside = true;
          changed.notify_all();
          changed.wait(lock, [&] { return release; });
          return Admission{};
        });
    CHECK(done.has_value());
  });
  {
    std::unique_lock<std::mutex> lock(mu);
    changed.wait(lock, [&] { return inside; });
  }
  std::thread waiter(
      [&] { CHECK(log.sequencer->Append(Entries({"entry 0"})).has_value()); });
  while (log.sequencer->figures().queued == 0) std::this_thread::yield();
  CHECK(log.sequencer->Append(Entries({"entry 1"})).error().name ==
        "overloaded");
  {
    const std::lock_guard<std::mutex> lock(mu);
    release = true;
  }
  changed.notify_all();
  holder.join();
  waiter.join();
  CheckWhole(*log.ledger, 1);
}

}  // namespace
}  // namespace sealedger::ledger
