#include "api/problem.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>

#include "notary/canonical_json.h"
#include "tests/support/files.h"

namespace sealedger::api {
namespace {

namespace fs = std::filesystem;

fs::path Root() {
  return sealedger::testing::VectorPath("x")
      .parent_path()
      .parent_path()
      .parent_path();
}

std::string Docs() {
  return sealedger::testing::ReadFile(Root() / "docs/problems.md");
}

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

// The names in MakeError(Code::kX, "NAME", …) and Fail(…, Code::kX, "NAME", …).
std::set<std::string> NamesIn(const std::string& source) {
  std::set<std::string> names;
  for (size_t at = source.find("Code::k"); at != std::string::npos;
       at = source.find("Code::k", at + 1)) {
    size_t i = at + 6;
    while (i < source.size() && std::isalpha(source[i]) != 0) ++i;
    if (i >= source.size() || source[i] != ',') continue;
    ++i;
    while (i < source.size() && (source[i] == ' ' || source[i] == '\n')) ++i;
    if (i >= source.size() || source[i] != '"') continue;
    const size_t begin = ++i;
    while (i < source.size() && IsNameCharacter(source[i])) ++i;
    if (i > begin && source[i] == '"')
      names.insert(source.substr(begin, i - begin));
  }
  return names;
}

TEST_CASE("the table is sorted and each name stands there once") {
  const auto problems = Problems();
  CHECK(std::adjacent_find(problems.begin(), problems.end(),
                           [](const Problem& a, const Problem& b) {
                             return a.name >= b.name;
                           }) == problems.end());
  for (const Problem& problem : problems) {
    CHECK(FindProblem(problem.name) == &problem);
  }
  CHECK(FindProblem("no-such-name") == nullptr);
}

TEST_CASE("the table and docs/problems.md say the same") {
  const std::string docs = Docs();
  const std::string clients =
      docs.substr(0, docs.find("## What operators see"));
  size_t rows = 0;
  for (size_t at = clients.find("\n| `"); at != std::string::npos;
       at = clients.find("\n| `", at + 1)) {
    ++rows;
  }
  CHECK(rows == Problems().size());
  for (const Problem& problem : Problems()) {
    CAPTURE(problem.name);
    const std::string row = "| `" + std::string(problem.name) + "` | " +
                            std::to_string(problem.status) + " | " +
                            std::string(problem.title) + " |";
    CHECK(clients.find(row) != std::string::npos);
  }
}

TEST_CASE("every name that the sources give to an error is documented") {
  const std::string docs = Docs();
  size_t seen = 0;
  for (const char* folder : {"ledger", "notary", "api"}) {
    for (const auto& entry : fs::directory_iterator(Root() / folder)) {
      if (entry.path().extension() != ".cc") continue;
      for (const std::string& name :
           NamesIn(sealedger::testing::ReadFile(entry.path()))) {
        CAPTURE(entry.path());
        CAPTURE(name);
        CHECK(docs.find("| `" + name + "` |") != std::string::npos);
        ++seen;
      }
    }
  }
  CHECK(seen > 60);
}

TEST_CASE("a problem names its kind, its status and the member") {
  const Response response = ProblemResponse(MakeError(
      Code::kInvalidArgument, "bad-digest", "no \"hex\"", "/document/sha256"));
  CHECK(response.status == 400);
  CHECK(response.content_type == "application/problem+json");
  CHECK(response.body ==
        R"({"detail":"no \"hex\"","field":"/document/sha256","status":400,)"
        R"("title":"Not a digest","type":"urn:sealedger:problem:bad-digest"})");
  CHECK(notary::IsCanonicalJson(response.body));
}

TEST_CASE("401 asks for a token and 503 says when to come back") {
  const Response unauthenticated = ProblemResponse(
      MakeError(Code::kUnauthenticated, "token-required", "none"));
  CHECK(unauthenticated.status == 401);
  CHECK(FindHeader(unauthenticated.headers, "WWW-Authenticate") != nullptr);
  const Response later =
      ProblemResponse(MakeError(Code::kUnavailable, "overloaded", "many wait"));
  CHECK(later.status == 503);
  CHECK(FindHeader(later.headers, "Retry-After") != nullptr);
}

TEST_CASE("names that were not made for clients are failures of ours") {
  for (const Error& error :
       {MakeError(Code::kCorruption, "ledger-corrupt", "at /var/x"),
        MakeError(Code::kVerificationFailed, "inclusion", "of /var/x"),
        MakeError(Code::kIo, "busy", "disk /var/x")}) {
    CAPTURE(error.name);
    const Response response = ProblemResponse(error);
    CHECK(response.status == 500);
    CHECK(response.body.find("problem:internal") != std::string::npos);
    CHECK(response.body.find("/var/x") == std::string::npos);
    CHECK(response.failure->detail == error.detail);
  }
}

}  // namespace
}  // namespace sealedger::api
