// /v1/organizations: whom seals are issued to.

#include <utility>

#include "api/answers.h"
#include "api/auth.h"
#include "api/inputs.h"
#include "api/routes.h"

namespace sealedger::api {

namespace {

Result<Response> PostOrganization(notary::Notary& notary,
                                  const Request& request) {
  Result<notary::WriteContext> context = ReadWriteContext(notary, request);
  if (!context) return std::move(context).error();
  Result<notary::Json> body = ReadJsonBody(request);
  if (!body) return std::move(body).error();
  Result<notary::Recorded> recorded =
      notary.RegisterOrganization(*context, *body);
  if (!recorded) return std::move(recorded).error();
  return RecordedResponse(*recorded);
}

Result<Response> PostOrganizationEvent(notary::Notary& notary,
                                       const Request& request,
                                       const PathValues& values) {
  Result<notary::WriteContext> context = ReadWriteContext(notary, request);
  if (!context) return std::move(context).error();
  Result<notary::Json> body = ReadJsonBody(request);
  if (!body) return std::move(body).error();
  Result<notary::Recorded> recorded =
      notary.RecordOrganizationEvent(*context, values[0], *body);
  if (!recorded) return std::move(recorded).error();
  return RecordedResponse(*recorded);
}

Result<Response> GetOrganization(const notary::Notary& notary,
                                 const Request& request,
                                 const PathValues& values) {
  Result<std::optional<notary::Caller>> caller = FindCaller(notary, request);
  if (!caller) return std::move(caller).error();
  Result<void> parameters = CheckParameters(request, {});
  if (!parameters) return std::move(parameters).error();
  Result<notary::Json> organization =
      notary.ReadOrganization(*caller ? &**caller : nullptr, values[0]);
  if (!organization) return std::move(organization).error();
  return JsonResponse(200, notary::WriteJson(*organization));
}

}  // namespace

void AddOrganizationRoutes(Router& router, notary::Notary& notary) {
  router.Add({"POST", "/v1/organizations",
              [&notary](const Request& request, const PathValues&) {
                return PostOrganization(notary, request);
              }});
  router.Add({"POST", "/v1/organizations/{uscc}/events",
              [&notary](const Request& request, const PathValues& values) {
                return PostOrganizationEvent(notary, request, values);
              }});
  router.Add({"GET", "/v1/organizations/{uscc}",
              [&notary](const Request& request, const PathValues& values) {
                return GetOrganization(notary, request, values);
              }});
}

}  // namespace sealedger::api
