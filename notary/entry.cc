#include "notary/entry.h"

#include <algorithm>
#include <array>
#include <utility>

#include "ledger/checkpoint.h"
#include "ledger/encoding.h"
#include "ledger/note.h"
#include "ledger/sequencer.h"
#include "notary/disclosure.h"
#include "notary/entry_members.h"
#include "notary/request_members.h"
#include "notary/text.h"

namespace sealedger::notary {

namespace {

using ledger::Code;

constexpr std::array kKinds = {kLedgerCreated,    kPartyRegistered,
                               kPartyChanged,     kEvidenceRecorded,
                               kDisclosureErased, kDocumentSealed};

// Kinds that are reserved: met in a ledger, they are not a fault of its bytes.
constexpr std::string_view kLaterKinds[] = {
    "time_stamp.issued", "time_stamp.received", "beacon",
    "anchor.final",      "log.key_changed",     "register.snapshot",
};

std::string_view KindOf(const LedgerCreated&) { return kLedgerCreated; }
std::string_view KindOf(const EvidenceRecorded&) { return kEvidenceRecorded; }
std::string_view KindOf(const DisclosureErased&) { return kDisclosureErased; }
std::string_view KindOf(const PartyEntry& party) {
  return party.changed ? kPartyChanged : kPartyRegistered;
}

constexpr std::array<std::pair<Role, std::string_view>, 5> kRoles = {{
    {Role::kAdmin, "admin"},
    {Role::kIssuer, "issuer"},
    {Role::kPlatform, "platform"},
    {Role::kApplicant, "applicant"},
    {Role::kRegulator, "regulator"},
}};

constexpr std::array<std::string_view, 3> kKeyAlgorithms = {"ed25519", "p256",
                                                            "sm2"};
constexpr std::array<std::string_view, 4> kErasureReasons = {
    "person_request", "court_order", "retention_ended", "mistake"};

bool IsDigestText(std::string_view text) {
  const auto bytes = ledger::DecodeBase64Url(text);
  return bytes && bytes->size() == ledger::kHashSize;
}

bool IsNoteOfOtherOrigin(std::string_view text, std::string_view origin) {
  const auto note = ledger::ParseNote(text);
  if (!note) return false;
  const auto checkpoint = ledger::ParseCheckpoint(note->text);
  return checkpoint && checkpoint->origin != origin;
}

// CheckBody, CheckEntry: what values must be, whether read or to be written.
Result<void> CheckBody(const LedgerCreated& created) {
  if (!ledger::IsOrigin(created.origin)) {
    return BadEntry("the origin is not a key name", "/origin");
  }
  const auto vkey = ledger::ParseVerifierKey(created.vkey);
  if (!vkey || vkey->name != created.origin) {
    return BadEntry("the verifier key is not one of the origin", "/vkey");
  }
  if (created.succeeds &&
      !IsNoteOfOtherOrigin(*created.succeeds, created.origin)) {
    return BadEntry("not a checkpoint of another origin", "/succeeds");
  }
  return CheckText(created.software, kMaxLabel, "/software");
}

Result<void> CheckBody(const PartyEntry& party) {
  if (!IsId(party.id)) return BadEntry("not an id", "/party/id");
  if (party.changed != party.previous.has_value()) {
    return BadEntry(
        "party.changed has the entry before it, party.registered none",
        "/previous");
  }
  if (party.key) {
    if (!Contains(kKeyAlgorithms, party.key->alg)) {
      return BadEntry("not a key algorithm", "/key/alg");
    }
    if (party.key->spki.empty()) {
      return BadEntry("the key is empty", "/key/spki");
    }
  }
  if (party.name) return CheckName(*party.name, "/party/name");
  return {};
}

Result<void> CheckBody(const EvidenceRecorded& evidence) {
  if (evidence.chain && evidence.chain->previous < evidence.chain->root) {
    return BadEntry("the link before lies before the root", "/chain/previous");
  }
  if (evidence.document.media_type) {
    if (auto type = CheckMediaType(*evidence.document.media_type,
                                   "/document/media_type");
        !type) {
      return type;
    }
  }
  if (evidence.label) return CheckText(*evidence.label, kMaxLabel, "/label");
  return {};
}

Result<void> CheckBody(const DisclosureErased& erased) {
  if (!IsErasureReason(erased.reason)) {
    return BadEntry("not a reason", "/reason");
  }
  return {};
}

Result<void> CheckPrivateDigests(const std::vector<std::string>& digests) {
  if (digests.size() > kMaxPrivateFields) {
    return BadEntry("too many private fields", "/_sd");
  }
  for (size_t i = 0; i < digests.size(); ++i) {
    if (!IsDigestText(digests[i])) return BadEntry("not a digest", "/_sd");
    // Sorted, so that their order tells nothing of the fields.
    if (i > 0 && digests[i - 1] >= digests[i]) {
      return BadEntry("the digests do not rise", "/_sd");
    }
  }
  return {};
}

// What a body of the register must be beside the members of every entry.
Result<void> CheckTogether(const Entry& entry) {
  std::optional<int64_t> effective_ms;
  if (const auto* event = std::get_if<SealEventEntry>(&entry.body)) {
    effective_ms = event->effective_ms;
  }
  if (const auto* organization = std::get_if<OrganizationEntry>(&entry.body)) {
    effective_ms = organization->effective_ms;
    const bool named = organization->event != OrganizationEvent::kTerminated;
    if (named && !organization->name && entry.sd.empty()) {
      return BadEntry("the name of an individual business is a private field",
                      "/_sd");
    }
  }
  const auto* authorized = std::get_if<SealAuthorization>(&entry.body);
  if (authorized != nullptr && authorized->until_ms &&
      *authorized->until_ms <= entry.time_ms) {
    return BadEntry("it ends before it begins", "/until");
  }
  if (effective_ms && *effective_ms > entry.time_ms) {
    return BadEntry("it takes effect after it was entered", "/effective_at");
  }
  return {};
}

Result<void> CheckEntry(const Entry& entry) {
  if (!IsTime(entry.time_ms)) {
    return BadEntry("the time has no spelling", "/time");
  }
  if (!IsId(entry.by)) return BadEntry("not an id", "/by");
  const bool creates = std::holds_alternative<LedgerCreated>(entry.body);
  const auto* party = std::get_if<PartyEntry>(&entry.body);
  const bool first_party =
      party != nullptr && !party->changed && party->id == kOperator;
  if (entry.by_entry ? creates : !creates && !first_party) {
    return BadEntry("only entries 0 and 1 stand on no party entry",
                    "/by_entry");
  }
  if (auto digests = CheckPrivateDigests(entry.sd); !digests) return digests;
  auto body =
      std::visit([](const auto& b) { return CheckBody(b); }, entry.body);
  if (!body) return body;
  return CheckTogether(entry);
}

LedgerCreated ReadLedgerCreated(Members& members) {
  LedgerCreated created;
  created.origin = members.String("origin");
  created.vkey = members.String("vkey");
  created.software = members.String("software");
  created.succeeds = TextOf(members.OptionalString("succeeds"));
  return created;
}

PartyKey ReadPartyKey(Members& members) {
  PartyKey key;
  key.alg = members.String("alg");
  const auto spki = ledger::DecodeBase64(members.String("spki"));
  if (!spki) members.Fail("spki", Code::kMalformed, "entry", "not base64");
  key.spki = spki.value_or("");
  return key;
}

PartyEntry ReadPartyEntry(Members& members, bool changed) {
  PartyEntry entry;
  entry.changed = changed;
  Members party = members.Object("party");
  entry.id = party.String("id");
  const auto role = ParseRole(party.String("role"));
  if (!role) party.Fail("role", Code::kMalformed, "entry", "not a role");
  entry.role = role.value_or(Role::kApplicant);
  entry.name = TextOf(party.OptionalString("name"));
  entry.signed_only = ReadTrue(party, "signed_only");
  TakeFault(members, party);
  if (auto key = members.OptionalObject("key")) {
    entry.key = ReadPartyKey(*key);
    TakeFault(members, *key);
  }
  entry.previous = members.OptionalInteger("previous");
  return entry;
}

EvidenceRecorded ReadEvidenceRecorded(Members& members) {
  EvidenceRecorded evidence;
  evidence.document = ReadDocument(members, "document");
  evidence.label = TextOf(members.OptionalString("label"));
  if (auto chain = members.OptionalObject("chain")) {
    evidence.chain = ChainLink{.root = chain->Integer("root"),
                               .previous = chain->Integer("previous")};
    TakeFault(members, *chain);
  }
  return evidence;
}

DisclosureErased ReadDisclosureErased(Members& members) {
  DisclosureErased erased;
  erased.index = members.Integer("index");
  erased.reason = members.String("reason");
  return erased;
}

// `kind` is one that IsKind knows.
decltype(Entry::body) ReadBody(Members& members, std::string_view kind) {
  if (kind == kEvidenceRecorded) return ReadEvidenceRecorded(members);
  if (kind == kDocumentSealed) return ReadDocumentSealed(members);
  if (kind == kLedgerCreated) return ReadLedgerCreated(members);
  if (kind == kDisclosureErased) return ReadDisclosureErased(members);
  if (kind.starts_with("organization.")) {
    return ReadOrganizationEntry(members, kind);
  }
  if (kind.starts_with("application.")) {
    return ReadApplicationEntry(members, kind);
  }
  if (kind == kSealIssued) return ReadSealIssued(members);
  if (kind == kSealAuthorized || kind == kSealDeauthorized) {
    return ReadSealAuthorization(members, kind);
  }
  if (kind.starts_with("seal.")) return ReadSealEventEntry(members, kind);
  return ReadPartyEntry(members, kind == kPartyChanged);
}

std::vector<std::string> ReadPrivateDigests(Members& members) {
  std::vector<std::string> digests;
  const Json::Array* array = members.OptionalArray("_sd");
  if (array == nullptr) return digests;
  for (const Json& value : *array) {
    const std::string* text = value.if_string();
    if (text != nullptr) digests.push_back(*text);
  }
  if (array->empty() || digests.size() != array->size()) {
    members.Fail("_sd", Code::kMalformed, "entry", "not a list of digests");
  }
  return digests;
}

Entry ReadEntry(Members& members, std::string_view kind) {
  Entry entry;
  if (members.Integer("v") != 1) {
    members.Fail("v", Code::kMalformed, "entry", "not version 1");
  }
  entry.time_ms = ReadTime(members, "time");
  entry.by = members.String("by");
  entry.by_entry = members.OptionalInteger("by_entry");
  entry.sd = ReadPrivateDigests(members);
  entry.request = ReadOptionalDigest(members, "request");
  entry.body = ReadBody(members, kind);
  return entry;
}

void AddBody(Json& json, const LedgerCreated& created) {
  json.Add("origin", created.origin);
  json.Add("vkey", created.vkey);
  json.Add("software", created.software);
  if (created.succeeds) json.Add("succeeds", *created.succeeds);
}

void AddBody(Json& json, const PartyEntry& entry) {
  Json party{Json::Object{}};
  party.Add("id", entry.id);
  party.Add("role", RoleName(entry.role));
  if (entry.name) party.Add("name", *entry.name);
  if (entry.signed_only) party.Add("signed_only", true);
  json.Add("party", std::move(party));
  if (entry.key) {
    Json key{Json::Object{}};
    key.Add("alg", entry.key->alg);
    key.Add("spki", ledger::EncodeBase64(entry.key->spki));
    json.Add("key", std::move(key));
  }
  if (entry.previous) json.Add("previous", *entry.previous);
}

void AddBody(Json& json, const EvidenceRecorded& evidence) {
  json.Add("document", DocumentJson(evidence.document));
  if (evidence.label) json.Add("label", *evidence.label);
  if (evidence.chain) {
    Json chain{Json::Object{}};
    chain.Add("root", evidence.chain->root);
    chain.Add("previous", evidence.chain->previous);
    json.Add("chain", std::move(chain));
  }
}

void AddBody(Json& json, const DisclosureErased& erased) {
  json.Add("index", erased.index);
  json.Add("reason", erased.reason);
}

}  // namespace

std::string_view RoleName(Role role) {
  const auto it =
      std::find_if(kRoles.begin(), kRoles.end(),
                   [role](const auto& r) { return r.first == role; });
  CHECK(it != kRoles.end());
  return it->second;
}

std::optional<Role> ParseRole(std::string_view name) {
  const auto it =
      std::find_if(kRoles.begin(), kRoles.end(),
                   [name](const auto& r) { return r.second == name; });
  if (it == kRoles.end()) return std::nullopt;
  return it->first;
}

bool IsErasureReason(std::string_view reason) {
  return Contains(kErasureReasons, reason);
}

std::string_view KindOf(const Entry& entry) {
  return std::visit([](const auto& body) { return KindOf(body); }, entry.body);
}

bool IsKind(std::string_view kind) {
  return Contains(kKinds, kind) || IsRegisterKind(kind);
}

Json EntryJson(const Entry& entry) {
  Json json{Json::Object{}};
  if (!entry.sd.empty()) {
    json.Add("_sd", Json::Array(entry.sd.begin(), entry.sd.end()));
  }
  json.Add("by", entry.by);
  if (entry.by_entry) json.Add("by_entry", *entry.by_entry);
  json.Add("kind", KindOf(entry));
  if (entry.request) json.Add("request", ledger::ToHex(*entry.request));
  json.Add("time", FormatTime(entry.time_ms));
  json.Add("v", 1);
  std::visit([&json](const auto& body) { AddBody(json, body); }, entry.body);
  return json;
}

std::string FormatEntry(const Entry& entry) {
  CHECK(CheckEntry(entry));
  return WriteJson(EntryJson(entry));
}

Result<Entry> ParseEntry(std::string_view text) {
  const Result<Json> json =
      ParseJson(text, {.max_bytes = ledger::kMaxEntrySize, .max_depth = 4});
  if (!json) return json.error();
  Members members(*json, "");
  const std::string& kind = members.String("kind");
  if (Contains(kLaterKinds, kind)) {
    return ledger::MakeError(Code::kInvalidArgument, "unsupported-kind",
                             "entries of this kind are not supported yet",
                             "/kind");
  }
  if (!IsKind(kind)) return BadEntry("no kind of entry", "/kind");
  Entry entry = ReadEntry(members, kind);
  if (!members.Finish()) {
    const Error fault = members.error();
    return BadEntry(fault.detail, fault.field);
  }
  if (auto check = CheckEntry(entry); !check) {
    return BadEntry(check.error().detail, check.error().field);
  }
  // Every value read above has one spelling, so that this is what FormatEntry
  // writes; the fuzz target holds it to that.
  if (WriteJson(*json) != text) {
    return BadEntry("the text is not canonical", "");
  }
  return entry;
}

}  // namespace sealedger::notary
