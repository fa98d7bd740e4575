#include "tools/http_client.h"

#include <doctest/doctest.h>

#include <string>

namespace sealedger::tools {
namespace {

TEST_CASE("addresses are of one form") {
  for (const char* url :
       {"http://127.0.0.1:8080", "http://[::1]:8080/", "https://example.com",
        "https://example.com/ledger/"}) {
    CAPTURE(url);
    CHECK(HttpClient::Open(url, std::nullopt));
  }
  for (const char* url :
       {"", "127.0.0.1:8080", "ftp://example.com", "http://", "http:///x",
        "http://user@example.com", "http://example.com?x", "http://a b",
        "http://example.com/\n", "http://example.com#x"}) {
    CAPTURE(url);
    const auto client = HttpClient::Open(url, std::nullopt);
    REQUIRE(!client);
    CHECK(client.error().name == "bad-url");
  }
}

TEST_CASE("a token that would break the header is refused") {
  for (const char* token : {"", "slg_a\r\nX: y", "slg a", "slg_\x80"}) {
    CAPTURE(token);
    const auto client = HttpClient::Open("http://127.0.0.1:1", token);
    REQUIRE(!client);
    CHECK(client.error().name == "bad-token");
  }
}

TEST_CASE("a service that is not there is said") {
  // Port 1 is nobody's.
  auto client = HttpClient::Open("http://127.0.0.1:1", std::nullopt);
  REQUIRE(client);
  const auto answer = client->Get("/checkpoint");
  REQUIRE(!answer);
  CHECK(answer.error().name == "no-connection");
  CHECK(answer.error().code == ledger::Code::kUnavailable);
}

TEST_CASE("a problem is told with its name, detail and field") {
  HttpAnswer answer;
  answer.status = 409;
  answer.body =
      R"({"type":"urn:sealedger:problem:chain-moved","title":"t",)"
      R"("status":409,"detail":"a newer link is there","field":"/chain"})";
  const ledger::Error error = ProblemOf(answer);
  CHECK(error.code == ledger::Code::kConflict);
  CHECK(error.name == "chain-moved");
  CHECK(error.detail == "a newer link is there");
  CHECK(error.field == "/chain");
}

TEST_CASE("an answer that is no problem of ours still gives an error") {
  for (const char* body :
       {"", "<html>", "[]", R"({"type":"about:blank"})", R"({"type":7})"}) {
    CAPTURE(body);
    HttpAnswer answer;
    answer.status = 502;
    answer.body = body;
    const ledger::Error error = ProblemOf(answer);
    CHECK(error.name == "unexpected-answer");
    CHECK(error.detail == "the service answered with status 502");
  }
}

TEST_CASE("an endless detail is cut") {
  HttpAnswer answer;
  answer.status = 400;
  answer.body = R"({"type":"urn:sealedger:problem:x","detail":")" +
                std::string(5000, 'x') + R"("})";
  CHECK(ProblemOf(answer).detail.size() <= 500);
}

}  // namespace
}  // namespace sealedger::tools
