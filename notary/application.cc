#include "notary/application.h"

#include <algorithm>
#include <utility>

#include "ledger/encoding.h"
#include "notary/codes.h"
#include "notary/json_members.h"
#include "notary/register_admission.h"
#include "notary/register_rules.h"
#include "notary/register_state.h"
#include "notary/request_members.h"
#include "notary/text.h"

namespace sealedger::notary {
namespace {

using ledger::Code;
using ledger::MakeError;

constexpr size_t kRandomIdBytes = 8;
constexpr uint64_t kMaxFee = 1'000'000'000'000;

// The word under `name`, or its refusal.
template <typename Word>
std::optional<Word> ReadWord(Members& request, std::string_view name,
                             const std::string* text,
                             std::optional<Word> (*parse)(std::string_view),
                             std::string_view refusal,
                             std::string_view detail) {
  if (text == nullptr) return std::nullopt;
  const std::optional<Word> word = parse(*text);
  if (request.ok() && !word) {
    request.Fail(name, Code::kInvalidArgument, refusal, detail);
  }
  return word;
}

ApplicationSubject ReadSubject(Members& request) {
  ApplicationSubject subject;
  if (const std::string* id = request.OptionalString("id")) {
    subject.id = *id;
    if (!IsId(subject.id)) {
      request.Fail("id", Code::kInvalidArgument, "bad-id",
                   "an id is [a-z0-9][a-z0-9._-]{0,63}");
    }
  } else {
    subject.id =
        "app-" + ledger::EncodeHex(ledger::RandomBytes(kRandomIdBytes));
  }
  const std::string& route = request.String("route");
  subject.route = ReadWord(request, "route", &route, ParseRoute, "bad-route",
                           "a route is public_security, agency or platform")
                      .value_or(Route::kPublicSecurity);
  subject.uscc = ReadUscc(request, "uscc");
  subject.seal_type = request.String("seal_type");
  if (request.ok() && !IsSealType(subject.seal_type)) {
    request.Fail("seal_type", Code::kInvalidArgument, "bad-seal-type",
                 "a type of seal is 01, 02, 03, 04, 05 or 99");
  }
  subject.ordinal = request.OptionalInteger("ordinal");
  if (request.ok() && !FitsOrdinal(subject.seal_type, subject.ordinal)) {
    request.Fail("ordinal", Code::kInvalidArgument, "bad-ordinal",
                 "a statutory-name seal (01) has no ordinal, every other seal "
                 "one of 1 to 9,999");
  }
  subject.channel =
      ReadWord(request, "channel", request.OptionalString("channel"),
               ParseChannel, "bad-channel", "a channel is online or shop");
  return subject;
}

std::optional<Hash> ReadDeclaration(Members& request) {
  std::optional<Members> declaration = request.OptionalObject("declaration");
  if (!declaration) return std::nullopt;
  std::optional<Hash> sha256;
  if (declaration->Has("sha256")) {
    sha256 = ReadOptionalDigest(*declaration, "sha256");
  } else {
    declaration->String("sha256");  // says that it is missing
  }
  if (!declaration->Finish()) request.Fail(declaration->error());
  return sha256;
}

void DemandMaterials(Members& request, const ApplicationEntry& entry) {
  if (!request.ok()) return;
  for (const std::string_view kind : MaterialsOf(entry.application.route)) {
    const bool given =
        std::any_of(entry.materials.begin(), entry.materials.end(),
                    [kind](const Material& m) { return m.kind == kind; });
    if (given) continue;
    request.Fail("materials", Code::kVerificationFailed, "material-missing",
                 "the route asks for the material " + std::string(kind));
    return;
  }
  if (!entry.declaration) {
    request.Fail("declaration", Code::kVerificationFailed,
                 "declaration-missing",
                 "a declaration that the materials are authentic is part of "
                 "every application");
  }
}

Error NoSuchApplication() {
  return MakeError(Code::kNotFound, "no-such-application",
                   "there is no application of this id");
}

bool IsSubmittersOwn(ApplicationState state) {
  return state == ApplicationState::kSubmitted ||
         state == ApplicationState::kWithdrawn;
}

// Whose step it is.
Result<void> CheckWho(const Caller& caller, const ApplicationRecord& record,
                      ApplicationState next) {
  const bool own = caller.party == record.by;
  if (IsSubmittersOwn(next)) {
    if (own) return {};
    return MakeError(Code::kPermissionDenied, "not-submitter",
                     "whoever submitted the application may do this, and "
                     "nobody else");
  }
  if (caller.role != Role::kAdmin && caller.role != Role::kIssuer) {
    return MakeError(
        Code::kPermissionDenied, "wrong-role",
        "the role " + std::string(RoleName(caller.role)) + " may not do this");
  }
  if (!own) return {};
  return MakeError(Code::kPermissionDenied, "own-submission",
                   "whoever submitted an application does not decide on it");
}

}  // namespace

Result<PreparedApplication> PrepareApplication(const Json& body) {
  Members request(body, "");
  PreparedApplication prepared;
  ApplicationEntry& entry = prepared.entry;
  entry.application = ReadSubject(request);
  if (request.Has("materials")) {
    entry.materials = ReadMaterials(request, "materials");
  }
  entry.declaration = ReadDeclaration(request);
  prepared.disclosures = ReadPrivate(request);
  DemandMaterials(request, entry);
  if (!request.Finish()) return request.error();
  Result<void> fits = CheckEntryFits(entry, prepared.disclosures.size());
  if (!fits) return std::move(fits).error();
  return prepared;
}

Result<PreparedApplication> PrepareApplicationEvent(const std::string& id,
                                                    const Json& body) {
  if (!IsId(id)) return NoSuchApplication();
  Members request(body, "");
  PreparedApplication prepared;
  ApplicationEntry& entry = prepared.entry;
  entry.application.id = id;
  const std::string& event = request.String("event");
  entry.state =
      ReadWord(request, "event", &event, ParseApplicationState, "bad-event",
               "an event is the last word of application.…, as "
               "materials_accepted or approved")
          .value_or(ApplicationState::kRejected);
  if (entry.state == ApplicationState::kSubmitted) {
    if (request.Has("materials")) {
      entry.materials = ReadMaterials(request, "materials");
    }
    entry.declaration = ReadDeclaration(request);
  }
  if (entry.state == ApplicationState::kFeeDue) {
    entry.fee_fen = request.Integer("fee_fen", kMaxFee);
    if (request.ok() && *entry.fee_fen == 0) {
      request.Fail("fee_fen", Code::kInvalidArgument, "number-out-of-range",
                   "a fee is 1 fen to 10,000,000,000 yuan");
    }
  }
  prepared.disclosures = ReadPrivate(request);
  if (!request.Finish()) return request.error();
  return prepared;
}

Result<ledger::Admission> AdmitApplication(const Caller& caller,
                                           const PreparedApplication& prepared,
                                           ledger::AdmitView& view) {
  Result<RegisterAdmission> admission = RegisterAdmission::Begin(caller, view);
  if (!admission) return std::move(admission).error();
  Result<uint64_t> added =
      admission->Add(prepared.entry, SdLines(prepared.disclosures));
  if (!added) return std::move(added).error();
  return admission->Take();
}

Result<ledger::Admission> AdmitApplicationEvent(
    const Caller& caller, const PreparedApplication& prepared,
    const RouteSettings& routes, ledger::AdmitView& view) {
  Result<RegisterAdmission> admission = RegisterAdmission::Begin(caller, view);
  if (!admission) return std::move(admission).error();
  Result<std::optional<ApplicationRecord>> record =
      ReadApplicationRecord(admission->read(), prepared.entry.application.id);
  if (!record) return std::move(record).error();
  if (!record->has_value()) return NoSuchApplication();
  Result<void> may = CheckWho(caller, **record, prepared.entry.state);
  if (!may) return std::move(may).error();
  ApplicationEntry entry = prepared.entry;
  entry.application = (*record)->application;
  entry.previous = (*record)->entry;
  Result<void> fits = CheckEntryFits(entry, prepared.disclosures.size());
  if (!fits) return std::move(fits).error();
  Result<uint64_t> added = admission->Add(entry, SdLines(prepared.disclosures));
  if (!added) return std::move(added).error();
  const Route route = entry.application.route;
  // Nobody approves what he submitted, the service itself included.
  if (entry.state != LastStep(route) || !routes.of(route).filing ||
      (*record)->by == kOperator) {
    return admission->Take();
  }
  ApplicationEntry approved;
  approved.state = ApplicationState::kApproved;
  approved.application = entry.application;
  approved.previous = *added;
  Result<uint64_t> approval = admission->AddAsOperator(std::move(approved));
  if (!approval) return std::move(approval).error();
  return admission->Take();
}

}  // namespace sealedger::notary
