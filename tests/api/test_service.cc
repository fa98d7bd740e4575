#include "tests/api/test_service.h"

#include <doctest/doctest.h>

#include <utility>

#include "api/service.h"
#include "ledger/hash.h"
#include "notary/data_dir.h"
#include "notary/settings.h"
#include "openapi_yaml.h"
#include "tests/api/openapi_reader.h"

namespace sealedger::testing {

namespace {

const Operations& Described() {
  static const Operations operations =
      ReadOpenApi(std::string(api::kOpenApiYaml));
  return operations;
}

void RequireDescribed(const Call& call, const Answer& answer) {
  if (IsEdgeStatus(answer.status)) return;
  const auto* operation = FindOperation(Described(), call.method, call.target);
  CAPTURE(call.method);
  CAPTURE(call.target);
  CAPTURE(answer.status);
  if (operation == nullptr) {
    REQUIRE(answer.status == 404);
  } else {
    REQUIRE(operation->second.count(answer.status) == 1);
  }
}

}  // namespace

TestService::TestService(
    const std::function<void(notary::NotaryOptions*, api::ServerOptions*)>&
        change) {
  const std::string dir = dir_.path() / "data";
  REQUIRE(notary::InitDataDir(dir, "example.com/log", std::nullopt));
  ledger::Result<notary::Settings> settings =
      notary::ReadSettings(dir + "/sealedger.toml", dir);
  REQUIRE(settings);
  notary::NotaryOptions notary_options;
  notary_options.data_dir = dir;
  notary_options.settings = *settings;
  api::ServerOptions options;
  options.listen = "127.0.0.1:0";
  options.threads = 32;
  options.log_file = dir_.path() / "log";
  if (change) change(&notary_options, &options);

  ledger::Result<api::Telemetry> telemetry =
      api::Telemetry::Open(options.log_file);
  REQUIRE(telemetry);
  telemetry->Observe(&notary_options);
  ledger::Result<std::unique_ptr<notary::Notary>> opened =
      notary::Notary::Open(notary_options);
  REQUIRE(opened);
  notary_ = std::move(*opened);
  ledger::Result<std::unique_ptr<api::Server>> started =
      api::StartService(*notary_, options, *telemetry);
  REQUIRE(started);
  server_ = std::move(*started);

  std::string admin = ReadFile(notary::DataPaths(dir).admin_token);
  admin.pop_back();
  tokens_["operator"] = admin;
  for (const auto& [id, role] :
       {std::pair<std::string, std::string>{"acme", "platform"},
        {"other", "platform"},
        {"clerk", "issuer"},
        {"court", "regulator"}}) {
    REQUIRE(Post("/v1/parties",
                 R"({"id":")" + id + R"(","role":")" + role + R"("})",
                 "operator")
                .status == 201);
    tokens_[id] = MakeToken(id, role);
  }
}

std::string TestService::MakeToken(const std::string& party,
                                   const std::string& role) {
  const Answer answer = Post(
      "/v1/tokens", R"({"party":")" + party + R"(","role":")" + role + R"("})",
      "operator");
  REQUIRE(answer.status == 201);
  return *Member(answer, "token").if_string();
}

std::string TestService::Token(const std::string& party) const {
  return tokens_.at(party);
}

Answer TestService::As(const std::string& party, Call call) const {
  if (!party.empty()) {
    call.headers.emplace_back("Authorization", "Bearer " + Token(party));
  }
  Answer answer = Send(port(), call);
  RequireDescribed(call, answer);
  CHECK_FALSE(answer.Header("Request-Id").empty());
  return answer;
}

Answer TestService::Get(const std::string& target,
                        const std::string& party) const {
  return As(party, {.target = target});
}

Answer TestService::Post(const std::string& target, const std::string& body,
                         const std::string& party,
                         const std::optional<std::string>& key) const {
  Call call{.method = "POST",
            .target = target,
            .headers = {{"Content-Type", "application/json"}},
            .body = body};
  if (key) call.headers.emplace_back("Idempotency-Key", *key);
  return As(party, std::move(call));
}

uint64_t TestService::size() const {
  return static_cast<uint64_t>(*notary_->Status().Find("size")->if_integer());
}

std::string TestService::Logged() {
  server_.reset();
  notary_.reset();
  return ReadFile(dir_.path() / "log");
}

std::string Evidence(const std::string& document, const std::string& more) {
  return R"({"document":{"sha256":")" +
         ledger::ToHex(ledger::Sha256Of(document)) + "\"}" + more + "}";
}

notary::Json Member(const Answer& answer, const std::string& name) {
  ledger::Result<notary::Json> json =
      notary::ParseJson(answer.body, {.max_bytes = size_t{64} << 20});
  CAPTURE(answer.body.substr(0, 1000));
  REQUIRE(json);
  const notary::Json* member = json->Find(name);
  CAPTURE(name);
  REQUIRE(member != nullptr);
  return *member;
}

uint64_t IndexOf(const Answer& receipt) {
  return static_cast<uint64_t>(*Member(receipt, "index").if_integer());
}

}  // namespace sealedger::testing
