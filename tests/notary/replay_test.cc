#include "notary/replay.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "ledger/encoding.h"
#include "ledger/leveldb_store.h"
#include "ledger/memory_store.h"
#include "notary/data_dir.h"
#include "notary/index.h"
#include "notary/key_sums.h"
#include "tests/support/files.h"

namespace sealedger::notary {
namespace {

std::string IndexKey(std::string prefix, uint64_t index) {
  ledger::AppendBigEndian64(&prefix, index);
  return prefix;
}

TEST_CASE("sums of keys tell where two sets differ, in any order") {
  const auto add = [](KeySums* sums, const std::vector<std::string>& due,
                      const std::vector<std::string>& found) {
    for (const std::string& key : due) sums->AddDue(key);
    for (const std::string& key : found) sums->AddFound(key);
  };
  const std::string a = IndexKey("ka", 1);
  const std::string b = IndexKey("kb", 2);
  const std::string far = IndexKey("ka", 3 * KeySums::kBlock + 5);

  KeySums same(1 << 20);
  add(&same, {a, b, far}, {far, b, a});
  CHECK(same.Differences().empty());
  CHECK(same.found() == 3);

  KeySums other(1 << 20);
  add(&other, {a, far}, {b, far});
  REQUIRE(other.Differences().size() == 1);
  CHECK(other.Differences()[0].range == 'k');
  CHECK(other.Differences()[0].begin == 0);
  CHECK(other.Differences()[0].end == KeySums::kBlock);

  KeySums lacking(1 << 20);
  add(&lacking, {a, b, far}, {a, b});
  REQUIRE(lacking.Differences().size() == 1);
  CHECK(lacking.Differences()[0].begin == 3 * KeySums::kBlock);
  CHECK(lacking.Differences()[0].due == 1);
  CHECK(lacking.Differences()[0].found == 0);

  // Twice the one is not once each.
  KeySums doubled(1 << 20);
  add(&doubled, {a, b}, {a, a});
  CHECK(doubled.Differences().size() == 1);

  // The same rest in another range.
  KeySums moved(1 << 20);
  add(&moved, {IndexKey("ka", 1)}, {IndexKey("pa", 1)});
  CHECK(moved.Differences().size() == 2);

  // Keys beyond the end share one block, however many there are.
  KeySums beyond(10);
  for (uint64_t i = 0; i < 100; ++i) {
    beyond.AddFound(IndexKey("k", ~uint64_t{0} - i * KeySums::kBlock));
  }
  CHECK(beyond.Differences().size() == 1);
}

// A ledger of one entry (ledger.created) and the first party, its state and
// its indexes, all in memory to be damaged.
struct Stores {
  Stores() {
    testing::TempDir dir;
    const std::string path = (dir.path() / "data").string();
    REQUIRE(InitDataDir(path, "example.com/log", std::nullopt).has_value());
    auto disk = ledger::OpenLevelDb(path + "/ledger", {});
    REQUIRE(disk.has_value());
    ledger::WriteBatch all;
    REQUIRE(ledger::Scan(**disk, "", std::string(8, '\xff'),
                         [&all](std::string_view key, std::string_view value) {
                           all.Put(key, value);
                           return true;
                         })
                .has_value());
    REQUIRE(ledger.Write(all, ledger::Store::Durability::kSynced).has_value());
    auto opened =
        ledger::Ledger::Open(*std::move(disk), [](const ledger::TreeHead&) {
          return Result<std::string>("unsigned");
        });
    REQUIRE(opened.has_value());
    auto index = Index::Open(path + "/views", **opened);
    REQUIRE(index.has_value());
    const uint64_t size = (*opened)->published()->head.size;
    REQUIRE((*index)->WaitFor(size, std::chrono::minutes(1)).has_value());
    ledger::WriteBatch keys;
    REQUIRE(ledger::Scan((*index)->store(), "", std::string(8, '\xff'),
                         [&keys](std::string_view key, std::string_view value) {
                           keys.Put(key, value);
                           return true;
                         })
                .has_value());
    REQUIRE(views.Write(keys, ledger::Store::Durability::kSynced).has_value());
  }

  std::vector<std::string> Problems() {
    ledger::MemoryStore scratch;
    const auto report = Replay(ledger, &views, scratch, nullptr);
    REQUIRE(report.has_value());
    CHECK(report->ledger.problems.empty());
    return report->problems;
  }

  static void Write(ledger::MemoryStore* store, const std::string& key,
                    const std::optional<std::string>& value) {
    ledger::WriteBatch batch;
    if (value) {
      batch.Put(key, *value);
    } else {
      batch.Delete(key);
    }
    REQUIRE(
        store->Write(batch, ledger::Store::Durability::kSynced).has_value());
  }

  static std::string FirstKey(ledger::MemoryStore* store, char range) {
    const auto cursor = store->NewCursor();
    cursor->Seek(std::string(1, range));
    REQUIRE(cursor->Valid());
    REQUIRE(cursor->key()[0] == range);
    return std::string(cursor->key());
  }

  ledger::MemoryStore ledger;
  ledger::MemoryStore views;
};

TEST_CASE("a replay finds what differs in state and indexes") {
  Stores stores;
  REQUIRE(stores.Problems().empty());
  const auto only_problem = [&stores] {
    const std::vector<std::string> problems = stores.Problems();
    REQUIRE(problems.size() == 1);
    return problems[0];
  };

  SUBCASE("a state key that differs") {
    const std::string key = Stores::FirstKey(&stores.ledger, 's');
    Stores::Write(&stores.ledger, key, "{}");
    CHECK(only_problem() ==
          "the state differs from what the entries give: " + key);
  }
  SUBCASE("a state key too many, before and after all others") {
    Stores::Write(&stores.ledger, "s", "{}");
    CHECK(only_problem() == "the state holds a key that no entry gives: s");
    Stores::Write(&stores.ledger, "s", std::nullopt);
    Stores::Write(&stores.ledger, "s~", "{}");
    CHECK(only_problem() == "the state holds a key that no entry gives: s~");
  }
  SUBCASE("a state key that is gone") {
    const std::string key = Stores::FirstKey(&stores.ledger, 's');
    Stores::Write(&stores.ledger, key, std::nullopt);
    CHECK(only_problem() ==
          "the state lacks a key that the entries give: " + key);
  }
  SUBCASE("an index key that is gone, or too many") {
    const std::string key = Stores::FirstKey(&stores.views, 'k');
    Stores::Write(&stores.views, key, std::nullopt);
    CHECK(only_problem().starts_with(
        "the index 'k' differs from what entries 0 to 65535 give: "));
    Stores::Write(&stores.views, key, "");
    REQUIRE(stores.Problems().empty());
    Stores::Write(&stores.views, IndexKey("a0123456789abcdef", 0), "");
    CHECK(only_problem() ==
          "the index 'a' differs from what entries 0 to 65535 give: 1 keys "
          "stand where 0 are due");
  }
  SUBCASE("what is no index key") {
    Stores::Write(&stores.views, "k", "");
    CHECK(only_problem() == "the indexes hold what is no index key");
    Stores::Write(&stores.views, "k", std::nullopt);
    Stores::Write(&stores.views, IndexKey("z", 0), "");
    CHECK(only_problem() == "the indexes hold what is no index key");
  }
}

}  // namespace
}  // namespace sealedger::notary
