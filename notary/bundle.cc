#include "notary/bundle.h"

#include <utility>

#include "ledger/encoding.h"
#include "notary/json_members.h"

namespace sealedger::notary {

namespace {

using ledger::Code;
using ledger::Hash;

// An inclusion path in a tree below 2^63 leaves, and a consistency proof.
constexpr size_t kMaxPath = 63;
constexpr size_t kMaxConsistency = 64;
// Deep enough for the members of later kinds, so that they are refused by name.
constexpr int kMaxDepth = 8;

constexpr std::string_view kLaterMembers[] = {
    "anchors",
    "beacons",
    "time_stamps",
};

Error Bad(std::string_view detail, std::string_view field) {
  return ledger::MakeError(Code::kMalformed, "format", detail, field);
}

// Of at most `max` hashes.
std::vector<Hash> ReadHashes(Members& members, std::string_view name,
                             size_t max) {
  const Json::Array& array = members.Array(name);
  std::vector<Hash> hashes;
  hashes.reserve(array.size());
  if (array.size() > max) {
    members.Fail(name, Code::kMalformed, "format", "the path is too long");
    return hashes;
  }
  for (const Json& value : array) {
    const std::string* text = value.if_string();
    const auto hash =
        text == nullptr ? std::nullopt : ledger::HashFromBase64(*text);
    if (!hash) {
      members.Fail(name, Code::kMalformed, "format",
                   "a hash is base64 of 32 bytes");
      return hashes;
    }
    hashes.push_back(*hash);
  }
  return hashes;
}

Json HashesJson(const std::vector<Hash>& hashes) {
  Json::Array array;
  array.reserve(hashes.size());
  for (const Hash& hash : hashes) array.emplace_back(ledger::ToBase64(hash));
  return array;
}

Json BundledEntryJson(const BundledEntry& entry) {
  Json json{Json::Object{}};
  json.Add("index", entry.index);
  json.Add("entry", entry.entry);
  json.Add("path", HashesJson(entry.path));
  if (!entry.disclosures.empty()) {
    json.Add("disclosures",
             Json::Array(entry.disclosures.begin(), entry.disclosures.end()));
  }
  return json;
}

// Not empty.
std::string ReadBytes(Members& members, std::string_view name) {
  const auto bytes = ledger::DecodeBase64(members.String(name));
  if (members.ok() && (!bytes || bytes->empty())) {
    members.Fail(name, Code::kMalformed, "format",
                 "not padded standard base64 of some bytes");
  }
  return bytes.value_or("");
}

void TakeFault(Members& parent, Members& child) {
  if (!child.Finish()) parent.Fail(child.error());
}

std::optional<BundledSeal> ReadSeal(Members& members) {
  std::optional<Members> read = members.OptionalObject("seal");
  if (!read) return std::nullopt;
  BundledSeal seal;
  if (read->Has("seseal")) {
    seal.seseal = ReadBytes(*read, "seseal");
  } else {
    seal.signature = ReadBytes(*read, "signature");
  }
  TakeFault(members, *read);
  return seal;
}

std::vector<std::string> ReadCertificates(Members& members) {
  std::vector<std::string> certificates;
  const Json::Array* array = members.OptionalArray("certificates");
  if (array == nullptr) return certificates;
  for (const Json& value : *array) {
    const std::string* text = value.if_string();
    const auto bytes =
        text == nullptr ? std::nullopt : ledger::DecodeBase64(*text);
    if (!bytes || bytes->empty()) break;
    certificates.push_back(*bytes);
  }
  if (array->empty() || certificates.size() != array->size()) {
    members.Fail("certificates", Code::kMalformed, "format",
                 "not a list of certificates");
  }
  return certificates;
}

std::optional<SignedRequest> ReadRequest(Members& members) {
  std::optional<Members> read = members.OptionalObject("request");
  if (!read) return std::nullopt;
  SignedRequest request;
  request.base = read->String("base");
  request.signature = ReadBytes(*read, "signature");
  request.body = read->String("body");
  TakeFault(members, *read);
  return request;
}

std::vector<std::string> ReadDisclosures(Members& members) {
  std::vector<std::string> disclosures;
  const Json::Array* array = members.OptionalArray("disclosures");
  if (array == nullptr) return disclosures;
  for (const Json& value : *array) {
    const std::string* text = value.if_string();
    if (text != nullptr) disclosures.push_back(*text);
  }
  if (array->empty() || disclosures.size() != array->size()) {
    members.Fail("disclosures", Code::kMalformed, "format",
                 "not a list of disclosures");
  }
  return disclosures;
}

BundledEntry ReadBundledEntry(Members& members) {
  BundledEntry entry;
  entry.index = members.Integer("index");
  entry.entry = members.String("entry");
  entry.path = ReadHashes(members, "path", kMaxPath);
  entry.disclosures = ReadDisclosures(members);
  return entry;
}

// The subject first, then the others rising, none twice.
bool InOrder(const std::vector<BundledEntry>& entries) {
  for (size_t i = 1; i < entries.size(); ++i) {
    if (entries[i].index == entries[0].index) return false;
    if (i > 1 && entries[i].index <= entries[i - 1].index) return false;
  }
  return true;
}

std::vector<BundledEntry> ReadEntries(Members& members) {
  std::vector<BundledEntry> entries;
  const Json::Array& array = members.Array("entries");
  entries.reserve(array.size());
  for (size_t i = 0; i < array.size() && members.ok(); ++i) {
    Members item(array[i],
                 members.PointerTo("entries") + "/" + std::to_string(i));
    entries.push_back(ReadBundledEntry(item));
    if (!item.Finish()) members.Fail(item.error());
  }
  if (entries.empty()) {
    members.Fail("entries", Code::kMalformed, "format", "there is no subject");
  } else if (!InOrder(entries)) {
    members.Fail("entries", Code::kMalformed, "format",
                 "after the subject, entries rise by index, none twice");
  }
  return entries;
}

void AddSeal(const Bundle& bundle, Json* json) {
  if (bundle.seal) {
    CHECK(bundle.seal->seseal.has_value() !=
          bundle.seal->signature.has_value());
    Json seal{Json::Object{}};
    if (bundle.seal->seseal) {
      seal.Add("seseal", ledger::EncodeBase64(*bundle.seal->seseal));
    } else {
      seal.Add("signature", ledger::EncodeBase64(*bundle.seal->signature));
    }
    json->Add("seal", std::move(seal));
  }
  if (!bundle.certificates.empty()) {
    Json::Array certificates;
    for (const std::string& certificate : bundle.certificates) {
      certificates.emplace_back(ledger::EncodeBase64(certificate));
    }
    json->Add("certificates", std::move(certificates));
  }
  if (bundle.signed_checkpoint) {
    Json signed_checkpoint{Json::Object{}};
    signed_checkpoint.Add("consistency", HashesJson(*bundle.signed_checkpoint));
    json->Add("signed_checkpoint", std::move(signed_checkpoint));
  }
}

}  // namespace

Json BundleJson(const Bundle& bundle) {
  CHECK(!bundle.entries.empty());
  Json::Array entries;
  entries.reserve(bundle.entries.size());
  for (const BundledEntry& entry : bundle.entries) {
    entries.push_back(BundledEntryJson(entry));
  }
  Json json{Json::Object{}};
  json.Add("format", kBundleFormat);
  json.Add("entries", std::move(entries));
  json.Add("checkpoint", bundle.checkpoint);
  AddSeal(bundle, &json);
  if (bundle.request) {
    Json request{Json::Object{}};
    request.Add("base", bundle.request->base);
    request.Add("signature", ledger::EncodeBase64(bundle.request->signature));
    request.Add("body", bundle.request->body);
    json.Add("request", std::move(request));
  }
  return json;
}

std::string FormatBundle(const Bundle& bundle) {
  return WriteJson(BundleJson(bundle));
}

Result<Bundle> ParseBundle(std::string_view text) {
  const Result<Json> json =
      ParseJson(text, {.max_bytes = kMaxBundleSize, .max_depth = kMaxDepth});
  if (!json) return Bad(json.error().detail, json.error().field);
  Members members(*json, "");
  const std::string& format = members.String("format");
  if (members.ok() && format != kBundleFormat) {
    return Bad("the format is not " + std::string(kBundleFormat), "/format");
  }
  for (std::string_view name : kLaterMembers) {
    if (!members.Has(name)) continue;
    return ledger::MakeError(Code::kMalformed, "not-supported-yet",
                             "the member is not supported yet",
                             members.PointerTo(name));
  }
  Bundle bundle;
  bundle.entries = ReadEntries(members);
  bundle.checkpoint = members.String("checkpoint");
  bundle.seal = ReadSeal(members);
  bundle.certificates = ReadCertificates(members);
  if (auto read = members.OptionalObject("signed_checkpoint")) {
    bundle.signed_checkpoint =
        ReadHashes(*read, "consistency", kMaxConsistency);
    TakeFault(members, *read);
  }
  bundle.request = ReadRequest(members);
  if (!members.Finish()) {
    const Error fault = members.error();
    return Bad(fault.detail, fault.field);
  }
  return bundle;
}

}  // namespace sealedger::notary
