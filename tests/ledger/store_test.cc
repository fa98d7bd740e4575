#include "ledger/store.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "ledger/leveldb_store.h"
#include "ledger/memory_store.h"
#include "ledger/schema.h"
#include "tests/support/files.h"

namespace sealedger::ledger {
namespace {

std::string DbPath(const testing::TempDir& dir) {
  return (dir.path() / "db").string();
}

using Visit = std::function<void(Store& store)>;

// The contract of Store, on each of its implementations.
void OnEachStore(const Visit& visit) {
  SUBCASE("in memory") {
    MemoryStore store;
    visit(store);
  }
  SUBCASE("LevelDB") {
    const testing::TempDir dir;
    LevelDbOptions options;
    options.create_if_missing = true;
    auto store = OpenLevelDb(DbPath(dir), options);
    REQUIRE(store.has_value());
    visit(**store);
  }
}

void Put(Store& store, std::string_view key, std::string_view value) {
  WriteBatch batch;
  batch.Put(key, value);
  REQUIRE(store.Write(batch, Store::Durability::kSynced).has_value());
}

std::vector<std::string> KeysBetween(Store& store, std::string_view begin,
                                     std::string_view end) {
  std::vector<std::string> keys;
  REQUIRE(
      Scan(store, begin, end, [&keys](std::string_view key, std::string_view) {
        keys.emplace_back(key);
        return true;
      }).has_value());
  return keys;
}

TEST_CASE("a batch is visible whole and later operations win") {
  OnEachStore([](Store& store) {
    WriteBatch batch;
    batch.Put("a", "1");
    batch.Put("b", std::string_view("\0\xff", 2));
    batch.Put("a", "2");
    batch.Put("c", "3");
    batch.Delete("c");
    REQUIRE(store.Write(batch, Store::Durability::kSynced).has_value());
    CHECK(**store.Get("a") == "2");
    CHECK(**store.Get("b") == std::string("\0\xff", 2));
    CHECK(!store.Get("c")->has_value());
    CHECK(!store.Get("")->has_value());
  });
}

TEST_CASE("keys are ordered as unsigned bytes and ranges are half-open") {
  OnEachStore([](Store& store) {
    for (const char* key : {"e\x7f", "e\x80", "e", "f", "d\xff"}) {
      Put(store, key, "v");
    }
    CHECK(KeysBetween(store, "e", PrefixEnd("e")) ==
          std::vector<std::string>{"e", "e\x7f", "e\x80"});
    CHECK(KeysBetween(store, "e\x7f", "f") ==
          std::vector<std::string>{"e\x7f", "e\x80"});
    CHECK(PrefixEnd("a\xff\xff") == "b");
  });
}

TEST_CASE("a cursor finds the key below, also at both ends") {
  OnEachStore([](Store& store) {
    Put(store, "b", "1");
    Put(store, "d", "2");
    const std::unique_ptr<Cursor> cursor = store.NewCursor();
    cursor->SeekBelow("b");
    CHECK(!cursor->Valid());
    cursor->SeekBelow("c");
    REQUIRE(cursor->Valid());
    CHECK(cursor->key() == "b");
    cursor->SeekBelow("z");
    REQUIRE(cursor->Valid());
    CHECK(cursor->key() == "d");
    CHECK(cursor->value() == "2");
    CHECK(cursor->status().has_value());
  });
}

TEST_CASE("a cursor sees the store as it was when it was made") {
  OnEachStore([](Store& store) {
    Put(store, "a", "1");
    const std::unique_ptr<Cursor> cursor = store.NewCursor();
    Put(store, "b", "2");
    cursor->Seek("b");
    CHECK(!cursor->Valid());
  });
}

TEST_CASE("a LevelDB store keeps what was synced and has one owner") {
  const testing::TempDir dir;
  const std::string path = DbPath(dir);
  LevelDbOptions options;
  CHECK(OpenLevelDb(path, options).error().code == Code::kNotFound);
  options.create_if_missing = true;
  {
    auto store = OpenLevelDb(path, options);
    REQUIRE(store.has_value());
    Put(**store, "a", "1");
    auto second = OpenLevelDb(path, options);
    REQUIRE(!second.has_value());
    CHECK(second.error().name == "locked");
  }
  auto again = OpenLevelDb(path, options);
  REQUIRE(again.has_value());
  CHECK(**(*again)->Get("a") == "1");
}

TEST_CASE("after a failed write a LevelDB store refuses every other") {
  for (const auto mode : {StoreFaults::Mode::kNotPersisted,
                          StoreFaults::Mode::kPersistedAnyway}) {
    // The first operation of a write is its append, the second its sync.
    for (const int64_t operation : {1, 2}) {
      CAPTURE(operation);
      const testing::TempDir dir;
      LevelDbOptions options;
      options.create_if_missing = true;
      options.faults = std::make_shared<StoreFaults>();
      {
        auto store = OpenLevelDb(DbPath(dir), options);
        REQUIRE(store.has_value());
        Put(**store, "before", "1");
        options.faults->mode = mode;
        options.faults->countdown = operation;
        WriteBatch batch;
        batch.Put("failed", "2");
        CHECK(!(*store)->Write(batch, Store::Durability::kSynced).has_value());
        CHECK(!(*store)->Write(batch, Store::Durability::kSynced).has_value());
      }
      options.faults->countdown = -1;
      auto again = OpenLevelDb(DbPath(dir), options);
      REQUIRE(again.has_value());
      CHECK(**(*again)->Get("before") == "1");
    }
  }
}

TEST_CASE("no writer goes on behind another's torn append") {
  for (int round = 0; round < 20; ++round) {
    const testing::TempDir dir;
    LevelDbOptions options;
    options.create_if_missing = true;
    options.faults = std::make_shared<StoreFaults>();
    std::vector<std::string> kept;
    {
      auto store = OpenLevelDb(DbPath(dir), options);
      REQUIRE(store.has_value());
      std::mutex mu;
      std::vector<std::thread> writers;
      options.faults->countdown = 40 + round;
      for (int w = 0; w < 4; ++w) {
        writers.emplace_back([&, w] {
          for (int i = 0; i < 50; ++i) {
            const std::string key = std::to_string(w) + "/" + std::to_string(i);
            WriteBatch batch;
            batch.Put(key, std::string(5000, 'v'));
            if (!(*store)->Write(batch, Store::Durability::kSynced)) return;
            const std::lock_guard<std::mutex> lock(mu);
            kept.push_back(key);
          }
        });
      }
      for (std::thread& writer : writers) writer.join();
    }
    CHECK(kept.size() < 200);
    options.faults->countdown = -1;
    auto again = OpenLevelDb(DbPath(dir), options);
    REQUIRE(again.has_value());
    for (const std::string& key : kept) {
      CHECK((*again)->Get(key)->has_value());
    }
  }
}

TEST_CASE("a flipped bit in a table is an error and no value") {
  const testing::TempDir dir;
  LevelDbOptions options;
  options.create_if_missing = true;
  options.compress = false;
  {
    auto store = OpenLevelDb(DbPath(dir), options);
    REQUIRE(store.has_value());
    Put(**store, "key", std::string(1000, 'v'));
    REQUIRE((*store)->Compact("", "\xff").has_value());
  }
  std::string table;
  for (const auto& file : std::filesystem::directory_iterator(DbPath(dir))) {
    if (file.path().extension() == ".ldb") table = file.path().string();
  }
  REQUIRE(!table.empty());
  std::string bytes = testing::ReadFile(table);
  bytes[100] = static_cast<char>(bytes[100] ^ 1);
  testing::WriteFile(table, bytes);
  auto store = OpenLevelDb(DbPath(dir), options);
  if (store) {
    CHECK((*store)->Get("key").error().code == Code::kCorruption);
  } else {
    CHECK(store.error().code == Code::kCorruption);
  }
}

TEST_CASE("a cursor ends before a block that cannot be read") {
  const testing::TempDir dir;
  LevelDbOptions options;
  options.create_if_missing = true;
  options.compress = false;
  const auto key = [](int i) { return std::string(1, static_cast<char>(i)); };
  {
    auto store = OpenLevelDb(DbPath(dir), options);
    REQUIRE(store.has_value());
    for (int i = 1; i <= 60; ++i) Put(**store, key(i), std::string(1000, 'v'));
    REQUIRE((*store)->Compact("", "\xff").has_value());
  }
  std::string table;
  for (const auto& file : std::filesystem::directory_iterator(DbPath(dir))) {
    if (file.path().extension() == ".ldb") table = file.path().string();
  }
  REQUIRE(!table.empty());
  std::string bytes = testing::ReadFile(table);
  bytes[30000] = static_cast<char>(bytes[30000] ^ 1);
  testing::WriteFile(table, bytes);
  auto store = OpenLevelDb(DbPath(dir), options);
  REQUIRE(store.has_value());
  int last = 0;
  bool gap = false;
  const Result<void> scanned =
      Scan(**store, "", "\xff", [&](std::string_view found, std::string_view) {
        gap = gap || found != key(last + 1);
        ++last;
        return true;
      });
  CHECK(!gap);
  CHECK(last > 10);
  CHECK(last < 40);
  CHECK(scanned.error().code == Code::kCorruption);
}

TEST_CASE("no store is made over what is left of one") {
  const testing::TempDir dir;
  LevelDbOptions options;
  options.create_if_missing = true;
  {
    auto store = OpenLevelDb(DbPath(dir), options);
    REQUIRE(store.has_value());
    Put(**store, "a", "1");
  }
  const std::filesystem::path current = DbPath(dir) + "/CURRENT";
  const std::string content = testing::ReadFile(current);
  std::filesystem::remove(current);
  const auto refused = OpenLevelDb(DbPath(dir), options);
  REQUIRE(!refused.has_value());
  CHECK(refused.error().code == Code::kCorruption);
  CHECK(refused.error().detail.find("CURRENT") != std::string::npos);
  testing::WriteFile(current, content);
  auto again = OpenLevelDb(DbPath(dir), options);
  REQUIRE(again.has_value());
  CHECK(**(*again)->Get("a") == "1");
}

TEST_CASE("a compaction that fails says so") {
  const testing::TempDir dir;
  LevelDbOptions options;
  options.create_if_missing = true;
  options.compress = false;
  options.faults = std::make_shared<StoreFaults>();
  auto store = OpenLevelDb(DbPath(dir), options);
  REQUIRE(store.has_value());
  Put(**store, "k", "v");
  options.faults->countdown = 2;
  const auto failed = (*store)->Compact("k", "k");
  REQUIRE(!failed.has_value());
  CHECK(failed.error().code == Code::kIo);
}

TEST_CASE("a condemned store opens no more") {
  const testing::TempDir dir;
  LevelDbOptions options;
  options.create_if_missing = true;
  auto store = OpenLevelDb(DbPath(dir), options);
  REQUIRE(store.has_value());
  Put(**store, "k", "v");
  REQUIRE(CondemnLevelDb(DbPath(dir)).has_value());
  CHECK(**(*store)->Get("k") == "v");
  store->reset();
  CHECK(OpenLevelDb(DbPath(dir), options).error().code == Code::kCorruption);
}

TEST_CASE("deleted bytes leave the disk when their range is compacted twice") {
  const testing::TempDir dir;
  LevelDbOptions options;
  options.create_if_missing = true;
  options.compress = false;
  auto store = OpenLevelDb(DbPath(dir), options);
  REQUIRE(store.has_value());
  const std::string secret = "a value that must not stay";
  const auto on_disk = [&] {
    for (const auto& file : std::filesystem::directory_iterator(DbPath(dir))) {
      if (testing::ReadFile(file.path().string()).find(secret) !=
          std::string::npos) {
        return true;
      }
    }
    return false;
  };
  Put(**store, "k", secret);
  CHECK(on_disk());
  REQUIRE((*store)->Compact("k", "k").has_value());
  WriteBatch batch;
  batch.Delete("k");
  REQUIRE((*store)->Write(batch, Store::Durability::kSynced).has_value());
  CHECK(on_disk());
  REQUIRE((*store)->Compact("k", "k").has_value());
  CHECK(!on_disk());
}

}  // namespace
}  // namespace sealedger::ledger
