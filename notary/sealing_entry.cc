#include "notary/sealing_entry.h"

#include <array>
#include <utility>

#include "notary/codes.h"
#include "notary/entry_members.h"
#include "notary/register_words.h"
#include "notary/request_members.h"
#include "notary/text.h"

namespace sealedger::notary {
namespace {

using ledger::Code;

// Those of eseal_verify.h that an entry speaks of, and the register's own.
constexpr std::array<std::string_view, 10> kVerdictIds = {
    "data_hash",         "format",
    "maker_certificate", "register_status",
    "seal_signature",    "seal_validity",
    "signature",         "signer_certificate",
    "signer_listed",     "time_stamp"};
constexpr std::array<std::string_view, 2> kVerdictResults = {"pass",
                                                             "not_checked"};

std::map<std::string, std::string> ReadVerdicts(Members& members) {
  std::map<std::string, std::string> verdicts;
  std::optional<Members> read = members.OptionalObject("verdicts");
  if (!read) return verdicts;
  for (const std::string_view id : kVerdictIds) {
    const std::string* result = read->OptionalString(id);
    if (result != nullptr) verdicts.emplace(id, *result);
  }
  if (verdicts.empty() && read->ok()) {
    members.Fail("verdicts", Code::kMalformed, "entry",
                 "what is absent is left out, not written as an empty object");
  }
  TakeFault(members, *read);
  return verdicts;
}

Json ProtectedJson(const ProtectedDigests& digests) {
  Json json{Json::Object{}};
  json.Add("sm3", ledger::ToHex(digests.sm3));
  if (digests.sha256) json.Add("sha256", ledger::ToHex(*digests.sha256));
  return json;
}

}  // namespace

std::string_view KindOf(const SealAuthorization& entry) {
  return entry.granted ? kSealAuthorized : kSealDeauthorized;
}

std::string_view KindOf(const DocumentSealed&) { return kDocumentSealed; }

Result<void> CheckBody(const SealAuthorization& entry) {
  if (!IsSealCode(entry.seal_code)) {
    return BadEntry("not a seal code", "/seal_code");
  }
  if (!IsId(entry.party)) return BadEntry("not an id", "/party");
  if (entry.until_ms && (!entry.granted || !IsTime(*entry.until_ms))) {
    return BadEntry("seal.authorized alone ends, at a time that has a spelling",
                    "/until");
  }
  return {};
}

Result<void> CheckBody(const DocumentSealed& entry) {
  if (!IsSealCode(entry.seal_code)) {
    return BadEntry("not a seal code", "/seal_code");
  }
  if (!IsTime(entry.claimed_ms)) {
    return BadEntry("the time has no spelling", "/claimed_time");
  }
  if (entry.document && entry.document->media_type) {
    if (auto type =
            CheckMediaType(*entry.document->media_type, "/document/media_type");
        !type) {
      return type;
    }
  }
  if (entry.checkpoint_size.has_value() != entry.made_here) {
    return BadEntry("signatures made here, and no others, name a checkpoint",
                    "/checkpoint_size");
  }
  if (entry.verdicts.empty() != entry.made_here) {
    return BadEntry("signatures made elsewhere, and no others, have verdicts",
                    "/verdicts");
  }
  for (const auto& [id, result] : entry.verdicts) {
    if (!Contains(kVerdictIds, id) || !Contains(kVerdictResults, result)) {
      return BadEntry("not a verdict that an entry holds",
                      "/verdicts" + PointerToken(id));
    }
  }
  return {};
}

SealAuthorization ReadSealAuthorization(Members& members,
                                        std::string_view kind) {
  SealAuthorization entry;
  entry.granted = kind == kSealAuthorized;
  entry.seal_code = members.String("seal_code");
  entry.party = members.String("party");
  entry.until_ms = ReadOptionalTime(members, "until");
  entry.previous = members.Integer("previous");
  return entry;
}

DocumentSealed ReadDocumentSealed(Members& members) {
  DocumentSealed entry;
  entry.made_here = ReadMadeHere(members);
  entry.protected_bytes = ReadProtected(members, "protected");
  if (members.Has("document")) {
    entry.document = ReadDocument(members, "document");
  }
  entry.seal_code = members.String("seal_code");
  entry.register_entry = members.Integer("register");
  entry.signature_sm3 = ReadDigest(members, "signature_sm3");
  entry.signer_sha256 = ReadDigest(members, "signer_sha256");
  entry.claimed_ms = ReadTime(members, "claimed_time");
  entry.checkpoint_size = members.OptionalInteger("checkpoint_size");
  entry.verdicts = ReadVerdicts(members);
  return entry;
}

void AddBody(Json& json, const SealAuthorization& entry) {
  json.Add("seal_code", entry.seal_code);
  json.Add("party", entry.party);
  if (entry.until_ms) json.Add("until", FormatTime(*entry.until_ms));
  json.Add("previous", entry.previous);
}

void AddBody(Json& json, const DocumentSealed& entry) {
  json.Add("made", entry.made_here ? kMadeHere : kMadeElsewhere);
  json.Add("protected", ProtectedJson(entry.protected_bytes));
  if (entry.document) json.Add("document", DocumentJson(*entry.document));
  json.Add("seal_code", entry.seal_code);
  json.Add("register", entry.register_entry);
  json.Add("signature_sm3", ledger::ToHex(entry.signature_sm3));
  json.Add("signer_sha256", ledger::ToHex(entry.signer_sha256));
  json.Add("claimed_time", FormatTime(entry.claimed_ms));
  if (entry.checkpoint_size) {
    json.Add("checkpoint_size", *entry.checkpoint_size);
  }
  if (entry.verdicts.empty()) return;
  Json verdicts{Json::Object{}};
  for (const auto& [id, result] : entry.verdicts) verdicts.Add(id, result);
  json.Add("verdicts", std::move(verdicts));
}

ProtectedDigests ReadProtected(Members& parent, std::string_view name) {
  Members members = parent.Object(name);
  ProtectedDigests digests;
  digests.sm3 = ReadDigest(members, "sm3");
  digests.sha256 = ReadOptionalDigest(members, "sha256");
  TakeFault(parent, members);
  return digests;
}

}  // namespace sealedger::notary
