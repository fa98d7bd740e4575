// Refusals as application/problem+json (RFC 9457):
//
//   {"detail":"…","field":"/document/sha256","status":400,
//    "title":"Not a digest","type":"urn:sealedger:problem:bad-digest"}
//
// One table gives title and status for each NAME; docs/problems.md lists the
// same names for people. A name has one status everywhere: a client may decide
// by either.
//
// Thread rule: pure functions over a constant table.
#pragma once

#include <span>
#include <string_view>

#include "api/http.h"
#include "notary/verdict.h"

namespace sealedger::api {

struct Problem {
  std::string_view name;
  int status;
  std::string_view title;
};

// Seconds after which a 503 is worth another try.
inline constexpr std::string_view kRetryAfter = "1";

// Sorted by name.
std::span<const Problem> Problems();
// nullptr for a name that is not in the table.
const Problem* FindProblem(std::string_view name);

// The status of an error. A name that is not in the table was not made for
// clients: it is a failure of ours, 500, as kIo and kCorruption always are.
int StatusOf(const Error& error);

// The answer. With 401 it carries WWW-Authenticate, with 503 Retry-After. The
// detail of a 500 goes to the log alone (Response::failure).
Response ProblemResponse(const Error& error,
                         std::span<const notary::Check> checks = {});

}  // namespace sealedger::api
