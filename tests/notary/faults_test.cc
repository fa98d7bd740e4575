// Every append and every sync of each store fails once, in either way, while a
// notary on disk records, erases and stops; then it is opened again.

#include <doctest/doctest.h>

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ledger/fsck.h"
#include "ledger/leveldb_store.h"
#include "ledger/note.h"
#include "notary/data_dir.h"
#include "notary/json_members.h"
#include "notary/notary.h"
#include "tests/support/files.h"
#include "tests/support/thoroughness.h"

namespace sealedger::notary {
namespace {

namespace fs = std::filesystem;
using ledger::StoreFaults;
using Faults = std::shared_ptr<StoreFaults> NotaryOptions::*;

const Caller kOperatorCaller{std::string(kOperator), Role::kAdmin};

Result<std::unique_ptr<Notary>> OpenAt(const fs::path& data,
                                       NotaryOptions options = {}) {
  auto settings =
      ReadSettings((data / "sealedger.toml").string(), data.string());
  REQUIRE(settings.has_value());
  options.data_dir = data.string();
  options.settings = *std::move(settings);
  options.settings.ledger.gather_us = 0;
  return Notary::Open(options);
}

WriteContext ContextOf(const std::string& key) {
  WriteContext context;
  context.caller = kOperatorCaller;
  context.raw.method = "POST";
  context.raw.target = "/v1/evidence";
  context.raw.body = "{}";
  context.idempotency_key = key;
  return context;
}

Json Evidence(int number) {
  const std::string digest = ToHex(ledger::Sha256Of(std::to_string(number)));
  return *ParseJson("{\"document\":{\"sha256\":\"" + digest +
                    "\"},\"private\":{\"n\":\"value " + std::to_string(number) +
                    "\"}}");
}

// What the callers of one ledger were told.
struct Told {
  std::map<uint64_t, std::string> entries;
  std::vector<std::string> heads;
  std::vector<std::string> erased;  // disclosures
  std::string first_disclosure;
  std::optional<uint64_t> first;

