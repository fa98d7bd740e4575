// What is wrong with a request is told by a name of its own, changes nothing,
// and the service goes on.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/api/test_service.h"

namespace sealedger::api {
namespace {

using sealedger::testing::Answer;
using sealedger::testing::Call;
using sealedger::testing::Evidence;
using sealedger::testing::IndexOf;
using sealedger::testing::TestService;

struct Case {
  std::string body;
  int status;
  std::string problem;
};

void CheckEach(const TestService& service, const std::string& target,
               const std::string& party, const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    const std::string start = c.body.substr(0, 120);
    CAPTURE(target);
    CAPTURE(start);
    const uint64_t before = service.size();
    const Answer answer = service.Post(target, c.body, party);
    CHECK(answer.status == c.status);
    CHECK(answer.Problem() == c.problem);
    CHECK(service.size() == before);
  }
  CHECK(service.Get("/healthz").status == 200);
}

std::string Digest(const std::string& value) {
  return R"({"document":{"sha256":")" + value + R"("}})";
}

std::string Nested(int depth) {
  return std::string(static_cast<size_t>(depth), '[') +
         std::string(static_cast<size_t>(depth), ']');
}

TEST_CASE("bodies that are no evidence") {
  const TestService service;
  const std::string hex(64, 'a');
  std::string many = "{\"document\":[0";
  for (int i = 0; i < 2000; ++i) many += ",0";
  CheckEach(
      service, "/v1/evidence", "acme",
      {
          {"", 400, "not-json"},
          {"{", 400, "not-json"},
          {"nonsense", 400, "not-json"},
          {Evidence("a") + "x", 400, "not-json"},
          {R"({"label":"a)"
           "\n"
           R"("})",
           400, "not-json"},
          {"\xef\xbb\xbf{}", 400, "not-json"},
          {"[]", 400, "invalid-request"},
          {"{}", 400, "invalid-request"},
          {"null", 400, "invalid-request"},
          {R"({"document":null})", 400, "invalid-request"},
          {R"({"document":{"sha256":7}})", 400, "invalid-request"},
          {R"({"document":{"sha256":")" + hex + R"("},"document":{}})", 400,
           "duplicate-member"},
          {R"({"\u0064ocument":1,"document":1})", 400, "duplicate-member"},
          {Nested(17), 400, "too-deep"},
          {Nested(200000), 400, "too-deep"},
          {many + "]}", 413, "too-large"},
          {R"({"document":{"sha256":"a\ud800"}})", 400, "not-utf8"},
          {"{\"document\":\"\xff\"}", 400, "not-utf8"},
          {Digest(hex.substr(1)), 400, "bad-digest"},
          {Digest(hex + "a"), 400, "bad-digest"},
          {Digest(std::string(64, 'A')), 400, "bad-digest"},
          {Digest(std::string(64, 'g')), 400, "bad-digest"},
          {Digest(""), 400, "bad-digest"},
          {Evidence("a", R"(,"note":"x")"), 400, "unknown-member"},
          {Evidence("a", R"(,"chain":1.0)"), 400, "number-out-of-range"},
          {Evidence("a", R"(,"chain":1e2)"), 400, "number-out-of-range"},
          {Evidence("a", R"(,"chain":-1)"), 400, "number-out-of-range"},
          {Evidence("a", R"(,"chain":9007199254740992)"), 400,
           "number-out-of-range"},
          {Evidence("a", R"(,"label":"a\u0000b")"), 400, "control-character"},
          {Evidence("a", R"(,"label":"a\u009fb")"), 400, "control-character"},
          {Evidence("a", R"(,"label":"")"), 400, "empty-text"},
          {Evidence("a", R"(,"label":")" + std::string(129, 'x') + "\""), 400,
           "too-long"},
          {Evidence("a", R"(,"private":{})"), 400, "private-field"},
          {Evidence("a", R"(,"private":{"_sd":"x"})"), 400, "private-field"},
          {Evidence("a", R"(,"chain":4000000)"), 422, "unknown-reference"},
          {Evidence("a", R"(,"chain":0)"), 422, "wrong-chain-root"},
      });
}

