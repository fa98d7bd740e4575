#include "notary/seal.h"

#include <utility>

#include "notary/codes.h"
#include "notary/json_members.h"
#include "notary/register_admission.h"
#include "notary/request_members.h"

namespace sealedger::notary {
namespace {

using ledger::Code;
using ledger::MakeError;

constexpr int64_t kHourMs = int64_t{3600} * 1000;

Error UnknownReference(std::string_view detail, std::string_view field) {
  return MakeError(Code::kVerificationFailed, "unknown-reference", detail,
                   field);
}

Error NoSuchSeal() {
  return MakeError(Code::kNotFound, "no-such-seal",
                   "no seal of this code is in the register");
}

Result<ApplicationRecord> FindApproved(const std::string& id,
                                       const ReadState& read) {
  Result<std::optional<ApplicationRecord>> found =
      ReadApplicationRecord(read, id);
  if (!found) return std::move(found).error();
  if (!found->has_value()) {
    return UnknownReference("there is no application of this id",
                            "/application");
  }
  if ((*found)->seal) {
    return MakeError(Code::kConflict, "application-used",
                     "a seal was issued on this application already",
                     "/application");
  }
  if ((*found)->state != ApplicationState::kApproved) {
    return MakeError(Code::kConflict, "application-not-approved",
                     "the application is not approved", "/application");
  }
  return **found;
}

// A platform keeps a seal: the one named, or the one that applied for it.
Result<std::string> FindCustodian(const SealRequest& request,
                                  const ApplicationRecord& application,
                                  const ReadState& read) {
  const std::string& id =
      request.custodian ? *request.custodian : application.by;
  Result<std::optional<PartyState>> party = ReadPartyState(read, id);
  if (!party) return std::move(party).error();
  if (party->has_value() && (*party)->role == Role::kPlatform) return id;
  if (!request.custodian) {
    return MakeError(Code::kVerificationFailed, "custodian-missing",
                     "whoever applied is no platform: name the platform that "
                     "keeps the seal",
                     "/custodian");
  }
  if (!party->has_value()) {
    return UnknownReference("no party of this id is registered", "/custodian");
  }
  return MakeError(Code::kVerificationFailed, "not-a-platform",
                   "a seal is kept by a party of the role platform",
                   "/custodian");
}

Result<SealRecord> FindReplaced(const std::string& code,
                                const std::string& uscc, const ReadState& read,
                                int64_t time_ms) {
  Result<std::optional<SealRecord>> seal = ReadSealRecord(read, code);
  if (!seal) return std::move(seal).error();
  if (!seal->has_value() || (*seal)->uscc != uscc) {
    return UnknownReference("the organisation has no seal of this code",
                            "/replaces");
  }
  if ((*seal)->IsLive(time_ms)) return **seal;
  return MakeError(Code::kConflict, "seal-not-live",
                   "a seal that is cancelled or expired is not replaced",
                   "/replaces");
}

Result<void> CheckCodeIsFree(const std::string& code, const ReadState& read) {
  Result<std::optional<SealRecord>> seal = ReadSealRecord(read, code);
  if (!seal) return std::move(seal).error();
  if (!seal->has_value()) return {};
  return MakeError(Code::kConflict, "seal-code-used",
                   "a seal of this code was issued before", "/code");
}

// Admin and issuer, and what concerns its own keeping the custodian, too.
Result<void> CheckWho(const Caller& caller, const SealRecord& seal,
                      SealEvent event) {
  if (caller.role == Role::kAdmin || caller.role == Role::kIssuer) return {};
  const bool keeps =
      event == SealEvent::kLost || event == SealEvent::kSuspended;
  if (caller.role != Role::kPlatform || !keeps) {
    return MakeError(
        Code::kPermissionDenied, "wrong-role",
        "the role " + std::string(RoleName(caller.role)) + " may not do this");
  }
  if (caller.party == seal.custodian) return {};
  return MakeError(Code::kPermissionDenied, "not-custodian",
                   "the seal is in another platform's custody");
}

}  // namespace

Result<SealGround> FindSealGround(const SealRequest& request,
                                  const ReadState& read, int64_t time_ms) {
  Result<ApplicationRecord> application =
      FindApproved(request.application, read);
  if (!application) return std::move(application).error();
  Result<std::optional<OrganizationRecord>> organization =
      ReadOrganizationRecord(read, application->application.uscc);
  if (!organization) return std::move(organization).error();
  // An application was taken for it, and nothing leaves the register.
  CHECK(organization->has_value());
  if ((*organization)->terminated) {
    return MakeError(Code::kConflict, "organization-terminated",
                     "the organisation is terminated");
  }
  if (Result<void> free = CheckCodeIsFree(request.code, read); !free) {
    return std::move(free).error();
  }
  Result<std::string> custodian = FindCustodian(request, *application, read);
  if (!custodian) return std::move(custodian).error();
  if (request.replaces) {
    Result<SealRecord> replaced = FindReplaced(
        *request.replaces, application->application.uscc, read, time_ms);
    if (!replaced) return std::move(replaced).error();
  }
  return SealGround{application->application, (*organization)->entry,
                    (*organization)->name, *std::move(custodian)};
}

Result<ledger::Admission> AdmitSeal(const Caller& caller,
                                    const SealRequest& request,
                                    const MadeSeal& made,
                                    ledger::AdmitView& view) {
  Result<RegisterAdmission> admission = RegisterAdmission::Begin(caller, view);
  if (!admission) return std::move(admission).error();
  const ReadState read = admission->read();
  Result<SealGround> ground = FindSealGround(request, read, view.time_ms());
  if (!ground) return std::move(ground).error();
  if (made.organization && *made.organization != ground->organization) {
    return MakeError(Code::kConflict, "organization-changed",
                     "the organisation was altered while the seal was made: "
                     "ask again");
  }
  if (request.replaces) {
    Result<SealRecord> replaced = FindReplaced(
        *request.replaces, ground->application.uscc, read, view.time_ms());
    if (!replaced) return std::move(replaced).error();
    SealEventEntry cancelled;
    cancelled.event = SealEvent::kCancelled;
    cancelled.seal_code = *request.replaces;
    cancelled.reason = "replaced";
    cancelled.replaced_by = request.code;
    cancelled.previous = replaced->entry;
    Result<uint64_t> added = admission->AddAlso(std::move(cancelled));
    if (!added) return std::move(added).error();
  }
  Result<std::optional<ApplicationRecord>> application =
      ReadApplicationRecord(read, request.application);
  if (!application) return std::move(application).error();
  SealIssued issued;
  issued.seal.code = request.code;
  issued.seal.uscc = ground->application.uscc;
  issued.seal.type = ground->application.seal_type;
  issued.seal.ordinal = ground->application.ordinal;
  issued.seal.physical_code = request.physical_code;
  issued.seal.valid_from_ms = made.valid_from_ms;
  issued.seal.valid_to_ms = made.valid_to_ms;
  issued.application = (*application)->entry;
  issued.organization = ground->organization;
  issued.custodian = ground->custodian;
  issued.made_here = made.made_here;
  issued.seseal_sm3 = made.seseal_sm3;
  issued.maker_sha256 = made.maker_sha256;
  issued.signers_sha256 = made.signers_sha256;
  // A seal made elsewhere may list any number of signers.
  Result<void> fits = CheckEntryFits(issued, made.name.size());
  if (!fits) return std::move(fits).error();
  Result<uint64_t> added = admission->Add(std::move(issued), SdLines(made.name),
                                          {made.seseal_sha256});
  if (!added) return std::move(added).error();
  return admission->Take();
}

Result<SealEventEntry> PrepareSealEvent(const std::string& code,
                                        const Json& body) {
  if (!IsSealCode(code)) return NoSuchSeal();
  Members request(body, "");
  SealEventEntry entry;
  entry.seal_code = code;
  const auto event = ParseSealEvent(request.String("event"));
  if (request.ok() && !event) {
    request.Fail("event", Code::kInvalidArgument, "bad-event",
                 "the events of a seal are filed, activated, suspended, "
                 "resumed, lost, found and cancelled");
  }
  entry.event = event.value_or(SealEvent::kFiled);
  const std::string* reason = request.OptionalString("reason");
  if (reason != nullptr) entry.reason = *reason;
  const bool kept = entry.reason == "replaced" || entry.reason == "unclaimed";
  const bool needed = entry.event == SealEvent::kCancelled;
  if (request.ok() &&
      (reason == nullptr ? needed
                         : kept || !IsSealReason(entry.event, *reason))) {
    request.Fail("reason", Code::kInvalidArgument, "bad-reason",
                 "not a reason that a request can give for this event");
  }
  entry.effective_ms = ReadOptionalTime(request, "effective_at");
  if (!request.Finish()) return request.error();
  return entry;
}

Result<ledger::Admission> AdmitSealEvent(const Caller& caller,
                                         const SealEventEntry& event,
                                         const RouteSettings& routes,
                                         ledger::AdmitView& view) {
  Result<RegisterAdmission> admission = RegisterAdmission::Begin(caller, view);
  if (!admission) return std::move(admission).error();
  Result<std::optional<SealRecord>> seal =
      ReadSealRecord(admission->read(), event.seal_code);
  if (!seal) return std::move(seal).error();
  if (!seal->has_value()) return NoSuchSeal();
  if (Result<void> may = CheckWho(caller, **seal, event.event); !may) {
    return std::move(may).error();
  }
  SealEventEntry entry = event;
  entry.previous = (*seal)->entry;
  if (entry.event == SealEvent::kFiled) {
    const int64_t filed = entry.effective_ms.value_or(view.time_ms());
    const auto limit =
        static_cast<int64_t>(routes.of((*seal)->route).filing_hours);
    entry.late = filed - (*seal)->issued_ms > limit * kHourMs;
  }
  Result<uint64_t> added = admission->Add(std::move(entry));
  if (!added) return std::move(added).error();
  return admission->Take();
}

int64_t UnclaimedLimitMs(int64_t issued_ms, const RouteSetting& route) {
  return issued_ms + static_cast<int64_t>(route.unclaimed_days) * 24 * kHourMs;
}

Result<ledger::Admission> AdmitUnclaimed(const std::string& code,
                                         const RouteSettings& routes,
                                         ledger::AdmitView& view) {
  const Caller service{std::string(kOperator), Role::kAdmin};
  Result<RegisterAdmission> admission = RegisterAdmission::Begin(service, view);
  if (!admission) return std::move(admission).error();
  Result<std::optional<SealRecord>> seal =
      ReadSealRecord(admission->read(), code);
  if (!seal) return std::move(seal).error();
  if (!seal->has_value()) return NoSuchSeal();
  const bool claimed = (*seal)->status != SealStatus::kIssued &&
                       (*seal)->status != SealStatus::kFiled;
  if (claimed ||
      view.time_ms() <=
          UnclaimedLimitMs((*seal)->issued_ms, routes.of((*seal)->route))) {
    return MakeError(Code::kConflict, "step-out-of-order",
                     "the seal was claimed, or may still be");
  }
  SealEventEntry cancelled;
  cancelled.event = SealEvent::kCancelled;
  cancelled.seal_code = code;
  cancelled.reason = "unclaimed";
  cancelled.previous = (*seal)->entry;
  Result<uint64_t> added = admission->AddAsOperator(std::move(cancelled));
  if (!added) return std::move(added).error();
  return admission->Take();
}

}  // namespace sealedger::notary
