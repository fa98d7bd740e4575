#include "notary/party.h"

#include <utility>

#include "ledger/encoding.h"
#include "notary/disclosure.h"
#include "notary/evidence.h"
#include "notary/json_members.h"
#include "notary/party_key.h"
#include "notary/state.h"
#include "notary/text.h"

namespace sealedger::notary {
namespace {

using ledger::Code;
using ledger::MakeError;

std::optional<PartyKey> ReadKey(Members& request) {
  const std::string* pem = request.OptionalString("key");
  if (pem == nullptr) return std::nullopt;
  Result<PartyKey> key = ParsePartyKey(*pem, request.PointerTo("key"));
  if (key) return *std::move(key);
  request.Fail(std::move(key).error());
  return std::nullopt;
}

std::optional<std::string> ReadName(Members& request) {
  const std::string* name = request.OptionalString("name");
  if (name == nullptr) return std::nullopt;
  Result<void> fits = CheckName(*name, request.PointerTo("name"));
  if (!fits) request.Fail(std::move(fits).error());
  return *name;
}

Result<std::optional<PartyState>> StateOf(const std::string& id,
                                          ledger::AdmitView& view) {
  return ReadPartyState(
      [&view](std::string_view key) { return view.State(key); }, id);
}

}  // namespace

void AddPartyMembers(const PartyEntry& party, Json* json) {
  if (party.key) {
    Json key{Json::Object{}};
    key.Add("alg", party.key->alg);
    key.Add("spki", ledger::EncodeBase64(party.key->spki));
    json->Add("key", std::move(key));
  }
  Json members{Json::Object{}};
  members.Add("id", party.id);
  if (party.name) members.Add("name", *party.name);
  members.Add("role", RoleName(party.role));
  if (party.signed_only) members.Add("signed_only", true);
  json->Add("party", std::move(members));
}

Result<PreparedParty> PrepareParty(const Caller& caller, const Json& body) {
  Members request(body, "");
  PartyEntry party;
  party.id = request.String("id");
  if (request.ok() && !IsId(party.id)) {
    request.Fail("id", Code::kInvalidArgument, "bad-id",
                 "an id is [a-z0-9][a-z0-9._-]{0,63}");
  }
  const std::optional<Role> role = ParseRole(request.String("role"));
  if (request.ok() && !role) {
    request.Fail("role", Code::kInvalidArgument, "bad-role",
                 "a role is admin, issuer, platform, applicant or regulator");
  }
  party.role = role.value_or(Role::kApplicant);
  party.name = ReadName(request);
  party.key = ReadKey(request);
  std::vector<std::string> disclosures;
  if (const Json* fields = request.OptionalValue("private")) {
    auto read = ReadPrivateFields(*fields, request.PointerTo("private"));
    if (read) {
      disclosures = MakeDisclosures(*read);
    } else {
      request.Fail(std::move(read).error());
    }
  }
  if (!request.Finish()) return request.error();

  Json members{Json::Object{}};
  if (!disclosures.empty()) members.Add("_sd", SdJson(disclosures));
  members.Add("by", caller.party);
  members.Add("kind", kPartyRegistered);
  AddPartyMembers(party, &members);
  AddRequest(caller, &members);
  members.Add("v", 1);
  PreparedParty prepared{Draft(members, {{"/by_entry", Draft::Hole::kByEntry},
                                         {"/time", Draft::Hole::kTime}}),
                         std::move(party), std::move(disclosures)};
  if (Result<void> fits = CheckDraftSize(prepared.draft); !fits) {
    return std::move(fits).error();
  }
  return prepared;
}

Result<ledger::Admission> AdmitParty(const Caller& caller,
                                     const PreparedParty& prepared,
                                     ledger::AdmitView& view) {
  Result<Actor> actor = AdmitActor(caller, view);
  if (!actor) return std::move(actor).error();
  Result<std::optional<PartyState>> there = StateOf(prepared.party.id, view);
  if (!there) return std::move(there).error();
  if (there->has_value()) {
    return MakeError(Code::kConflict, "party-exists",
                     "a party of this id is registered", "/id");
  }
  Draft::Values values;
  values.time = actor->time;
  values.by_entry = actor->by_entry;
  Entry folded;
  folded.body = prepared.party;
  ledger::Admission admission;
  StateFold state([&view](std::string_view key) { return view.State(key); });
  Result<void> done = FoldEntry(folded, view.next_index(), &state);
  if (!done) return std::move(done).error();
  admission.state = state.Take();
  admission.entries.push_back({prepared.draft.Fill(values), ""});
  return admission;
}

Result<PartyChange> ReadPartyChange(const std::string& id, const Json& body) {
  Members request(body, "");
  PartyChange change;
  change.id = id;
  const std::string& event = request.String("event");
  if (request.ok() && event != "changed") {
    request.Fail("event", Code::kInvalidArgument, "bad-event",
                 "the event of a party is `changed`");
  }
  change.name = ReadName(request);
  change.key = ReadKey(request);
  change.signed_only = request.OptionalBool("signed_only");
  if (!request.Finish()) return request.error();
  return change;
}

Result<ledger::Admission> AdmitPartyChange(const Caller& caller,
                                           const PartyChange& change,
                                           ledger::AdmitView& view) {
  Result<Actor> actor = AdmitActor(caller, view);
  if (!actor) return std::move(actor).error();
  Result<std::optional<PartyState>> there = StateOf(change.id, view);
  if (!there) return std::move(there).error();
  if (!there->has_value()) {
    return MakeError(Code::kNotFound, "no-such-party",
                     "no party of this id is registered");
  }
  const uint64_t previous = (*there)->entry;
  Result<std::string> text = view.Entry(previous);
  if (!text) return std::move(text).error();
  Result<Entry> before = ParseEntry(*text);
  if (!before) return std::move(before).error();
  const PartyEntry& old = std::get<PartyEntry>(before->body);
  PartyEntry changed = old;
  if (change.name) changed.name = change.name;
  if (change.key) changed.key = change.key;
  if (change.signed_only) changed.signed_only = *change.signed_only;
  if (changed == old) {
    return MakeError(Code::kInvalidArgument, "nothing-changed",
                     "the event changes nothing");
  }
  if (changed.signed_only && !changed.key) {
    return MakeError(Code::kVerificationFailed, "key-missing",
                     "a party without a key cannot sign its requests",
                     "/signed_only");
  }
  changed.changed = true;
  changed.previous = previous;
  Entry entry;
  entry.time_ms = view.time_ms();
  entry.by = caller.party;
  entry.by_entry = actor->by_entry;
  if (caller.signature) entry.request = caller.signature->base_sha256;
  entry.body = std::move(changed);
  ledger::Admission admission;
  StateFold state([&view](std::string_view key) { return view.State(key); });
  Result<void> done = FoldEntry(entry, view.next_index(), &state);
  if (!done) return std::move(done).error();
  admission.state = state.Take();
  admission.entries.push_back({FormatEntry(entry), ""});
  return admission;
}

Entry OperatorEntry(int64_t time_ms) {
  Entry entry;
  entry.time_ms = time_ms;
  entry.by = kOperator;
  PartyEntry party;
  party.id = kOperator;
  party.role = Role::kAdmin;
  entry.body = std::move(party);
  return entry;
}

}  // namespace sealedger::notary
