#include "notary/organization.h"

#include <utility>

#include "notary/codes.h"
#include "notary/disclosure.h"
#include "notary/json_members.h"
#include "notary/register_admission.h"
#include "notary/register_state.h"
#include "notary/request_members.h"
#include "notary/text.h"

namespace sealedger::notary {
namespace {

using ledger::Code;
using ledger::MakeError;

// The name is public, unless it may be a person's.
void PutName(const std::string& name, PreparedOrganization* prepared) {
  if (IsIndividualBusiness(prepared->entry.uscc)) {
    prepared->disclosures = MakeDisclosures({{"name", name}});
  } else {
    prepared->entry.name = name;
  }
}

Error NoSuchOrganization() {
  return MakeError(Code::kNotFound, "no-such-organization",
                   "no organisation of this code is in the register");
}

// Those of them that are live, cancelled.
Result<void> CancelSeals(const std::map<std::string, std::string>& seals,
                         RegisterAdmission* admission) {
  for (const auto& [place, code] : seals) {
    Result<std::optional<SealRecord>> seal =
        ReadSealRecord(admission->read(), code);
    if (!seal) return std::move(seal).error();
    if (!seal->has_value() || !(*seal)->IsLive(admission->time_ms())) continue;
    SealEventEntry cancelled;
    cancelled.event = SealEvent::kCancelled;
    cancelled.seal_code = code;
    cancelled.reason = "dissolved";
    cancelled.previous = (*seal)->entry;
    Result<uint64_t> added = admission->AddAlso(std::move(cancelled));
    if (!added) return std::move(added).error();
  }
  return {};
}

}  // namespace

Result<PreparedOrganization> PrepareOrganization(const Json& body) {
  Members request(body, "");
  PreparedOrganization prepared;
  prepared.entry.uscc = ReadUscc(request, "uscc");
  const std::string name = ReadName(request, "name");
  prepared.entry.effective_ms = ReadOptionalTime(request, "effective_at");
  if (!request.Finish()) return request.error();
  PutName(name, &prepared);
  return prepared;
}

Result<PreparedOrganization> PrepareOrganizationEvent(const std::string& uscc,
                                                      const Json& body) {
  // What no organisation can have is named by no path.
  if (!IsUscc(uscc)) return NoSuchOrganization();
  Members request(body, "");
  PreparedOrganization prepared;
  prepared.entry.uscc = uscc;
  const auto event = ParseOrganizationEvent(request.String("event"));
  if (request.ok() && (!event || *event == OrganizationEvent::kEstablished)) {
    request.Fail("event", Code::kInvalidArgument, "bad-event",
                 "the events of an organisation are altered and terminated");
  }
  prepared.entry.event = event.value_or(OrganizationEvent::kAltered);
  prepared.entry.effective_ms = ReadOptionalTime(request, "effective_at");
  std::string name;
  if (prepared.entry.event == OrganizationEvent::kAltered) {
    name = ReadName(request, "name");
  }
  if (!request.Finish()) return request.error();
  if (!name.empty()) PutName(name, &prepared);
  return prepared;
}

Result<ledger::Admission> AdmitOrganization(
    const Caller& caller, const PreparedOrganization& prepared,
    ledger::AdmitView& view) {
  Result<RegisterAdmission> admission = RegisterAdmission::Begin(caller, view);
  if (!admission) return std::move(admission).error();
  OrganizationEntry entry = prepared.entry;
  if (entry.event != OrganizationEvent::kEstablished) {
    Result<std::optional<OrganizationRecord>> record =
        ReadOrganizationRecord(admission->read(), entry.uscc);
    if (!record) return std::move(record).error();
    if (!record->has_value()) return NoSuchOrganization();
    if (entry.name && entry.name == (*record)->name) {
      return MakeError(Code::kInvalidArgument, "nothing-changed",
                       "the organisation has this name already", "/name");
    }
    entry.previous = (*record)->entry;
  }
  std::map<std::string, std::string> ending;
  if (entry.event == OrganizationEvent::kTerminated) {
    // Before the entry, which forgets them.
    Result<std::map<std::string, std::string>> seals =
        ReadSealsOf(admission->read(), entry.uscc);
    if (!seals) return std::move(seals).error();
    ending = *std::move(seals);
  }
  Result<uint64_t> added = admission->Add(entry, SdLines(prepared.disclosures));
  if (!added) return std::move(added).error();
  Result<void> cancelled = CancelSeals(ending, &*admission);
  if (!cancelled) return std::move(cancelled).error();
  return admission->Take();
}

}  // namespace sealedger::notary