TEST_CASE("bodies that are no batch") {
  const TestService service;
  std::string items = "{\"document\":1}";
  for (int i = 0; i < 10000; ++i) items += ",1";
  CheckEach(service, "/v1/evidence/batch", "acme",
            {
                {R"({"items":[]})", 400, "batch-size"},
                {"{\"items\":[" + items + "]}", 400, "batch-size"},
                {R"({"items":{}})", 400, "invalid-request"},
                {R"({"items":[)" + Evidence("a") + "," + Digest("aa") + "]}",
                 400, "bad-digest"},
                {R"({"items":[)" + Evidence("a") + "," +
                     Evidence("b", R"(,"chain":5000)") + "]}",
                 422, "unknown-reference"},
            });
}

TEST_CASE("bodies that are no party, no token and no erasure") {
  const TestService service;
  CheckEach(service, "/v1/parties", "operator",
            {
                {R"({"id":"A","role":"platform"})", 400, "bad-id"},
                {R"({"id":"","role":"platform"})", 400, "bad-id"},
                {R"({"id":"new","role":"king"})", 400, "bad-role"},
                {R"({"id":"new","role":"platform","key":"x"})", 400, "bad-key"},
                {R"({"id":"new","role":"platform","name":"a\u0007b"})", 400,
                 "control-character"},
                {R"({"id":"new","role":"platform","name":"a\u202eb"})", 400,
                 "bad-name"},
                {R"({"id":"acme","role":"platform"})", 409, "party-exists"},
            });
  CheckEach(service, "/v1/parties/acme/events", "operator",
            {
                {R"({"event":"ended"})", 400, "bad-event"},
                {R"({"event":"changed"})", 400, "nothing-changed"},
            });
  CheckEach(
      service, "/v1/tokens", "operator",
      {
          {R"({"party":"acme","role":"king"})", 400, "bad-role"},
          {R"({"party":"acme","role":"admin"})", 422, "wrong-role-for-party"},
          {R"({"party":"nobody","role":"platform"})", 422, "unknown-party"},
          {R"({"party":"acme","role":"platform","expires":"soon"})", 400,
           "bad-time"},
      });
  CheckEach(service, "/v1/entries/0/erasure", "operator",
            {
                {R"({"reason":"whim"})", 400, "bad-reason"},
                {R"({"reason":"mistake"})", 409, "nothing-to-erase"},
            });
  CheckEach(service, "/v1/entries/900/erasure", "operator",
            {{R"({"reason":"mistake"})", 404, "no-such-entry"}});
}

TEST_CASE("tokens that are none, and roles that may not") {
  const TestService service;
  const uint64_t before = service.size();
  const auto refusal = [&](const std::vector<std::string>& values) {
    Call call{
        .method = "POST", .target = "/v1/evidence", .body = Evidence("a")};
    for (const std::string& value : values) {
      call.headers.emplace_back("Authorization", value);
    }
    const Answer answer = service.As("", call);
    CHECK(answer.status == 401);
    CHECK_FALSE(answer.Header("WWW-Authenticate").empty());
    return answer.Problem();
  };
  const std::string right = "Bearer " + service.Token("acme");
  CHECK(refusal({}) == "token-required");
  CHECK(refusal({""}) == "wrong-token");
  CHECK(refusal({"Bearer"}) == "wrong-token");
  CHECK(refusal({"Bearer slg_"}) == "wrong-token");
  CHECK(refusal({"Basic " + service.Token("acme")}) == "wrong-token");
  CHECK(refusal({service.Token("acme")}) == "wrong-token");
  CHECK(refusal({right + "x"}) == "wrong-token");
  CHECK(refusal({right + " x"}) == "wrong-token");
  CHECK(refusal({right.substr(0, right.size() - 1)}) == "wrong-token");
  CHECK(refusal({right, right}) == "wrong-token");
  CHECK(refusal({"Bearer slg_" + std::string(5000, 'x')}) == "wrong-token");
  // A wrong one is refused where none is needed, too.
  CHECK(service
            .As("", {.target = "/v1/entries/0",
                     .headers = {{"Authorization", "Bearer slg_x"}}})
            .Problem() == "wrong-token");
  CHECK(service
            .As("", {.method = "POST",
                     .target = "/v1/evidence",
                     .headers = {{"authorization",
                                  "bearer " + service.Token("court")}},
                     .body = Evidence("a")})
            .Problem() == "wrong-role");
  CheckEach(service, "/v1/evidence/batch", "court",
            {{"{\"items\":[" + Evidence("a") + "]}", 403, "wrong-role"}});
  CheckEach(service, "/v1/parties", "acme",
            {{R"({"id":"new","role":"platform"})", 403, "wrong-role"}});
  CheckEach(service, "/v1/tokens", "clerk",
            {{R"({"party":"acme","role":"platform"})", 403, "wrong-role"}});
  CHECK(service.Get("/v1/tokens", "acme").Problem() == "wrong-role");
  CHECK(service.size() == before);
}

