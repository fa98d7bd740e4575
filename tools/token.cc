// sealedger token create|list|revoke: who may call the service. Over the
// service's folder while it is stopped, or over HTTP while it runs.

#include <memory>
#include <utility>

#include "notary/entry.h"
#include "notary/text.h"
#include "tools/commands.h"
#include "tools/open_notary.h"
#include "tools/server_access.h"

namespace sealedger::tools {

namespace {

using ledger::Code;
using ledger::MakeError;

struct Place {
  std::optional<std::string> data;
  ServerAccess access;
};

void AddPlace(Command& command, Place* place) {
  command.Optional("--data", "DIR", &place->data,
                   "the service's folder, while the service is stopped");
  AddServerOptions(command, &place->access);
}

notary::Caller Administrator() {
  return {std::string(notary::kOperator), notary::Role::kAdmin};
}

// The answer over HTTP as JSON; kMalformed where it is none.
Result<Json> SendJson(HttpClient& client, const HttpClient::Request& request) {
  auto answer = client.Send(request);
  if (!answer) return std::move(answer).error();
  if (!answer->ok()) return ProblemOf(*answer);
  if (answer->body.empty()) return Json(Json::Object{});
  auto json = notary::ParseJson(answer->body);
  if (!json || json->if_object() == nullptr) {
    return MakeError(Code::kMalformed, "unexpected-answer",
                     "the service's answer is not what was asked for");
  }
  return json;
}

std::string TextOf(const Json& json, std::string_view name) {
  const Json* member = json.Find(name);
  const std::string* text = member ? member->if_string() : nullptr;
  return text ? *text : std::string();
}

// One of the two ways to the tokens.
class TokenDesk {
 public:
  static Result<TokenDesk> Open(const Place& place) {
    if (place.data && place.access.url) {
      return MakeError(Code::kInvalidArgument, "usage",
                       "--data and --url exclude each other");
    }
    TokenDesk desk;
    if (place.data) {
      auto notary = OpenNotary(*place.data);
      if (!notary) return std::move(notary).error();
      desk.notary_ = std::move(*notary);
      return desk;
    }
    if (!UrlOf(place.access)) {
      return MakeError(Code::kInvalidArgument, "usage",
                       "give the service's folder with --data, or its address "
                       "with --url or SEALEDGER_URL");
    }
    auto client = Connect(place.access, Need::kToken);
    if (!client) return std::move(client).error();
    desk.client_.emplace(std::move(*client));
    return desk;
  }

  Result<Json> Create(const Json& body) {
    if (client_) {
      return SendJson(*client_, {"POST", "/v1/tokens", notary::WriteJson(body),
                                 std::nullopt, kMaxAnswer});
    }
    auto token = notary_->CreateToken(Administrator(), body);
    if (!token) return std::move(token).error();
    return Json(Json::Object{{"id", token->id}, {"token", token->secret}});
  }

  Result<Json> List(const std::optional<std::string>& cursor) {
    if (client_) {
      // A cursor comes from the service; it holds URL-safe characters alone.
      const std::string path =
          "/v1/tokens" + (cursor ? "?cursor=" + *cursor : std::string());
      return SendJson(*client_, {"GET", path, "", std::nullopt, kMaxAnswer});
    }
    return notary_->ListTokens(Administrator(), cursor);
  }

  Result<void> Revoke(const std::string& id) {
    if (!client_) return notary_->DeleteToken(Administrator(), id);
    const auto answer = SendJson(
        *client_, {"DELETE", "/v1/tokens/" + id, "", std::nullopt, kMaxAnswer});
    if (!answer) return answer.error();
    return {};
  }

