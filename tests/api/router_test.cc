#include "api/router.h"

#include <doctest/doctest.h>

#include <string>

namespace sealedger::api {
namespace {

// Answers with the pattern and what its names took.
Route Echo(const std::string& method, const std::string& pattern) {
  return {method, pattern,
          [method, pattern](const Request&, const PathValues& values) {
            Response response;
            response.body = method + " " + pattern;
            for (const std::string& value : values) {
              response.body += " [" + value + "]";
            }
            return Result<Response>(std::move(response));
          }};
}

Router TestRouter() {
  Router router;
  router.Add(Echo("GET", "/a"));
  router.Add(Echo("POST", "/a"));
  router.Add(Echo("GET", "/a/{x}"));
  router.Add(Echo("POST", "/a/{x}/b"));
  router.Add(Echo("GET", "/tile/{path...}"));
  Route large = Echo("POST", "/a/large");
  large.max_body = kMaxLargeBody;
  router.Add(large);
  router.Add({"GET", "/broken", [](const Request&, const PathValues&) {
                return Result<Response>(MakeError(
                    Code::kIo, "store-io", "/secret/path: no space left"));
              }});
  return router;
}

Response Ask(const std::string& method, const std::string& path) {
  Request request;
  request.method = method;
  request.path = path;
  return TestRouter().Handle(request);
}

TEST_CASE("a path is answered by the one pattern that it fits") {
  CHECK(Ask("GET", "/a").body == "GET /a");
  CHECK(Ask("POST", "/a").body == "POST /a");
  CHECK(Ask("HEAD", "/a").body == "GET /a");
  CHECK(Ask("GET", "/a/7").body == "GET /a/{x} [7]");
  CHECK(Ask("GET", "/a/").body == "GET /a/{x} []");
  CHECK(Ask("POST", "/a/7/b").body == "POST /a/{x}/b [7]");
  CHECK(Ask("GET", "/tile/0/x001/234.p/5").body ==
        "GET /tile/{path...} [0/x001/234.p/5]");
  CHECK(Ask("GET", "/tile/").body == "GET /tile/{path...} []");
}

TEST_CASE("an encoded slash is part of a segment") {
  CHECK(Ask("GET", "/a/x%2Fb").body == "GET /a/{x} [x/b]");
  CHECK(Ask("GET", "/a%2F7").status == 404);
  CHECK(Ask("GET", "/tile/a%2Fb").body == "GET /tile/{path...} [a%2Fb]");
}

TEST_CASE("what no pattern fits is 404") {
  for (const char* path :
       {"/", "", "/b", "/A", "//a", "/a/7/c", "/a/7/b/", "/tile", "/a/../a"}) {
    CAPTURE(path);
    const Response response = Ask("POST", path);
    CHECK(response.status == 404);
    CHECK(response.route.empty());
  }
}

TEST_CASE("another method of a known path is 405 and names those there are") {
  const Response response = Ask("DELETE", "/a");
  CHECK(response.status == 405);
  CHECK(*FindHeader(response.headers, "Allow") == "GET, HEAD, POST");
  CHECK(Ask("PATCH", "/tile/0/000").status == 405);
  CHECK(Ask("BREW", "/a/1/b").status == 405);
}

TEST_CASE("a failure of ours tells the log, and nobody else") {
  const Response response = Ask("GET", "/broken");
  CHECK(response.status == 500);
  CHECK(response.body.find("secret") == std::string::npos);
  CHECK(response.body.find("store-io") == std::string::npos);
  REQUIRE(response.failure);
  CHECK(response.failure->name == "store-io");
}

TEST_CASE("the sender of a large body is judged from its head") {
  Router router;
  const auto handler = [](const Request&, const PathValues&) {
    return Result<Response>(Response());
  };
  const auto judge = [](const Request& head) -> Result<bool> {
    if (head.target == "?refused") return MakeError(Code::kIo, "refused", "");
    return head.target == "?known";
  };
  router.Add({"POST", "/judged", handler, kMaxLargeBody, judge});
  router.Add({"POST", "/open", handler, kMaxLargeBody});
  router.Add({"POST", "/small", handler});
  Request request;
  request.method = "POST";
  request.path = "/judged";
  CHECK_FALSE(*router.KnowsSender(request));
  request.target = "?known";
  CHECK(*router.KnowsSender(request));
  request.target = "?refused";
  CHECK(router.KnowsSender(request).error().name == "refused");
  for (const char* path : {"/open", "/small", "/none"}) {
    request.path = path;
    CHECK_FALSE(*router.KnowsSender(request));
  }
}

TEST_CASE("only the routes that say so take large bodies") {
  Request request;
  request.method = "POST";
  request.path = "/a/large";
  CHECK(TestRouter().BodyLimit(request) == kMaxLargeBody);
  request.method = "GET";
  CHECK(TestRouter().BodyLimit(request) == kMaxBody);
  request.method = "POST";
  request.path = "/a/other";
  CHECK(TestRouter().BodyLimit(request) == kMaxBody);
}

}  // namespace
}  // namespace sealedger::api
