#include "notary/register_query.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ledger/memory_store.h"
#include "notary/codes.h"
#include "tests/notary/register_story.h"
#include "tests/support/aborts.h"

namespace sealedger::notary {
namespace {

using testing::kStoryOtherUscc;
using testing::kStoryUscc;

constexpr const char* kUsccs[] = {kStoryUscc, kStoryOtherUscc};
constexpr const char* kDivisions[] = {"350100", "512081"};
constexpr const char* kTypes[] = {"01", "99"};
constexpr const char* kParties[] = {"acme", "bravo"};

// Seals (applications) that stand at every third index.
struct Seal {
  uint64_t index = 0;
  SealRow row;
};
struct Application {
  uint64_t index = 0;
  ApplicationRow row;
};

class Views : public ledger::MemoryStore {
 public:
  void Set(const std::string& key, const std::string& value) {
    ledger::WriteBatch batch;
    batch.Put(key, value);
    REQUIRE(Write(batch, Durability::kSynced).has_value());
  }
  void Add(const Seal& seal) {
    const std::string value = EncodeSealRow(seal.row);
    ledger::WriteBatch batch;
    for (const std::string& prefix :
         {AllSealsPrefix(), SealsOfPrefix(seal.row.uscc),
          SealsInPrefix(DivisionOf(seal.row.code)),
          SealsThatArePrefix(seal.row.status),
          SealsOfTypePrefix(seal.row.type)}) {
      batch.Put(RowKey(prefix, seal.index), value);
    }
    batch.Put(SealCodeKey(seal.row.code), RowKey("", seal.index));
    REQUIRE(Write(batch, Durability::kSynced).has_value());
  }
  void Add(const Application& application) {
    const std::string value = EncodeApplicationRow(application.row);
    ledger::WriteBatch batch;
    for (const std::string& prefix :
         {AllApplicationsPrefix(), ApplicationsOfPrefix(application.row.uscc),
          ApplicationsThatArePrefix(application.row.state)}) {
      batch.Put(RowKey(prefix, application.index), value);
    }
    REQUIRE(Write(batch, Durability::kSynced).has_value());
  }
};

constexpr unsigned kSeals = 64;

const std::vector<std::string>& Codes() {
  static const std::vector<std::string> kCodes = [] {
    std::vector<std::string> codes;
    for (unsigned i = 0; i < kSeals; ++i) {
      codes.push_back(kDivisions[i >> 1 & 1] + std::to_string(1'000'000 + i));
    }
    return codes;
  }();
  return kCodes;
}

// Every combination of what can be asked for, twice over.
std::vector<Seal> Seals() {
  std::vector<Seal> seals;
  for (unsigned i = 0; i < kSeals; ++i) {
    const auto bit = [i](unsigned place) { return i >> place & 1; };
    Seal seal;
    seal.index = 10 + 3 * uint64_t{i};
    seal.row.code = Codes()[i];
    seal.row.status = bit(0) ? SealStatus::kLost : SealStatus::kActive;
    seal.row.type = kTypes[bit(2)];
    seal.row.uscc = kUsccs[bit(3)];
    seal.row.custodian = kParties[bit(4)];
    seal.row.text = "{";
    seals.push_back(seal);
  }
  return seals;
}

std::vector<Application> Applications() {
  std::vector<Application> applications;
  for (unsigned i = 0; i < 32; ++i) {
    const auto bit = [i](unsigned place) { return i >> place & 1; };
    Application one;
    one.index = 10 + 3 * uint64_t{i};
    one.row.state =
        bit(0) ? ApplicationState::kApproved : ApplicationState::kSubmitted;
    one.row.route = bit(1) ? Route::kPlatform : Route::kAgency;
    one.row.uscc = kUsccs[bit(2)];
    one.row.by = kParties[bit(3)];
    one.row.text = "{}";
    applications.push_back(one);
  }
  return applications;
}

// What a number asks at a place: 0, 1, or nothing.
std::optional<unsigned> Asked(unsigned number, unsigned place) {
  for (; place > 0; --place) number /= 3;
  if (number % 3 == 2) return std::nullopt;
  return number % 3;
}

// Whether the sample of this number is as asked, at so many places.
bool IsAsked(unsigned number, unsigned places, unsigned sample) {
  for (unsigned place = 0; place < places; ++place) {
    const unsigned bit = sample >> place & 1;
    if (Asked(number, place).value_or(bit) != bit) return false;
  }
  return true;
}

template <typename Words>
std::optional<std::string> Word(const Words& words,
                                std::optional<unsigned> asked) {
  if (!asked) return std::nullopt;
  return words[*asked];
}

SealQuery AskForSeals(unsigned number) {
  SealQuery query;
  if (const auto status = Asked(number, 0)) {
    query.status = *status != 0 ? SealStatus::kLost : SealStatus::kActive;
  }
  query.division = Word(kDivisions, Asked(number, 1));
  query.type = Word(kTypes, Asked(number, 2));
  query.uscc = Word(kUsccs, Asked(number, 3));
  query.custodian = Word(kParties, Asked(number, 4));
  return query;
}

ApplicationQuery AskForApplications(unsigned number) {
  ApplicationQuery query;
  if (const auto state = Asked(number, 0)) {
    query.state = *state != 0 ? ApplicationState::kApproved
                              : ApplicationState::kSubmitted;
  }
  if (const auto route = Asked(number, 1)) {
    query.route = *route != 0 ? Route::kPlatform : Route::kAgency;
  }
  query.uscc = Word(kUsccs, Asked(number, 2));
  query.by = Word(kParties, Asked(number, 3));
  return query;
}

// Reads page after page, which give exactly the rows that are due.
template <typename Find, typename Query, typename Row>
void CheckPages(const Find& find, Query query, const std::vector<Row>& due) {
  size_t count = 0;
  for (;;) {
    const auto found = find(query);
    REQUIRE(found.has_value());
    for (const auto& row : found->rows) {
      REQUIRE(count < due.size());
      CHECK(*row == due[count++]);
    }
    REQUIRE(found->rows.size() <= query.limit);
    if (!found->next) break;
    // Nothing but a full page with more behind it has a next.
    REQUIRE(found->rows.size() == query.limit);
    REQUIRE(count < due.size());
    REQUIRE(*found->next > query.begin);
    query.begin = *found->next;
  }
  CHECK(count == due.size());
}

TEST_CASE("a list of seals has what is asked for, in order, page by page") {
  struct Bounds {
    uint64_t begin, end;
  };
  constexpr Bounds kBounds[] = {{0, 1000}, {10, 11},   {11, 13}, {40, 100},
                                {41, 101}, {199, 200}, {50, 50}};
  Views views;
  const std::vector<Seal> seals = Seals();
  for (const Seal& seal : seals) views.Add(seal);
  const auto find = [&](const SealQuery& query) {
    return FindSealRows(views, query);
  };
  for (unsigned number = 0; number < 3 * 3 * 3 * 3 * 3; ++number) {
    SealQuery query = AskForSeals(number);
    for (const Bounds& bounds : kBounds) {
      query.begin = bounds.begin;
      query.end = bounds.end;
      std::vector<SealRow> due;
      for (unsigned i = 0; i < kSeals; ++i) {
        const uint64_t index = seals[i].index;
        if (index >= bounds.begin && index < bounds.end &&
            IsAsked(number, 5, i)) {
          due.push_back(seals[i].row);
        }
      }
      for (const size_t limit : {1, 3, 100}) {
        query.limit = limit;
        CheckPages(find, query, due);
      }
    }
  }
}

TEST_CASE("a list of applications has what is asked for, in order") {
  Views views;
  const std::vector<Application> applications = Applications();
  for (const Application& one : applications) views.Add(one);
  const auto find = [&](const ApplicationQuery& query) {
    return FindApplicationRows(views, query);
  };
  for (unsigned number = 0; number < 3 * 3 * 3 * 3; ++number) {
    ApplicationQuery query = AskForApplications(number);
    query.end = 1000;
    std::vector<ApplicationRow> due;
    for (unsigned i = 0; i < applications.size(); ++i) {
      if (IsAsked(number, 4, i)) due.push_back(applications[i].row);
    }
    for (const size_t limit : {1, 5, 100}) {
      query.limit = limit;
      CheckPages(find, query, due);
    }
  }
}

TEST_CASE("a scan ends after so many rows and says where to go on") {
  Views views;
  Seal seal = Seals()[0];
  const std::string plain = EncodeSealRow(seal.row);
  seal.row.custodian = "bravo";
  const std::string rare = EncodeSealRow(seal.row);
  ledger::WriteBatch batch;
  constexpr uint64_t kRows = kMaxScannedRows + 2;
  for (uint64_t i = 0; i < kRows; ++i) {
    const bool is_rare = i == 5 || i == kMaxScannedRows;
    batch.Put(RowKey(AllSealsPrefix(), 2 * i), is_rare ? rare : plain);
  }
  REQUIRE(views.Write(batch, ledger::Store::Durability::kSynced).has_value());

  SealQuery query;
  query.custodian = "bravo";
  query.end = 2 * kRows;
  query.limit = 100;
  auto found = FindSealRows(views, query);
  REQUIRE(found.has_value());
  CHECK(found->rows.size() == 1);
  REQUIRE(found->next.has_value());
  CHECK(*found->next == 2 * kMaxScannedRows);
  query.begin = *found->next;
  found = FindSealRows(views, query);
  REQUIRE(found.has_value());
  CHECK(found->rows.size() == 1);
  CHECK(!found->next);

  query.custodian = "nobody";
  query.begin = 0;
  found = FindSealRows(views, query);
  REQUIRE(found.has_value());
  CHECK(found->rows.empty());
  CHECK(found->next == 2 * kMaxScannedRows);
  // As many as one scan takes, and no more.
  query.begin = 4;
  found = FindSealRows(views, query);
  REQUIRE(found.has_value());
  CHECK(!found->next);
}

TEST_CASE("a row is found by its code, or its id") {
  Views views;
  for (const Seal& seal : Seals()) views.Add(seal);
  for (const Seal& seal : Seals()) {
    const auto found = FindSealRow(views, seal.row.code);
    REQUIRE(found.has_value());
    REQUIRE(found->has_value());
    CHECK((*found)->operator*() == seal.row);
  }
  CHECK(!FindSealRow(views, "3501000000999")->has_value());
  const Application one = Applications()[3];
  views.Add(one);
  views.Set(ApplicationIdKey("a-1"), RowKey("", one.index));
  const auto found = FindApplicationRow(views, "a-1");
  REQUIRE(found.has_value());
  REQUIRE(found->has_value());
  CHECK((*found)->operator*() == one.row);
  CHECK(!FindApplicationRow(views, "a-")->has_value());
}

TEST_CASE("rows and keys that cannot be read are called corrupt") {
  Views views;
  SealQuery query;
  query.end = 1000;
  query.limit = 10;
  const auto list = [&] {
    const auto found = FindSealRows(views, query);
    return found ? "" : found.error().name;
  };
  const auto by_code = [&](std::string_view code) {
    const auto found = FindSealRow(views, code);
    return found ? "" : found.error().name;
  };
  const Seal seal = Seals()[0];
  views.Add(seal);
  CHECK(list() == "");
  CHECK(by_code(seal.row.code) == "");
  views.Set(RowKey(AllSealsPrefix(), seal.index), "x");
  CHECK(list() == "views-corrupt");
  CHECK(by_code(seal.row.code) == "views-corrupt");
  views.Add(seal);
  views.Set(RowKey(AllSealsPrefix(), 20) + "x", EncodeSealRow(seal.row));
  CHECK(list() == "views-corrupt");
  query.end = 20;
  CHECK(list() == "");
  views.Set(std::string("R\0\0\x01", 4), EncodeSealRow(seal.row));
  query.end = uint64_t{1} << 60;
  CHECK(list() == "views-corrupt");
  views.Set(SealCodeKey("3501000000999"), RowKey("", 999));
  CHECK(by_code("3501000000999") == "views-corrupt");
  views.Set(SealCodeKey("3501000000999"), "7");
  CHECK(by_code("3501000000999") == "views-corrupt");
}

TEST_CASE("what is no code is not asked for") {
  Views views;
  SealQuery query;
  query.uscc = "91350100M000100Y4Z";
  CHECK(
      testing::Aborts([&] { static_cast<void>(FindSealRows(views, query)); }));
  query.uscc.reset();
  query.division = "35010";
  CHECK(
      testing::Aborts([&] { static_cast<void>(FindSealRows(views, query)); }));
  ApplicationQuery applications;
  applications.uscc = "";
  CHECK(testing::Aborts(
      [&] { static_cast<void>(FindApplicationRows(views, applications)); }));
}

}  // namespace
}  // namespace sealedger::notary