  void Hear(const Receipt& receipt, const Notary& notary) {
    entries[receipt.index] = receipt.entry;
    heads.push_back(notary.Checkpoint());
  }
};

// Two entries with private fields, the first of them erased, a third.
void Work(Notary& notary, int from, Told* told) {
  std::optional<Receipt> first;
  for (const int number : {from, from + 1}) {
    const auto recorded = notary.RecordEvidence(
        ContextOf("key-" + std::to_string(number)), Evidence(number));
    if (!recorded) {
      // Never a wrong answer, and always the stable names.
      CHECK(recorded.error().code == ledger::Code::kUnavailable);
      continue;
    }
    told->Hear(recorded->receipt, notary);
    if (!first) first = recorded->receipt;
  }
  if (first) {
    const auto erased = notary.EraseDisclosures(
        ContextOf("erase-" + std::to_string(from)), first->index,
        *ParseJson("{\"reason\":\"mistake\"}"));
    if (erased) {
      told->Hear(erased->receipt, notary);
      told->erased.push_back(first->disclosures.at(0));
    } else {
      CHECK(erased.error().code == ledger::Code::kUnavailable);
    }
  }
  const auto last = notary.RecordEvidence(
      ContextOf("key-" + std::to_string(from + 2)), Evidence(from + 2));
  if (last) told->Hear(last->receipt, notary);
  // Reads go on.
  for (const auto& [index, entry] : told->entries) {
    const auto read = notary.ReadEntry(nullptr, index);
    REQUIRE(read.has_value());
    CHECK(read->entry == entry);
  }
}

bool OnDisk(const fs::path& folder, const std::string& bytes) {
  for (const auto& file : fs::recursive_directory_iterator(folder)) {
    if (file.is_regular_file() &&
        testing::ReadFile(file.path()).find(bytes) != std::string::npos) {
      return true;
    }
  }
  return false;
}

// Everything that was told holds, in what is opened without a fault.
void CheckAll(const fs::path& data, const Told& told) {
  auto opened = OpenAt(data);
  if (!opened) {
    FAIL(opened.error().name << ": " << opened.error().detail);
  }
  Notary& notary = **opened;
  const auto size =
      static_cast<uint64_t>(*notary.Status().Find("size")->if_integer());
  for (const auto& [index, entry] : told.entries) {
    REQUIRE(index < size);
    // A receipt leaves only with a proof that was checked.
    const auto read = notary.ReadEntry(nullptr, index);
    REQUIRE(read.has_value());
    CHECK(read->entry == entry);
  }
  // Every head that was seen is a head of this tree.
  std::map<uint64_t, std::string> roots;
  ledger::TreeEdge edge;
  std::vector<ledger::FinishedTile> finished;
  for (uint64_t index = 0; index < size; ++index) {
    edge.Append(ledger::LeafHash(notary.ReadEntry(nullptr, index)->entry),
                &finished);
    roots[edge.size()] = ledger::ToBase64(edge.Root());
  }
  for (const std::string& head : told.heads) {
    const size_t origin_end = head.find('\n');
    const size_t size_end = head.find('\n', origin_end + 1);
    const uint64_t at =
        std::stoull(head.substr(origin_end + 1, size_end - origin_end - 1));
    REQUIRE(at <= size);
    CHECK(head.substr(size_end + 1, head.find('\n', size_end + 1) - size_end -
                                        1) == roots[at]);
  }
  for (const std::string& disclosure : told.erased) {
    CHECK(!OnDisk(data, disclosure));
  }
  // It goes on.
  Told more;
  Work(notary, 1000, &more);
  CHECK(more.entries.size() == 4);
  notary.Stop();
  opened->reset();
  auto store = ledger::OpenLevelDb((data / "ledger").string(), {});
  REQUIRE(store.has_value());
  CHECK(ledger::Fsck(**store)->problems.empty());
}

void SweepStore(Faults store, StoreFaults::Mode mode, bool opening) {
  const testing::TempDir dir(testing::MemoryFolder());
  const fs::path base = dir.path() / "base";
  REQUIRE(
      InitDataDir(base.string(), "example.com/log", std::nullopt).has_value());
  Told before;
  {
    auto notary = OpenAt(base);
    REQUIRE(notary.has_value());
    Work(**notary, 1, &before);
  }
  bool reached = true;
  const int64_t step = testing::IsThorough() ? 1 : 3;
  for (int64_t operation = 1; reached; operation += step) {
    CAPTURE(operation);
    REQUIRE(operation < 400);
    const fs::path data = dir.path() / "data";
    fs::remove_all(data);
    fs::copy(base, data, fs::copy_options::recursive);
    Told told = before;
    NotaryOptions options;
    options.*store = std::make_shared<StoreFaults>();
    StoreFaults& faults = *(options.*store);
    faults.mode = mode;
    if (opening) faults.countdown = operation;
    auto notary = OpenAt(data, options);
    if (notary) {
      if (!opening) faults.countdown = operation;
      Work(**notary, 10, &told);
      (*notary)->Stop();
      notary->reset();
    } else {
      CHECK(opening);
    }
    reached = faults.countdown <= 0;
    CheckAll(data, told);
  }
}

TEST_CASE("each append and sync of the ledger may fail") {
  for (const bool opening : {true, false}) {
    SweepStore(&NotaryOptions::ledger_faults, StoreFaults::Mode::kNotPersisted,
               opening);
    SweepStore(&NotaryOptions::ledger_faults,
               StoreFaults::Mode::kPersistedAnyway, opening);
  }
}

TEST_CASE("each append and sync of the private store may fail") {
  for (const bool opening : {true, false}) {
    SweepStore(&NotaryOptions::private_faults, StoreFaults::Mode::kNotPersisted,
               opening);
    SweepStore(&NotaryOptions::private_faults,
               StoreFaults::Mode::kPersistedAnyway, opening);
  }
}

TEST_CASE("each append and sync of the views may fail") {
  for (const bool opening : {true, false}) {
    SweepStore(&NotaryOptions::views_faults, StoreFaults::Mode::kNotPersisted,
               opening);
    SweepStore(&NotaryOptions::views_faults,
               StoreFaults::Mode::kPersistedAnyway, opening);
  }
}

}  // namespace
}  // namespace sealedger::notary
