#include "tools/server_access.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "ledger/check.h"
#include "notary/data_dir.h"

namespace sealedger::tools {

using ledger::Code;
using ledger::MakeError;

namespace {

constexpr int kAttempts = 5;
constexpr uint64_t kMaxWaitS = 15;

std::optional<std::string> FromEnvironment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

ledger::Result<std::optional<std::string>> TokenOf(const ServerAccess& access) {
  if (!access.token_file) return FromEnvironment("SEALEDGER_TOKEN");
  auto text = notary::ReadFile(*access.token_file);
  if (!text) return std::move(text).error();
  while (!text->empty() && (text->back() == '\n' || text->back() == '\r')) {
    text->pop_back();
  }
  return std::optional<std::string>(*text);
}

bool IsLater(const ledger::Result<HttpAnswer>& answer) {
  if (!answer) return answer.error().code == Code::kUnavailable;
  return answer->status == 429 || answer->status == 503;
}

}  // namespace

void AddServerOptions(Command& command, ServerAccess* access) {
  command.Optional("--url", "URL", &access->url,
                   "the service's address (else SEALEDGER_URL)");
  command.Optional("--token-file", "FILE", &access->token_file,
                   "file with the token (else SEALEDGER_TOKEN)");
}

std::optional<std::string> UrlOf(const ServerAccess& access) {
  return access.url ? access.url : FromEnvironment("SEALEDGER_URL");
}

ledger::Result<HttpClient> Connect(const ServerAccess& access, Need need) {
  const auto url = UrlOf(access);
  if (!url) {
    return MakeError(Code::kInvalidArgument, "usage",
                     "give the service's address with --url or SEALEDGER_URL");
  }
  const auto token = TokenOf(access);
  if (!token) return token.error();
  if (!*token && need == Need::kToken) {
    return MakeError(Code::kInvalidArgument, "usage",
                     "give a token with --token-file or SEALEDGER_TOKEN");
  }
  return HttpClient::Open(*url, *token);
}

Exit ExitOf(const ledger::Error& error) {
  const bool usage = error.name == "usage" || error.name == "bad-url" ||
                     error.name == "bad-token";
  return usage ? Exit::kUsage : Exit::kNotDone;
}

ledger::Result<HttpAnswer> SendUntilDecided(
    HttpClient& client, const HttpClient::Request& request) {
  CHECK(request.idempotency_key.has_value());
  for (int attempt = 1;; ++attempt) {
    auto answer = client.Send(request);
    if (!IsLater(answer) || attempt == kAttempts) return answer;
    const uint64_t asked =
        answer ? answer->retry_after_s.value_or(1) : uint64_t{1};
    std::this_thread::sleep_for(std::chrono::seconds(std::clamp(
        asked * static_cast<uint64_t>(attempt), uint64_t{1}, kMaxWaitS)));
  }
}

ledger::Result<HttpAnswer> SendUntilAnswered(
    HttpClient& client, const HttpClient::Request& request) {
  auto answer = SendUntilDecided(client, request);
  if (answer && !answer->ok()) return ProblemOf(*answer);
  return answer;
}

}  // namespace sealedger::tools
