#include "api/problem.h"

#include <algorithm>
#include <string>

#include "notary/canonical_json.h"

namespace sealedger::api {

namespace {

constexpr Problem kProblems[] = {
    {"already-erased", 409, "The private fields are erased already"},
    {"bad-ca", 500, "A trusted certificate is not usable"},
    {"bad-chain", 400, "Not the name of a chain"},
    {"bad-content-length", 400, "Content-Length is not one number"},
    {"bad-cursor", 400, "Not a cursor of this list"},
    {"bad-digest", 400, "Not a digest"},
    {"bad-idempotency-key", 400, "Not an idempotency key"},
    {"bad-media-type", 400, "Not a media type"},
    {"bad-name", 400, "Not a name"},
    {"bad-parameter", 400, "Not a value of that parameter"},
    {"bad-percent-encoding", 400, "The target is not percent-encoded"},
    {"bad-request", 400, "Not an HTTP request"},
    {"bad-time", 400, "Not a time"},
    {"busy", 503, "Too many large requests are in work"},
    {"chunked-body", 411, "The body comes in chunks"},
    {"clock-unsure", 503, "The clock is not believed just now"},
    {"control-character", 400, "A control character"},
    {"duplicate-member", 400, "A member stands there twice"},
    {"empty-text", 400, "An empty text"},
    {"headers-too-large", 431, "The headers are too large"},
    {"index-behind", 503, "The index has not caught up"},
    {"internal", 500, "The service failed"},
    {"invalid-request", 400, "Not the members that are due here"},
    {"length-required", 411, "Content-Length is missing"},
    {"loopback-only", 403, "For callers on this machine only"},
    {"method-not-allowed", 405, "The path has no such method"},
    {"no-such-entry", 404, "No such entry"},
    {"no-such-party", 404, "No such party"},
    {"no-such-path", 404, "No such path"},
    {"no-such-tile", 404, "No such tile"},
    {"no-such-token", 404, "No such token"},
    {"not-json", 400, "Not JSON"},
    {"not-utf8", 400, "Not UTF-8"},
    {"number-out-of-range", 400, "A number is out of range"},
    {"outcome-unknown", 503, "It is not known whether it was written"},
    {"overloaded", 503, "Too many requests wait"},
    {"private-field", 400, "Not a private field"},
    {"sequencer-stopped", 503, "Nothing is written until a restart"},
    {"target-too-long", 414, "The target is too long"},
    {"token-required", 401, "A token is required"},
    {"too-deep", 400, "Nested too deeply"},
    {"too-large", 413, "The body is too large"},
    {"too-long", 400, "A text is too long"},
    {"too-many-headers", 431, "Too many headers"},
    {"unknown-member", 400, "A member that is not known"},
    {"unknown-parameter", 400, "A parameter that is not known"},
    {"unsupported-kind", 400, "A kind that is not supported"},
    {"wrong-role", 403, "The role may not do this"},
    {"wrong-token", 401, "The token is not valid"},
};

int StatusOfCode(Code code) {
  switch (code) {
    case Code::kInvalidArgument:
    case Code::kMalformed:
      return 400;
    case Code::kUnauthenticated:
      return 401;
    case Code::kPermissionDenied:
      return 403;
    case Code::kNotFound:
      return 404;
    case Code::kConflict:
      return 409;
    case Code::kVerificationFailed:
      return 422;
    case Code::kUnavailable:
      return 503;
    case Code::kIo:
    case Code::kCorruption:
      break;
  }
  return 500;
}

}  // namespace

std::span<const Problem> Problems() { return kProblems; }

const Problem* FindProblem(std::string_view name) {
  const auto* found =
      std::lower_bound(std::begin(kProblems), std::end(kProblems), name,
                       [](const Problem& problem, std::string_view wanted) {
                         return problem.name < wanted;
                       });
  return found != std::end(kProblems) && found->name == name ? found : nullptr;
}

int StatusOf(const Error& error) {
  const Problem* problem = FindProblem(error.name);
  return problem != nullptr ? problem->status : StatusOfCode(error.code);
}

Response ProblemResponse(const Error& error) {
  const int status = StatusOf(error);
  // A failure of the disk or of stored bytes is nobody's business outside,
  // whatever it is called inside.
  const std::string_view name = status == 500 ? "internal" : error.name;
  const Problem* problem = FindProblem(name);
  notary::Json body{notary::Json::Object{}};
  body.Add("type", "urn:sealedger:problem:" + std::string(name));
  body.Add("title", problem != nullptr ? problem->title : "Refused");
  body.Add("status", status);
  body.Add("detail", status == 500
                         ? std::string_view("the operator's log names the "
                                            "cause under this Request-Id")
                         : std::string_view(error.detail));
  if (!error.field.empty()) body.Add("field", error.field);

  Response response;
  response.status = status;
  response.content_type = "application/problem+json";
  response.body = notary::WriteJson(body);
  if (status == 500) response.failure = error;
  if (status == 401) {
    response.headers.emplace_back("WWW-Authenticate",
                                  "Bearer realm=\"sealedger\"");
  }
  if (status == 503) response.headers.emplace_back("Retry-After", kRetryAfter);
  return response;
}

}  // namespace sealedger::api
