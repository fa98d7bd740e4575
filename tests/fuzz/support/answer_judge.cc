#include "tests/fuzz/support/answer_judge.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "api/auth.h"
#include "api/client.h"
#include "api/problem.h"
#include "ledger/encoding.h"
#include "notary/certificate.h"
#include "notary/data_dir.h"
#include "openapi_yaml.h"
#include "tests/fuzz/support/holds.h"

namespace sealedger::fuzzing {

namespace {

ledger::TreeHead HeadOf(const std::string& note,
                        const ledger::VerifierKey& vkey) {
  return ledger::VerifyCheckpoint(note, {&vkey, 1}).value().head();
}

std::vector<std::string> CertificatesIn(const std::string& path) {
  return notary::ReadCertificatesPem(notary::ReadFile(path).value()).value();
}

// What reads the caller's token before anything else may refuse it.
bool AsksWhoCalls(std::string_view route) {
  for (const std::string_view open :
       {"/v1/verify", "/v1/status", "/checkpoint", "/healthz", "/readyz",
        "/metrics", "/openapi.yaml", "/v1/seals/{code}/status", ""}) {
    if (route == open) return false;
  }
  return true;
}

// Beside those that write.
bool NeedsCaller(std::string_view route) {
  return AsksWhoCalls(route) && !route.starts_with("/v1/entries") &&
         !route.starts_with("/v1/documents") && !route.starts_with("/tile/") &&
         !route.starts_with("/v1/organizations") &&
         route != "/v1/seals/{code}/history";
}

// As the contract's table has it.
bool MayWrite(notary::Role role, std::string_view route) {
  using notary::Role;
  if (route.starts_with("/v1/evidence")) {
    return role == Role::kAdmin || role == Role::kIssuer ||
           role == Role::kPlatform;
  }
  if (route.ends_with("/erasure")) return true;  // its owner's, see below
  if (route.starts_with("/v1/applications")) return role != Role::kRegulator;
  if (route == "/v1/seals/{code}/events" && role == Role::kPlatform) {
    return true;  // its custodian's, see below
  }
  if (route.starts_with("/v1/organizations") ||
      route.starts_with("/v1/seals")) {
    return role == Role::kAdmin || role == Role::kIssuer;
  }
  return role == Role::kAdmin;
}

}  // namespace

AnswerJudge::AnswerJudge(LedgerModel& model, const ledger::VerifierKey& vkey,
                         const notary::Settings& settings)
    : model_(model),
      vkey_(vkey),
      settings_(settings),
      seal_cas_(CertificatesIn(settings.seals.ca)),
      operations_(testing::ReadOpenApi(std::string(api::kOpenApiYaml))) {}

void AnswerJudge::Breach(const char* file, int line,
                         const char* condition) const {
  const api::Request& request = exchange_->request;
  std::fprintf(stderr, "%s:%d: breach: %s\n%s %s\n", file, line, condition,
               request.method.c_str(), request.target.c_str());
  for (const auto& [name, value] : request.headers) {
    std::fprintf(stderr, "%s: %s\n", name.c_str(), value.c_str());
  }
  std::fprintf(stderr, "\n%s\n\n%d\n%s\n", request.body.c_str(),
               exchange_->response.status, exchange_->response.body.c_str());
  if (exchange_->response.failure) {
    std::fprintf(stderr, "failure: %s: %s\n",
                 exchange_->response.failure->name.c_str(),
                 exchange_->response.failure->detail.c_str());
  }
  std::abort();
}

void AnswerJudge::Judge(const JudgedExchange& exchange) {
  exchange_ = &exchange;
  before_ = HeadOf(exchange.note_before, vkey_);
  after_ = HeadOf(exchange.note_after, vkey_);
  HOLDS(before_.size == model_.size() && before_.root == model_.Root());
  const auto token = api::ReadBearerToken(exchange.request.headers);
  caller_.reset();
  if (token && *token) caller_ = model_.Authenticate(**token, exchange.now_ms);

  JudgeStatus();
  JudgeSecrets();
  if (Succeeded()) {
    JudgeCaller();
    JudgeSuccess();
  } else if (exchange.response.route == "/readyz" &&
             exchange.response.status == 503) {
    HOLDS(exchange.response.body.ends_with("not ready\n"));
  } else {
    JudgeProblem();
  }
  JudgeTree();
}

void AnswerJudge::JudgeStatus() const {
  const api::Request& request = exchange_->request;
  const int status = exchange_->response.status;
  HOLDS(status != 500);
  if (testing::IsEdgeStatus(status)) return;
  const auto* operation =
      testing::FindOperation(operations_, request.method, request.target);
  if (operation == nullptr) {
    HOLDS(status == 404);
    HOLDS(exchange_->response.route.empty());
  } else {
    HOLDS(operation->second.count(status) == 1);
    HOLDS(!exchange_->response.route.empty());
  }
}

void AnswerJudge::JudgeProblem() const {
  const api::Response& response = exchange_->response;
  HOLDS(response.content_type == "application/problem+json");
  const notary::Json problem = Answered();
  const std::string& type = TextIn(problem, "type");
  constexpr std::string_view kPrefix = "urn:sealedger:problem:";
  HOLDS(type.starts_with(kPrefix));
  const api::Problem* known = api::FindProblem(type.substr(kPrefix.size()));
  HOLDS(known != nullptr);
  HOLDS(known->status == response.status);
  HOLDS(IndexIn(problem, "status") == static_cast<uint64_t>(known->status));
  HOLDS(TextIn(problem, "title") == known->title);
  HOLDS(!TextIn(problem, "detail").empty());
  const notary::Json* field = problem.Find("field");
  const notary::Json* checks = problem.Find("checks");
  HOLDS(problem.if_object()->size() ==
        4u + (field == nullptr ? 0 : 1) + (checks == nullptr ? 0 : 1));
  if (field != nullptr) HOLDS(field->if_string()->starts_with('/'));
  if (checks != nullptr) {
    HOLDS(response.route == "/v1/seals" && response.status == 422);
    HOLDS(!checks->if_array()->empty());
  }
  const auto has = [&](std::string_view name) {
    return api::FindHeader(response.headers, name) != nullptr;
  };
  HOLDS(has("WWW-Authenticate") == (response.status == 401));
  HOLDS(has("Retry-After") == (response.status == 503));
  HOLDS(has("Allow") == (response.status == 405));
  // Nothing else is in work here that could be in the way.
  if (response.status == 503) HOLDS(known->name == "index-behind");
  if (known->name == "idempotency-key-reused") HOLDS(FindWrite() != nullptr);
  // A token that is good is not called wrong, and a right one is not missed.
  if (response.status == 401) HOLDS(!caller_);
  JudgeRefusal(known->name);
}

void AnswerJudge::JudgeSecrets() const {
  const api::Response& response = exchange_->response;
  const std::string& body = response.body;
  HOLDS(body.find(kPrivateMark) == std::string::npos);
  const bool gives_token =
      response.route == "/v1/tokens" && response.status == 201;
  for (const auto& [id, token] : model_.tokens()) {
    HOLDS(gives_token || body.find(token.secret) == std::string::npos);
  }
}

void AnswerJudge::JudgeCaller() const {
  const api::Request& request = exchange_->request;
  const std::string_view route = exchange_->response.route;
  const bool has_token =
      api::FindHeader(request.headers, "Authorization") != nullptr;
  if (AsksWhoCalls(route) && has_token) HOLDS(caller_.has_value());
  const bool writes = request.method == "POST" || request.method == "DELETE";
  if (route == "/v1/verify") return;
  if (NeedsCaller(route) || writes) {
    HOLDS(caller_.has_value());
    if (writes) HOLDS(MayWrite(caller_->role, route));
  } else if (settings_.server.read_needs_token && AsksWhoCalls(route) &&
             (!route.starts_with("/tile/") ||
              request.path.starts_with("/tile/entries/"))) {
    HOLDS(caller_.has_value());
  }
  if (route == "/metrics") HOLDS(api::IsLoopback(request.client_address));
}

void AnswerJudge::JudgeTree() const {
  HOLDS(after_.size == model_.size());
  HOLDS(after_.root == model_.Root());
  if (after_.size == before_.size) {
    HOLDS(exchange_->note_after == exchange_->note_before);
  }
}

void AnswerJudge::JudgeSuccess() {
  const std::string_view route = exchange_->response.route;
  const std::string& method = exchange_->request.method;
  const bool post = method == "POST";
  if (route == "/v1/evidence/batch") return JudgeBatch();
  if (route == "/v1/tokens") return post ? JudgeNewToken() : JudgeTokenList();
  if (route == "/v1/tokens/{id}") return JudgeDeletedToken();
  if (route == "/v1/verify") return JudgeVerdict();
  if (post) return JudgeRecorded();
  if (route == "/v1/entries") return JudgeEntryList();
  if (route == "/v1/entries/{index}") return JudgeEntry();
  if (route == "/v1/entries/{index}/bundle") return JudgeBundle();
  if (route == "/v1/documents/{digest}") return JudgeDocumentList();
  if (route == "/v1/parties/{id}") return JudgeParty();
  if (route == "/tile/{path...}") return JudgeTile();
  if (route == "/v1/status") return JudgeStatusPage();
  if (route == "/v1/organizations/{uscc}") return JudgeOrganization();
  if (route == "/v1/applications") return JudgeApplicationList();
  if (route == "/v1/applications/{id}") return JudgeApplication();
  if (route == "/v1/seals") return JudgeSealList();
  if (route == "/v1/seals/{code}") return JudgeSeal();
  if (route == "/v1/seals/{code}/file") return JudgeSealFile();
  if (route == "/v1/seals/{code}/history") return JudgeSealHistory();
  if (route == "/v1/seals/{code}/status") return JudgeSealStatus();
  if (route == "/checkpoint") {
    HOLDS(exchange_->response.body == exchange_->note_after);
  }
}

notary::Json AnswerJudge::Answered() const {
  // A bundle is for people to read, too; the items of a list of seals end with
  // what depends on who asks, and when.
  const std::string_view route = exchange_->response.route;
  const bool free_order =
      route == "/v1/entries/{index}/bundle" ||
      (route == "/v1/seals" && exchange_->request.method != "POST");
  HOLDS(free_order || notary::IsCanonicalJson(exchange_->response.body,
                                              {.max_bytes = size_t{64} << 20}));
  return notary::ParseJson(exchange_->response.body,
                           {.max_bytes = size_t{64} << 20})
      .value();
}

notary::Json AnswerJudge::Sent() const {
  return notary::ParseJson(exchange_->request.body,
                           {.max_bytes = api::kMaxLargeBody})
      .value();
}

const notary::Json& AnswerJudge::Member(const notary::Json& json,
                                        std::string_view name) const {
  const notary::Json* member = json.Find(name);
  HOLDS(member != nullptr);
  return *member;
}

uint64_t AnswerJudge::IndexIn(const notary::Json& json,
                              std::string_view name) const {
  const int64_t* integer = Member(json, name).if_integer();
  HOLDS(integer != nullptr && *integer >= 0);
  return static_cast<uint64_t>(*integer);
}

const std::string& AnswerJudge::TextIn(const notary::Json& json,
                                       std::string_view name) const {
  const std::string* text = Member(json, name).if_string();
  HOLDS(text != nullptr);
  return *text;
}

std::vector<std::string> AnswerJudge::TextsIn(const notary::Json& json,
                                              std::string_view name) const {
  const notary::Json::Array* array = Member(json, name).if_array();
  HOLDS(array != nullptr);
  std::vector<std::string> texts;
  for (const notary::Json& item : *array) {
    HOLDS(item.if_string() != nullptr);
    texts.push_back(*item.if_string());
  }
  return texts;
}

std::vector<uint64_t> AnswerJudge::IndicesIn(const notary::Json& json,
                                             std::string_view name) const {
  const notary::Json::Array* array = Member(json, name).if_array();
  HOLDS(array != nullptr);
  std::vector<uint64_t> indices;
  for (const notary::Json& item : *array) {
    HOLDS(item.if_integer() != nullptr);
    indices.push_back(static_cast<uint64_t>(*item.if_integer()));
  }
  return indices;
}

std::string AnswerJudge::PathSegment(size_t position) const {
  std::string_view rest = exchange_->request.path;
  for (size_t i = 0; i <= position; ++i) {
    rest.remove_prefix(1);
    if (i < position) rest.remove_prefix(rest.find('/'));
  }
  return api::DecodePercent(rest.substr(0, rest.find('/')));
}

}  // namespace sealedger::fuzzing
