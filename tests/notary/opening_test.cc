// What a notary does when it is opened, and where it is not.
#include "notary/notary.h"

#include <doctest/doctest.h>

#include <sys/stat.h>

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "notary/private_store.h"
#include "tests/notary/sample_service.h"
#include "tests/support/manual_clock.h"

namespace sealedger::notary {
namespace {

using namespace sample;

TEST_CASE("views that are missing, damaged or ahead are built anew") {
  Service service;
  REQUIRE(service.Record(kAcme, EvidenceText("x")).has_value());
  const auto found = [&] {
    EntryFilter filter;
    filter.kind = "evidence.recorded";
    return service->ListEntries(nullptr, filter)->items.size();
  };
  CHECK(found() == 1);
  service.Close();
  std::filesystem::remove_all(service.path() + "/views");
  service.Open();
  CHECK(found() == 1);
  service.Close();
  testing::WriteFile(service.path() + "/views/CURRENT", "garbage\n");
  service.Open();
  CHECK(found() == 1);
  service.CheckReplayClean();
}

TEST_CASE("it is told when indexes are built anew, and when they are") {
  Service service;
  std::string items;
  for (int i = 0; i < 5000; ++i) {
    items += (i == 0 ? "" : ",") + EvidenceText(std::to_string(i));
  }
  REQUIRE(service
              ->RecordEvidenceBatch(Service::Context(kAcme, ""),
                                    Parsed("{\"items\":[" + items + "]}"))
              .has_value());
  // Lists of a kind wait for the index.
  EntryFilter filter;
  filter.kind = "evidence.recorded";
  std::vector<std::pair<std::string, uint64_t>> events;
  std::mutex mu;
  const auto listen = [&](NotaryOptions* options) {
    options->on_index_event = [&](std::string_view event, uint64_t entries) {
      const std::lock_guard<std::mutex> lock(mu);
      events.emplace_back(event, entries);
    };
  };
  REQUIRE(service->ListEntries(nullptr, filter).has_value());
  service.Close();
  service.Open(listen);
  service.Close();
  CHECK(events.empty());
  std::filesystem::remove_all(service.path() + "/views");
  service.Open(listen);
  REQUIRE(service->ListEntries(nullptr, filter).has_value());
  CHECK(service->Figures().index_lag.count() == 0);
  service.Close();
  REQUIRE(events.size() == 2);
  CHECK(events[0].first == "index_rebuild_begin");
  CHECK(events[1].first == "index_rebuild_end");
  CHECK(events[0].second == 5004);
  CHECK(events[1].second == 5004);
}

TEST_CASE("a service does not open where it must not") {
  Service service;
  REQUIRE(service.Record(kAcme, EvidenceText("x")).has_value());
  service.Close();
  const std::string guard = service.path() + "/guard";
  const std::string kept = testing::ReadFile(guard);
  const auto name =
      [&](const std::function<void(NotaryOptions*)>& change = {}) {
        auto opened = service.TryOpen(change);
        return opened ? std::string("ok") : opened.error().name;
      };
  std::filesystem::remove(guard);
  CHECK(name() == "guard-missing");
  CHECK(name([](NotaryOptions* o) { o->adopt_guard = true; }) == "ok");
  CHECK(name() == "ok");
  testing::WriteFile(guard, std::string(8192, 'x'));
  CHECK(name() == "guard-corrupt");
  CHECK(name([](NotaryOptions* o) { o->adopt_guard = true; }) == "ok");

  testing::ManualClock clock;
  clock.SetBy(-clock.WallMs() + 1000);
  CHECK(name([&](NotaryOptions* o) { o->clock = &clock; }) == "clock-unsure");

  const std::string key = service.path() + "/keys/log.pem";
  REQUIRE(::chmod(key.c_str(), 0644) == 0);
  CHECK(name() == "key-mode");
  REQUIRE(::chmod(key.c_str(), 0600) == 0);
  CHECK(name() == "ok");
}

TEST_CASE("init changes nothing that is there") {
  const testing::TempDir dir;
  const std::string path = (dir.path() / "data").string();
  const auto first = InitDataDir(path, "example.com/log", std::nullopt);
  REQUIRE(first.has_value());
  CHECK(first->created_ledger);
  const std::string token = testing::ReadFile(path + "/admin.token");
  const auto again = InitDataDir(path, "example.com/log", std::nullopt);
  REQUIRE(again.has_value());
  CHECK(!again->created_ledger);
  CHECK(again->made.empty());
  CHECK(again->vkey == first->vkey);
  CHECK(InitDataDir(path, "example.com/other", std::nullopt).error().name ==
        "other-origin");
  CHECK(InitDataDir(path, "bad origin", std::nullopt).error().name ==
        "bad-origin");
  CHECK(testing::ReadFile(path + "/admin.token") == token);
  // A ledger that is lost does not begin again under its origin.
  std::filesystem::remove_all(path + "/ledger");
  CHECK(InitDataDir(path, "example.com/log", std::nullopt).error().name ==
        "guard-without-ledger");
  std::filesystem::rename(path + "/guard", path + "/elsewhere");
  CHECK(InitDataDir(path, "example.com/log", std::nullopt).error().name ==
        "guard-without-ledger");
  std::filesystem::remove(path + "/admin.token");
  std::filesystem::remove(path + "/sealedger.toml");
  testing::WriteFile(path + "/sealedger.toml",
                     "[guard]\npath = \"elsewhere\"\n");
  CHECK(InitDataDir(path, "example.com/log", std::nullopt).error().name ==
        "guard-without-ledger");
}

TEST_CASE("an init that ended before its first commit is run again") {
  const testing::TempDir dir;
  const std::string path = (dir.path() / "data").string();
  REQUIRE(InitDataDir(path, "example.com/log", std::nullopt).has_value());
  std::filesystem::remove_all(path + "/ledger");
  ledger::LevelDbOptions empty;
  empty.create_if_missing = true;
  REQUIRE(ledger::OpenLevelDb(path + "/ledger", empty).has_value());
  CHECK(InitDataDir(path, "example.com/log", std::nullopt).error().name ==
        "guard-without-ledger");
  std::filesystem::resize_file(path + "/guard", 0);
  const auto again = InitDataDir(path, "example.com/log", std::nullopt);
  REQUIRE(again.has_value());
  CHECK(again->created_ledger);
  CHECK(InitDataDir(path, "example.com/log", std::nullopt)->made.empty());
}

TEST_CASE("blobs whose entry came are kept by the next start") {
  Service service;
  const auto recorded = service.Record(
      kAcme, EvidenceText("a", ",\"private\":{\"n\":\"kept value\"}"));
  REQUIRE(recorded.has_value());
  const uint64_t index = recorded->receipt.index;
  // As a crash after the commit leaves it: its list of pending blobs holds it.
  service.Close();
  {
    auto store = PrivateStore::Open(service.path() + "/private", nullptr);
    REQUIRE(store.has_value());
    REQUIRE((*store)->Put(recorded->receipt.disclosures, 0).has_value());
  }
  service.Open();
  const auto read = service->ReadEntry(&kAcme, index);
  REQUIRE(read.has_value());
  CHECK(read->disclosures == recorded->receipt.disclosures);
}

TEST_CASE("blobs whose entry never came are erased at the next start") {
  Service service;
  const auto faults = std::make_shared<ledger::StoreFaults>();
  service.Open(
      [&](NotaryOptions* options) { options->ledger_faults = faults; });
  faults->countdown = 1;
  const auto unknown = service.Record(
      kAcme, EvidenceText("a", ",\"private\":{\"n\":\"orphaned value\"}"));
  REQUIRE(!unknown.has_value());
  CHECK(unknown.error().name == "outcome-unknown");
  const auto blobs_on_disk = [&] {
    service.Close();
    auto store = ledger::OpenLevelDb(service.path() + "/private", {});
    REQUIRE(store.has_value());
    int count = 0;
    REQUIRE(ledger::Scan(**store, "b", "c",
                         [&](std::string_view, std::string_view) {
                           ++count;
                           return true;
                         })
                .has_value());
    return count;
  };
  CHECK(blobs_on_disk() == 1);
  service.Open();
  CHECK(blobs_on_disk() == 0);
}

}  // namespace
}  // namespace sealedger::notary
