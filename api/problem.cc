#include "api/problem.h"

#include <algorithm>
#include <string>

#include "notary/canonical_json.h"

namespace sealedger::api {

namespace {

constexpr Problem kProblems[] = {
    {"already-erased", 409, "It is erased already"},
    {"application-exists", 409, "The application exists"},
    {"application-not-approved", 409, "The application is not approved"},
    {"application-used", 409, "A seal was issued on the application"},
    {"bad-base64", 400, "Not base64"},
    {"bad-certificate", 400, "Not a certificate"},
    {"bad-channel", 400, "Not a channel"},
    {"bad-content-length", 400, "Content-Length is not one number"},
    {"bad-cursor", 400, "Not a cursor of this list"},
    {"bad-digest", 400, "Not a digest"},
    {"bad-event", 400, "Not an event of this path"},
    {"bad-id", 400, "Not an id"},
    {"bad-idempotency-key", 400, "Not an idempotency key"},
    {"bad-key", 400, "Not a public key"},
    {"bad-kind", 400, "Not a kind of entry"},
    {"bad-material", 400, "Not the materials of an application"},
    {"bad-media-type", 400, "Not a media type"},
    {"bad-name", 400, "Not a name"},
    {"bad-ordinal", 400, "Not an ordinal of this type of seal"},
    {"bad-parameter", 400, "Not a value of that parameter"},
    {"bad-percent-encoding", 400, "The target is not percent-encoded"},
    {"bad-physical-code", 400, "Not a code of a physical seal"},
    {"bad-picture", 400, "Not a picture of a seal"},
    {"bad-property-info", 400, "Not a property info"},
    {"bad-reason", 400, "Not a reason"},
    {"bad-request", 400, "Not an HTTP request"},
    {"bad-role", 400, "Not a role"},
    {"bad-route", 400, "Not a route"},
    {"bad-seal-code", 400, "Not a seal code"},
    {"bad-seal-type", 400, "Not a type of seal"},
    {"bad-time", 400, "Not a time"},
    {"bad-trust-file", 500, "The trust file cannot be read"},
    {"bad-uscc", 400, "Not a unified social credit code"},
    {"bad-validity", 400, "Not a time of validity"},
    {"batch-size", 400, "Not a batch"},
    {"bundle-too-large", 422, "The bundle would be too large"},
    {"busy", 503, "Too many large requests are in work"},
    {"chain-out-of-order", 409, "The chain has a newer link"},
    {"chunked-body", 411, "The body comes in chunks"},
    {"clock-unsure", 503, "The clock is not believed just now"},
    {"control-character", 400, "A control character"},
    {"custodian-missing", 422, "No custodian"},
    {"data-hash-differs", 422, "The signature is over other bytes"},
    {"declaration-missing", 422, "No declaration"},
    {"duplicate-member", 400, "A member stands there twice"},
    {"effective-before-last", 409, "Effective before the entry before it"},
    {"effective-in-future", 422, "Effective in the future"},
    {"empty-text", 400, "An empty text"},
    {"entry-too-large", 400, "The entry would be too large"},
    {"fee-not-paid", 409, "The fee is not paid"},
    {"headers-too-large", 431, "The headers are too large"},
    {"idempotency-key-reused", 409, "The key was used for another request"},
    {"index-behind", 503, "The index has not caught up"},
    {"internal", 500, "The service failed"},
    {"invalid-request", 400, "Not the members that are due here"},
    {"key-missing", 422, "The party has no key"},
    {"last-admin-token", 409, "The last token of an admin"},
    {"length-required", 411, "Content-Length is missing"},
    {"loopback-only", 403, "For callers on this machine only"},
    {"maker-certificate", 422, "The seal maker's certificate does not hold"},
    {"material-missing", 422, "A material is missing"},
    {"method-not-allowed", 405, "The path has no such method"},
    {"no-key-in-custody", 409, "No key of the seal is in custody"},
    {"no-signature", 404, "The entry is of no signature"},
    {"no-such-application", 404, "No such application"},
    {"no-such-authorization", 404, "No such authorisation"},
    {"no-such-entry", 404, "No such entry"},
    {"no-such-organization", 404, "No such organisation"},
    {"no-such-party", 404, "No such party"},
    {"no-such-path", 404, "No such path"},
    {"no-such-seal", 404, "No such seal"},
    {"no-such-tile", 404, "No such tile"},
    {"no-such-token", 404, "No such token"},
    {"not-a-platform", 422, "The party is no platform"},
    {"not-custodian", 403, "Not the seal's custodian"},
    {"not-json", 400, "Not JSON"},
    {"not-owner", 403, "Not the entry's own party"},
    {"not-submitter", 403, "Not the application's submitter"},
    {"not-utf8", 400, "Not UTF-8"},
    {"nothing-changed", 400, "Nothing would change"},
    {"nothing-to-erase", 409, "There is nothing to erase"},
    {"number-out-of-range", 400, "A number is out of range"},
    {"organization-changed", 409, "The organisation was altered meanwhile"},
    {"organization-exists", 409, "The organisation exists"},
    {"organization-terminated", 409, "The organisation is terminated"},
    {"outcome-unknown", 503, "It is not known whether it was written"},
    {"overloaded", 503, "Too many requests wait"},
    {"own-submission", 403, "The application is the caller's own"},
    {"party-exists", 409, "The party exists"},
    {"physical-seal-bound", 409, "The physical seal is bound already"},
    {"picture-too-large", 400, "The picture is too large"},
    {"private-field", 400, "Not a private field"},
    {"register-status", 422, "The seal was not active at the signing time"},
    {"seal-authority", 503, "No seal can be made just now"},
    {"seal-changed", 409, "The seal changed meanwhile"},
    {"seal-code-differs", 422, "The file is of another seal code"},
    {"seal-code-used", 409, "The seal code was used"},
    {"seal-expired", 422, "The seal's validity has ended"},
    {"seal-file-erased", 404, "The seal's file was erased"},
    {"seal-format", 422, "Not a seal file"},
    {"seal-not-issued-yet", 404, "The seal was not issued yet"},
    {"seal-not-live", 409, "The seal is not live"},
    {"seal-not-of-application", 422, "Not the seal applied for"},
    {"seal-not-usable", 409, "The seal is not active"},
    {"seal-not-yet-valid", 422, "The seal's validity has not begun"},
    {"seal-ordinal-taken", 409, "The ordinal is taken"},
    {"seal-signature", 422, "The seal maker's signature does not hold"},
    {"seal-time-stamp", 422, "The seal's time stamp does not hold"},
    {"seal-validity", 422, "The seal is not valid now"},
    {"second-statutory-name-seal", 409, "A second statutory-name seal"},
    {"sequencer-stopped", 503, "Nothing is written until a restart"},
    {"signature-digest", 401, "Content-Digest is not of this body"},
    {"signature-early", 401, "The signature was created in the future"},
    {"signature-erased", 404, "The signature was erased"},
    {"signature-format", 422, "Not an electronic seal signature"},
    {"signature-key-changed", 401, "The party's key changed meanwhile"},
    {"signature-key-required", 401,
     "A signed request needs an Idempotency-Key"},
    {"signature-malformed", 401, "Not a signature of a request"},
    {"signature-no-key", 401, "The party has no key"},
    {"signature-old", 401, "The signature is too old"},
    {"signature-other-party", 401, "The signature is another party's"},
    {"signature-required", 403, "The party's requests must be signed"},
    {"signature-time-stamp", 422, "The signature's time stamp does not hold"},
    {"signature-wrong", 401, "The signature does not hold"},
    {"signed-batch", 400, "Batches are not signed"},
    {"signed-body-too-large", 400, "The body is too large to be signed"},
    {"signer-certificate", 422, "A signer's certificate does not hold"},
    {"signer-not-listed", 422, "The signer is not in the seal's list"},
    {"signer-signature", 422, "The signer's signature does not hold"},
    {"size-beyond-ledger", 400, "The ledger has fewer entries"},
    {"step-out-of-order", 409, "The step is out of order"},
    {"target-too-long", 414, "The target is too long"},
    {"time-stamp-authority", 503, "No time stamp can be made just now"},
    {"token-required", 401, "A token is required"},
    {"too-deep", 400, "Nested too deeply"},
    {"too-large", 413, "The body is too large"},
    {"too-long", 400, "A text is too long"},
    {"too-many-headers", 431, "Too many headers"},
    {"too-many-seals", 409, "The organisation has too many seals"},
    {"unknown-member", 400, "A member that is not known"},
    {"unknown-parameter", 400, "A parameter that is not known"},
    {"unknown-party", 422, "The party is not registered"},
    {"unknown-reference", 422, "It refers to nothing"},
    {"unknown-seal", 422, "The register has no such seal"},
    {"until-in-past", 422, "The authorisation would have ended"},
    {"validity-too-long", 422, "The seal would outlast its authority"},
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

Response ProblemResponse(const Error& error,
                         std::span<const notary::Check> checks) {
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
  if (!checks.empty()) body.Add("checks", notary::ChecksJson(checks));

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
