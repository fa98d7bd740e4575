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
//   clock failed: the clock was set
Result<Response> GetReady(const notary::Notary& notary,
                          const Request& request) {
  Result<void> parameters = CheckParameters(request, {"verbose"});
  if (!parameters) return std::move(parameters).error();
  const std::vector<notary::ReadyLine> lines = notary.Ready();
  const bool ready =
      std::all_of(lines.begin(), lines.end(),
                  [](const notary::ReadyLine& line) { return line.ok; });
  std::string body;
  if (FindParameter(request, "verbose") != nullptr) {
    for (const notary::ReadyLine& line : lines) {
      body += line.check + (line.ok ? " ok" : " failed");
      if (!line.detail.empty()) body += ": " + line.detail;
      body.push_back('\n');
    }
  }
  body += ready ? "ready\n" : "not ready\n";
  Response response = TextResponse(ready ? 200 : 503, std::move(body));
  if (!ready) response.headers.emplace_back("Retry-After", kRetryAfter);
  return response;
}

Result<Response> GetMetrics(const notary::Notary& notary, Metrics& metrics,
                            const Request& request) {
  if (!IsLoopback(request.client_address)) {
    return MakeError(Code::kPermissionDenied, "loopback-only",
                     "figures are for callers on this machine");
  }
  Response response = TextResponse(200, metrics.Text(notary));
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
                        Metrics& metrics) {
  router.Add({"GET", "/v1/status",
              [&notary](const Request& request, const PathValues&) {
                return GetStatus(notary, request);
              }});
  router.Add({"GET", "/healthz", [](const Request& request, const PathValues&) {
                return GetHealth(request);
              }});
  router.Add(
      {"GET", "/readyz", [&notary](const Request& request, const PathValues&) {
         return GetReady(notary, request);
       }});
  router.Add({"GET", "/metrics",
              [&notary, &metrics](const Request& request, const PathValues&) {
                return GetMetrics(notary, metrics, request);
              }});
  router.Add(
      {"GET", "/openapi.yaml", [](const Request& request, const PathValues&) {
         return GetOpenApi(request);
       }});
}

}  // namespace sealedger::api
