#include "notary/bundle.h"

#include <utility>

#include "notary/json_members.h"

namespace sealedger::notary {

namespace {

using ledger::Code;
using ledger::Hash;

// An inclusion path in a tree below 2^63 leaves.
constexpr size_t kMaxPath = 63;
// Deep enough for the members of later kinds, so that they are refused by name.
constexpr int kMaxDepth = 8;

constexpr std::string_view kLaterMembers[] = {
    "anchors", "beacons",      "time_stamps", "signed_checkpoint",
    "seal",    "certificates", "request",
};

Error Bad(std::string_view detail, std::string_view field) {
  return ledger::MakeError(Code::kMalformed, "format", detail, field);
}

Json BundledEntryJson(const BundledEntry& entry) {
  Json json{Json::Object{}};
  json.Add("index", entry.index);
  json.Add("entry", entry.entry);
  Json::Array path;
  path.reserve(entry.path.size());
  for (const Hash& hash : entry.path) path.emplace_back(ledger::ToBase64(hash));
  json.Add("path", std::move(path));
  if (!entry.disclosures.empty()) {
    json.Add("disclosures",
             Json::Array(entry.disclosures.begin(), entry.disclosures.end()));
  }
  return json;
}

std::vector<Hash> ReadPath(Members& members) {
  const Json::Array& array = members.Array("path");
  std::vector<Hash> path;
  path.reserve(array.size());
  if (array.size() > kMaxPath) {
    members.Fail("path", Code::kMalformed, "format", "the path is too long");
    return path;
  }
  for (const Json& value : array) {
    const std::string* text = value.if_string();
    const auto hash =
        text == nullptr ? std::nullopt : ledger::HashFromBase64(*text);
    if (!hash) {
      members.Fail("path", Code::kMalformed, "format",
                   "a hash is base64 of 32 bytes");
      return path;
    }
    path.push_back(*hash);
  }
  return path;
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
  entry.path = ReadPath(members);
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
  if (!members.Finish()) {
    const Error fault = members.error();
    return Bad(fault.detail, fault.field);
  }
  return bundle;
}

}  // namespace sealedger::notary
