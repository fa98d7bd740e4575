// A register in memory: entries are folded one after the other.
#pragma once

#include <doctest/doctest.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "ledger/hash.h"
#include "notary/entry.h"
#include "notary/register_state.h"
#include "notary/state.h"

namespace sealedger::notary::sample {

inline constexpr char kUscc[] = "91350100M000100Y43";
inline constexpr char kOther[] = "91512081MA62K0260E";
inline constexpr int64_t kStart = 1'800'000'000'000;

class FoldedRegister {
 public:
  // What the fold says of the entry; "" where it takes it.
  std::string Add(decltype(Entry::body) body, const std::string& by = "clerk") {
    StateFold fold(read());
    Entry entry;
    entry.time_ms = time_ms;
    entry.by = by;
    entry.by_entry = 0;
    entry.body = std::move(body);
    const Result<void> done = FoldEntry(entry, next, &fold);
    if (!done) return done.error().name;
    for (ledger::KeyWrite& write : fold.Take()) {
      if (write.value) {
        state[write.key] = *write.value;
      } else {
        state.erase(write.key);
      }
    }
    ++next;
    return "";
  }

  ReadState read() const {
    return [this](std::string_view key) -> Result<std::optional<std::string>> {
      const auto found = state.find(std::string(key));
      if (found == state.end()) return std::optional<std::string>();
      return std::optional<std::string>(found->second);
    };
  }

  std::string Organization(OrganizationEvent event,
                           const std::string& uscc = kUscc,
                           std::optional<int64_t> effective = std::nullopt) {
    OrganizationEntry entry;
    entry.event = event;
    entry.uscc = uscc;
    entry.effective_ms = effective;
    if (event != OrganizationEvent::kTerminated) entry.name = "示例公司";
    const auto record = *ReadOrganizationRecord(read(), uscc);
    if (record && event != OrganizationEvent::kEstablished) {
      entry.previous = record->entry;
    }
    return Add(entry);
  }

  std::string Application(ApplicationState step, const std::string& id = "a",
                          Route route = Route::kAgency,
                          const std::string& type = "01",
                          std::optional<uint64_t> ordinal = std::nullopt) {
    ApplicationEntry entry;
    entry.state = step;
    entry.application = {id, route, kUscc, type, ordinal, std::nullopt};
    if (step == ApplicationState::kFeeDue) entry.fee_fen = 100;
    if (const auto record = *ReadApplicationRecord(read(), id)) {
      entry.previous = record->entry;
      entry.application = record->application;
    }
    return Add(entry, "acme");
  }

  void Approve(const std::string& id, const std::string& type = "01",
               std::optional<uint64_t> ordinal = std::nullopt) {
    using enum ApplicationState;
    for (const ApplicationState step :
         {kSubmitted, kMaterialsAccepted, kOriginalsChecked, kApproved}) {
      REQUIRE(Application(step, id, Route::kPublicSecurity, type, ordinal) ==
              "");
    }
  }

  std::string Issue(const std::string& id, const std::string& code,
                    std::optional<std::string> physical = std::nullopt,
                    int64_t lifetime_ms = 1'000'000,
                    const std::optional<std::string>& file = std::nullopt) {
    const auto application = *ReadApplicationRecord(read(), id);
    const auto organization = *ReadOrganizationRecord(read(), kUscc);
    SealIssued issued;
    issued.seal = {code,
                   kUscc,
                   application->application.seal_type,
                   application->application.ordinal,
                   std::move(physical),
                   time_ms - 1,
                   time_ms + lifetime_ms};
    issued.application = application->entry;
    issued.organization = organization->entry;
    issued.custodian = "acme";
    issued.seseal_sm3 = ledger::Sm3Of("seal " + file.value_or(code));
    return Add(issued);
  }

  std::string Event(const std::string& code, SealEvent event,
                    std::optional<int64_t> effective = std::nullopt) {
    SealEventEntry entry;
    entry.event = event;
    entry.seal_code = code;
    entry.effective_ms = effective;
    if (const auto record = *ReadSealRecord(read(), code)) {
      entry.previous = record->entry;
    }
    return Add(entry);
  }

  std::string Authorize(const std::string& code, const std::string& party,
                        bool granted,
                        std::optional<int64_t> until_ms = std::nullopt,
                        const std::string& by = "acme") {
    SealAuthorization entry;
    entry.granted = granted;
    entry.seal_code = code;
    entry.party = party;
    entry.until_ms = until_ms;
    if (const auto record = *ReadSealRecord(read(), code)) {
      entry.previous = record->entry;
    }
    return Add(entry, by);
  }

  std::string Seal(const std::string& code, const std::string& by = "acme",
                   bool made_here = true) {
    DocumentSealed entry;
    entry.made_here = made_here;
    entry.seal_code = code;
    if (const auto record = *ReadSealRecord(read(), code)) {
      entry.register_entry = record->entry;
    }
    return Add(entry, by);
  }

  std::map<std::string, std::string> state;
  uint64_t next = 2;
  int64_t time_ms = kStart;
};

}  // namespace sealedger::notary::sample
