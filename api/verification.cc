// POST /v1/verify: a verdict on a bundle, for those who cannot run the verifier
// themselves. It keeps nothing.

#include <utility>

#include "api/answers.h"
#include "api/auth.h"
#include "api/inputs.h"
#include "api/routes.h"

namespace sealedger::api {

namespace {

Result<Response> PostVerify(const notary::Notary& notary,
                            const Request& request) {
  Result<void> parameters = CheckParameters(request, {});
  if (!parameters) return std::move(parameters).error();
  Result<notary::Json> body = ReadJsonBody(request, kManyValues);
  if (!body) return std::move(body).error();
  Result<notary::Json> verdict = notary.Verify(*body);
  if (!verdict) return std::move(verdict).error();
  return JsonResponse(200, notary::WriteJson(*verdict));
}

}  // namespace

void AddVerifyRoutes(Router& router, notary::Notary& notary) {
  router.Add({"POST", "/v1/verify",
              [&notary](const Request& request, const PathValues&) {
                return PostVerify(notary, request);
              },
              kMaxLargeBody,
              // A token is not needed here; whoever has one waits for nobody
              // without.
              [&notary](const Request& head) -> Result<bool> {
                const Result<notary::Caller> caller =
                    RequireCaller(notary, head);
                return caller.has_value();
              }});
}

}  // namespace sealedger::api
