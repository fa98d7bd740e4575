#include "tools/http_client.h"

#include <httplib.h>

#include <algorithm>
#include <utility>

#include "ledger/encoding.h"
#include "notary/canonical_json.h"

namespace sealedger::tools {

using ledger::Code;
using ledger::Error;
using ledger::MakeError;
using ledger::Result;

namespace {

constexpr std::string_view kProblemType = "urn:sealedger:problem:";
constexpr size_t kMaxShownDetail = 500;

struct Address {
  std::string origin;  // scheme, host and port
  std::string base;    // path before all others, without a last slash
};

bool IsVisible(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c > 0x20 && c < 0x7f;
  });
}

std::optional<Address> ParseAddress(std::string_view url) {
  if (!IsVisible(url)) return std::nullopt;
  if (url.find_first_of("?#@\\") != std::string_view::npos) return std::nullopt;
  const size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return std::nullopt;
  const std::string_view name = url.substr(0, scheme);
  if (name != "http" && name != "https") return std::nullopt;
  const size_t host = scheme + 3;
  const size_t slash = std::min(url.find('/', host), url.size());
  if (slash == host) return std::nullopt;
  Address address{std::string(url.substr(0, slash)),
                  std::string(url.substr(slash))};
  while (!address.base.empty() && address.base.back() == '/') {
    address.base.pop_back();
  }
  return address;
}

Code CodeOf(int status) {
  switch (status) {
    case 401:
      return Code::kUnauthenticated;
    case 403:
      return Code::kPermissionDenied;
    case 404:
      return Code::kNotFound;
    case 409:
      return Code::kConflict;
    case 422:
      return Code::kVerificationFailed;
    case 429:
    case 503:
      return Code::kUnavailable;
    default:
      return status < 500 ? Code::kInvalidArgument : Code::kIo;
  }
}

bool NothingWasSent(httplib::Error error) {
  return error == httplib::Error::Connection ||
         error == httplib::Error::ConnectionTimeout ||
         error == httplib::Error::SSLConnection ||
         error == httplib::Error::SSLLoadingCerts ||
         error == httplib::Error::SSLServerVerification ||
         error == httplib::Error::SSLServerHostnameVerification;
}

std::string TextMember(const notary::Json& json, std::string_view name) {
  const notary::Json* member = json.Find(name);
  const std::string* text = member ? member->if_string() : nullptr;
  return text ? *text : std::string();
}

}  // namespace

Error ProblemOf(const HttpAnswer& answer) {
  const auto json = notary::ParseJson(answer.body);
  const std::string type = json ? TextMember(*json, "type") : std::string();
  if (type.compare(0, kProblemType.size(), kProblemType) != 0) {
    return MakeError(
        CodeOf(answer.status), "unexpected-answer",
        "the service answered with status " + std::to_string(answer.status));
  }
  std::string detail = TextMember(*json, "detail");
  if (detail.empty()) detail = TextMember(*json, "title");
  if (detail.size() > kMaxShownDetail) detail.resize(kMaxShownDetail);
  return MakeError(CodeOf(answer.status), type.substr(kProblemType.size()),
                   detail, TextMember(*json, "field"));
}

struct HttpClient::Connection {
  explicit Connection(Address to)
      : address(std::move(to)), client(address.origin) {}

  Address address;
  httplib::Client client;
  httplib::Headers headers;
};

HttpClient::HttpClient(std::unique_ptr<Connection> connection)
    : connection_(std::move(connection)) {}
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient::~HttpClient() = default;

Result<HttpClient> HttpClient::Open(const std::string& url,
                                    const std::optional<std::string>& token) {
  const auto bad_url = [] {
    return MakeError(Code::kInvalidArgument, "bad-url",
                     "an address is written http://HOST:PORT or https://HOST");
  };
  const auto address = ParseAddress(url);
  if (!address) return bad_url();
  if (token && !IsVisible(*token)) {
    return MakeError(Code::kInvalidArgument, "bad-token",
                     "a token is one line of visible characters");
  }
  auto connection = std::make_unique<Connection>(*address);
  httplib::Client& client = connection->client;
  if (!client.is_valid()) return bad_url();
  client.set_follow_location(false);
  client.set_keep_alive(true);
  client.set_tcp_nodelay(true);
  client.set_connection_timeout(std::chrono::seconds(10));
  // An erasure or a batch of 10,000 takes its time.
  client.set_read_timeout(std::chrono::seconds(120));
  client.set_write_timeout(std::chrono::seconds(60));
  if (token) connection->headers.emplace("Authorization", "Bearer " + *token);
  return HttpClient(std::move(connection));
}

Result<HttpAnswer> HttpClient::Send(const Request& request) {
  httplib::Request outgoing;
  outgoing.method = request.method;
  outgoing.path = connection_->address.base + request.path;
  outgoing.headers = connection_->headers;
  outgoing.headers.emplace("Accept", request.accept);
  if (request.method == "POST") {
    outgoing.headers.emplace("Content-Type", "application/json");
    outgoing.body = request.body;
  }
  if (request.idempotency_key) {
    outgoing.headers.emplace("Idempotency-Key", *request.idempotency_key);
  }
  HttpAnswer answer;
  bool too_large = false;
  outgoing.content_receiver = [&](const char* data, size_t size, uint64_t,
                                  uint64_t) {
    too_large = answer.body.size() + size > request.max_answer;
    if (!too_large) answer.body.append(data, size);
    return !too_large;
  };

  const httplib::Result result = connection_->client.send(outgoing);
  if (too_large) {
    return MakeError(Code::kMalformed, "answer-too-large",
                     "the answer is larger than " +
                         std::to_string(request.max_answer) + " bytes");
  }
  if (!result) {
    const bool nothing_sent = NothingWasSent(result.error());
    return MakeError(Code::kUnavailable,
                     nothing_sent ? "no-connection" : "no-answer",
                     connection_->address.origin +
                         (nothing_sent ? " cannot be reached: "
                                       : " gave no whole answer: ") +
                         httplib::to_string(result.error()));
  }
  answer.status = result->status;
  answer.content_type = result->get_header_value("Content-Type");
  answer.retry_after_s =
      ledger::ParseDecimal(result->get_header_value("Retry-After"), 3600);
  answer.replayed = result->get_header_value("Idempotency-Replayed") == "true";
  if (result->has_header("Sealedger-Next-Cursor")) {
    answer.next_cursor = result->get_header_value("Sealedger-Next-Cursor");
  }
  return answer;
}

Result<std::string> HttpClient::Get(const std::string& path,
                                    size_t max_answer) {
  Request request;
  request.method = "GET";
  request.path = path;
  request.max_answer = max_answer;
  auto answer = Send(request);
  if (!answer) return std::move(answer).error();
  if (!answer->ok()) return ProblemOf(*answer);
  return std::move(answer->body);
}

}  // namespace sealedger::tools
