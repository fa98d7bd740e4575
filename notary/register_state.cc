#include "notary/register_state.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "notary/json_members.h"

namespace sealedger::notary {
namespace {

constexpr std::array<std::pair<SealStatus, std::string_view>, 6> kStatuses = {{
    {SealStatus::kIssued, "issued"},
    {SealStatus::kFiled, "filed"},
    {SealStatus::kActive, "active"},
    {SealStatus::kSuspended, "suspended"},
    {SealStatus::kLost, "lost"},
    {SealStatus::kCancelled, "cancelled"},
}};

std::string OrganizationKey(std::string_view uscc) {
  return "sorg/" + std::string(uscc);
}
std::string ApplicationKey(std::string_view id) {
  return "sapp/" + std::string(id);
}
std::string SealKey(std::string_view code) {
  return "sseal/" + std::string(code);
}
std::string LiveKey(std::string_view uscc) {
  return "slive/" + std::string(uscc);
}
std::string PhysicalKey(std::string_view code) {
  return "sphysical/" + std::string(code);
}

std::string AuthorizationKey(std::string_view code, std::string_view party) {
  return "sauth/" + std::string(code) + "/" + std::string(party);
}

std::string SealFileKey(const Hash& seseal_sm3) {
  return "sfile/" + ledger::ToHex(seseal_sm3);
}

// Which application an application.approved is of.
std::string ApprovalKey(uint64_t index) {
  return "sapproved/" + std::to_string(index);
}

// Of equal length until the year 2286, so that keys are in order of time.
constexpr size_t kMsDigits = 13;

std::string UnclaimedKey(const SealRecord& seal, std::string_view code) {
  std::string ms = std::to_string(seal.issued_ms);
  if (ms.size() < kMsDigits) ms.insert(0, kMsDigits - ms.size(), '0');
  return UnclaimedPrefix(seal.route) + ms + "/" + std::string(code);
}

int64_t SignedInteger(Members& members, std::string_view name) {
  return static_cast<int64_t>(members.Integer(name));
}

// The one member of a record that is a text.
Result<std::optional<std::string>> ReadText(const ReadState& read,
                                            const std::string& key,
                                            std::string_view member) {
  Result<std::optional<Json>> value = ReadStateValue(read, key);
  if (!value) return std::move(value).error();
  if (!value->has_value()) return std::optional<std::string>();
  Members members(**value, "");
  std::string text = members.String(member);
  if (!members.Finish()) return CorruptState(key);
  return std::optional<std::string>(std::move(text));
}

Json OrganizationValue(const OrganizationRecord& record) {
  Json value{Json::Object{}};
  value.Add("effective", record.effective_ms);
  value.Add("entry", record.entry);
  if (record.name) value.Add("name", *record.name);
  if (record.terminated) value.Add("terminated", true);
  return value;
}

Json ApplicationValue(const ApplicationRecord& record) {
  // As entries write it.
  ApplicationEntry entry;
  entry.application = record.application;
  Json value{Json::Object{}};
  AddBody(value, entry);
  value.Add("by", record.by);
  value.Add("entry", record.entry);
  if (record.seal) value.Add("seal", *record.seal);
  value.Add("state", ApplicationStateName(record.state));
  return value;
}

Json SealValue(const SealRecord& record) {
  Json value{Json::Object{}};
  value.Add("custodian", record.custodian);
  value.Add("effective", record.effective_ms);
  value.Add("entry", record.entry);
  value.Add("issued", record.issued);
  value.Add("issued_at", record.issued_ms);
  if (record.ordinal) value.Add("ordinal", *record.ordinal);
  if (record.physical_code) value.Add("physical_code", *record.physical_code);
  value.Add("route", RouteName(record.route));
  value.Add("status", SealStatusName(record.status));
  value.Add("type", record.type);
  value.Add("uscc", record.uscc);
  value.Add("valid_to", record.valid_to_ms);
  return value;
}

}  // namespace

std::string_view SealStatusName(SealStatus status) {
  const auto it =
      std::find_if(kStatuses.begin(), kStatuses.end(),
                   [status](const auto& row) { return row.first == status; });
  CHECK(it != kStatuses.end());
  return it->second;
}

std::optional<SealStatus> ParseSealStatus(std::string_view name) {
  const auto it =
      std::find_if(kStatuses.begin(), kStatuses.end(),
                   [name](const auto& row) { return row.second == name; });
  if (it == kStatuses.end()) return std::nullopt;
  return it->first;
}

Result<std::optional<OrganizationRecord>> ReadOrganizationRecord(
    const ReadState& read, std::string_view uscc) {
  const std::string key = OrganizationKey(uscc);
  Result<std::optional<Json>> value = ReadStateValue(read, key);
  if (!value) return std::move(value).error();
  if (!value->has_value()) return std::optional<OrganizationRecord>();
  Members members(**value, "");
  OrganizationRecord record;
  record.effective_ms = SignedInteger(members, "effective");
  record.entry = members.Integer("entry");
  if (const std::string* name = members.OptionalString("name")) {
    record.name = *name;
  }
  record.terminated = members.OptionalBool("terminated").value_or(false);
  if (!members.Finish()) return CorruptState(key);
  return std::optional<OrganizationRecord>(std::move(record));
}

Result<std::optional<ApplicationRecord>> ReadApplicationRecord(
    const ReadState& read, std::string_view id) {
  const std::string key = ApplicationKey(id);
  Result<std::optional<Json>> value = ReadStateValue(read, key);
  if (!value) return std::move(value).error();
  if (!value->has_value()) return std::optional<ApplicationRecord>();
  Members members(**value, "");
  ApplicationRecord record;
  record.application =
      ReadApplicationEntry(members, "application.approved").application;
  record.by = members.String("by");
  record.entry = members.Integer("entry");
  record.seal = members.OptionalInteger("seal");
  const auto state = ParseApplicationState(members.String("state"));
  if (!members.Finish() || !state) return CorruptState(key);
  record.state = *state;
  return std::optional<ApplicationRecord>(std::move(record));
}

Result<std::optional<SealRecord>> ReadSealRecord(const ReadState& read,
                                                 std::string_view code) {
  const std::string key = SealKey(code);
  Result<std::optional<Json>> value = ReadStateValue(read, key);
  if (!value) return std::move(value).error();
  if (!value->has_value()) return std::optional<SealRecord>();
  Members members(**value, "");
  SealRecord record;
  record.custodian = members.String("custodian");
  record.effective_ms = SignedInteger(members, "effective");
  record.entry = members.Integer("entry");
  record.issued = members.Integer("issued");
  record.issued_ms = SignedInteger(members, "issued_at");
  record.ordinal = members.OptionalInteger("ordinal");
  if (const std::string* code_of = members.OptionalString("physical_code")) {
    record.physical_code = *code_of;
  }
  const auto route = ParseRoute(members.String("route"));
  const auto status = ParseSealStatus(members.String("status"));
  record.type = members.String("type");
  record.uscc = members.String("uscc");
  record.valid_to_ms = SignedInteger(members, "valid_to");
  if (!members.Finish() || !route || !status) return CorruptState(key);
  record.route = *route;
  record.status = *status;
  return std::optional<SealRecord>(std::move(record));
}

Result<std::optional<AuthorizationRecord>> ReadAuthorizationRecord(
    const ReadState& read, std::string_view code, std::string_view party) {
  const std::string key = AuthorizationKey(code, party);
  Result<std::optional<Json>> value = ReadStateValue(read, key);
  if (!value) return std::move(value).error();
  if (!value->has_value()) return std::optional<AuthorizationRecord>();
  Members members(**value, "");
  AuthorizationRecord record;
  record.entry = members.Integer("entry");
  if (const auto until = members.OptionalInteger("until")) {
    record.until_ms = static_cast<int64_t>(*until);
  }
  if (!members.Finish()) return CorruptState(key);
  return std::optional<AuthorizationRecord>(record);
}

Result<std::map<std::string, std::string>> ReadSealsOf(const ReadState& read,
                                                       std::string_view uscc) {
  const std::string key = LiveKey(uscc);
  Result<std::optional<Json>> value = ReadStateValue(read, key);
  if (!value) return std::move(value).error();
  std::map<std::string, std::string> seals;
  if (!value->has_value()) return seals;
  const Json::Object* object = (*value)->if_object();
  if (object == nullptr) return CorruptState(key);
  for (const Json::Member& member : *object) {
    const std::string* code = member.second.if_string();
    if (code == nullptr) return CorruptState(key);
    seals.emplace(member.first, *code);
  }
  return seals;
}

std::string UnclaimedPrefix(Route route) {
  return std::string(kUnclaimedPrefix) + std::string(RouteName(route)) + "/";
}

std::optional<Unclaimed> ParseUnclaimedKey(Route route, std::string_view key) {
  const std::string prefix = UnclaimedPrefix(route);
  if (!key.starts_with(prefix)) return std::nullopt;
  const std::string_view rest = key.substr(prefix.size());
  if (rest.size() <= kMsDigits || rest[kMsDigits] != '/') return std::nullopt;
  Unclaimed unclaimed;
  const char* end = rest.data() + kMsDigits;
  if (std::from_chars(rest.data(), end, unclaimed.issued_ms).ptr != end) {
    return std::nullopt;
  }
  unclaimed.code = rest.substr(kMsDigits + 1);
  return unclaimed;
}

void PutOrganization(StateFold* state, std::string_view uscc,
                     const OrganizationRecord& record) {
  state->Put(OrganizationKey(uscc), WriteJson(OrganizationValue(record)));
}

void PutApplication(StateFold* state, const ApplicationRecord& record) {
  state->Put(ApplicationKey(record.application.id),
             WriteJson(ApplicationValue(record)));
}

void PutSeal(StateFold* state, std::string_view code,
             const SealRecord& record) {
  state->Put(SealKey(code), WriteJson(SealValue(record)));
}

void PutSealsOf(StateFold* state, std::string_view uscc,
                const std::map<std::string, std::string>& seals) {
  if (seals.empty()) {
    state->Delete(LiveKey(uscc));
    return;
  }
  // Not by Add, which looks for each name among all.
  Json::Object value;
  value.reserve(seals.size());
  for (const auto& [place, code] : seals) value.emplace_back(place, code);
  state->Put(LiveKey(uscc), WriteJson(std::move(value)));
}

void PutApproval(StateFold* state, uint64_t index, const std::string& id) {
  Json value{Json::Object{}};
  value.Add("application", id);
  state->Put(ApprovalKey(index), WriteJson(value));
}

Result<std::optional<std::string>> ReadApproval(const ReadState& read,
                                                uint64_t index) {
  return ReadText(read, ApprovalKey(index), "application");
}

void PutBinding(StateFold* state, std::string_view physical_code,
                const std::string& code) {
  Json value{Json::Object{}};
  value.Add("seal", code);
  state->Put(PhysicalKey(physical_code), WriteJson(value));
}

void DeleteBinding(StateFold* state, std::string_view physical_code) {
  state->Delete(PhysicalKey(physical_code));
}

Result<std::optional<std::string>> ReadBinding(const ReadState& read,
                                               std::string_view physical_code) {
  return ReadText(read, PhysicalKey(physical_code), "seal");
}

void PutSealFile(StateFold* state, const Hash& seseal_sm3,
                 const std::string& code) {
  Json value{Json::Object{}};
  value.Add("seal", code);
  state->Put(SealFileKey(seseal_sm3), WriteJson(value));
}

Result<std::optional<std::string>> ReadSealFile(const ReadState& read,
                                                const Hash& seseal_sm3) {
  return ReadText(read, SealFileKey(seseal_sm3), "seal");
}

void PutAuthorization(StateFold* state, std::string_view code,
                      std::string_view party,
                      const AuthorizationRecord& record) {
  Json value{Json::Object{}};
  value.Add("entry", record.entry);
  if (record.until_ms) value.Add("until", *record.until_ms);
  state->Put(AuthorizationKey(code, party), WriteJson(value));
}

void DeleteAuthorization(StateFold* state, std::string_view code,
                         std::string_view party) {
  state->Delete(AuthorizationKey(code, party));
}

void PutUnclaimed(StateFold* state, std::string_view code,
                  const SealRecord& record) {
  state->Put(UnclaimedKey(record, code), "{}");
}

void DeleteUnclaimed(StateFold* state, std::string_view code,
                     const SealRecord& record) {
  state->Delete(UnclaimedKey(record, code));
}

}  // namespace sealedger::notary
