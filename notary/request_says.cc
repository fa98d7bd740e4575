#include "notary/request_says.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "notary/disclosure.h"
#include "notary/json_members.h"

namespace sealedger::notary {
namespace {

struct RequestLine {
  std::string_view method;
  std::string path;
};

constexpr std::string_view kPost = "POST";
constexpr std::string_view kDelete = "DELETE";

// The line of the request that makes such an entry.

RequestLine LineOf(const LedgerCreated&) { return {}; }  // none does

RequestLine LineOf(const EvidenceRecorded&) { return {kPost, "/v1/evidence"}; }

RequestLine LineOf(const PartyEntry& of) {
  if (!of.changed) return {kPost, "/v1/parties"};
  return {kPost, "/v1/parties/" + of.id + "/events"};
}

RequestLine LineOf(const DisclosureErased& of) {
  return {kPost, "/v1/entries/" + std::to_string(of.index) + "/erasure"};
}

RequestLine LineOf(const OrganizationEntry& of) {
  if (of.event == OrganizationEvent::kEstablished) {
    return {kPost, "/v1/organizations"};
  }
  return {kPost, "/v1/organizations/" + of.uscc + "/events"};
}

RequestLine LineOf(const ApplicationEntry& of) {
  if (!of.previous) return {kPost, "/v1/applications"};
  return {kPost, "/v1/applications/" + of.application.id + "/events"};
}

RequestLine LineOf(const SealIssued&) { return {kPost, "/v1/seals"}; }

RequestLine LineOf(const SealEventEntry& of) {
  return {kPost, "/v1/seals/" + of.seal_code + "/events"};
}

RequestLine LineOf(const SealAuthorization& of) {
  const std::string all = "/v1/seals/" + of.seal_code + "/authorizations";
  if (of.granted) return {kPost, all};
  return {kDelete, all + "/" + of.party};
}

RequestLine LineOf(const DocumentSealed& of) {
  if (!of.made_here) return {kPost, "/v1/seal-signatures"};
  return {kPost, "/v1/seals/" + of.seal_code + "/signatures"};
}

std::optional<std::string> FindJsonDifference(const Json& said,
                                              const Json& stated,
                                              const std::string& at);

std::optional<std::string> FindObjectDifference(const Json::Object& said,
                                                const Json& stated,
                                                const std::string& at) {
  for (const auto& [name, value] : said) {
    const std::string place = at + PointerToken(name);
    const Json* other = stated.Find(name);
    if (other == nullptr) return place;
    if (auto inner = FindJsonDifference(value, *other, place)) return inner;
  }
  for (const auto& [name, value] : *stated.if_object()) {
    const bool known =
        std::any_of(said.begin(), said.end(),
                    [&name = name](const auto& m) { return m.first == name; });
    if (!known) return at + PointerToken(name);
  }
  return at;
}

std::optional<std::string> FindJsonDifference(const Json& said,
                                              const Json& stated,
                                              const std::string& at) {
  if (said == stated) return std::nullopt;
  const Json::Object* object = said.if_object();
  if (object != nullptr && stated.if_object() != nullptr) {
    return FindObjectDifference(*object, stated, at);
  }
  const Json::Array* array = said.if_array();
  const Json::Array* other = stated.if_array();
  if (array == nullptr || other == nullptr || array->size() != other->size()) {
    return at;
  }
  for (size_t i = 0; i < array->size(); ++i) {
    auto inner = FindJsonDifference((*array)[i], (*other)[i],
                                    at + "/" + std::to_string(i));
    if (inner) return inner;
  }
  return at;
}

// As they are disclosed; nullopt where one is no disclosure.
std::optional<PrivateFields> DisclosedFields(const StatedEntry& stated) {
  PrivateFields fields;
  for (const std::string& text : stated.disclosures) {
    Result<Disclosure> disclosure = DecodeDisclosure(text);
    if (!disclosure) return std::nullopt;
    fields.emplace_back(std::move(disclosure->name),
                        std::move(disclosure->value));
  }
  return fields;
}

bool AreDisclosed(PrivateFields asked, const StatedEntry& stated) {
  std::optional<PrivateFields> disclosed = DisclosedFields(stated);
  if (!disclosed) return false;
  std::sort(asked.begin(), asked.end());
  std::sort(disclosed->begin(), disclosed->end());
  return asked == *disclosed && asked.size() == stated.entry.sd.size();
}

}  // namespace

std::optional<std::string> FindDifference(const SaidRequest& said,
                                          const StatedEntry& stated) {
  const RequestLine line =
      std::visit([](const auto& of) { return LineOf(of); }, stated.entry.body);
  if (said.method != line.method) return "@method";
  if (said.path != line.path) return "@path";
  Result<RequestedEntry> asked = ReadRequestedEntry(said.body, stated);
  if (!asked) {
    const std::string& place = asked.error().field;
    return place.empty() ? std::string(kWholeBody) : place;
  }
  Entry entry = stated.entry;
  entry.body = std::move(asked->body);
  if (auto place =
          FindJsonDifference(EntryJson(entry), EntryJson(stated.entry), "")) {
    return place;
  }
  if (!AreDisclosed(std::move(asked->fields), stated)) return "/private";
  return std::nullopt;
}

}  // namespace sealedger::notary
