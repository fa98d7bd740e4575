#include "notary/index.h"

#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ledger/leveldb_store.h"
#include "ledger/memory_store.h"
#include "notary/row_fold.h"
#include "tests/notary/register_story.h"
#include "tests/support/files.h"

namespace sealedger::notary {
namespace {

using testing::kStoryIndividual;
using testing::kStoryUscc;
using testing::RegisterStory;

constexpr const char* kSeal = "35010000000117";
constexpr const char* kOtherSeal = "35010000000118";

// An index in a folder of its own, over a ledger that stays.
class Views {
 public:
  explicit Views(const RegisterStory& story) {
    ledger::Admission admission = story.Admission();
    admission.state.clear();
    ledger_ = testing::LedgerWith(std::make_unique<ledger::MemoryStore>(),
                                  std::move(admission));
  }

  // Opens it and waits until all is folded; what folding said.
  Result<void> Open() {
    auto opened = Index::Open(path(), *ledger_);
    REQUIRE(opened.has_value());
    index_ = *std::move(opened);
    return index_->WaitFor(ledger_->published()->head.size,
                           std::chrono::minutes(1));
  }
  void Close() { index_.reset(); }

  // While it is closed.
  void Write(const std::string& key, const std::optional<std::string>& value) {
    auto store = ledger::OpenLevelDb(path(), {});
    REQUIRE(store.has_value());
    ledger::WriteBatch batch;
    value ? batch.Put(key, *value) : batch.Delete(key);
    REQUIRE(
        (*store)->Write(batch, ledger::Store::Durability::kSynced).has_value());
  }

  std::string path() const { return (dir_.path() / "views").string(); }
  Index* operator->() { return index_.get(); }

