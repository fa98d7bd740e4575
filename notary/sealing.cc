#include "notary/sealing.h"

#include <algorithm>
#include <utility>

#include "ledger/encoding.h"
#include "notary/codes.h"
#include "notary/evidence.h"
#include "notary/json_members.h"
#include "notary/register_admission.h"
#include "notary/request_members.h"
#include "notary/sealing_rules.h"
#include "notary/side.h"
#include "notary/text.h"

namespace sealedger::notary {
namespace {

using ledger::Code;
using ledger::MakeError;

Error NoSuchSeal() {
  return MakeError(Code::kNotFound, "no-such-seal",
                   "no seal of this code is in the register");
}

// A platform, since no other role signs.
Result<void> CheckAuthorized(const std::string& id, const ReadState& read) {
  Result<std::optional<PartyState>> party = ReadPartyState(read, id);
  if (!party) return std::move(party).error();
  if (!party->has_value()) {
    return MakeError(Code::kVerificationFailed, "unknown-reference",
                     "no party of this id is registered", "/party");
  }
  if ((*party)->role == Role::kPlatform) return {};
  return MakeError(Code::kVerificationFailed, "not-a-platform",
                   "a party of the role platform may sign with a seal",
                   "/party");
}

std::optional<DocumentDigests> ReadOptionalDocument(Members& request) {
  if (!request.Has("document")) return std::nullopt;
  return ReadDocument(request, "document");
}

bool IsPropertyInfo(std::string_view text) {
  return !text.empty() && text.size() <= kMaxPropertyInfo &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= 0x20 && c < 0x7f; });
}

}  // namespace

Result<SealAuthorization> PrepareAuthorization(const std::string& code,
                                               const Json& body) {
  if (!IsSealCode(code)) return NoSuchSeal();
  Members request(body, "");
  SealAuthorization authorization;
  authorization.granted = true;
  authorization.seal_code = code;
  authorization.party = request.String("party");
  if (request.ok() && !IsId(authorization.party)) {
    request.Fail("party", Code::kInvalidArgument, "bad-id",
                 "an id is [a-z0-9][a-z0-9._-]{0,63}");
  }
  authorization.until_ms = ReadOptionalTime(request, "until");
  if (!request.Finish()) return request.error();
  return authorization;
}

Result<SealAuthorization> PrepareDeauthorization(const std::string& code,
                                                 const std::string& party) {
  if (!IsSealCode(code)) return NoSuchSeal();
  if (!IsId(party)) {
    return MakeError(Code::kNotFound, "no-such-authorization",
                     "the party is not authorised to sign with the seal");
  }
  SealAuthorization authorization;
  authorization.seal_code = code;
  authorization.party = party;
  return authorization;
}

Result<ledger::Admission> AdmitAuthorization(
    const Caller& caller, const SealAuthorization& authorization,
    ledger::AdmitView& view) {
  Result<RegisterAdmission> admission = RegisterAdmission::Begin(caller, view);
  if (!admission) return std::move(admission).error();
  Result<std::optional<SealRecord>> seal =
      ReadSealRecord(admission->read(), authorization.seal_code);
  if (!seal) return std::move(seal).error();
  if (!seal->has_value()) return NoSuchSeal();
  SealAuthorization entry = authorization;
  entry.previous = (*seal)->entry;
  // Whoever is not the custodian learns nothing of parties.
  if (entry.granted && caller.party == (*seal)->custodian) {
    Result<void> known = CheckAuthorized(entry.party, admission->read());
    if (!known) return std::move(known).error();
  }
  Result<uint64_t> added = admission->Add(std::move(entry));
  if (!added) return std::move(added).error();
  return admission->Take();
}

Result<SealingRequest> ReadSealingRequest(const Json& body) {
  Members members(body, "");
  SealingRequest request;
  request.protected_bytes = ReadProtected(members, "protected");
  request.document = ReadOptionalDocument(members);
  request.property_info = members.String("property_info");
  if (members.ok() && !IsPropertyInfo(request.property_info)) {
    members.Fail("property_info", Code::kInvalidArgument, "bad-property-info",
                 "1 to 1,024 printable ASCII characters");
  }
  request.time_stamp = members.OptionalBool("time_stamp").value_or(false);
  if (!members.Finish()) return members.error();
  return request;
}

