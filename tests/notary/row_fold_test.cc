#include "notary/row_fold.h"

#include <doctest/doctest.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ledger/memory_store.h"
#include "notary/canonical_json.h"
#include "notary/codes.h"
#include "tests/notary/register_story.h"

namespace sealedger::notary {
namespace {

using testing::kStoryIndividual;
using testing::kStoryOtherUscc;
using testing::kStoryUscc;
using testing::RegisterStory;

using Keys = std::map<std::string, std::string>;

constexpr const char* kSeal = "35010000000117";
constexpr const char* kOtherSeal = "35010000000118";
constexpr const char* kFarSeal = "5120810000001";

Keys KeysOf(ledger::Store& store, const std::string& prefix = "") {
  Keys keys;
  REQUIRE(ledger::Scan(store, prefix,
                       prefix.empty() ? "\xff" : ledger::PrefixEnd(prefix),
                       [&keys](std::string_view key, std::string_view value) {
                         keys.emplace(key, value);
                         return true;
                       })
              .has_value());
  return keys;
}

void Write(ledger::Store* store, RowFold* fold) {
  ledger::WriteBatch batch;
  fold->Take(&batch);
  REQUIRE(store->Write(batch, ledger::Store::Durability::kSynced).has_value());
}

// The rows of these entries, written after every `step` of them.
void FoldAll(const std::vector<Entry>& entries, size_t step,
             ledger::Store* store) {
  RowFold fold(*store);
  for (size_t i = 0; i < entries.size(); ++i) {
    REQUIRE(fold.Fold(entries[i], i).has_value());
    if ((i + 1) % step == 0) Write(store, &fold);
  }
  Write(store, &fold);
  REQUIRE(fold.pending_bytes() == 0);
}

// A story with everything in it that changes rows.
RegisterStory Story() {
  using enum SealEvent;
  RegisterStory story;
  story.Establish(kStoryUscc, "示例科技有限公司");
  story.Establish(kStoryOtherUscc, "Example Ltd.");
  story.Establish(kStoryIndividual, std::nullopt);
  story.Issue(kSeal, kStoryUscc, "02", 1);
  story.Happen(kSeal, kFiled);
  story.Issue(kOtherSeal, kStoryUscc, "01");
  story.Happen(kSeal, kActivated);
  story.Issue(kFarSeal, kStoryOtherUscc, "01");
  story.Rename(kStoryUscc, "示例数字科技有限公司");
  story.Happen(kSeal, kLost);
  story.Issue("3501000000119", kStoryIndividual, "04", 7, "platform-2");
  story.Happen(kOtherSeal, kCancelled);
  story.Rename(kStoryUscc, "示例智能科技有限公司");
  story.Happen(kSeal, kFound);
  story.Terminate(kStoryOtherUscc);
  return story;
}

SealRow Decoded(const Keys& keys, const std::string& key) {
  REQUIRE(keys.count(key) == 1);
  const auto row = DecodeSealRow(keys.at(key));
  REQUIRE(row.has_value());
  return *row;
}

uint64_t IssuedAt(const RegisterStory& story, const std::string& code) {
  for (uint64_t i = 0; i < story.entries().size(); ++i) {
    const auto* issued = std::get_if<SealIssued>(&story.entries()[i].body);
    if (issued != nullptr && issued->seal.code == code) return i;
  }
  FAIL("no such seal");
  return 0;
}

Json ItemOf(const SealRow& row) {
  const auto json = ParseJson(std::string(row.text) + "}");
  REQUIRE(json.has_value());
  CHECK(WriteJson(*json) == std::string(row.text) + "}");
  return *json;
}

TEST_CASE("a seal's row says what the contract names") {
  const RegisterStory story = Story();
  ledger::MemoryStore store;
  FoldAll(story.entries(), story.entries().size(), &store);
  const Keys keys = KeysOf(store);
  const uint64_t index = IssuedAt(story, kSeal);
  const SealRow row = Decoded(keys, RowKey(AllSealsPrefix(), index));
  const Entry& entry = story.entries()[index];
  CHECK(row.issued_ms == entry.time_ms);
  CHECK(row.valid_to_ms == std::get<SealIssued>(entry.body).seal.valid_to_ms);
  CHECK(row.status == SealStatus::kActive);
  CHECK(row.type == "02");
  CHECK(row.uscc == kStoryUscc);
  CHECK(row.code == kSeal);
  CHECK(row.custodian == "acme");
  CHECK(row.name == ledger::Sha256Of(std::string("name ") + kSeal));
  CHECK(std::string(row.text) + "}" ==
        R"({"code":"35010000000117","custodian":"acme","division":"350100",)"
        R"("index":11,"issued_at":"2026-11-22T09:30:11.123Z",)"
        R"("ordinal":1,"organization":"示例智能科技有限公司",)"
        R"("status":"active","type":"02","uscc":"91350100M000100Y43",)"
        R"("valid_from":"2026-11-22T09:30:00.000Z",)"
        R"("valid_to":"2029-11-22T09:29:59.999Z"})");
  CHECK(keys.at(SealCodeKey(kSeal)) == RowKey("", index));
}

TEST_CASE("a physical seal's code stands in the row, a seal without name too") {
  RegisterStory story;
  story.Establish(kStoryUscc, "Example Ltd.");
  const uint64_t index = story.Issue(kSeal, kStoryUscc, "01");
  std::vector<Entry> entries = story.entries();
  std::get<SealIssued>(entries[index].body).seal.physical_code = "P-7";
  for (const size_t lines : {0, 2}) {
    entries[index].sd.assign(lines, RegisterStory::NameDigests("x")[0]);
    ledger::MemoryStore store;
    FoldAll(entries, 100, &store);
    const Keys keys = KeysOf(store);
    const SealRow row = Decoded(keys, RowKey(AllSealsPrefix(), index));
    CHECK(!row.name);
    const Json item = ItemOf(row);
    CHECK(*item.Find("physical_code")->if_string() == "P-7");
    CHECK(item.Find("ordinal") == nullptr);
  }
}

TEST_CASE("every index holds the same row, however often it is written") {
  const RegisterStory story = Story();
  ledger::MemoryStore at_once;
  FoldAll(story.entries(), story.entries().size(), &at_once);
  const Keys keys = KeysOf(at_once);
  const Keys seals = KeysOf(at_once, AllSealsPrefix());
  REQUIRE(seals.size() == 4);
  size_t ranges = 0;
  for (const auto& [key, value] : seals) {
    const SealRow row = Decoded(keys, key);
    const uint64_t index = IssuedAt(story, std::string(row.code));
    for (const std::string& prefix :
         {SealsOfPrefix(row.uscc), SealsInPrefix(DivisionOf(row.code)),
          SealsThatArePrefix(row.status), SealsOfTypePrefix(row.type)}) {
      REQUIRE(keys.count(RowKey(prefix, index)) == 1);
      CHECK(keys.at(RowKey(prefix, index)) == value);
      ++ranges;
    }
  }
  for (const char range : {'U', 'D', 'S', 'T'}) {
    ranges -= KeysOf(at_once, std::string(1, range)).size();
  }
  CHECK(ranges == 0);
  CHECK(KeysOf(at_once, "C").size() == 4);

  for (const size_t step : {1, 2, 3, 7}) {
    ledger::MemoryStore in_steps;
    FoldAll(story.entries(), step, &in_steps);
    CHECK(KeysOf(in_steps) == keys);
  }
}

TEST_CASE("a new name reaches all seals of the organisation and no other") {
  const RegisterStory story = Story();
  ledger::MemoryStore store;
  FoldAll(story.entries(), 5, &store);
  const Keys keys = KeysOf(store);
  const auto named = [&](const char* code) -> std::optional<std::string> {
    const Json item =
        ItemOf(Decoded(keys, RowKey(AllSealsPrefix(), IssuedAt(story, code))));
    const Json* name = item.Find("organization");
    if (name == nullptr) return std::nullopt;
    return *name->if_string();
  };
  CHECK(named(kSeal) == "示例智能科技有限公司");
  CHECK(named(kOtherSeal) == "示例智能科技有限公司");  // cancelled
  CHECK(named(kFarSeal) == "Example Ltd.");
  CHECK(named("3501000000119") == std::nullopt);
  CHECK(keys.at(OrganizationNameKey(kStoryUscc)) ==
        R"({"name":"示例智能科技有限公司"})");
  CHECK(keys.at(OrganizationNameKey(kStoryOtherUscc)) ==
        R"({"name":"Example Ltd."})");
  CHECK(keys.at(OrganizationNameKey(kStoryIndividual)) == "{}");

  // A seal that comes after has it from the start.
  RegisterStory longer = story;
  longer.Issue("35010000000120", kStoryUscc, "03", 1);
  longer.Issue("35010000000121", kStoryIndividual, "03", 1);
  RowFold fold(store);
  for (uint64_t i = story.entries().size(); i < longer.entries().size(); ++i) {
    REQUIRE(fold.Fold(longer.entries()[i], i).has_value());
  }
  Write(&store, &fold);
  const Keys more = KeysOf(store);
  const auto item = [&](const char* code) {
    return ItemOf(
        Decoded(more, RowKey(AllSealsPrefix(), IssuedAt(longer, code))));
  };
  CHECK(*item("35010000000120").Find("organization")->if_string() ==
        "示例智能科技有限公司");
  CHECK(item("35010000000121").Find("organization") == nullptr);
}

TEST_CASE("an application's row grows by its entries") {
  using enum ApplicationState;
  RegisterStory story;
  story.Establish(kStoryUscc, "Example Ltd.");
  story.Submit({.id = "a-1",
                .route = Route::kAgency,
                .uscc = kStoryUscc,
                .seal_type = "02",
                .ordinal = 3,
                .channel = Channel::kShop});
  story.Submit({.id = "a-2",
                .route = Route::kPlatform,
                .uscc = kStoryUscc,
                .seal_type = "01",
                .ordinal = std::nullopt,
                .channel = std::nullopt});
  story.Step("a-1", kReturned);
  story.Step("a-1", kSubmitted);
  story.Step("a-1", kMaterialsAccepted);
  for (const size_t step : {1, 100}) {
    ledger::MemoryStore store;
    FoldAll(story.entries(), step, &store);
    Keys keys = KeysOf(store);
    const std::string value = keys.at(RowKey(AllApplicationsPrefix(), 5));
    const auto row = DecodeApplicationRow(value);
    REQUIRE(row.has_value());
    CHECK(row->state == kMaterialsAccepted);
    CHECK(row->route == Route::kAgency);
    CHECK(row->uscc == kStoryUscc);
    CHECK(row->by == "acme");
    CHECK(row->text ==
          R"({"by":"acme","entries":[5,7,8,9],"id":"a-1","ordinal":3,)"
          R"("route":"agency","seal_type":"02","state":"materials_accepted",)"
          R"("uscc":"91350100M000100Y43"})");
    const auto other =
        DecodeApplicationRow(keys.at(RowKey(AllApplicationsPrefix(), 6)));
    REQUIRE(other.has_value());
    CHECK(other->text ==
          R"({"by":"acme","entries":[6],"id":"a-2","route":"platform",)"
          R"("seal_type":"01","state":"submitted",)"
          R"("uscc":"91350100M000100Y43"})");
    CHECK(keys.at(ApplicationIdKey("a-1")) == RowKey("", 5));
    CHECK(keys.at(RowKey(ApplicationsOfPrefix(kStoryUscc), 5)) == value);
    CHECK(keys.at(RowKey(ApplicationsThatArePrefix(kMaterialsAccepted), 5)) ==
          value);
    CHECK(KeysOf(store, "A").size() == 2);
    CHECK(KeysOf(store, "V").size() == 2);
    CHECK(KeysOf(store, "B").size() == 2);
    CHECK(KeysOf(store, "I").size() == 2);
  }
}

TEST_CASE("an entry that does not fit is refused and changes nothing") {
  RegisterStory story = Story();
  story.Submit({.id = "a-1",
                .route = Route::kAgency,
                .uscc = kStoryUscc,
                .seal_type = "99",
                .ordinal = 3,
                .channel = std::nullopt});
  const size_t size = story.entries().size();
  RegisterStory after = story;
  RegisterStory strange;
  std::vector<Entry> entries;
  const auto add = [&entries](const RegisterStory& from, uint64_t index) {
    entries.push_back(from.entries()[index]);
  };
  add(after, after.Establish(kStoryUscc, "Example Ltd."));
  add(after, after.Rename("115300000151003540", "Example Ltd."));
  add(strange, strange.Issue("3501000000001", "115300000151003540", "01"));
  add(after, after.Issue(kSeal, kStoryUscc, "03", 1));
  add(after, after.Happen("3501000000001", SealEvent::kFiled));
  add(after, after.Happen(kSeal, SealEvent::kFiled));         // is active
  add(after, after.Happen(kOtherSeal, SealEvent::kResumed));  // is cancelled
  add(story, size - 1);  // the application again
  strange.Submit(std::get<ApplicationEntry>(entries.back().body).application);
  entries.push_back(entries.back());
  auto& unknown = std::get<ApplicationEntry>(entries.back().body);
  unknown.application.id = "a-2";
  unknown.previous = 7;

  ledger::MemoryStore store;
  FoldAll(story.entries(), 5, &store);
  const Keys keys = KeysOf(store);
  REQUIRE(entries.size() == 9);
  for (size_t i = 0; i < entries.size(); ++i) {
    CAPTURE(i);
    RowFold fold(store);
    const auto folded = fold.Fold(entries[i], size);
    REQUIRE(!folded.has_value());
    CHECK(folded.error().code == ledger::Code::kCorruption);
    CHECK(folded.error().name == "views-corrupt");
    CHECK(folded.error().detail.starts_with("entry " + std::to_string(size) +
                                            " does not fit"));
    CHECK(fold.pending_bytes() == 0);
    Write(&store, &fold);
    CHECK(KeysOf(store) == keys);
  }
}

TEST_CASE("rows that cannot be read are called corrupt") {
  const RegisterStory story = Story();
  const uint64_t index = IssuedAt(story, kSeal);
  RegisterStory after = story;
  const Entry lost =
      after.entries()[after.Happen(kSeal, SealEvent::kSuspended)];
  const Entry renamed = after.entries()[after.Rename(kStoryUscc, "Example")];
  const auto name = [&](const Entry& entry, const std::string& key,
                        const std::optional<std::string>& value) {
    ledger::MemoryStore store;
    FoldAll(story.entries(), 100, &store);
    ledger::WriteBatch batch;
    value ? batch.Put(key, *value) : batch.Delete(key);
    REQUIRE(store.Write(batch, ledger::Store::Durability::kSynced).has_value());
    RowFold fold(store);
    const auto folded = fold.Fold(entry, 1000);
    CHECK(fold.pending_bytes() == (folded ? fold.pending_bytes() : 0));
    return folded ? "" : folded.error().name;
  };
  const std::string row = RowKey(AllSealsPrefix(), index);
  const std::string copy = RowKey(SealsOfPrefix(kStoryUscc), index);
  CHECK(name(lost, "x", "") == "");
  CHECK(name(lost, row, std::nullopt) == "views-corrupt");
  CHECK(name(lost, row, "x") == "views-corrupt");
  CHECK(name(lost, SealCodeKey(kSeal), "7") == "views-corrupt");
  SealRow broken;
  broken.type = "01";
  broken.uscc = kStoryUscc;
  broken.code = kSeal;
  broken.custodian = "acme";
  broken.status = SealStatus::kActive;
  broken.text = "{";
  CHECK(name(lost, row, EncodeSealRow(broken)) == "");
  broken.text = "{\"x\"";
  CHECK(name(lost, row, EncodeSealRow(broken)) == "views-corrupt");
  CHECK(name(renamed, "x", "") == "");
  CHECK(name(renamed, copy, "x") == "views-corrupt");
  CHECK(name(renamed, copy, EncodeSealRow(broken)) == "views-corrupt");
  CHECK(name(renamed, copy + "x", "") == "views-corrupt");
}

TEST_CASE("what is pending is counted") {
  const RegisterStory story = Story();
  ledger::MemoryStore store;
  RowFold fold(store);
  for (size_t i = 0; i < story.entries().size(); ++i) {
    REQUIRE(fold.Fold(story.entries()[i], i).has_value());
  }
  const size_t pending = fold.pending_bytes();
  ledger::WriteBatch batch;
  fold.Take(&batch);
  size_t bytes = 0;
  batch.ForEach([&bytes](std::string_view key, const std::string_view* value) {
    bytes += key.size() + (value == nullptr ? 0 : value->size());
  });
  CHECK(pending == bytes);
  CHECK(fold.pending_bytes() == 0);
}

}  // namespace
}  // namespace sealedger::notary
