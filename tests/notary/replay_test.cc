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
#include "notary/register_rows.h"
#include "tests/notary/register_story.h"
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

void CopyAll(ledger::Store& from, ledger::Store* to) {
  ledger::WriteBatch all;
  REQUIRE(ledger::Scan(from, "", std::string(8, '\xff'),
                       [&all](std::string_view key, std::string_view value) {
                         all.Put(key, value);
                         return true;
                       })
              .has_value());
  REQUIRE(to->Write(all, ledger::Store::Durability::kSynced).has_value());
}

// A ledger, its state and its indexes, all in memory to be damaged.
struct Stores {
  // Of one entry (ledger.created) and the first party.
  Stores() {
    const testing::TempDir dir;
    const std::string path = (dir.path() / "data").string();
    REQUIRE(InitDataDir(path, "example.com/log", std::nullopt).has_value());
    auto disk = ledger::OpenLevelDb(path + "/ledger", {});
    REQUIRE(disk.has_value());
    auto opened =
        ledger::Ledger::Open(*std::move(disk), [](const ledger::TreeHead&) {
          return Result<std::string>("unsigned");
        });
    REQUIRE(opened.has_value());
    REQUIRE(Take(**opened).has_value());
  }

  // Of a story that the index need not get through.
  explicit Stores(const testing::RegisterStory& story) {
    folded = Take(*testing::LedgerWith(std::make_unique<ledger::MemoryStore>(),
                                       story.Admission()));
  }