TEST_CASE("paths and parameters that name nothing") {
  const TestService service;
  struct Path {
    std::string target;
    int status;
    std::string problem;
  };
  const std::string hex(64, 'a');
  const std::vector<Path> paths = {
      {"/", 404, "no-such-path"},
      {"/v1", 404, "no-such-path"},
      {"/v1/entries/", 404, "no-such-entry"},
      {"/v1/entries/99999", 404, "no-such-entry"},
      {"/v1/entries/00", 404, "no-such-entry"},
      {"/v1/entries/-1", 404, "no-such-entry"},
      {"/v1/entries/+1", 404, "no-such-entry"},
      {"/v1/entries/9223372036854775808", 404, "no-such-entry"},
      {"/v1/entries/9223372036854775807", 404, "no-such-entry"},
      {"/v1/entries/99999999999999999999999", 404, "no-such-entry"},
      {"/v1/entries/99999/bundle", 404, "no-such-entry"},
      {"/v1/entries/0/bundle?chain=half", 400, "bad-parameter"},
      {"/v1/entries/0?chain=full", 400, "unknown-parameter"},
      {"/v1/entries?limit=5", 400, "unknown-parameter"},
      {"/v1/entries?by=acme&by=acme", 400, "unknown-parameter"},
      {"/v1/entries?=", 400, "unknown-parameter"},
      {"/v1/entries?by=A%20B", 400, "bad-id"},
      {"/v1/entries?kind=seal.drawn", 400, "bad-kind"},
      {"/v1/entries?chain=x", 400, "bad-parameter"},
      {"/v1/entries?from=2026-11-22", 400, "bad-time"},
      {"/v1/entries?to=yesterday", 400, "bad-time"},
      {"/v1/entries?cursor=x", 400, "bad-cursor"},
      {"/v1/documents/" + hex + "?cursor=x", 400, "bad-cursor"},
      {"/v1/documents/" + hex + "a", 400, "bad-digest"},
      {"/v1/documents/" + std::string(64, 'A'), 400, "bad-digest"},
      {"/v1/documents/sm3:" + hex.substr(1), 400, "bad-digest"},
      {"/v1/documents/SM3:" + hex, 400, "bad-digest"},
      {"/v1/status?x=1", 400, "unknown-parameter"},
      {"/tile/0/000.p/1?x=1", 400, "unknown-parameter"},
      {"/v1/status?%00", 400, "control-character"},
      {"/v1/status?%", 400, "bad-percent-encoding"},
  };
  for (const Path& path : paths) {
    CAPTURE(path.target);
    const Answer answer = service.Get(path.target);
    CHECK(answer.status == path.status);
    CHECK(answer.Problem() == path.problem);
  }
  const Answer method =
      service.As("", {.method = "DELETE", .target = "/v1/evidence"});
  CHECK(method.status == 405);
  CHECK(method.Header("Allow") == "POST");
}

TEST_CASE("a chain is gone on only from its newest link") {
  const TestService service;
  const std::string root = std::to_string(
      IndexOf(service.Post("/v1/evidence", Evidence("root"), "acme")));
  const auto link = [&](const std::string& after) {
    return Evidence(
        "link", R"(,"chain":{"root":)" + root + R"(,"after":)" + after + "}");
  };
  CHECK(service.Post("/v1/evidence", link(root), "acme").status == 201);
  CheckEach(service, "/v1/evidence", "acme",
            {{link(root), 409, "chain-out-of-order"}});
  CheckEach(service, "/v1/evidence", "other",
            {{Evidence("l", R"(,"chain":)" + root), 422, "wrong-chain-root"}});
}

