// RegisterModel: organisations, applications and seals as the entries of a
// ledger leave them, worked out by one plain walk that trusts each entry. Part
// of the oracle of fuzz_handlers.
//
// Thread rule: a value.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "notary/canonical_json.h"
#include "tests/fuzz/support/ledger_model.h"

namespace sealedger::fuzzing {

class RegisterModel {
 public:
  struct Organization {
    std::vector<uint64_t> entries;
    std::optional<std::string> name;  // where it is public
    bool terminated = false;
    int64_t effective_ms = 0;  // of the newest entry
  };
  struct Application {
    std::vector<uint64_t> entries;
    notary::ApplicationSubject subject;
    std::string state;
    std::string by;  // who submitted it first
    std::optional<uint64_t> approval;
    bool used = false;  // a seal was issued on it
  };
  struct Seal {
    std::vector<uint64_t> entries;
    notary::SealFacts facts;
    std::string custodian;
    notary::Route route = notary::Route::kPublicSecurity;
    int64_t issued_ms = 0;
    int64_t effective_ms = 0;
    std::string status;

    bool IsLive(int64_t time_ms) const {
      return status != "cancelled" && time_ms <= facts.valid_to_ms;
    }
  };

  // Of the first `size` entries.
  RegisterModel(const LedgerModel& ledger, uint64_t size);
  explicit RegisterModel(const LedgerModel& ledger)
      : RegisterModel(ledger, ledger.size()) {}

  std::map<std::string, Organization> organizations;  // by USCC
  std::map<std::string, Application> applications;    // by id
  std::map<std::string, Seal> seals;                  // by code

  // By rising index of their first entries.
  std::vector<std::string> ApplicationIds() const;
  std::vector<std::string> SealCodes() const;
  // As a list shows it; `name`: the seal's, where it is kept.
  notary::Json ApplicationItem(const std::string& id) const;
  notary::Json SealItem(const std::string& code,
                        const std::optional<std::string>& name,
                        int64_t now_ms) const;

 private:
  void Walk(const notary::Entry& entry, uint64_t index,
            const LedgerModel& ledger);
};

// The word that an event of a seal leaves behind: "active" of "resumed".
std::string StatusAfter(notary::SealEvent event);
// When an entry of the register takes effect.
int64_t EffectiveOf(const notary::Entry& entry);
// The status in effect at a time, by these entries of one seal; nullopt before
// its issue.
std::optional<std::string> StatusAt(const LedgerModel& ledger,
                                    const std::vector<uint64_t>& entries,
                                    int64_t at_ms);

}  // namespace sealedger::fuzzing
