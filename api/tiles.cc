// GET /checkpoint and /tile/…: the ledger as C2SP tlog-tiles has it, for
// mirrors, witnesses and monitors.

#include <utility>

#include "api/answers.h"
#include "api/auth.h"
#include "api/inputs.h"
#include "api/routes.h"

namespace sealedger::api {

namespace {

Result<Response> GetCheckpoint(const notary::Notary& notary,
                               const Request& request) {
  Result<void> parameters = CheckParameters(request, {});
  if (!parameters) return std::move(parameters).error();
  Response response = TextResponse(200, notary.Checkpoint());
  response.headers.emplace_back("Cache-Control", "public, max-age=1");
  return response;
}

Result<Response> GetTile(const notary::Notary& notary, const Request& request) {
  Result<void> parameters = CheckParameters(request, {});
  if (!parameters) return std::move(parameters).error();
  Result<std::optional<notary::Caller>> caller = FindCaller(notary, request);
  if (!caller) return std::move(caller).error();
  // The path as sent: a percent sign in it is a second spelling, and no tile.
  Result<std::string> tile = notary.ReadTile(
      *caller ? &**caller : nullptr, std::string_view(request.path).substr(1));
  if (!tile) return std::move(tile).error();
  Response response;
  response.content_type = "application/octet-stream";
  response.body = std::move(*tile);
  // Bytes of a tile never change, those of a partial one neither. What was
  // given to the holder of a token stays out of shared caches.
  response.headers.emplace_back(
      "Cache-Control", *caller ? "private, max-age=31536000, immutable"
                               : "public, max-age=31536000, immutable");
  return response;
}

}  // namespace

void AddTileRoutes(Router& router, notary::Notary& notary) {
  router.Add({"GET", "/checkpoint",
              [&notary](const Request& request, const PathValues&) {
                return GetCheckpoint(notary, request);
              }});
  router.Add({"GET", "/tile/{path...}",
              [&notary](const Request& request, const PathValues&) {
                return GetTile(notary, request);
              }});
}

}  // namespace sealedger::api
