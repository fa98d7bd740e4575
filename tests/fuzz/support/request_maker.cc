#include "tests/fuzz/support/request_maker.h"

#include <algorithm>
#include <utility>

#include "ledger/encoding.h"
#include "ledger/hash.h"
#include "notary/text.h"
#include "tests/fuzz/support/answer_judge.h"

namespace sealedger::fuzzing {

namespace {

using notary::Json;

constexpr const char* kKeys[] = {
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
    "-----END PUBLIC KEY-----\n",
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt\n"
    "6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==\n"
    "-----END PUBLIC KEY-----\n",
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoEcz1UBgi0DQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt\n"
    "6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==\n"
    "-----END PUBLIC KEY-----\n",
    "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
};

}  // namespace

std::string RequestMaker::Make() {
  Draft draft;
  if (input_.OneIn(64)) return std::string(input_.Rest());
  ChooseRoute(&draft);
  if (draft.method == "GET" && input_.OneIn(16)) draft.method = "HEAD";
  if (input_.OneIn(64)) {
    draft.method = input_.Pick<const char*>(
        {"PUT", "PATCH", "OPTIONS", "DELETE", "POST", "GET", "get", "G"});
  }
  if (input_.OneIn(64)) draft.target += "?x=1";
  if (input_.OneIn(64)) draft.target += "/";
  // One choice after the other: compilers differ in the order of operands.
  std::string bytes = draft.method + " " + draft.target + " HTTP/1.";
  bytes += input_.OneIn(64) ? "0\r\n" : "1\r\n";
  bytes += Headers(draft);
  bytes += "\r\n" + draft.body;
  return input_.OneIn(32) ? Spoil(std::move(bytes)) : bytes;
}

// A few bytes are exchanged, dropped or doubled.
std::string RequestMaker::Spoil(std::string bytes) {
  const size_t high = input_.Byte();
  const size_t at = (high * 256 + input_.Byte()) % bytes.size();
  switch (input_.Below(4)) {
    case 0:
      bytes[at] = static_cast<char>(input_.Byte());
      break;
    case 1:
      bytes.erase(at, 1 + input_.Below(8));
      break;
    case 2:
      bytes.insert(at, input_.Record());
      break;
    default:
      bytes.insert(at, bytes.substr(at, 1 + input_.Byte()));
  }
  return bytes;
}

void RequestMaker::Post(Draft* draft, std::string target, std::string body) {
  draft->method = "POST";
  draft->target = std::move(target);
  draft->body = std::move(body);
  draft->has_body = true;
}

void RequestMaker::ChooseRoute(Draft* draft) {
  std::string target;
  switch (input_.Below(32)) {
    default:
      return Post(draft, "/v1/evidence", EvidenceBody());
    case 4:
    case 5:
      return Post(draft, "/v1/evidence/batch", BatchBody());
    case 6:
      draft->target = "/v1/entries/" + values_.Index();
      return;
    case 7:
    case 8:
      draft->target = "/v1/entries/" + values_.Index() + "/bundle";
      draft->target += input_.Pick<const char*>(
          {"", "?chain=full", "?chain=some", "?chain"});
      return;
    case 9:
    case 10:
      target = "/v1/entries/" + values_.Index() + "/erasure";
      return Post(draft, target, ErasureBody());
    case 11:
    case 12:
      draft->target = "/v1/entries" + EntriesQuery();
      return;
    case 13:
      draft->target = "/v1/documents/" + values_.Digest();
      if (input_.OneIn(4)) draft->target += "?cursor=" + values_.Index();
      return;
    case 14:
      return Post(draft, "/v1/parties", PartyBody());
    case 15:
    case 16:
      target = "/v1/parties/" + Percent(values_.PartyId()) + "/events";
      return Post(draft, target, PartyChangeBody());
    case 17:
      draft->target = "/v1/parties/" + Percent(values_.PartyId());
      return;
    case 18:
      return Post(draft, "/v1/tokens", TokenBody());
    case 19:
      draft->target = "/v1/tokens";
      if (input_.OneIn(4)) draft->target += "?cursor=" + values_.TokenId();
      return;
    case 20:
      draft->method = "DELETE";
      draft->target = "/v1/tokens/" + values_.TokenId();
      return;
    case 21:
      draft->target = "/v1/me";
      return;
    case 22:
    case 23:
      return Post(draft, "/v1/verify", VerifyBody());
    case 24:
    case 25:
      draft->target = TilePath();
      return;
    case 26:
      draft->target = input_.Pick<const char*>(
          {"/checkpoint", "/v1/status", "/healthz", "/readyz", "/metrics",
           "/openapi.yaml", "/readyz?verbose", "/readyz?verbose=1", "/", "//",
           "/v1", "/v1/evidence/", "/v1/entries/0/ots", "/v1/%6de",
           "/checkpoint?x"});
      return;
    case 27:
      draft->target = "/" + std::string(input_.Record());
      return;
    case 28:
    case 29:
    case 30:
    case 31:
      return ChooseOfRegister(draft);
  }
}

void RequestMaker::ChooseOfRegister(Draft* draft) {
  RegisterMaker maker(model_, now_ms_, input_, values_);
  RegisterMaker::Made made = maker.Make();
  if (made.body) {
    return Post(draft, std::move(made.target), Body(*std::move(made.body)));
  }
  draft->target = std::move(made.target);
}

std::string RequestMaker::Headers(const Draft& draft) {
  std::string out = "Host: a\r\n";
  // The operator's first, then each party's, then none and such as are none.
  const size_t who = input_.Below(tokens_.size() + 4);
  if (who < tokens_.size()) {
    out += "Authorization: Bearer " + tokens_[who] + "\r\n";
  } else if (who == tokens_.size() + 1) {
    out += "Authorization: Bearer slg_" + std::string(43, 'A') + "\r\n";
  } else if (who == tokens_.size() + 2) {
    out += "Authorization: " + values_.Word() + "\r\n";
  } else if (who == tokens_.size() + 3) {
    out += "Authorization: Bearer " + model_.tokens_made().back().secret;
    out += "\r\n";
  }
  if (draft.has_body && input_.Below(2) == 1) {
    out += "Idempotency-Key: " + values_.Key() + "\r\n";
  }
  if (draft.has_body || input_.OneIn(64)) {
    const std::string size = std::to_string(draft.body.size());
    switch (input_.Below(64)) {
      case 63:
        break;
      case 62:
        out += "Content-Length: 0" + size + "\r\n";
        break;
      case 61:
        out += "Content-Length: 99999999\r\n";
        break;
      case 60:
        out +=
            "Content-Length: " + size + "\r\nContent-Length: " + size + "\r\n";
        break;
      case 59:
        out += "Transfer-Encoding: chunked\r\n";
        break;
      case 58:
        out += "Expect: 100-continue\r\n";
        [[fallthrough]];
      default:
        out += "Content-Length: " + size + "\r\n";
    }
  }
  switch (input_.Below(32)) {
    case 31:
      return out + "Connection: close\r\n";
    case 30:
      return out + "Connection: " + values_.Word() + "\r\n";
    case 29:
      return out + "X-Forwarded-For: " + values_.Word() + "\r\n";
    case 28:
      return out + "Request-Id: " + values_.Word() + "\r\n";
    case 26:
      return out + "Accept: text/csv\r\n";
    case 27:
      for (size_t i = input_.Below(80); i > 0; --i) out += "A: b\r\n";
      return out;
    default:
      return out;
  }
}

std::string RequestMaker::Body(Json json) {
  if (input_.OneIn(16)) {
    const std::string name = values_.Word();
    if (json.Find(name) == nullptr) json.Add(name, values_.Any());
  }
  if (input_.OneIn(16)) {
    Json::Object& members = *json.if_object();
    if (!members.empty()) {
      members[input_.Below(members.size())].second = values_.Any();
    }
  }
  if (input_.OneIn(16)) {
    Json::Object& members = *json.if_object();
    if (!members.empty()) {
      members.erase(members.begin() +
                    static_cast<std::ptrdiff_t>(input_.Below(members.size())));
    }
  }
  std::string text = notary::WriteJson(json);
  if (input_.OneIn(32)) text = Spoil(std::move(text));
  if (input_.OneIn(64)) text = std::string(input_.Byte() * 8u, '[') + text;
  return text;
}

std::string RequestMaker::EvidenceBody() {
  Json document{Json::Object{}};
  std::string sha256 = values_.Digest();
  if (sha256.starts_with("sm3:")) sha256.erase(0, 4);
  document.Add("sha256", std::move(sha256));
  const size_t more = input_.Below(8);
  if ((more & 1) != 0) {
    std::string sm3 = values_.Digest();
    document.Add("sm3", sm3.starts_with("sm3:") ? sm3.substr(4) : sm3);
  }
  if ((more & 2) != 0) document.Add("size", values_.IndexJson());
  if ((more & 4) != 0) document.Add("media_type", values_.Word());
  Json json{Json::Object{}};
  json.Add("document", std::move(document));
  const size_t members = input_.Below(16);
  if ((members & 1) != 0) json.Add("private", values_.Private());
  if ((members & 2) != 0) json.Add("label", values_.Word());
  if ((members & 12) == 4) json.Add("chain", values_.IndexJson());
  if ((members & 12) >= 8) {
    Json chain{Json::Object{}};
    chain.Add("root", values_.IndexJson());
    if ((members & 12) == 12) chain.Add("after", values_.IndexJson());
    json.Add("chain", std::move(chain));
  }
  return Body(std::move(json));
}

std::string RequestMaker::BatchBody() {
  std::string body = "{\"items\":[";
  // Now and then enough of them to fill a tile.
  const size_t copies = input_.OneIn(8) ? input_.Byte() : 0;
  const size_t count = input_.Below(5);
  for (size_t i = 0; i < count; ++i) {
    if (i > 0) body += ",";
    body += EvidenceBody();
  }
  for (size_t i = 0; i < copies; ++i) {
    if (body.back() != '[') body += ",";
    body += "{\"document\":{\"sha256\":\"" + std::string(64, '1') + "\"}}";
  }
  body += "]}";
  return body;
}

std::string RequestMaker::PartyBody() {
  Json json{Json::Object{}};
  json.Add("id", values_.PartyId());
  json.Add("role", Json(input_.Pick<const char*>({"platform", "issuer",
                                                  "applicant", "regulator",
                                                  "admin", "Platform", ""})));
  const size_t members = input_.Below(8);
  if ((members & 1) != 0) json.Add("name", values_.Word());
  if ((members & 2) != 0) json.Add("key", kKeys[input_.Below(4)]);
  if ((members & 4) != 0) json.Add("private", values_.Private());
  return Body(std::move(json));
}

std::string RequestMaker::PartyChangeBody() {
  Json json{Json::Object{}};
  json.Add("event", Json("changed"));
  const size_t members = input_.Below(8);
  if ((members & 1) != 0) json.Add("name", values_.Word());
  if ((members & 2) != 0) json.Add("key", kKeys[input_.Below(4)]);
  if ((members & 4) != 0) json.Add("signed_only", input_.Below(2) == 1);
  return Body(std::move(json));
}

std::string RequestMaker::ErasureBody() {
  Json json{Json::Object{}};
  json.Add("reason", Json(input_.Pick<const char*>(
                         {"person_request", "court_order", "retention_ended",
                          "mistake", "why", ""})));
  return Body(std::move(json));
}

std::string RequestMaker::TokenBody() {
  Json json{Json::Object{}};
  json.Add("party", values_.PartyId());
  json.Add("role",
           Json(input_.Pick<const char*>({"platform", "issuer", "applicant",
                                          "regulator", "admin", "auditor"})));
  const size_t members = input_.Below(4);
  if ((members & 1) != 0) json.Add("label", values_.Word());
  if ((members & 2) != 0) json.Add("expires", values_.Time());
  return Body(std::move(json));
}

std::string RequestMaker::VerifyBody() {
  std::string bundle =
      model_.size() == 0
          ? "{}"
          : bundle_of_(model_.size() - 1 -
                       std::min<uint64_t>(input_.Below(32), model_.size() - 1));
  if (input_.OneIn(4)) bundle = Spoil(std::move(bundle));
  std::string body = "{\"bundle\":" + bundle;
  switch (input_.Below(4)) {
    case 1:
      body += ",\"document\":{}";
      break;
    case 2:
      body += ",\"document\":{\"sha256\":\"" + values_.Digest() + "\"}";
      break;
    case 3:
      body += ",\"document\":{\"sm3\":\"" + values_.Digest() + "\"}";
      break;
    default:
      break;
  }
  return body + "}";
}

std::string RequestMaker::EntriesQuery() {
  std::string query;
  const size_t members = input_.Below(64);
  const auto add = [&query](std::string_view name, std::string_view value) {
    query += query.empty() ? "?" : "&";
    query += name;
    query += "=";
    query += value;
  };
  if ((members & 1) != 0) {
    add("kind", input_.Pick<const char*>(
                    {"evidence.recorded", "party.registered", "party.changed",
                     "disclosure.erased", "ledger.created", "beacon", "x"}));
  }
  if ((members & 2) != 0) add("by", Percent(values_.PartyId()));
  if ((members & 4) != 0) add("chain", values_.Index());
  if ((members & 8) != 0) add("from", values_.Time());
  if ((members & 16) != 0) add("to", values_.Time());
  if ((members & 32) != 0) add("cursor", values_.Index());
  if (input_.OneIn(16)) {
    const std::string name = Percent(values_.Word());
    add(name, Percent(values_.Word()));
  }
  return query;
}

std::string RequestMaker::TilePath() {
  ledger::TileId tile;
  tile.kind = input_.Pick(
      {ledger::TileId::Kind::kHashes, ledger::TileId::Kind::kEntries});
  if (tile.kind == ledger::TileId::Kind::kHashes) {
    tile.level = input_.Pick<uint32_t>({0, 0, 1, 2, 7, 63});
  }
  tile.index = input_.Pick<uint64_t>({0, 1, 2, 1000, 1234567});
  tile.width = static_cast<uint32_t>(input_.Byte()) + 1;
  if (input_.Below(2) == 1) {
    const uint64_t at_level = ledger::HashesAtLevel(tile.level, model_.size());
    tile.index = at_level / 256;
    tile.width = static_cast<uint32_t>(std::max<uint64_t>(at_level % 256, 1));
  }
  return "/" + ledger::FormatTilePath(tile);
}

}  // namespace sealedger::fuzzing
