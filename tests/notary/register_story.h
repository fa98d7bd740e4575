// A ledger of the register that grows entry by entry, each of which follows
// from those before it.
//
//   0 ledger.created             1 party.registered operator
//   2 party.registered bureau    3 party.registered acme
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ledger/check.h"
#include "ledger/ledger.h"
#include "ledger/sequencer.h"
#include "ledger/store.h"
#include "notary/entry.h"
#include "notary/state.h"
#include "tests/notary/sample_ledger.h"
#include "tests/support/manual_clock.h"

namespace sealedger::testing {

inline constexpr const char* kStoryUscc = "91350100M000100Y43";
inline constexpr const char* kStoryOtherUscc = "91512081MA62K0260E";
inline constexpr const char* kStoryIndividual = "92350100MA0000001L";

class RegisterStory {
 public:
  RegisterStory() {
    Add("operator", SampleCreated());
    Add("operator", PartyOf("operator", notary::Role::kAdmin));
    Add("operator", PartyOf("bureau", notary::Role::kIssuer));
    Add("operator", PartyOf("acme", notary::Role::kPlatform));
  }

  // Each gives the index of the (last) entry that it adds.

  uint64_t Establish(const std::string& uscc,
                     const std::optional<std::string>& name) {
    return AddOrganization(notary::OrganizationEvent::kEstablished, uscc, name);
  }
  uint64_t Rename(const std::string& uscc, const std::string& name) {
    return AddOrganization(notary::OrganizationEvent::kAltered, uscc, name);
  }
  uint64_t Terminate(const std::string& uscc) {
    return AddOrganization(notary::OrganizationEvent::kTerminated, uscc,
                           std::nullopt);
  }

  uint64_t Submit(notary::ApplicationSubject subject) {
    const std::string id = subject.id;
    subjects_[id] = std::move(subject);
    return Step(id, notary::ApplicationState::kSubmitted);
  }
  uint64_t Step(const std::string& id, notary::ApplicationState state) {
    notary::ApplicationEntry entry;
    entry.state = state;
    entry.application = subjects_.at(id);
    entry.previous = Newest("application " + id);
    if (!entry.previous) {
      entry.materials = {{"business_license", ledger::Sha256Of("a")}};
      entry.declaration = ledger::Sha256Of("b");
    }
    const bool submits = state == notary::ApplicationState::kSubmitted;
    return AddAbout("application " + id, submits ? "acme" : "bureau",
                    std::move(entry));
  }

  // A seal on an application of its own, "app-CODE", by the shortest route.
  uint64_t Issue(const std::string& code, const std::string& uscc,
                 const std::string& type,
                 std::optional<uint64_t> ordinal = std::nullopt,
                 const std::string& custodian = "acme",
                 std::optional<ledger::Hash> seseal_sm3 = std::nullopt) {
    using enum notary::ApplicationState;
    const std::string id = "app-" + code;
    Submit({.id = id,
            .route = notary::Route::kPublicSecurity,
            .uscc = uscc,
            .seal_type = type,
            .ordinal = ordinal,
            .channel = std::nullopt});
    Step(id, kMaterialsAccepted);
    Step(id, kOriginalsChecked);
    notary::SealIssued entry;
    entry.application = Step(id, kApproved);
    entry.organization = Newest("organization " + uscc).value_or(0);
    entry.seal = {.code = code,
                  .uscc = uscc,
                  .type = type,
                  .ordinal = ordinal,
                  .physical_code = std::nullopt,
                  .valid_from_ms = 1'795'339'800'000,
                  .valid_to_ms = 1'890'034'199'999};
    entry.custodian = custodian;
    entry.seseal_sm3 = seseal_sm3.value_or(ledger::Sm3Of("seal " + code));
    return AddAbout("seal " + code, "bureau", std::move(entry),
                    NameDigests(code));
  }
  uint64_t Happen(const std::string& code, notary::SealEvent event) {
    notary::SealEventEntry entry;
    entry.event = event;
    entry.seal_code = code;
    entry.previous = Newest("seal " + code).value_or(0);
    if (event == notary::SealEvent::kCancelled) entry.reason = "owner_request";
    return AddAbout("seal " + code, "bureau", std::move(entry));
  }

