// api/openapi.yaml and the routes of the service are the same.
#include <doctest/doctest.h>

#include <set>
#include <string>

#include "api/problem.h"
#include "api/service.h"
#include "openapi_yaml.h"
#include "tests/api/openapi_reader.h"
#include "tests/api/test_service.h"
#include "tests/support/files.h"

namespace sealedger::api {
namespace {

using sealedger::testing::FindOperation;
using sealedger::testing::Operation;
using sealedger::testing::Operations;
using sealedger::testing::ReadOpenApi;
using sealedger::testing::TestService;

TEST_CASE("what is served is what the source tree holds") {
  const auto path = sealedger::testing::VectorPath("x")
                        .parent_path()
                        .parent_path()
                        .parent_path() /
                    "api/openapi.yaml";
  CHECK(kOpenApiYaml == sealedger::testing::ReadFile(path));
  TestService service;
  CHECK(service.Get("/openapi.yaml").body == kOpenApiYaml);
}

TEST_CASE("every route is described, and nothing else") {
  TestService running;
  const Service service(running.notary());
  std::set<Operation> served;
  for (const Route& route : service.router().routes()) {
    std::string pattern = route.pattern;
    const size_t dots = pattern.find("...}");
    if (dots != std::string::npos) pattern.erase(dots, 3);
    CHECK(served.insert({route.method, pattern}).second);
  }
  std::set<Operation> described;
  for (const auto& operation : ReadOpenApi(std::string(kOpenApiYaml))) {
    described.insert(operation.first);
    CAPTURE(operation.first.second);
    CHECK_FALSE(operation.second.empty());
  }
  CHECK(served == described);
}

TEST_CASE("the reader of the description finds paths, methods and statuses") {
  const Operations operations = ReadOpenApi(
      "openapi: 3.1.0\npaths:\n  /a/{x}:\n    get:\n      responses:\n"
      "        '200': {}\n        '404':\n          description: no\n"
      "    post:\n      responses:\n        '201': {}\n  /a/b:\n    get:\n"
      "      responses:\n        '200': {}\n  /t/{path}:\n    get:\n"
      "      responses:\n        '200': {}\ncomponents:\n  /no:\n");
  CHECK(operations.size() == 4);
  CHECK(operations.at({"GET", "/a/{x}"}) == std::set<int>{200, 404});
  CHECK(FindOperation(operations, "HEAD", "/a/7?x=1")->first.second ==
        "/a/{x}");
  CHECK(FindOperation(operations, "GET", "/a/b")->first.second == "/a/b");
  CHECK(FindOperation(operations, "GET", "/t/0/1")->first.second ==
        "/t/{path}");
  CHECK(FindOperation(operations, "GET", "/a/7/8") == nullptr);
  CHECK(FindOperation(operations, "PUT", "/a/b") == nullptr);
}

}  // namespace
}  // namespace sealedger::api
