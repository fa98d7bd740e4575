// /v1/applications: seals applied for, and each application's way.

#include <utility>

#include "api/answers.h"
#include "api/auth.h"
#include "api/inputs.h"
#include "api/routes.h"
#include "notary/codes.h"

namespace sealedger::api {

namespace {

Result<Response> PostApplication(notary::Notary& notary,
                                 const Request& request) {
  Result<notary::WriteContext> context = ReadWriteContext(notary, request);
  if (!context) return std::move(context).error();
  Result<notary::Json> body = ReadJsonBody(request);
  if (!body) return std::move(body).error();
  Result<notary::Recorded> recorded = notary.SubmitApplication(*context, *body);
  if (!recorded) return std::move(recorded).error();
  return RecordedResponse(*recorded);
}

Result<Response> PostApplicationEvent(notary::Notary& notary,
                                      const Request& request,
                                      const PathValues& values) {
  Result<notary::WriteContext> context = ReadWriteContext(notary, request);
  if (!context) return std::move(context).error();
  Result<notary::Json> body = ReadJsonBody(request);
  if (!body) return std::move(body).error();
  Result<notary::Recorded> recorded =
      notary.RecordApplicationEvent(*context, values[0], *body);
  if (!recorded) return std::move(recorded).error();
  return RecordedResponse(*recorded);
}

Result<Response> GetApplication(const notary::Notary& notary,
                                const Request& request,
                                const PathValues& values) {
  Result<notary::Caller> caller = RequireCaller(notary, request);
  if (!caller) return std::move(caller).error();
  Result<void> parameters = CheckParameters(request, {});
  if (!parameters) return std::move(parameters).error();
  Result<notary::Json> application =
      notary.ReadApplication(&*caller, values[0]);
  if (!application) return std::move(application).error();
  return JsonResponse(200, notary::WriteJson(*application));
}

Result<notary::ApplicationFilter> ReadFilter(const Request& request) {
  Result<void> parameters =
      CheckParameters(request, {"state", "route", "uscc", "cursor"});
  if (!parameters) return std::move(parameters).error();
  notary::ApplicationFilter filter;
  if (const std::string* state = FindParameter(request, "state")) {
    filter.state = notary::ParseApplicationState(*state);
    if (!filter.state) {
      return MakeError(Code::kInvalidArgument, "bad-parameter",
                       "the parameter state is a state of applications");
    }
  }
  if (const std::string* route = FindParameter(request, "route")) {
    filter.route = notary::ParseRoute(*route);
    if (!filter.route) {
      return MakeError(Code::kInvalidArgument, "bad-route",
                       "a route is public_security, agency or platform");
    }
  }
  if (const std::string* uscc = FindParameter(request, "uscc")) {
    filter.uscc = *uscc;
    if (!notary::IsUscc(*uscc)) {
      return MakeError(Code::kInvalidArgument, "bad-uscc",
                       "the parameter uscc is no unified social credit code");
    }
  }
  if (const std::string* cursor = FindParameter(request, "cursor")) {
    filter.cursor = *cursor;
  }
  return filter;
}

Result<Response> ListApplications(const notary::Notary& notary,
                                  const Request& request) {
  Result<notary::Caller> caller = RequireCaller(notary, request);
  if (!caller) return std::move(caller).error();
  Result<notary::ApplicationFilter> filter = ReadFilter(request);
  if (!filter) return std::move(filter).error();
  Result<notary::RegisterList> list =
      notary.ListApplications(&*caller, *filter);
  if (!list) return std::move(list).error();
  return RegisterListResponse(*list);
}

}  // namespace

void AddApplicationRoutes(Router& router, notary::Notary& notary) {
  router.Add({"POST", "/v1/applications",
              [&notary](const Request& request, const PathValues&) {
                return PostApplication(notary, request);
              }});
  router.Add({"GET", "/v1/applications",
              [&notary](const Request& request, const PathValues&) {
                return ListApplications(notary, request);
              }});
  router.Add({"GET", "/v1/applications/{id}",
              [&notary](const Request& request, const PathValues& values) {
                return GetApplication(notary, request, values);
              }});
  router.Add({"POST", "/v1/applications/{id}/events",
              [&notary](const Request& request, const PathValues& values) {
                return PostApplicationEvent(notary, request, values);
              }});
}

}  // namespace sealedger::api
