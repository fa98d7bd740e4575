// For each member of a request's body another value, which the service would
// take as well, as a rule, and the place where the entry then says otherwise.
// The requests are those of request_story.h.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ledger/encoding.h"
#include "notary/certificate.h"
#include "tests/notary/request_story.h"

namespace sealedger::testing {

// The first reference token of a pointer without escapes, and the rest.
inline std::pair<std::string, std::string> SplitPointer(
    const std::string& pointer) {
  REQUIRE(pointer.starts_with("/"));
  const size_t end = pointer.find('/', 1);
  if (end == std::string::npos) return {pointer.substr(1), ""};
  return {pointer.substr(1, end - 1), pointer.substr(end)};
}

// The value with another one at that place; nullopt: with none.
inline Json WithMember(const Json& json, const std::string& pointer,
                       const std::optional<Json>& value) {
  const auto [token, rest] = SplitPointer(pointer);
  if (const Json::Array* array = json.if_array()) {
    Json::Array changed = *array;
    const auto at = changed.begin() + std::stoi(token);
    if (!rest.empty()) {
      *at = WithMember(*at, rest, value);
    } else if (value) {
      *at = *value;
    } else {
      changed.erase(at);
    }
    return changed;
  }
  Json changed = ObjectOf({});
  for (const auto& [name, member] : *json.if_object()) {
    if (name != token) {
      changed.Add(name, member);
    } else if (!rest.empty()) {
      changed.Add(name, WithMember(member, rest, value));
    } else if (value) {
      changed.Add(name, *value);
    }
  }
  if (json.Find(token) == nullptr && value) changed.Add(token, *value);
  return changed;
}

// A member of a request's body that has another value, and the place of the
// difference.
struct OtherValue {
  std::string request;
  std::string member;
  Json value;
  std::string place;
};

inline constexpr const char* kOtherTime = "2026-02-01T00:00:00.999Z";

// Times that end something.
inline constexpr const char* kLaterTime = "2028-02-01T00:00:00.999Z";

inline std::vector<OtherValue> OthersOfParties() {
  const std::string other_key = Story().KeyOf("bureau").public_pem();
  const std::string another_key = Story().KeyOf("operator").public_pem();
  return {
      {"party", "/id", "bureaux", "/party/id"},
      {"party", "/role", "admin", "/party/role"},
      {"party", "/name", "Another Bureau", "/party/name"},
      {"party", "/key", another_key, "/key/alg"},
      {"party", "/private/contact", "王五", "/private"},
      {"party", "/private/desk", "8", "/private"},
      {"party without key", "/id", "acmes", "/party/id"},
      {"party without key", "/role", "applicant", "/party/role"},
      {"party changed", "/event", "registered", "/event"},
      {"party changed", "/name", "Acme Ltd.", "/party/name"},
      {"party changed", "/key", other_key, "/key/alg"},
      {"party changed", "/signed_only", false, "/party/signed_only"},
      {"own party changed", "/event", "registered", "/event"},
      {"own party changed", "/name", "Operator", "/party/name"},
  };
}

inline std::vector<OtherValue> OthersOfOrganizations() {
  return {
      {"organization", "/uscc", kOtherUscc, "/organization/uscc"},
      {"organization", "/name", "Example Inc.", "/organization/name"},
      {"organization", "/effective_at", kOtherTime, "/effective_at"},
      {"individual business", "/uscc", kOurUscc, "/organization/uscc"},
      {"individual business", "/name", "李四小吃店", "/private"},
      {"organization altered", "/event", "terminated", "/name"},
      {"organization altered", "/name", "Example Ltd.", "/organization/name"},
      {"organization altered", "/effective_at", kOtherTime, "/effective_at"},
      {"organization terminated", "/event", "altered", "/name"},
      {"organization terminated", "/effective_at", kOtherTime, "/effective_at"},
  };
}

inline std::vector<OtherValue> OthersOfApplications() {
  const std::string other = Sha256Hex("other");
  std::vector<OtherValue> others = {
      {"application", "/id", "a-9", "/application/id"},
      // It asks for materials that are not there.
      {"application", "/route", "platform", "/materials"},
      {"application", "/uscc", kOtherUscc, "/application/uscc"},
      {"application", "/seal_type", "02", "/application/seal_type"},
      {"application", "/ordinal", 9, "/application/ordinal"},
      {"application", "/channel", "online", "/application/channel"},
      {"application", "/declaration/sha256", other, "/declaration/sha256"},
      {"application", "/private/agent", "王五", "/private"},
      {"application returned", "/event", "rejected", "/kind"},
      {"application returned", "/private/note", "legible", "/private"},
      // It takes no materials with it.
      {"application again", "/event", "withdrawn", "/declaration"},
      {"application again", "/materials/0/kind", "business_license",
       "/materials/0/kind"},
      {"application again", "/materials/0/sha256", other,
       "/materials/0/sha256"},
      {"application again", "/declaration/sha256", other,
       "/declaration/sha256"},
      {"application accepted", "/event", "originals_checked", "/kind"},
      {"application fee", "/event", "fee_paid", "/fee_fen"},
      {"application fee", "/fee_fen", 30'001, "/fee_fen"},
      {"application paid", "/event", "approved", "/kind"},
      {"application approved", "/event", "rejected", "/kind"},
  };
  for (int i = 0; i < 5; ++i) {
    const std::string material = "/materials/" + std::to_string(i);
    others.push_back(
        {"application", material + "/sha256", other, material + "/sha256"});
    // The kind that it was is missing then, or another is there twice.
    others.push_back({"application", material + "/kind",
                      i == 0 ? "power_of_attorney" : "business_license",
                      i == 0 ? "/materials/2/kind" : material + "/kind"});
  }
  return others;
}

inline std::vector<OtherValue> OthersOfSeals() {
  std::vector<OtherValue> others = {
      {"seal for signers", "/signers/0",
       notary::CertificatePem(Shop().maker().certificate), "/signers"},
      {"seal for signers", "/signers/1",
       notary::CertificatePem(Shop().maker().certificate), "/signers"},
      {"seal by design", "/physical_code", "3501000000118",
       "/seal/physical_code"},
      {"seal by design", "/custodian", "acme", "/custodian"},
      {"seal as given", "/application", "a-1", "/application"},
      {"seal as given", "/code", kCustodySeal, "/seal/code"},
      {"seal as given", "/custodian", "acme", "/custodian"},
  };
  for (const char* design : {"seal by design", "seal for signers"}) {
    const std::vector<OtherValue> more = {
        {design, "/application", "a-3", "/application"},
        {design, "/code", kGivenSeal, "/code"},
        {design, "/name", "财务专用章", "/name"},
        // There is no other type.
        {design, "/picture/type", "jpeg", "/picture/type"},
        {design, "/picture/base64", kOtherPng, "/picture"},
        {design, "/picture/width_mm", 39, "/picture"},
        {design, "/picture/height_mm", 39, "/picture"},
        {design, "/valid_from", kOtherTime, "/valid_from"},
        {design, "/valid_to", kLaterTime, "/valid_to"},
    };
    others.insert(others.end(), more.begin(), more.end());
  }
  notary::SealInfo info = Shop().Info();
  info.picture.width_mm += 1;
  others.push_back({"seal as given", "/seseal",
                    ledger::EncodeBase64(GivenSeal(info)), "/seseal_sm3"});
  return others;
}

inline std::vector<OtherValue> OthersOfLife() {
  return {
      {"seal filed", "/event", "activated", "/kind"},
      {"seal activated", "/event", "filed", "/kind"},
      {"seal suspended", "/event", "resumed", "/kind"},
      {"seal suspended", "/reason", "ordered", "/reason"},
      {"seal suspended", "/effective_at", kOtherTime, "/effective_at"},
      {"seal resumed", "/event", "suspended", "/kind"},
      {"seal resumed", "/reason", "review", "/reason"},
      {"seal resumed", "/effective_at", kOtherTime, "/effective_at"},
      // Its reasons are others.
      {"seal lost", "/event", "suspended", "/reason"},
      {"seal lost", "/reason", "lost", "/reason"},
      {"seal lost", "/effective_at", kOtherTime, "/effective_at"},
      {"seal found", "/event", "resumed", "/reason"},
      {"seal found", "/reason", "error", "/reason"},
      {"seal found", "/effective_at", kOtherTime, "/effective_at"},
      {"seal cancelled", "/event", "suspended", "/kind"},
      {"seal cancelled", "/reason", "renamed", "/reason"},
      {"seal cancelled", "/effective_at", kOtherTime, "/effective_at"},
      {"authorization", "/party", "bureau", "/party"},
      {"authorization", "/until", kLaterTime, "/until"},
  };
}

inline std::vector<OtherValue> OthersOfDocuments() {
  const std::string sha256 = Sha256Hex("other");
  const std::string sm3 = Sm3Hex("other");
  std::vector<OtherValue> others = {
      {"signature in custody", "/property_info", "/Doc_1", "/property_info"},
      {"signature as given", "/signature",
       ledger::EncodeBase64(
           *Story().requests().at("signature as given").file->signature + "x"),
       "/signature_sm3"},
      {"evidence", "/label", "2026-0118", "/label"},
      {"evidence", "/private/signatory", "王五", "/private"},
      {"evidence", "/private/reviewer", "王五", "/private"},
      {"link", "/chain", 3, "/chain/root"},
      {"link after", "/chain/root", 3, "/chain/root"},
      {"link after", "/chain/after", 3, "/chain/previous"},
      {"erasure", "/reason", "mistake", "/reason"},
  };
  for (const char* request : {"signature in custody", "signature as given",
                              "evidence", "link", "link after"}) {
    const std::vector<OtherValue> more = {
        {request, "/document/sha256", sha256, "/document/sha256"},
        {request, "/document/sm3", sm3, "/document/sm3"},
        {request, "/document/size", 1, "/document/size"},
        {request, "/document/media_type", "text/html", "/document/media_type"},
    };
    others.insert(others.end(), more.begin(), more.end());
  }
  for (const char* request : {"signature in custody", "signature as given"}) {
    others.push_back({request, "/protected/sm3", sm3, "/protected/sm3"});
    others.push_back(
        {request, "/protected/sha256", sha256, "/protected/sha256"});
  }
  return others;
}

inline std::vector<OtherValue> AllOtherValues() {
  std::vector<OtherValue> all;
  for (const auto& part :
       {OthersOfParties(), OthersOfOrganizations(), OthersOfApplications(),
        OthersOfSeals(), OthersOfLife(), OthersOfDocuments()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

}  // namespace sealedger::testing
