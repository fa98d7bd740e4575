// What operators and their machines ask: status, health, figures, and the
// description of this API.

#include <algorithm>
#include <utility>

#include "api/answers.h"
#include "api/client.h"
#include "api/inputs.h"
#include "api/problem.h"
#include "api/routes.h"
#include "openapi_yaml.h"

namespace sealedger::api {

namespace {

Result<Response> GetStatus(const notary::Notary& notary,
                           const Request& request) {
  Result<void> parameters = CheckParameters(request, {});
  if (!parameters) return std::move(parameters).error();
  return JsonResponse(200, notary::WriteJson(notary.Status()));
}

// Alive: the process answers. Whether it is of use, /readyz tells.
Result<Response> GetHealth(const Request& request) {
  Result<void> parameters = CheckParameters(request, {});
  if (!parameters) return std::move(parameters).error();
  return TextResponse(200, "ok\n");
}

// "ready" or "not ready"; with ?verbose a line for each check, too:
//   sequencer ok
//   clock failed: clock-unsure: the wall clock was set
// What failed is named to all; how, which may speak of files, is said on this
// machine alone.
Result<Response> GetReady(const ReadChecks& checks, const Request& request) {
  Result<void> parameters = CheckParameters(request, {"verbose"});
  if (!parameters) return std::move(parameters).error();
  const std::vector<notary::ReadyLine> lines = checks();
  const bool ready =
      std::all_of(lines.begin(), lines.end(),
                  [](const notary::ReadyLine& line) { return line.ok; });
  std::string body;
  if (FindParameter(request, "verbose") != nullptr) {
    for (const notary::ReadyLine& line : lines) {
      body += line.check + (line.ok ? " ok" : " failed: " + line.name);
      if (!line.ok && IsLoopback(request.client_address)) {
        body += ": " + line.detail;
      }
      body.push_back('\n');
    }
  }
  body += ready ? "ready\n" : "not ready\n";
  Response response = TextResponse(ready ? 200 : 503, std::move(body));
  if (!ready) response.headers.emplace_back("Retry-After", kRetryAfter);
  return response;
}

Result<Response> GetMetrics(const std::function<std::string()>& figures,
                            const Request& request) {
  if (!IsLoopback(request.client_address)) {
    return MakeError(Code::kPermissionDenied, "loopback-only",
                     "figures are for callers on this machine");
  }
  Response response = TextResponse(200, figures());
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  return response;
}

Result<Response> GetOpenApi(const Request& request) {
  Result<void> parameters = CheckParameters(request, {});
  if (!parameters) return std::move(parameters).error();
  Response response;
  response.content_type = "application/yaml";
  response.body = kOpenApiYaml;
  response.headers.emplace_back("Cache-Control", "public, max-age=3600");
  return response;
}

}  // namespace

void AddOperationRoutes(Router& router, notary::Notary& notary,
                        ReadChecks checks,
                        std::function<std::string()> figures) {
  router.Add({"GET", "/v1/status",
              [&notary](const Request& request, const PathValues&) {
                return GetStatus(notary, request);
              }});
  router.Add({"GET", "/healthz", [](const Request& request, const PathValues&) {
                return GetHealth(request);
              }});
  router.Add(
      {"GET", "/readyz",
       [checks = std::move(checks)](const Request& request, const PathValues&) {
         return GetReady(checks, request);
       }});
  router.Add({"GET", "/metrics",
              [figures = std::move(figures)](const Request& request,
                                             const PathValues&) {
                return GetMetrics(figures, request);
              }});
  router.Add(
      {"GET", "/openapi.yaml", [](const Request& request, const PathValues&) {
         return GetOpenApi(request);
       }});
}

}  // namespace sealedger::api
