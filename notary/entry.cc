#include "notary/entry.h"

#include <algorithm>
#include <array>
#include <utility>

#include "ledger/checkpoint.h"
#include "ledger/encoding.h"
#include "ledger/note.h"
#include "ledger/sequencer.h"
#include "notary/disclosure.h"
#include "notary/json_members.h"
#include "notary/text.h"

namespace sealedger::notary {

namespace {

using ledger::Code;

constexpr std::array kKinds = {kLedgerCreated, kPartyRegistered, kPartyChanged,
                               kEvidenceRecorded, kDisclosureErased};

// Kinds that are reserved: met in a ledger, they are not a fault of its bytes.
constexpr std::string_view kLaterKinds[] = {
    "organization.established",
    "organization.altered",
    "organization.terminated",
    "application.submitted",
    "application.materials_accepted",
    "application.returned",
    "application.originals_checked",
    "application.fee_due",
    "application.fee_paid",
    "application.identity_verified",
    "application.authorized",
    "application.approved",
    "application.withdrawn",
    "application.rejected",
    "seal.issued",
    "seal.filed",
    "seal.activated",
    "seal.suspended",
    "seal.resumed",
    "seal.lost",
    "seal.found",
    "seal.cancelled",
    "seal.authorized",
    "seal.deauthorized",
    "document.sealed",
    "time_stamp.issued",
    "time_stamp.received",
    "beacon",
    "anchor.final",
    "log.key_changed",
    "register.snapshot",
};

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

// 9999-12-31T23:59:59.999Z, the last time that has a spelling.
constexpr int64_t kMaxTime = 253'402'300'799'999;

template <typename Words>
bool Contains(const Words& words, std::string_view word) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

Error Bad(std::string_view detail, std::string_view field) {
  return ledger::MakeError(Code::kMalformed, "entry", detail, field);
}

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
    return Bad("the origin is not a key name", "/origin");
  }
  const auto vkey = ledger::ParseVerifierKey(created.vkey);
  if (!vkey || vkey->name != created.origin) {
    return Bad("the verifier key is not one of the origin", "/vkey");
  }
  if (created.succeeds &&
      !IsNoteOfOtherOrigin(*created.succeeds, created.origin)) {
    return Bad("not a checkpoint of another origin", "/succeeds");
  }
  return CheckText(created.software, kMaxLabel, "/software");
}

Result<void> CheckBody(const PartyEntry& party) {
  if (!IsId(party.id)) return Bad("not an id", "/party/id");
  if (party.changed != party.previous.has_value()) {
    return Bad("party.changed has the entry before it, party.registered none",
               "/previous");
  }
  if (party.key) {
    if (!Contains(kKeyAlgorithms, party.key->alg)) {
      return Bad("not a key algorithm", "/key/alg");
    }
    if (party.key->spki.empty()) return Bad("the key is empty", "/key/spki");
  }
  if (party.name) return CheckName(*party.name, "/party/name");
  return {};
}