  // `until_ms` of a grant alone.
  uint64_t Authorize(const std::string& code, const std::string& party,
                     bool granted,
                     std::optional<int64_t> until_ms = std::nullopt) {
    notary::SealAuthorization entry;
    entry.granted = granted;
    entry.seal_code = code;
    entry.party = party;
    entry.until_ms = until_ms;
    entry.previous = Newest("seal " + code).value_or(0);
    return AddAbout("seal " + code, "acme", std::move(entry));
  }
  uint64_t HappenAt(const std::string& code, notary::SealEvent event,
                    int64_t effective_ms) {
    notary::SealEventEntry entry;
    entry.event = event;
    entry.seal_code = code;
    entry.effective_ms = effective_ms;
    entry.previous = Newest("seal " + code).value_or(0);
    if (event == notary::SealEvent::kCancelled) entry.reason = "owner_request";
    return AddAbout("seal " + code, "bureau", std::move(entry));
  }
  uint64_t NewestOfSeal(const std::string& code) const {
    return Newest("seal " + code).value_or(0);
  }
  static uint64_t PartyEntryOf(const std::string& party) {
    return Parties().at(party);
  }

  uint64_t Add(const std::string& by, decltype(notary::Entry::body) body,
               std::vector<std::string> sd = {}) {
    const uint64_t index = entries_.size();
    entries_.push_back(EntryAt(
        index, by, index < 2 ? std::nullopt : std::optional(PartyEntryOf(by)),
        std::move(body)));
    entries_.back().sd = std::move(sd);
    return index;
  }

  const std::vector<notary::Entry>& entries() const { return entries_; }

  // The line of _sd with the name of a seal that Issue made.
  static std::vector<std::string> NameDigests(const std::string& code) {
    return {ledger::EncodeBase64Url(ledger::Sha256Of("name " + code).view())};
  }

  // What is written for them all, state included; entries that do not follow
  // change no state.
  ledger::Admission Admission() const {
    std::map<std::string, std::string, std::less<>> state;
    const auto read = [&state](std::string_view key) {
      const auto there = state.find(key);
      return ledger::Result<std::optional<std::string>>(
          there == state.end() ? std::nullopt : std::optional(there->second));
    };
    ledger::Admission admission;
    for (size_t i = 0; i < entries_.size(); ++i) {
      admission.entries.push_back({notary::FormatEntry(entries_[i]), ""});
      notary::StateFold fold(read);
      if (!notary::FoldEntry(entries_[i], i, &fold)) continue;
      for (const ledger::KeyWrite& write : fold.Take()) {
        if (write.value) {
          state.insert_or_assign(write.key, *write.value);
        } else {
          state.erase(write.key);
        }
      }
    }
    for (const auto& [key, value] : state) {
      admission.state.push_back({key, value});
    }
    return admission;
  }

 private:
  static const std::map<std::string, uint64_t>& Parties() {
    static const std::map<std::string, uint64_t> parties = {
        {"operator", 1}, {"bureau", 2}, {"acme", 3}};
    return parties;
  }

  std::optional<uint64_t> Newest(const std::string& subject) const {
    const auto there = newest_.find(subject);
    if (there == newest_.end()) return std::nullopt;
    return there->second;
  }
  uint64_t AddAbout(const std::string& subject, const std::string& by,
                    decltype(notary::Entry::body) body,
                    std::vector<std::string> sd = {}) {
    return newest_[subject] = Add(by, std::move(body), std::move(sd));
  }
  uint64_t AddOrganization(notary::OrganizationEvent event,
                           const std::string& uscc,
                           const std::optional<std::string>& name) {
    notary::OrganizationEntry entry;
    entry.event = event;
    entry.uscc = uscc;
    entry.name = name;
    entry.previous = Newest("organization " + uscc);
    const bool hidden =
        !name && event != notary::OrganizationEvent::kTerminated;
    return AddAbout("organization " + uscc, "bureau", std::move(entry),
                    hidden ? NameDigests(uscc) : std::vector<std::string>());
  }

  std::vector<notary::Entry> entries_;
  std::map<std::string, uint64_t> newest_;
  std::map<std::string, notary::ApplicationSubject> subjects_;
};

// A ledger in this store that holds what the admission says.
inline std::unique_ptr<ledger::Ledger> LedgerWith(
    std::unique_ptr<ledger::Store> store, ledger::Admission admission) {
  const ledger::SignHead sign = [](const ledger::TreeHead&) {
    return ledger::Result<std::string>("unsigned");
  };
  auto opened = ledger::Ledger::Open(std::move(store), sign);
  SEALEDGER_CHECK(opened);
  ManualClock clock;
  ledger::SequencerOptions options;
  options.sign_head = sign;
  options.clock = &clock;
  auto sequencer = ledger::Sequencer::Start(**opened, std::move(options));
  SEALEDGER_CHECK(sequencer);
  const auto done = (*sequencer)->Append([&](ledger::AdmitView&) {
    return ledger::Result<ledger::Admission>(std::move(admission));
  });
  SEALEDGER_CHECK(done);
  return *std::move(opened);
}

}  // namespace sealedger::testing