 private:
  std::unique_ptr<notary::Notary> notary_;
  std::optional<HttpClient> client_;
};

struct CreateOptions {
  Place place;
  std::optional<std::string> role;
  std::optional<std::string> party;
  std::optional<std::string> label;
  std::optional<std::string> expires;
};

// What POST /v1/tokens takes.
Result<Json> TokenRequest(const CreateOptions& options) {
  const auto usage = [](std::string_view detail) {
    return MakeError(Code::kInvalidArgument, "usage", detail);
  };
  if (!options.role) return usage("--role is required");
  const auto role = notary::ParseRole(*options.role);
  CHECK(role.has_value());
  const bool for_operator =
      *role == notary::Role::kAdmin || *role == notary::Role::kRegulator;
  if (!options.party && !for_operator) {
    return usage("--party is required for the role " + *options.role);
  }
  if (options.expires && !notary::ParseTime(*options.expires)) {
    return usage("--expires is written 2027-01-31T00:00:00.000Z");
  }
  Json body(Json::Object{
      {"party", options.party.value_or(std::string(notary::kOperator))},
      {"role", *options.role}});
  if (options.label) body.Add("label", *options.label);
  if (options.expires) body.Add("expires", *options.expires);
  return body;
}

Exit RunCreate(const CreateOptions& options, Output& output) {
  const auto body = TokenRequest(options);
  if (!body) return output.Fail(body.error(), Exit::kUsage);
  auto desk = TokenDesk::Open(options.place);
  if (!desk) return output.Fail(desk.error(), ExitOf(desk.error()));
  const auto token = desk->Create(*body);
  if (!token) return output.Fail(token.error());
  output.Line("token " + Printable(TextOf(*token, "id")) +
              ", shown this once: " + Printable(TextOf(*token, "token")));
  output.Value(*token);
  return Exit::kPassed;
}

std::string TokenLine(const Json& token) {
  std::string line = TextOf(token, "id") + "  " + TextOf(token, "role") + "  " +
                     TextOf(token, "party");
  const std::string label = TextOf(token, "label");
  const std::string expires = TextOf(token, "expires");
  if (!label.empty()) line += "  \"" + label + "\"";
  if (!expires.empty()) line += "  until " + expires;
  return Printable(line);
}

Exit RunList(const Place& place, Output& output) {
  auto desk = TokenDesk::Open(place);
  if (!desk) return output.Fail(desk.error(), ExitOf(desk.error()));
  Json::Array all;
  std::optional<std::string> cursor;
  do {
    const auto page = desk->List(cursor);
    if (!page) return output.Fail(page.error());
    const Json* items = page->Find("items");
    const Json::Array* array = items ? items->if_array() : nullptr;
    if (array == nullptr) break;
    for (const Json& token : *array) {
      output.Line(TokenLine(token));
      all.push_back(token);
    }
    const std::string next = TextOf(*page, "next");
    cursor = next.empty() ? std::nullopt : std::optional<std::string>(next);
  } while (cursor);
  output.Value(Json(std::move(all)));
  return Exit::kPassed;
}

Exit RunRevoke(const Place& place, const std::string& id, Output& output) {
  if (id.find_first_not_of("0123456789abcdef") != std::string::npos) {
    return output.Usage("an id is what `token list` prints first");
  }
  auto desk = TokenDesk::Open(place);
  if (!desk) return output.Fail(desk.error(), ExitOf(desk.error()));
  const auto revoked = desk->Revoke(id);
  if (!revoked) return output.Fail(revoked.error());
  output.Line("revoked " + id);
  output.Value(Json(Json::Object{{"id", id}}));
  return Exit::kPassed;
}

}  // namespace

void AddToken(Command& program) {
  Command& token = program.Sub("token", "Make, list and revoke tokens",
                               "sealedger token list --data data");

  Command& create = token.Sub(
      "create", "Make a token and print it, as the last word",
      "sealedger token create --data data --role platform --party acme");
  create.Explain(
      "--party is required for issuer, platform and applicant, and must be a "
      "registered party of that role; otherwise it is `operator`. The ledger "
      "keeps the token's SHA-256 alone: it cannot be shown again.");
  const auto made = std::make_shared<CreateOptions>();
  AddPlace(create, &made->place);
  create.Choice("--role",
                {"admin", "issuer", "platform", "applicant", "regulator"},
                &made->role, "what the holder may do");
  create.Optional("--party", "ID", &made->party, "for whom");
  create.Optional("--label", "TEXT", &made->label, "a note for `token list`");
  create.Optional("--expires", "TIME", &made->expires,
                  "e.g. 2027-01-31T00:00:00.000Z");
  create.Run([made](Output& output) { return RunCreate(*made, output); });

  Command& list = token.Sub("list", "List tokens, without their secrets",
                            "sealedger token list --url http://127.0.0.1:8080 "
                            "--token-file data/admin.token");
  const auto listed = std::make_shared<Place>();
  AddPlace(list, listed.get());
  list.Run([listed](Output& output) { return RunList(*listed, output); });

  Command& revoke =
      token.Sub("revoke", "Revoke a token: it is refused from then on",
                "sealedger token revoke 0f1e2d3c4b5a6978 --data data");
  const auto revoked = std::make_shared<std::pair<Place, std::string>>();
  revoke.Positional("ID", &revoked->second, "the id that `token list` prints");
  AddPlace(revoke, &revoked->first);
  revoke.Run([revoked](Output& output) {
    return RunRevoke(revoked->first, revoked->second, output);
  });
}

}  // namespace sealedger::tools