Result<GivenSignature> ReadGivenSignature(const Json& body) {
  Members members(body, "");
  GivenSignature request;
  const auto bytes = ledger::DecodeBase64(members.String("signature"));
  if (members.ok() && !bytes) {
    members.Fail("signature", Code::kInvalidArgument, "bad-base64",
                 "the signature is not in padded standard base64");
  }
  request.signature = bytes.value_or("");
  request.protected_bytes = ReadProtected(members, "protected");
  request.document = ReadOptionalDocument(members);
  if (!members.Finish()) return members.error();
  return request;
}

Result<SealRecord> FindSigningSeal(const std::string& party,
                                   const std::string& code,
                                   const ReadState& read, int64_t time_ms) {
  if (!IsSealCode(code)) return NoSuchSeal();
  Result<std::optional<SealRecord>> seal = ReadSealRecord(read, code);
  if (!seal) return std::move(seal).error();
  if (!seal->has_value()) return NoSuchSeal();
  Result<void> may = CheckMaySign(**seal, code, party, time_ms, read);
  if (!may) return std::move(may).error();
  Result<void> usable = CheckUsable(**seal, time_ms);
  if (!usable) return std::move(usable).error();
  return **seal;
}

Result<PreparedSealing> PrepareSealing(const Caller& caller,
                                       DocumentSealed entry, const Hash& blob,
                                       int64_t good_until_ms,
                                       std::optional<uint64_t> judged_at) {
  Entry whole;
  whole.by = caller.party;
  whole.by_entry = 0;
  if (caller.signature) whole.request = caller.signature->base_sha256;
  whole.body = entry;
  Json members = EntryJson(whole);
  Json::Object& object = *members.if_object();
  const auto is_hole = [](const Json::Member& member) {
    return member.first == "by_entry" || member.first == "register" ||
           member.first == "time";
  };
  object.erase(std::remove_if(object.begin(), object.end(), is_hole),
               object.end());
  PreparedSealing prepared{
      std::move(entry),
      Draft(members, {{"/by_entry", Draft::Hole::kByEntry},
                      {"/register", Draft::Hole::kRegister},
                      {"/time", Draft::Hole::kTime}}),
      blob, good_until_ms, judged_at};
  Result<void> fits = CheckDraftSize(prepared.draft);
  if (!fits) return std::move(fits).error();
  return prepared;
}

Result<ledger::Admission> AdmitSealing(const Caller& caller,
                                       const PreparedSealing& prepared,
                                       ledger::AdmitView& view) {
  Result<Actor> actor = AdmitActor(caller, view);
  if (!actor) return std::move(actor).error();
  const ReadState read = [&view](std::string_view key) {
    return view.State(key);
  };
  Result<std::optional<SealRecord>> seal =
      ReadSealRecord(read, prepared.entry.seal_code);
  if (!seal) return std::move(seal).error();
  if (!seal->has_value()) return NoSuchSeal();
  const bool changed =
      prepared.judged_at && *prepared.judged_at != (*seal)->entry;
  if (changed || view.time_ms() > prepared.good_until_ms) {
    return MakeError(Code::kConflict, "seal-changed",
                     "the seal changed, or a validity ended, while the "
                     "signature was judged: send it again");
  }
  Entry entry;
  entry.time_ms = view.time_ms();
  entry.by = caller.party;
  entry.by_entry = actor->by_entry;
  DocumentSealed body = prepared.entry;
  body.register_entry = (*seal)->entry;
  entry.body = std::move(body);
  StateFold state(read);
  Result<void> folded = FoldEntry(entry, view.next_index(), &state);
  if (!folded) return std::move(folded).error();
  Draft::Values values;
  values.time = actor->time;
  values.by_entry = actor->by_entry;
  values.register_entry = (*seal)->entry;
  EntrySide side;
  side.blobs = {prepared.blob};
  ledger::Admission admission;
  admission.state = state.Take();
  admission.entries.push_back({prepared.draft.Fill(values), FormatSide(side)});
  return admission;
}

}  // namespace sealedger::notary