Result<void> CheckBody(const EvidenceRecorded& evidence) {
  if (evidence.chain && evidence.chain->previous < evidence.chain->root) {
    return Bad("the link before lies before the root", "/chain/previous");
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
  if (!IsErasureReason(erased.reason)) return Bad("not a reason", "/reason");
  return {};
}

Result<void> CheckPrivateDigests(const std::vector<std::string>& digests) {
  if (digests.size() > kMaxPrivateFields)
    return Bad("too many private fields", "/_sd");
  for (size_t i = 0; i < digests.size(); ++i) {
    if (!IsDigestText(digests[i])) return Bad("not a digest", "/_sd");
    // Sorted, so that their order tells nothing of the fields.
    if (i > 0 && digests[i - 1] >= digests[i]) {
      return Bad("the digests do not rise", "/_sd");
    }
  }
  return {};
}

Result<void> CheckEntry(const Entry& entry) {
  if (entry.time_ms < 0 || entry.time_ms > kMaxTime) {
    return Bad("the time has no spelling", "/time");
  }
  if (!IsId(entry.by)) return Bad("not an id", "/by");
  const bool creates = std::holds_alternative<LedgerCreated>(entry.body);
  const auto* party = std::get_if<PartyEntry>(&entry.body);
  const bool first_party =
      party != nullptr && !party->changed && party->id == kOperator;
  if (entry.by_entry ? creates : !creates && !first_party) {
    return Bad("only entries 0 and 1 stand on no party entry", "/by_entry");
  }
  if (auto digests = CheckPrivateDigests(entry.sd); !digests) return digests;
  return std::visit([](const auto& body) { return CheckBody(body); },
                    entry.body);
}

void TakeFault(Members& parent, Members& child) {
  if (!child.Finish()) parent.Fail(child.error());
}

std::optional<std::string> TextOf(const std::string* text) {
  return text == nullptr ? std::nullopt : std::optional<std::string>(*text);
}

Hash ReadDigest(Members& members, std::string_view name,
                const std::string& text) {
  const std::optional<Hash> hash = ledger::HashFromHex(text);
  if (!hash) {
    members.Fail(name, Code::kInvalidArgument, "bad-digest",
                 "a digest is 64 lower-case hexadecimal characters");
  }
  return hash.value_or(Hash{});
}

std::optional<Hash> ReadOptionalDigest(Members& members,
                                       std::string_view name) {
  const std::string* text = members.OptionalString(name);
  if (text == nullptr) return std::nullopt;
  return ReadDigest(members, name, *text);
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
  const auto signed_only = party.OptionalBool("signed_only");
  if (signed_only == false) {
    party.Fail("signed_only", Code::kMalformed, "entry",
               "what is not so is left out");
  }
  entry.signed_only = signed_only.has_value();
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

// `kind` is one of kKinds.
decltype(Entry::body) ReadBody(Members& members, std::string_view kind) {
  if (kind == kEvidenceRecorded) return ReadEvidenceRecorded(members);
  if (kind == kLedgerCreated) return ReadLedgerCreated(members);
  if (kind == kDisclosureErased) return ReadDisclosureErased(members);
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
  const auto time = ParseTime(members.String("time"));
  if (!time) members.Fail("time", Code::kMalformed, "entry", "not a time");
  entry.time_ms = time.value_or(0);
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
  if (std::holds_alternative<LedgerCreated>(entry.body)) return kLedgerCreated;
  if (std::holds_alternative<EvidenceRecorded>(entry.body)) {
    return kEvidenceRecorded;
  }
  if (std::holds_alternative<DisclosureErased>(entry.body)) {
    return kDisclosureErased;
  }
  return std::get<PartyEntry>(entry.body).changed ? kPartyChanged
                                                  : kPartyRegistered;
}

bool IsKind(std::string_view kind) { return Contains(kKinds, kind); }

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
  if (!IsKind(kind)) return Bad("no kind of entry", "/kind");
  Entry entry = ReadEntry(members, kind);
  if (!members.Finish()) {
    const Error fault = members.error();
    return Bad(fault.detail, fault.field);
  }
  if (auto check = CheckEntry(entry); !check) {
    return Bad(check.error().detail, check.error().field);
  }
  // Every value read above has one spelling, so that this is what FormatEntry
  // writes; the fuzz target holds it to that.
  if (WriteJson(*json) != text) {
    return Bad("the text is not canonical", "");
  }
  return entry;
}

DocumentDigests ReadDocument(Members& parent, std::string_view name) {
  Members members = parent.Object(name);
  DocumentDigests document;
  document.sha256 = ReadDigest(members, "sha256", members.String("sha256"));
  document.sm3 = ReadOptionalDigest(members, "sm3");
  document.size = members.OptionalInteger("size");
  if (const std::string* type = members.OptionalString("media_type")) {
    if (auto check = CheckMediaType(*type, members.PointerTo("media_type"));
        !check) {
      members.Fail(check.error());
    }
    document.media_type = *type;
  }
  TakeFault(parent, members);
  return document;
}

Json DocumentJson(const DocumentDigests& document) {
  Json json{Json::Object{}};
  json.Add("sha256", ledger::ToHex(document.sha256));
  if (document.sm3) json.Add("sm3", ledger::ToHex(*document.sm3));
  if (document.size) json.Add("size", *document.size);
  if (document.media_type) json.Add("media_type", *document.media_type);
  return json;
}

}  // namespace sealedger::notary