TEST_CASE("an idempotency key that is none, or was another request's") {
  const TestService service;
  const auto post = [&](const std::string& key, const std::string& body) {
    return service.Post("/v1/evidence", body, "acme", key);
  };
  CHECK(post("k", Evidence("a")).status == 201);
  const uint64_t before = service.size();
  CHECK(post("k", Evidence("b")).Problem() == "idempotency-key-reused");
  // The same text but for a blank is another body.
  CHECK(post("k", Evidence("a") + " ").Problem() == "idempotency-key-reused");
  CHECK(service
            .Post("/v1/evidence/batch", "{\"items\":[" + Evidence("a") + "]}",
                  "acme", "k")
            .Problem() == "idempotency-key-reused");
  for (const std::string& key :
       {std::string(), std::string("\"\""), std::string("a b"),
        std::string("\xc3\xa4"), std::string(256, 'k')}) {
    CAPTURE(key);
    const Answer answer = post(key, Evidence("c"));
    CHECK(answer.status == 400);
    CHECK(answer.Problem() == "bad-idempotency-key");
  }
  CHECK(service
            .As("acme", {.method = "POST",
                         .target = "/v1/evidence",
                         .headers = {{"Idempotency-Key", "a"},
                                     {"Idempotency-Key", "a"}},
                         .body = Evidence("c")})
            .Problem() == "bad-idempotency-key");
  CHECK(service.size() == before);
}

TEST_CASE("a body is JSON whatever its type says") {
  const TestService service;
  for (const char* type :
       {"application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
        "text/plain", "application/json"}) {
    CAPTURE(type);
    const auto post = [&](const std::string& body) {
      return service.As("acme", {.method = "POST",
                                 .target = "/v1/evidence",
                                 .headers = {{"Content-Type", type}},
                                 .body = body});
    };
    CHECK(post(Evidence("t")).status == 201);
    CHECK(post("a=b&c=d").Problem() == "not-json");
  }
}

TEST_CASE(
    "bodies in chunks, without length and over the limit change nothing") {
  const TestService service;
  const uint64_t before = service.size();
  const std::string authorization =
      "Authorization: Bearer " + service.Token("acme") + "\r\n";
  const std::string body = Evidence("a");
  const auto raw = [&](const std::string& headers, const std::string& rest) {
    return sealedger::testing::SendRaw(
        service.port(), "POST /v1/evidence HTTP/1.1\r\n" + authorization +
                            headers + "\r\n" + rest);
  };
  CHECK(raw("Transfer-Encoding: chunked\r\n", "4\r\n{}  \r\n0\r\n\r\n")
            .Problem() == "chunked-body");
  CHECK(raw("Transfer-Encoding: chunked\r\nContent-Length: " +
                std::to_string(body.size()) + "\r\n",
            body)
            .Problem() == "chunked-body");
  CHECK(raw("", body).Problem() == "length-required");
  // Refused by its head; the body never comes.
  CHECK(
      sealedger::testing::SendRaw(
          service.port(),
          "POST /v1/evidence/batch HTTP/1.1\r\nContent-Length: 2000000\r\n\r\n")
          .Problem() == "token-required");
  CHECK(service.Post("/v1/evidence", std::string(kMaxBody + 1, ' '), "acme")
            .Problem() == "too-large");
  CHECK(service
            .Post("/v1/evidence/batch", std::string(kMaxLargeBody + 1, ' '),
                  "acme")
            .Problem() == "too-large");
  CHECK(service.Post("/v1/verify", std::string(kMaxLargeBody + 1, ' '))
            .Problem() == "too-large");
  // Exactly as large as may be: read, and found to be no JSON.
  CHECK(service.Post("/v1/evidence", std::string(kMaxBody, ' '), "acme")
            .Problem() == "not-json");
  CHECK(service.size() == before);
}

}  // namespace
}  // namespace sealedger::api