  Result<void> Take(ledger::Ledger& taken) {
    const testing::TempDir dir;
    CopyAll(taken.store(), &ledger);
    auto index = Index::Open((dir.path() / "views").string(), taken);
    REQUIRE(index.has_value());
    const uint64_t size = taken.published()->head.size;
    Result<void> waited = (*index)->WaitFor(size, std::chrono::minutes(1));
    CopyAll((*index)->store(), &views);
    return waited;
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
  Result<void> folded;  // what the index said
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

// Something of every kind that has rows.
testing::RegisterStory Story() {
  testing::RegisterStory story;
  story.Establish(testing::kStoryUscc, "示例科技有限公司");
  story.Issue("35010000000117", testing::kStoryUscc, "02", 1);
  story.Happen("35010000000117", SealEvent::kFiled);
  story.Issue("35010000000118", testing::kStoryUscc, "01");
  story.Rename(testing::kStoryUscc, "示例数字科技有限公司");
  return story;
}

using Problems = std::vector<std::string>;

TEST_CASE("a replay finds what differs in the rows of the register") {
  Stores stores(Story());
  REQUIRE(stores.folded.has_value());
  REQUIRE(stores.Problems().empty());
  for (const char range : kRowRanges) {
    CAPTURE(range);
    const std::string key = Stores::FirstKey(&stores.views, range);
    const std::string described = DescribeRowKey(key);
    REQUIRE(described[1] == ' ');
    const std::string value = **stores.views.Get(key);
    std::string changed = value;
    changed.back() = static_cast<char>(changed.back() ^ 1);
    Stores::Write(&stores.views, key, changed);
    CHECK(stores.Problems() ==
          Problems{"a row of the indexes differs from what the entries give: " +
                   described});
    Stores::Write(&stores.views, key, std::nullopt);
    CHECK(
        stores.Problems() ==
        Problems{"the indexes lack a row that the entries give: " + described});
    Stores::Write(&stores.views, key, value);

    // Before all others, after them, and one like them.
    for (const std::string& more :
         {std::string(1, range), range + std::string("\xff"),
          key.substr(0, key.size() - 1) + "\x7f"}) {
      Stores::Write(&stores.views, more, value);
      CHECK(stores.Problems() ==
            Problems{"the indexes hold a row that no entry gives: " +
                     DescribeRowKey(more)});
      Stores::Write(&stores.views, more, std::nullopt);
    }
  }
  REQUIRE(stores.Problems().empty());
}

TEST_CASE("a replay counts the keys of rows with those of the indexes") {
  Stores stores(Story());
  uint64_t keys = 0;
  REQUIRE(ledger::Scan(stores.views, "", "\xff",
                       [&keys](std::string_view key, std::string_view) {
                         keys += key != kFoldedSizeKey;
                         return true;
                       })
              .has_value());
  ledger::MemoryStore scratch;
  const auto report = Replay(stores.ledger, &stores.views, scratch, nullptr);
  REQUIRE(report.has_value());
  CHECK(report->index_keys == keys);
}

TEST_CASE("a replay compares no rows of entries that are not indexed yet") {
  testing::RegisterStory story = Story();
  Stores behind(story);
  story.Happen("35010000000118", SealEvent::kFiled);
  story.Rename(testing::kStoryUscc, "示例智能科技有限公司");
  Stores ahead(story);
  ledger::MemoryStore scratch;
  auto report = Replay(ahead.ledger, &behind.views, scratch, nullptr);
  REQUIRE(report.has_value());
  CHECK(report->problems.empty());
}

TEST_CASE("an entry that does not follow is named, and what is right is not") {
  testing::RegisterStory story = Story();
  story.Terminate(testing::kStoryUscc);
  const uint64_t bad = story.Rename(testing::kStoryUscc, "Example Ltd.");
  story.Establish(testing::kStoryIndividual, std::nullopt);
  story.Issue("35010000000119", testing::kStoryIndividual, "03", 1);
  Stores stores(story);
  REQUIRE(stores.folded.has_value());
  CHECK(stores.Problems() ==
        Problems{"entry " + std::to_string(bad) +
                 " does not follow from the ledger before it: the organisation "
                 "is terminated"});
}

TEST_CASE("an entry that the index could not fold is named once") {
  testing::RegisterStory story = Story();
  const uint64_t bad = story.Happen("35010000000119", SealEvent::kFiled);
  Stores stores(story);
  CHECK(!stores.folded.has_value());
  const Problems named = {"entry " + std::to_string(bad) +
                          " does not follow from the ledger before it: no seal "
                          "of this code is in the register"};
  CHECK(stores.Problems() == named);
  // Views that say that it is folded have the rest.
  Stores before(Story());
  std::string size = **before.views.Get(kFoldedSizeKey);
  size.resize(size.size() - 8);
  ledger::AppendBigEndian64(&size, bad + 1);
  CopyAll(before.views, &stores.views);
  for (const std::string& key :
       {IndexKey(std::string("kseal.filed") + '\0', bad),
        IndexKey(std::string("pbureau") + '\0' + "seal.filed" + '\0', bad)}) {
    Stores::Write(&stores.views, key, "");
  }
  Stores::Write(&stores.views, std::string(kFoldedSizeKey), size);
  CHECK(stores.Problems() == named);
}

TEST_CASE("an entry that follows and has no place in the rows is named") {
  testing::RegisterStory story = Story();
  const char* code = "35010000000117";
  story.Happen(code, SealEvent::kActivated);
  // From before its filing: the state refuses it, the rows do not see it.
  SealEventEntry early;
  early.event = SealEvent::kSuspended;
  early.seal_code = code;
  early.effective_ms = 0;
  const uint64_t refused = story.Add("bureau", early);
  const uint64_t again = story.Happen(code, SealEvent::kSuspended);
  Stores stores(story);
  CHECK(!stores.folded.has_value());
  std::string size = "sealedger-views/4";
  ledger::AppendBigEndian64(&size, again + 1);
  Stores::Write(&stores.views, std::string(kFoldedSizeKey), size);
  const Problems problems = stores.Problems();
  REQUIRE(problems.size() > 2);
  CHECK(problems[0].starts_with("entry " + std::to_string(refused) +
                                " does not follow"));
  CHECK(problems[1].starts_with("entry " + std::to_string(again) +
                                " does not fit the rows"));
}

}  // namespace
}  // namespace sealedger::notary