 private:
  testing::TempDir dir_;
  std::unique_ptr<ledger::Ledger> ledger_;
  std::unique_ptr<Index> index_;
};

std::map<std::string, std::string> RowsOf(ledger::Store& store) {
  std::map<std::string, std::string> rows;
  for (const char range : kRowRanges) {
    const std::string prefix(1, range);
    REQUIRE(ledger::Scan(store, prefix, ledger::PrefixEnd(prefix),
                         [&rows](std::string_view key, std::string_view value) {
                           rows.emplace(key, value);
                           return true;
                         })
                .has_value());
  }
  return rows;
}

RegisterStory Story() {
  RegisterStory story;
  story.Establish(kStoryUscc, "示例科技有限公司");
  story.Issue(kSeal, kStoryUscc, "02", 1);
  story.Happen(kSeal, SealEvent::kFiled);
  story.Issue(kOtherSeal, kStoryUscc, "01");
  return story;
}

std::vector<std::string> CodesThatAre(Views& views, SealStatus status) {
  SealQuery query;
  query.status = status;
  query.end = 1000;
  query.limit = 100;
  const auto found = views->FindSeals(query);
  REQUIRE(found.has_value());
  std::vector<std::string> codes;
  for (const StoredSealRow& row : found->rows) codes.emplace_back(row->code);
  return codes;
}

TEST_CASE("the index lists the register") {
  Views views(Story());
  REQUIRE(views.Open().has_value());
  CHECK(CodesThatAre(views, SealStatus::kFiled) ==
        std::vector<std::string>{kSeal});
  CHECK(CodesThatAre(views, SealStatus::kIssued) ==
        std::vector<std::string>{kOtherSeal});
  const auto seal = views->FindSeal(kSeal);
  REQUIRE(seal.has_value());
  REQUIRE(seal->has_value());
  CHECK((**seal)->status == SealStatus::kFiled);
  ApplicationQuery query;
  query.state = ApplicationState::kApproved;
  query.end = 1000;
  query.limit = 1;
  const auto applications = views->FindApplications(query);
  REQUIRE(applications.has_value());
  REQUIRE(applications->rows.size() == 1);
  CHECK(applications->next.has_value());
  const auto application = views->FindApplication(std::string("app-") + kSeal);
  REQUIRE(application.has_value());
  REQUIRE(application->has_value());
  CHECK(*(**application) == *applications->rows[0]);
  // As every entry, those of the register are found by kind and party too.
  CHECK(views->ByPartyAndKind("bureau", kSealIssued, {0, 1000, 10})->size() ==
        2);
}

TEST_CASE("a reading is of one published tree, and of no older one") {
  using std::chrono::milliseconds;
  const RegisterStory story = Story();
  Views views(story);
  REQUIRE(views.Open().has_value());
  const uint64_t size = story.entries().size();
  {
    const auto reading = views->Read(size, milliseconds(0));
    REQUIRE(reading.has_value());
    CHECK(reading->head->head.size == size);
    CHECK(reading->lock.owns_lock());
    // Others read meanwhile.
    CHECK(views->Read(0, milliseconds(0)).has_value());
  }
  const auto later = views->Read(size + 1, milliseconds(20));
  REQUIRE(!later.has_value());
  CHECK(later.error().name == "index-behind");
  // Known again at the next start, where nothing is left to fold.
  views.Close();
  REQUIRE(views.Open().has_value());
  CHECK(views->Read(size, milliseconds(0))->head->head.size == size);
}

TEST_CASE("views of an older format are built anew") {
  Views views(Story());
  REQUIRE(views.Open().has_value());
  const auto rows = RowsOf(views->store());
  const auto folded = views->store().Get(kFoldedSizeKey);
  REQUIRE(folded.has_value());
  std::string older = **folded;
  views.Close();
  const size_t version = older.find('/') + 1;
  REQUIRE(older[version] == '4');
  older[version] = '3';
  views.Write(std::string(kFoldedSizeKey), older);
  views.Write(SealCodeKey(kSeal), std::nullopt);
  REQUIRE(views.Open().has_value());
  CHECK(RowsOf(views->store()) == rows);
}

TEST_CASE("a row that cannot be read condemns the views") {
  Views views(Story());
  REQUIRE(views.Open().has_value());
  const auto rows = RowsOf(views->store());
  const std::string first_seal = rows.lower_bound("R")->first;
  views.Close();
  SealQuery seals;
  seals.end = 1000;
  seals.limit = 10;
  ApplicationQuery applications;
  applications.end = 1000;
  applications.limit = 10;
  const std::string first_application = rows.lower_bound("A")->first;
  struct Read {
    std::string damaged;
    std::function<Error()> error;
  };
  const Read reads[] = {
      {first_seal, [&] { return views->FindSeals(seals).error(); }},
      {first_seal, [&] { return views->FindSeal(kSeal).error(); }},
      {first_application,
       [&] { return views->FindApplications(applications).error(); }},
      {first_application, [&] {
         return views->FindApplication("app-" + std::string(kSeal)).error();
       }}};
  for (const auto& [damaged, read] : reads) {
    views.Write(damaged, "x");
    REQUIRE(views.Open().has_value());
    CHECK(!views->trouble().has_value());
    const Error error = read();
    CHECK(error.code == ledger::Code::kCorruption);
    CHECK(error.name == "views-corrupt");
    CHECK(error.detail.ends_with("; a restart builds the views anew"));
    REQUIRE(views->trouble().has_value());
    CHECK(views->trouble()->name == "views-corrupt");
    views.Close();
    REQUIRE(views.Open().has_value());
    CHECK(RowsOf(views->store()) == rows);
    views.Close();
  }
}

TEST_CASE("an entry that does not fit the rows stops the index there") {
  RegisterStory story = Story();
  const uint64_t bad = story.Happen("35010000000119", SealEvent::kFiled);
  story.Establish(kStoryIndividual, std::nullopt);
  Views views(story);
  const auto folded = views.Open();
  REQUIRE(!folded.has_value());
  CHECK(folded.error().code == ledger::Code::kCorruption);
  CHECK(folded.error().name == "views-corrupt");
  CHECK(folded.error().detail.starts_with("entry " + std::to_string(bad) +
                                          " does not fit"));
  CHECK(views->folded() <= bad);
}

TEST_CASE("many rows at once are written in several pieces") {
  RegisterStory story;
  const std::string name = std::string(240, 'x');
  story.Establish(kStoryUscc, name);
  // More than 8 MiB of rows, in fewer entries than are folded at once.
  constexpr size_t kSeals = 3500;
  SealIssued issued;
  issued.seal = {.code = "",
                 .uscc = kStoryUscc,
                 .type = "04",
                 .ordinal = 1,
                 .physical_code = std::string(64, 'p'),
                 .valid_from_ms = 0,
                 .valid_to_ms = 1};
  issued.custodian = "acme";
  for (size_t i = 0; i < kSeals; ++i) {
    issued.seal.code = std::to_string(35010000000000 + i);
    story.Add("bureau", issued);
  }
  story.Rename(kStoryUscc, std::string(240, 'y'));
  ledger::MemoryStore due;
  RowFold fold(due);
  for (size_t i = 0; i < story.entries().size(); ++i) {
    REQUIRE(fold.Fold(story.entries()[i], i).has_value());
  }
  REQUIRE(fold.pending_bytes() > 8 << 20);
  ledger::WriteBatch batch;
  fold.Take(&batch);
  REQUIRE(due.Write(batch, ledger::Store::Durability::kSynced).has_value());

  Views views(story);
  REQUIRE(views.Open().has_value());
  CHECK(RowsOf(views->store()) == RowsOf(due));
}

}  // namespace
}  // namespace sealedger::notary
