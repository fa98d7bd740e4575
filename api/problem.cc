#include "api/problem.h"

#include <algorithm>
#include <string>

#include "notary/canonical_json.h"

namespace sealedger::api {

namespace {

constexpr Problem kProblems[] = {
    {"already-erased", 409, "The private fields are erased already"},
    {"bad-content-length", 400, "Content-Length is not one number"},
    {"bad-cursor", 400, "Not a cursor of this list"},
    {"bad-digest", 400, "Not a digest"},
    {"bad-event", 400, "Not an event of this path"},
    {"bad-id", 400, "Not an id"},
    {"bad-idempotency-key", 400, "Not an idempotency key"},
    {"bad-key", 400, "Not a public key"},
    {"bad-kind", 400, "Not a kind of entry"},
    {"bad-media-type", 400, "Not a media type"},
    {"bad-name", 400, "Not a name"},
    {"bad-parameter", 400, "Not a value of that parameter"},
    {"bad-percent-encoding", 400, "The target is not percent-encoded"},
    {"bad-reason", 400, "Not a reason"},
    {"bad-request", 400, "Not an HTTP request"},
    {"bad-role", 400, "Not a role"},
    {"bad-time", 400, "Not a time"},
    {"bad-trust-file", 500, "The trust file cannot be read"},
    {"batch-size", 400, "Not a batch"},
    {"bundle-too-large", 422, "The bundle would be too large"},
    {"busy", 503, "Too many large requests are in work"},
    {"chain-out-of-order", 409, "The chain has a newer link"},
    {"chunked-body", 411, "The body comes in chunks"},
    {"clock-unsure", 503, "The clock is not believed just now"},
    {"control-character", 400, "A control character"},
    {"duplicate-member", 400, "A member stands there twice"},
    {"empty-text", 400, "An empty text"},
    {"entry-too-large", 400, "The entry would be too large"},
    {"headers-too-large", 431, "The headers are too large"},
    {"idempotency-key-reused", 409, "The key was used for another request"},
    {"index-behind", 503, "The index has not caught up"},
    {"internal", 500, "The service failed"},
    {"invalid-request", 400, "Not the members that are due here"},
    {"key-missing", 422, "The party has no key"},
    {"last-admin-token", 409, "The last token of an admin"},
    {"length-required", 411, "Content-Length is missing"},
    {"loopback-only", 403, "For callers on this machine only"},
    {"method-not-allowed", 405, "The path has no such method"},
    {"no-such-entry", 404, "No such entry"},
    {"no-such-party", 404, "No such party"},
    {"no-such-path", 404, "No such path"},
    {"no-such-tile", 404, "No such tile"},
    {"no-such-token", 404, "No such token"},
    {"not-json", 400, "Not JSON"},
    {"not-owner", 403, "Not the entry's own party"},
    {"not-utf8", 400, "Not UTF-8"},
    {"nothing-changed", 400, "Nothing would change"},
    {"nothing-to-erase", 409, "No private fields"},
    {"number-out-of-range", 400, "A number is out of range"},
    {"outcome-unknown", 503, "It is not known whether it was written"},
    {"overloaded", 503, "Too many requests wait"},
    {"party-exists", 409, "The party exists"},
    {"private-field", 400, "Not a private field"},
    {"sequencer-stopped", 503, "Nothing is written until a restart"},
    {"signature-required", 403, "The party's requests must be signed"},
    {"signatures-unsupported", 422, "No signatures of requests are checked"},
    {"target-too-long", 414, "The target is too long"},
    {"token-required", 401, "A token is required"},
    {"too-deep", 400, "Nested too deeply"},
    {"too-large", 413, "The body is too large"},
    {"too-long", 400, "A text is too long"},
    {"too-many-headers", 431, "Too many headers"},
    {"unknown-member", 400, "A member that is not known"},
    {"unknown-parameter", 400, "A parameter that is not known"},
    {"unknown-party", 422, "The party is not registered"},
    {"unknown-reference", 422, "It refers to nothing"},
    {"wrong-chain-root", 422, "Not a root for this chain"},
    {"wrong-role", 403, "The role may not do this"},
    {"wrong-role-for-party", 422, "The party has another role"},
    {"wrong-token", 401, "The token is not valid"},
};

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
  if (error.code == Code::kIo || error.code == Code::kCorruption ||
      problem == nullptr) {
    return 500;
  }
  return problem->status;
}

Response ProblemResponse(const Error& error) {
  const int status = StatusOf(error);
  // A failure of the disk or of stored bytes is nobody's business outside,
  // whatever it is called inside.
  const std::string_view name =
      status == 500 ? std::string_view("internal") : error.name;
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
  if (problem != nullptr) response.problem = problem->name;
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
