#include "notary/register_rules.h"

#include <algorithm>
#include <span>
#include <utility>

#include "notary/codes.h"
#include "notary/register_state.h"
#include "notary/sealing_rules.h"

namespace sealedger::notary {
namespace {

using ledger::Code;
using ledger::MakeError;
using enum ApplicationState;

// Each route's steps in their order; withdrawn, rejected and returned stand
// beside them.
constexpr ApplicationState kPublicSecuritySteps[] = {
    kSubmitted, kMaterialsAccepted, kOriginalsChecked, kApproved};
constexpr ApplicationState kAgencySteps[] = {kSubmitted, kMaterialsAccepted,
                                             kFeeDue, kFeePaid, kApproved};
constexpr ApplicationState kPlatformSteps[] = {
    kSubmitted, kMaterialsAccepted, kIdentityVerified, kAuthorized, kApproved};

std::span<const ApplicationState> StepsOf(Route route) {
  switch (route) {
    case Route::kPublicSecurity:
      return kPublicSecuritySteps;
    case Route::kAgency:
      return kAgencySteps;
    case Route::kPlatform:
      return kPlatformSteps;
  }
  CHECK(false);
}

std::string PlaceOf(const SealRecord& seal) {
  if (!seal.ordinal) return seal.type;
  return seal.type + "/" + std::to_string(*seal.ordinal);
}

Error OutOfPlace(std::string_view detail, std::string_view field) {
  return MakeError(Code::kCorruption, "out-of-place", detail, field);
}

Error OutOfOrder(std::string_view from, std::string_view to) {
  return MakeError(
      Code::kConflict, "step-out-of-order",
      "`" + std::string(to) + "` does not follow `" + std::string(from) + "`");
}

Error NoSuchOrganization() {
  return MakeError(Code::kNotFound, "no-such-organization",
                   "no organisation of this code is in the register");
}

// The moment from which an entry has effect, between the one before it and
// the ledger's time.
Result<int64_t> EffectiveOf(const std::optional<int64_t>& effective_ms,
                            int64_t time_ms, int64_t last_ms) {
  const int64_t effective = effective_ms.value_or(time_ms);
  if (effective > time_ms) {
    return MakeError(Code::kVerificationFailed, "effective-in-future",
                     "the effective time lies after the ledger's time",
                     "/effective_at");
  }
  if (effective < last_ms) {
    return MakeError(Code::kConflict, "effective-before-last",
                     "the effective time lies before that of the entry before "
                     "it about the same subject",
                     "/effective_at");
  }
  return effective;
}

// -- Organisations

Result<void> Fold(const OrganizationEntry& organization, const Entry& entry,
                  uint64_t index, StateFold* state) {
  const ReadState read = [state](std::string_view key) {
    return state->Get(key);
  };
  Result<std::optional<OrganizationRecord>> found =
      ReadOrganizationRecord(read, organization.uscc);
  if (!found) return std::move(found).error();
  OrganizationRecord record;
  if (organization.event == OrganizationEvent::kEstablished) {
    if (found->has_value()) {
      return MakeError(Code::kConflict, "organization-exists",
                       "an organisation of this code is in the register",
                       "/uscc");
    }
  } else {
    if (!found->has_value()) return NoSuchOrganization();
    record = **found;
    if (organization.previous != record.entry) {
      return OutOfPlace("not the organisation's entry before", "/previous");
    }
    if (record.terminated) {
      return MakeError(Code::kConflict, "organization-terminated",
                       "the organisation is terminated");
    }
  }
  Result<int64_t> effective = EffectiveOf(organization.effective_ms,
                                          entry.time_ms, record.effective_ms);
  if (!effective) return std::move(effective).error();
  record.effective_ms = *effective;
  record.entry = index;
  record.terminated = organization.event == OrganizationEvent::kTerminated;
  if (organization.name) record.name = organization.name;
  if (record.terminated) PutSealsOf(state, organization.uscc, {});
  PutOrganization(state, organization.uscc, record);
  return {};
}

// The organisation that an application or a seal is for.
Result<OrganizationRecord> StandingOrganization(const ReadState& read,
                                                std::string_view uscc) {
  Result<std::optional<OrganizationRecord>> found =
      ReadOrganizationRecord(read, uscc);
  if (!found) return std::move(found).error();
  if (!found->has_value()) {
    return MakeError(Code::kVerificationFailed, "unknown-reference",
                     "no organisation of this code is in the register",
                     "/uscc");
  }
  if ((*found)->terminated) {
    return MakeError(Code::kConflict, "organization-terminated",
                     "the organisation is terminated");
  }
  return **found;
}

// -- Applications

Error NoSuchApplication() {
  return MakeError(Code::kNotFound, "no-such-application",
                   "there is no application of this id");
}

Result<void> Fold(const ApplicationEntry& application, const Entry& entry,
                  uint64_t index, StateFold* state) {
  const ReadState read = [state](std::string_view key) {
    return state->Get(key);
  };
  Result<std::optional<ApplicationRecord>> found =
      ReadApplicationRecord(read, application.application.id);
  if (!found) return std::move(found).error();
  ApplicationRecord record;
  if (!application.previous) {
    if (found->has_value()) {
      return MakeError(Code::kConflict, "application-exists",
                       "an application of this id is there", "/id");
    }
    if (application.state != kSubmitted) return NoSuchApplication();
    record.application = application.application;
    record.by = entry.by;
  } else {
    if (!found->has_value()) {
      return NoSuchApplication();
    }
    record = **found;
    if (application.previous != record.entry ||
        application.application != record.application) {
      return OutOfPlace("not the application's entry before", "/previous");
    }
    Result<void> follows = CheckApplicationStep(
        record.application.route, record.state, application.state);
    if (!follows) return follows;
  }
  if (application.state == kSubmitted) {
    Result<OrganizationRecord> organization =
        StandingOrganization(read, application.application.uscc);
    if (!organization) return std::move(organization).error();
  }
  record.state = application.state;
  record.entry = index;
  if (record.state == kApproved) {
    PutApproval(state, index, record.application.id);
  }
  PutApplication(state, record);
  return {};
}

// -- Seals

Error NoSuchSeal() {
  return MakeError(Code::kNotFound, "no-such-seal",
                   "no seal of this code is in the register");
}

// What was applied for is what is issued, once.
Result<Route> TakeApplication(const SealIssued& issued, uint64_t index,
                              const ApplicationRecord& record,
                              StateFold* state) {
  if (record.seal) {
    return MakeError(Code::kConflict, "application-used",
                     "a seal was issued on this application already",
                     "/application");
  }
  if (record.state != kApproved) {
    return MakeError(Code::kConflict, "application-not-approved",
                     "the application is not approved", "/application");
  }
  const ApplicationSubject& applied = record.application;
  if (applied.uscc != issued.seal.uscc ||
      applied.seal_type != issued.seal.type ||
      applied.ordinal != issued.seal.ordinal) {
    return MakeError(Code::kVerificationFailed, "seal-not-of-application",
                     "the seal is another than the one applied for");
  }
  ApplicationRecord used = record;
  used.seal = index;
  PutApplication(state, used);
  return applied.route;
}

// True while the seal of this code is live.
Result<bool> IsLive(const ReadState& read, const std::string& code,
                    int64_t time_ms) {
  Result<std::optional<SealRecord>> seal = ReadSealRecord(read, code);
  if (!seal) return std::move(seal).error();
  if (!seal->has_value()) return CorruptState("sseal/" + code);
  return (*seal)->IsLive(time_ms);
}

// The seal's place among those of its organisation.
Result<void> TakePlace(const SealRecord& record, const std::string& code,
                       int64_t time_ms, const ReadState& read,
                       StateFold* state) {
  Result<std::map<std::string, std::string>> seals =
      ReadSealsOf(read, record.uscc);
  if (!seals) return std::move(seals).error();
  const std::string place = PlaceOf(record);
  if (const auto there = seals->find(place); there != seals->end()) {
    Result<bool> live = IsLive(read, there->second, time_ms);
    if (!live) return std::move(live).error();
    if (*live && record.type == kStatutoryName) {
      return MakeError(
          Code::kConflict, "second-statutory-name-seal",
          "the organisation has a live statutory-name seal, " + there->second);
    }
    if (*live) {
      return MakeError(Code::kConflict, "seal-ordinal-taken",
                       "the organisation has a live seal of this type and "
                       "ordinal, " +
                           there->second);
    }
  }
  (*seals)[place] = code;
  if (seals->size() > kMaxSealsOfOrganization) {
    return MakeError(Code::kConflict, "too-many-seals",
                     "an organisation has at most 5,000 seals that are not "
                     "cancelled");
  }
  PutSealsOf(state, record.uscc, *seals);
  return {};
}

Result<void> BindPhysical(const SealRecord& record, const std::string& code,
                          int64_t time_ms, const ReadState& read,
                          StateFold* state) {
  if (!record.physical_code) return {};
  Result<std::optional<std::string>> bound =
      ReadBinding(read, *record.physical_code);
  if (!bound) return std::move(bound).error();
  if (bound->has_value()) {
    Result<bool> live = IsLive(read, **bound, time_ms);
    if (!live) return std::move(live).error();
    if (*live) {
      return MakeError(
          Code::kConflict, "physical-seal-bound",
          "the physical seal is bound to the electronic seal " + **bound,
          "/physical_code");
    }
  }
  PutBinding(state, *record.physical_code, code);
  return {};
}

// The application whose application.approved stands at this index.
Result<ApplicationRecord> ApprovedAt(uint64_t index, const ReadState& read) {
  const Error wrong =
      OutOfPlace("not the approval of an application", "/application");
  Result<std::optional<std::string>> id = ReadApproval(read, index);
  if (!id) return std::move(id).error();
  if (!id->has_value()) return wrong;
  Result<std::optional<ApplicationRecord>> found =
      ReadApplicationRecord(read, **id);
  if (!found) return std::move(found).error();
  if (!found->has_value()) return wrong;
  return **found;
}

Result<void> Fold(const SealIssued& issued, const Entry& entry, uint64_t index,
                  StateFold* state) {
  const ReadState read = [state](std::string_view key) {
    return state->Get(key);
  };
  Result<ApplicationRecord> application = ApprovedAt(issued.application, read);
  if (!application) return std::move(application).error();
  Result<Route> route = TakeApplication(issued, index, *application, state);
  if (!route) return std::move(route).error();
  Result<OrganizationRecord> organization =
      StandingOrganization(read, issued.seal.uscc);
  if (!organization) return std::move(organization).error();
  if (organization->entry != issued.organization) {
    return OutOfPlace("not the organisation's newest entry", "/organization");
  }
  if (issued.seal.valid_to_ms < entry.time_ms) {
    return MakeError(Code::kVerificationFailed, "seal-expired",
                     "the seal's validity has ended", "/valid_to");
  }
  Result<std::optional<SealRecord>> there =
      ReadSealRecord(read, issued.seal.code);
  if (!there) return std::move(there).error();
  if (there->has_value()) {
    return MakeError(Code::kConflict, "seal-code-used",
                     "a seal of this code was issued before", "/code");
  }
  Result<std::optional<std::string>> of_file =
      ReadSealFile(read, issued.seseal_sm3);
  if (!of_file) return std::move(of_file).error();
  if (of_file->has_value()) {
    return MakeError(
        Code::kConflict, "seal-code-used",
        "this very file was issued before, as the seal " + **of_file,
        "/seseal");
  }
  SealRecord record;
  record.entry = index;
  record.issued = index;
  record.effective_ms = entry.time_ms;
  record.issued_ms = entry.time_ms;
  record.valid_to_ms = issued.seal.valid_to_ms;
  record.uscc = issued.seal.uscc;
  record.type = issued.seal.type;
  record.ordinal = issued.seal.ordinal;
  record.physical_code = issued.seal.physical_code;
  record.custodian = issued.custodian;
  record.route = *route;
  const std::string& code = issued.seal.code;
  if (Result<void> taken = TakePlace(record, code, entry.time_ms, read, state);
      !taken) {
    return taken;
  }
  if (Result<void> bound =
          BindPhysical(record, code, entry.time_ms, read, state);
      !bound) {
    return bound;
  }
  PutUnclaimed(state, code, record);
  PutSealFile(state, issued.seseal_sm3, code);
  PutSeal(state, code, record);
  return {};
}

// A cancelled seal gives up what it held, unless a successor has it already.
Result<void> GiveUp(const SealRecord& record, const std::string& code,
                    const ReadState& read, StateFold* state) {
  Result<std::map<std::string, std::string>> seals =
      ReadSealsOf(read, record.uscc);
  if (!seals) return std::move(seals).error();
  const auto place = seals->find(PlaceOf(record));
  if (place != seals->end() && place->second == code) {
    seals->erase(place);
    PutSealsOf(state, record.uscc, *seals);
  }
  if (!record.physical_code) return {};
  Result<std::optional<std::string>> bound =
      ReadBinding(read, *record.physical_code);
  if (!bound) return std::move(bound).error();
  if (*bound == code) DeleteBinding(state, *record.physical_code);
  return {};
}

bool IsUnclaimed(SealStatus status) {
  return status == SealStatus::kIssued || status == SealStatus::kFiled;
}

Result<void> Fold(const SealEventEntry& event, const Entry& entry,
                  uint64_t index, StateFold* state) {
  const ReadState read = [state](std::string_view key) {
    return state->Get(key);
  };
  Result<std::optional<SealRecord>> found =
      ReadSealRecord(read, event.seal_code);
  if (!found) return std::move(found).error();
  if (!found->has_value()) return NoSuchSeal();
  const SealRecord before = **found;
  if (event.previous != before.entry) {
    return OutOfPlace("not the seal's entry before", "/previous");
  }
  Result<SealStatus> status = StatusAfter(before.status, event.event);
  if (!status) return std::move(status).error();
  Result<int64_t> effective =
      EffectiveOf(event.effective_ms, entry.time_ms, before.effective_ms);
  if (!effective) return std::move(effective).error();
  SealRecord record = before;
  record.status = *status;
  record.effective_ms = *effective;
  record.entry = index;
  if (IsUnclaimed(before.status) && !IsUnclaimed(*status)) {
    DeleteUnclaimed(state, event.seal_code, before);
  }
  if (*status == SealStatus::kCancelled) {
    Result<void> gone = GiveUp(before, event.seal_code, read, state);
    if (!gone) return gone;
  }
  PutSeal(state, event.seal_code, record);
  return {};
}

}  // namespace

Result<void> CheckApplicationStep(Route route, ApplicationState from,
                                  ApplicationState to) {
  const Error refusal =
      OutOfOrder(ApplicationStateName(from), ApplicationStateName(to));
  if (from == kApproved || from == kWithdrawn || from == kRejected) {
    return refusal;
  }
  if (to == kWithdrawn || to == kRejected) return {};
  if (from == kReturned) return to == kSubmitted ? Result<void>() : refusal;
  if (to == kReturned) return from == kSubmitted ? Result<void>() : refusal;
  const std::span<const ApplicationState> steps = StepsOf(route);
  const auto at = std::find(steps.begin(), steps.end(), from);
  if (at != steps.end() && at + 1 != steps.end() && *(at + 1) == to) return {};
  if (route == Route::kAgency && from == kFeeDue && to == kApproved) {
    return MakeError(Code::kConflict, "fee-not-paid",
                     "the fee is due and not paid");
  }
  return refusal;
}

ApplicationState LastStep(Route route) {
  const std::span<const ApplicationState> steps = StepsOf(route);
  return steps[steps.size() - 2];
}

Result<SealStatus> StatusAfter(SealStatus status, SealEvent event) {
  struct Row {
    SealEvent event;
    std::initializer_list<SealStatus> from;
    SealStatus to;
  };
  using enum SealStatus;
  static const Row kRows[] = {
      {SealEvent::kFiled, {kIssued}, kFiled},
      {SealEvent::kActivated, {kFiled}, kActive},
      {SealEvent::kSuspended, {kActive}, kSuspended},
      {SealEvent::kResumed, {kSuspended}, kActive},
      {SealEvent::kLost, {kActive, kSuspended}, kLost},
      {SealEvent::kFound, {kLost}, kActive},
      {SealEvent::kCancelled,
       {kIssued, kFiled, kActive, kSuspended, kLost},
       kCancelled},
  };
  for (const Row& row : kRows) {
    if (row.event != event) continue;
    if (std::find(row.from.begin(), row.from.end(), status) != row.from.end()) {
      return row.to;
    }
  }
  return OutOfOrder(SealStatusName(status), SealEventName(event));
}

Result<void> FoldRegister(const Entry& entry, uint64_t index,
                          StateFold* state) {
  if (const auto* body = std::get_if<OrganizationEntry>(&entry.body)) {
    return Fold(*body, entry, index, state);
  }
  if (const auto* body = std::get_if<ApplicationEntry>(&entry.body)) {
    return Fold(*body, entry, index, state);
  }
  if (const auto* body = std::get_if<SealIssued>(&entry.body)) {
    return Fold(*body, entry, index, state);
  }
  if (const auto* body = std::get_if<SealEventEntry>(&entry.body)) {
    return Fold(*body, entry, index, state);
  }
  return FoldSealing(entry, index, state);
}

}  // namespace sealedger::notary
