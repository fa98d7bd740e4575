// /v1/tokens: who may call, and GET /v1/me: as whom one calls.

#include <utility>

#include "api/answers.h"
#include "api/auth.h"
#include "api/inputs.h"
#include "api/routes.h"

namespace sealedger::api {

namespace {

Result<Response> PostToken(notary::Notary& notary, const Request& request) {
  Result<notary::Caller> caller = RequireCaller(notary, request);
  if (!caller) return std::move(caller).error();
  Result<void> parameters = CheckParameters(request, {});
  if (!parameters) return std::move(parameters).error();
  Result<notary::Json> body = ReadJsonBody(request);
  if (!body) return std::move(body).error();
  Result<notary::NewToken> token = notary.CreateToken(*caller, *body);
  if (!token) return std::move(token).error();
  notary::Json answer{notary::Json::Object{}};
  answer.Add("id", token->id);
  answer.Add("token", token->secret);
  return JsonResponse(201, notary::WriteJson(answer));
}

Result<Response> ListTokens(const notary::Notary& notary,
                            const Request& request) {
  Result<notary::Caller> caller = RequireCaller(notary, request);
  if (!caller) return std::move(caller).error();
  Result<void> parameters = CheckParameters(request, {"cursor"});
  if (!parameters) return std::move(parameters).error();
  const std::string* cursor = FindParameter(request, "cursor");
  Result<notary::Json> list = notary.ListTokens(
      *caller,
      cursor == nullptr ? std::nullopt : std::optional<std::string>(*cursor));
  if (!list) return std::move(list).error();
  return JsonResponse(200, notary::WriteJson(*list));
}

Result<Response> DeleteToken(notary::Notary& notary, const Request& request,
                             const PathValues& values) {
  Result<notary::Caller> caller = RequireCaller(notary, request);
  if (!caller) return std::move(caller).error();
  Result<void> parameters = CheckParameters(request, {});
  if (!parameters) return std::move(parameters).error();
  Result<void> deleted = notary.DeleteToken(*caller, values[0]);
  if (!deleted) return std::move(deleted).error();
  Response response;
  response.status = 204;
  return response;
}

Result<Response> GetMe(const notary::Notary& notary, const Request& request) {
  Result<notary::Caller> caller = RequireCaller(notary, request);
  if (!caller) return std::move(caller).error();
  Result<void> parameters = CheckParameters(request, {});
  if (!parameters) return std::move(parameters).error();
  return JsonResponse(200, notary::WriteJson(notary.Me(*caller)));
}

}  // namespace

void AddTokenRoutes(Router& router, notary::Notary& notary) {
  router.Add({"POST", "/v1/tokens",
              [&notary](const Request& request, const PathValues&) {
                return PostToken(notary, request);
              }});
  router.Add({"GET", "/v1/tokens",
              [&notary](const Request& request, const PathValues&) {
                return ListTokens(notary, request);
              }});
  router.Add({"DELETE", "/v1/tokens/{id}",
              [&notary](const Request& request, const PathValues& values) {
                return DeleteToken(notary, request, values);
              }});
  router.Add(
      {"GET", "/v1/me", [&notary](const Request& request, const PathValues&) {
         return GetMe(notary, request);
       }});
}

}  // namespace sealedger::api
