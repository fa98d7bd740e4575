// A notary on a folder of its own, with its callers and bodies.
#pragma once

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ledger/memory_store.h"
#include "notary/data_dir.h"
#include "notary/notary.h"
#include "notary/replay.h"
#include "tests/support/files.h"

namespace sealedger::notary::sample {

inline constexpr int64_t kDayMs = int64_t{24} * 3600 * 1000;

inline const Caller kAdminCaller{std::string(kOperator), Role::kAdmin};
inline const Caller kAcme{"acme", Role::kPlatform};
inline const Caller kOther{"other", Role::kPlatform};

inline Json Parsed(const std::string& text) { return *ParseJson(text); }

inline std::string Sha256Hex(std::string_view bytes) {
  return ToHex(ledger::Sha256Of(bytes));
}

inline std::string EvidenceText(std::string_view document,
                                const std::string& more = "") {
  return "{\"document\":{\"sha256\":\"" + Sha256Hex(document) + "\"}" + more +
         "}";
}

// A service on a folder of its own, with the parties acme and other.
class Service {
 public:
  Service() {
    REQUIRE(InitDataDir(path(), "example.com/log", std::nullopt).has_value());
    Open();
    for (const char* id : {"acme", "other"}) {
      REQUIRE(notary_
                  ->RegisterParty(Context(kAdminCaller, ""),
                                  Parsed(std::string("{\"id\":\"") + id +
                                         "\",\"role\":\"platform\"}"))
                  .has_value());
    }
  }

  void Open(const std::function<void(NotaryOptions*)>& change = {}) {
    auto opened = TryOpen(change);
    if (!opened) MESSAGE(opened.error().name << " " << opened.error().detail);
    REQUIRE(opened.has_value());
    notary_ = *std::move(opened);
  }

  Result<std::unique_ptr<Notary>> TryOpen(
      const std::function<void(NotaryOptions*)>& change = {}) {
    notary_.reset();
    auto settings = ReadSettings(path() + "/sealedger.toml", path());
    REQUIRE(settings.has_value());
    NotaryOptions options;
    options.data_dir = path();
    options.settings = *std::move(settings);
    if (change) change(&options);
    return Notary::Open(options);
  }

  void Close() { notary_.reset(); }

  static WriteContext Context(const Caller& caller, const std::string& body,
                              std::optional<std::string> key = std::nullopt) {
    WriteContext context;
    context.caller = caller;
    context.raw.method = "POST";
    context.raw.target = "/v1/evidence";
    bodies().push_back(std::make_unique<std::string>(body));
    context.raw.body = *bodies().back();
    context.idempotency_key = std::move(key);
    return context;
  }

  Result<Recorded> Record(const Caller& caller, const std::string& body,
                          std::optional<std::string> key = std::nullopt) {
    return notary_->RecordEvidence(Context(caller, body, std::move(key)),
                                   Parsed(body));
  }

  void CheckReplayClean() {
    EntryFilter indexed;
    indexed.kind = "party.registered";
    REQUIRE(notary_->ListEntries(nullptr, indexed).has_value());
    Close();
    auto ledger = ledger::OpenLevelDb(path() + "/ledger", {});
    auto views = ledger::OpenLevelDb(path() + "/views", {});
    REQUIRE(ledger.has_value());
    REQUIRE(views.has_value());
    ledger::MemoryStore scratch;
    const auto report = Replay(**ledger, views->get(), scratch, nullptr);
    REQUIRE(report.has_value());
    CHECK(report->ledger.problems.empty());
    for (const std::string& problem : report->problems) MESSAGE(problem);
    CHECK(report->problems.empty());
    CHECK(report->index_keys > 0);
  }

  std::string path() const { return (dir_.path() / "data").string(); }
  Notary& operator*() { return *notary_; }
  Notary* operator->() { return notary_.get(); }

 private:
  // Contexts hold views; the test keeps what they look at.
  static std::vector<std::unique_ptr<std::string>>& bodies() {
    static std::vector<std::unique_ptr<std::string>> kept;
    return kept;
  }

  testing::TempDir dir_;
  std::unique_ptr<Notary> notary_;
};

inline uint64_t SizeOf(const Notary& notary) {
  return static_cast<uint64_t>(*notary.Status().Find("size")->if_integer());
}

}  // namespace sealedger::notary::sample
