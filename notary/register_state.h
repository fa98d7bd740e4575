// State of the register: organisations, applications, seals. What follows from
// what is in register_rules.h.
//
//   sorg/USCC       {"effective":…,"entry":9,"name":"…","terminated":true}
//   sapp/ID         {"application":{…},"by":"acme","entry":17,"seal":20,
//                    "state":"approved"}
//   sapproved/INDEX {"application":ID}         of an application.approved
//   sseal/CODE      {"custodian":"acme","effective":…,"entry":22,"issued":20,
//                    "issued_at":…,"ordinal":1,"physical_code":"…",
//                    "route":"agency","status":"active","type":"04",
//                    "uscc":"…","valid_to":…}
//   slive/USCC      {"01":CODE,"04/1":CODE}    by type and ordinal: the newest
//                                              seal that is not cancelled
//   sphysical/CODE  {"seal":CODE}              likewise
//   sfile/SM3       {"seal":CODE}              the file of a seal.issued
//   sauth/CODE/PARTY {"entry":30,"until":…}    whom the custodian lets sign
//   sunclaimed/ROUTE/MS/CODE  {}               issued and not activated, by the
//                                              time of issue
//
// A seal is live while it is not cancelled and the time is not past its
// valid_to: an expired seal blocks no successor, and may still stand under
// slive and sphysical until one comes. The end of an organisation takes its
// slive along: what its seals held is then nobody's to take.
//
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "notary/entry.h"
#include "notary/register_entry.h"
#include "notary/state.h"

namespace sealedger::notary {

struct OrganizationRecord {
  uint64_t entry = 0;               // newest
  std::optional<std::string> name;  // where it is public
  bool terminated = false;
  int64_t effective_ms = 0;  // of the newest entry
};

struct ApplicationRecord {
  uint64_t entry = 0;  // newest
  ApplicationState state = ApplicationState::kSubmitted;
  std::string by;  // who submitted it
  ApplicationSubject application;
  std::optional<uint64_t> seal;  // the seal.issued that came of it
};

// Its record in slive is read and written with each of them.
inline constexpr size_t kMaxSealsOfOrganization = 5000;

enum class SealStatus {
  kIssued,
  kFiled,
  kActive,
  kSuspended,
  kLost,
  kCancelled
};
std::string_view SealStatusName(SealStatus status);
std::optional<SealStatus> ParseSealStatus(std::string_view name);

struct SealRecord {
  uint64_t entry = 0;   // newest
  uint64_t issued = 0;  // its seal.issued
  SealStatus status = SealStatus::kIssued;
  int64_t effective_ms = 0;  // of the newest entry
  int64_t issued_ms = 0;
  int64_t valid_to_ms = 0;
  std::string uscc;
  std::string type;
  std::optional<uint64_t> ordinal;
  std::optional<std::string> physical_code;
  std::string custodian;
  Route route = Route::kPublicSecurity;  // of its application

  bool IsLive(int64_t time_ms) const {
    return status != SealStatus::kCancelled && time_ms <= valid_to_ms;
  }
};

// A seal.authorized that nothing took back.
struct AuthorizationRecord {
  uint64_t entry = 0;
  std::optional<int64_t> until_ms;

  bool IsLive(int64_t time_ms) const {
    return !until_ms || time_ms < *until_ms;
  }
};

// nullopt: there is none of this name.
Result<std::optional<OrganizationRecord>> ReadOrganizationRecord(
    const ReadState& read, std::string_view uscc);
Result<std::optional<ApplicationRecord>> ReadApplicationRecord(
    const ReadState& read, std::string_view id);
Result<std::optional<SealRecord>> ReadSealRecord(const ReadState& read,
                                                 std::string_view code);

Result<std::optional<AuthorizationRecord>> ReadAuthorizationRecord(
    const ReadState& read, std::string_view code, std::string_view party);

// "01" or "04/1" → code, of one organisation's seals that are not cancelled; of
// one that is terminated, none.
Result<std::map<std::string, std::string>> ReadSealsOf(const ReadState& read,
                                                       std::string_view uscc);

inline constexpr std::string_view kUnclaimedPrefix = "sunclaimed/";
// Those of a route, in order of their time of issue.
std::string UnclaimedPrefix(Route route);
struct Unclaimed {
  int64_t issued_ms = 0;
  std::string code;
};
std::optional<Unclaimed> ParseUnclaimedKey(Route route, std::string_view key);

// What a fold writes. An approval says which application an
// application.approved is of; a binding, which seal a physical seal belongs to.
void PutOrganization(StateFold* state, std::string_view uscc,
                     const OrganizationRecord& record);
void PutApplication(StateFold* state, const ApplicationRecord& record);
void PutSeal(StateFold* state, std::string_view code, const SealRecord& record);
void PutSealsOf(StateFold* state, std::string_view uscc,
                const std::map<std::string, std::string>& seals);
void PutApproval(StateFold* state, uint64_t index, const std::string& id);
Result<std::optional<std::string>> ReadApproval(const ReadState& read,
                                                uint64_t index);
void PutBinding(StateFold* state, std::string_view physical_code,
                const std::string& code);
void DeleteBinding(StateFold* state, std::string_view physical_code);
Result<std::optional<std::string>> ReadBinding(const ReadState& read,
                                               std::string_view physical_code);
void PutSealFile(StateFold* state, const Hash& seseal_sm3,
                 const std::string& code);
Result<std::optional<std::string>> ReadSealFile(const ReadState& read,
                                                const Hash& seseal_sm3);
void PutAuthorization(StateFold* state, std::string_view code,
                      std::string_view party,
                      const AuthorizationRecord& record);
void DeleteAuthorization(StateFold* state, std::string_view code,
                         std::string_view party);
void PutUnclaimed(StateFold* state, std::string_view code,
                  const SealRecord& record);
void DeleteUnclaimed(StateFold* state, std::string_view code,
                     const SealRecord& record);

}  // namespace sealedger::notary
