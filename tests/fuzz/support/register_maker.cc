#include "tests/fuzz/support/register_maker.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "ledger/encoding.h"
#include "ledger/hash.h"
#include "notary/text.h"
#include "tests/fuzz/support/answer_judge.h"

namespace sealedger::fuzzing {

namespace {

using notary::Json;

constexpr int64_t kDayMs = int64_t{24} * 3600 * 1000;
constexpr const char* kFirm = "91350100M000100Y43";
// One grey pixel.
constexpr std::string_view kPng =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+k"
    "cQAAAABJRU5ErkJggg==";

// What follows what, word by word.
constexpr std::string_view kWays[] = {
    "submitted materials_accepted originals_checked approved",
    "submitted materials_accepted fee_due fee_paid approved",
    "submitted materials_accepted identity_verified authorized approved",
};

// The word after `word` in a way; empty behind the last.
std::string WordAfter(std::string_view way, std::string_view word) {
  const size_t at =
      (" " + std::string(way) + " ").find(" " + std::string(word) + " ");
  if (at == std::string::npos) return {};
  std::string_view rest = way.substr(std::min(at + word.size(), way.size()));
  if (rest.empty()) return {};
  rest.remove_prefix(1);
  return std::string(rest.substr(0, rest.find(' ')));
}

Json DigestOf(std::string_view text) {
  return Json(Json::Object{{"sha256", ToHex(ledger::Sha256Of(text))}});
}

}  // namespace

RegisterMaker::Made RegisterMaker::Make() {
  switch (input_.Below(16)) {
    case 0:
      return {"/v1/organizations", OrganizationBody()};
    case 1: {
      const std::string uscc = Uscc();
      return {"/v1/organizations/" + Percent(uscc) + "/events",
              OrganizationEventBody(uscc)};
    }
    case 2:
      return {"/v1/organizations/" + Percent(Uscc()), std::nullopt};
    default:
      return {"/v1/applications", ApplicationBody()};
    case 5:
    case 6:
    case 7: {
      const std::string id = ApplicationId();
      return {"/v1/applications/" + Percent(id) + "/events",
              ApplicationEventBody(id)};
    }
    case 8:
      return {ApplicationsTarget(), std::nullopt};
    case 9:
    case 10:
      return {"/v1/seals", SealBody()};
    case 11:
    case 12: {
      const std::string code = SealCode();
      return {"/v1/seals/" + Percent(code) + "/events", SealEventBody(code)};
    }
    case 13:
      return {SealsTarget(), std::nullopt};
    case 14:
    case 15:
      return {SealTarget(), std::nullopt};
  }
}

std::string RegisterMaker::Uscc() {
  return input_.Pick<const char*>({kFirm, kFirm, kFirm, "92350100MA0000001L",
                                   "91512081MA62K0260E", "115300000151003540",
                                   "91350100M000100Y4Z", "91350100m000100y43",
                                   "", "9"});
}

// Of an organisation that seals can be issued to, as a rule.
std::string RegisterMaker::StandingUscc() {
  if (input_.OneIn(8)) return Uscc();
  for (const auto& [uscc, organization] : model_.organizations) {
    if (!organization.terminated) return uscc;
  }
  return kFirm;
}

std::string RegisterMaker::ApplicationId() {
  const std::vector<std::string> ids = model_.ApplicationIds();
  if (input_.OneIn(16)) return values_.PartyId();
  if (ids.empty()) return "app-1";
  return ids[ids.size() - 1 - std::min(input_.Below(8), ids.size() - 1)];
}

std::string RegisterMaker::SealCode() {
  const std::vector<std::string> codes = model_.SealCodes();
  if (input_.OneIn(16)) {
    return input_.Pick<const char*>({"1", "99999900000001", "x", ""});
  }
  if (codes.empty()) return "35010000000001";
  return codes[codes.size() - 1 - std::min(input_.Below(8), codes.size() - 1)];
}

std::string RegisterMaker::NewSealCode() {
  if (input_.OneIn(8)) return SealCode();
  const uint64_t number = 3501000000000 + model_.seals.size();
  std::string code = std::to_string(number);  // 13 digits
  if (input_.OneIn(4)) code.push_back('0');
  return code;
}

void RegisterMaker::AddEffective(Json* json) {
  if (!input_.OneIn(4)) return;
  json->Add("effective_at", values_.Time());
}

// That of an individual business is nobody's to see.
std::string RegisterMaker::OrganizationName(std::string_view uscc) {
  return (uscc.starts_with("92") ? std::string(kPrivateMark) : "firm ") +
         values_.Word();
}

Json RegisterMaker::OrganizationBody() {
  Json json{Json::Object{}};
  const std::string uscc = Uscc();
  json.Add("name", OrganizationName(uscc));
  json.Add("uscc", uscc);
  AddEffective(&json);
  return json;
}

Json RegisterMaker::OrganizationEventBody(std::string_view uscc) {
  Json json{Json::Object{}};
  const std::string event = input_.Pick<const char*>(
      {"altered", "altered", "terminated", "established", "x"});
  json.Add("event", event);
  if (event == "altered") {
    json.Add("name", OrganizationName(uscc));
  }
  AddEffective(&json);
  return json;
}

Json RegisterMaker::Materials(std::string_view route) {
  std::vector<std::string> kinds = {
      "business_license", "legal_representative_id", "power_of_attorney"};
  if (route == "agency") {
    kinds.insert(kinds.end(), {"existing_seal_impression", "agent_id"});
  }
  if (route == "platform") kinds.emplace_back("authorization_letter");
  if (input_.OneIn(16)) kinds.pop_back();
  if (input_.OneIn(16)) kinds.emplace_back("agent_id");
  if (input_.OneIn(16)) kinds.emplace_back("passport");
  Json::Array materials;
  for (const std::string& kind : kinds) {
    Json material = DigestOf(kind);
    material.Add("kind", kind);
    materials.push_back(std::move(material));
  }
  return materials;
}

Json RegisterMaker::ApplicationBody() {
  Json json{Json::Object{}};
  const std::string route = input_.Pick<const char*>(
      {"public_security", "agency", "platform", "public_security", "post"});
  json.Add("route", route);
  json.Add("uscc", StandingUscc());
  const std::string type =
      input_.Pick<const char*>({"01", "02", "04", "05", "99", "1"});
  json.Add("seal_type", type);
  const bool with_ordinal = (type != "01") != input_.OneIn(16);
  if (with_ordinal) json.Add("ordinal", 1 + static_cast<int>(input_.Below(3)));
  const size_t members = input_.Below(8);
  if ((members & 1) != 0) json.Add("id", ApplicationId());
  if ((members & 2) != 0) {
    json.Add("channel",
             Json(input_.Pick<const char*>({"online", "shop", "post"})));
  }
  if ((members & 4) != 0) json.Add("private", values_.Private());
  json.Add("materials", Materials(route));
  if (!input_.OneIn(16)) json.Add("declaration", DigestOf("declaration"));
  return json;
}

std::string RegisterMaker::NextState(const std::string& id) {
  const auto found = model_.applications.find(id);
  if (found == model_.applications.end()) return "approved";
  const std::string& state = found->second.state;
  if (state == "returned") return "submitted";
  const auto route = static_cast<size_t>(found->second.subject.route);
  const std::string next = WordAfter(kWays[route], state);
  return next.empty() ? "withdrawn" : next;
}

Json RegisterMaker::ApplicationEventBody(const std::string& id) {
  std::string event = NextState(id);
  if (input_.OneIn(8)) {
    event = input_.Pick<const char*>({"returned", "submitted", "withdrawn",
                                      "rejected", "approved", "fee_due",
                                      "fee_paid", "materials_accepted", "x"});
  }
  Json json{Json::Object{}};
  json.Add("event", event);
  if ((event == "fee_due") != input_.OneIn(16)) {
    json.Add("fee_fen", 1 + static_cast<int>(input_.Below(200)));
  }
  if (event == "submitted" && input_.OneIn(2)) {
    json.Add("materials", Materials("public_security"));
    json.Add("declaration", DigestOf("another declaration"));
  }
  if (input_.OneIn(4)) json.Add("private", values_.Private());
  return json;
}

Json RegisterMaker::Picture() {
  Json picture{Json::Object{}};
  std::string png(kPng);
  if (input_.OneIn(16)) png[input_.Byte() % png.size()] = 'A';
  picture.Add("base64", png);
  picture.Add("height_mm", 40);
  picture.Add("type", Json(input_.OneIn(32) ? "gif" : "png"));
  picture.Add("width_mm", input_.OneIn(32) ? 1001 : 30);
  return picture;
}

Json RegisterMaker::SealBody() {
  Json json{Json::Object{}};
  std::string application = "app-1";
  for (const auto& [id, known] : model_.applications) {
    if (known.approval && !known.used) application = id;
  }
  if (input_.OneIn(8)) application = ApplicationId();
  json.Add("application", application);
  json.Add("code", NewSealCode());
  json.Add("custodian", Json(input_.Pick<const char*>(
                            {"acme", "acme", "bravo", "clerk", "nobody"})));
  const size_t members = input_.Below(16);
  if ((members & 1) != 0) {
    json.Add("physical_code",
             Json(input_.Pick<const char*>({"P-1", "P-2", "P-3", "a b"})));
  }
  if ((members & 2) != 0) json.Add("replaces", SealCode());
  if ((members & 12) == 12) {
    json.Add("seseal",
             ledger::EncodeBase64(ledger_.seal_files.empty()
                                      ? std::string(values_.Word())
                                      : ledger_.seal_files.begin()->second));
    return json;
  }
  if ((members & 12) == 8 && input_.OneIn(8)) {
    json.Add("signers", Json::Array{Json(values_.Word())});
  }
  json.Add("name", "seal " + values_.Word());
  json.Add("picture", Picture());
  json.Add("valid_from", notary::FormatTime(now_ms_ - input_.Byte()));
  const int64_t days = input_.Pick<int64_t>({365, 365, 365, 1, 30, -1, 9000});
  json.Add("valid_to", notary::FormatTime(now_ms_ + days * kDayMs));
  return json;
}

std::string RegisterMaker::NextEvent(const std::string& code) {
  const auto found = model_.seals.find(code);
  if (found == model_.seals.end() || found->second.status == "issued") {
    return "filed";
  }
  const std::string& status = found->second.status;
  if (status == "filed") return "activated";
  if (status == "active")
    return input_.Pick<const char*>({"suspended", "lost"});
  if (status == "suspended") return "resumed";
  return status == "lost" ? "found" : "cancelled";
}

Json RegisterMaker::SealEventBody(const std::string& code) {
  std::string event = NextEvent(code);
  if (input_.OneIn(8)) {
    event = input_.Pick<const char*>({"cancelled", "filed", "activated",
                                      "suspended", "resumed", "lost", "found",
                                      "authorized", ""});
  }
  Json json{Json::Object{}};
  json.Add("event", event);
  if (event == "cancelled" || input_.OneIn(4)) {
    json.Add("reason",
             Json(input_.Pick<const char*>({"owner_request", "ordered", "lost",
                                            "found", "error", "replaced",
                                            "unclaimed", "dissolved", "why"})));
  }
  AddEffective(&json);
  return json;
}

std::string RegisterMaker::ApplicationsTarget() {
  if (input_.OneIn(4)) return "/v1/applications/" + Percent(ApplicationId());
  std::string query;
  const size_t members = input_.Below(16);
  if ((members & 1) != 0) {
    query +=
        std::string("&state=") +
        input_.Pick<const char*>({"submitted", "approved", "fee_due", "x"});
  }
  if ((members & 2) != 0) {
    query += std::string("&route=") +
             input_.Pick<const char*>({"platform", "agency", "x"});
  }
  if ((members & 4) != 0) query += "&uscc=" + Percent(Uscc());
  if ((members & 8) != 0) query += "&cursor=" + values_.Index();
  if (!query.empty()) query[0] = '?';
  return "/v1/applications" + query;
}

std::string RegisterMaker::SealsTarget() {
  std::string query;
  const size_t members = input_.Below(128);
  if ((members & 1) != 0) query += "&uscc=" + Percent(Uscc());
  if ((members & 2) != 0) {
    query += std::string("&type=") +
             input_.Pick<const char*>({"01", "02", "04", "x"});
  }
  if ((members & 4) != 0) {
    query += std::string("&status=") +
             input_.Pick<const char*>({"issued", "active", "cancelled", "x"});
  }
  if ((members & 8) != 0) {
    query += std::string("&division=") +
             input_.Pick<const char*>({"350100", "999999", "35"});
  }
  if ((members & 16) != 0) query += "&issued_from=" + values_.Time();
  if ((members & 32) != 0) query += "&issued_to=" + values_.Time();
  if ((members & 64) != 0) query += "&cursor=" + values_.Index();
  if (!query.empty()) query[0] = '?';
  return "/v1/seals" + query;
}

std::string RegisterMaker::SealTarget() {
  std::string target = "/v1/seals/" + Percent(SealCode());
  switch (input_.Below(4)) {
    default:
      target += "/status";
      switch (input_.Below(4)) {
        case 1:
          return target + "?at=" + values_.Time();
        case 2:
          return target + "?size=" + values_.Index();
        case 3:
          target += "?at=" + values_.Time();
          return target + "&size=" + values_.Index();
        default:
          return target;
      }
    case 1:
      return target;
    case 2:
      return target + "/file";
    case 3:
      return target + "/history";
  }
}

}  // namespace sealedger::fuzzing
