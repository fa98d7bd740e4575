// The whole HTTP service over a notary: routes, figures, log, server.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/check_watch.h"
#include "api/connection.h"
#include "api/router.h"
#include "api/server.h"
#include "api/telemetry.h"
#include "notary/notary.h"

namespace sealedger::api {

// What answers requests; without sockets for tests and fuzz targets.
//
// Thread rule: safe for concurrent use.
class Service : public Handler {
 public:
  // The notary outlives it. `load`: of the server that it is for.
  explicit Service(
      notary::Notary& notary, Telemetry telemetry = {},
      std::shared_ptr<ServerLoad> load = std::make_shared<ServerLoad>());

  size_t BodyLimit(const Request& head) const override;
  Result<bool> KnowsSender(const Request& head) const override;
  Response Handle(const Request& request) override;
  void Finished(const Exchange& exchange) override;

  const Router& router() const { return router_; }

 private:
  // The notary's checks, and "log": lines can be written.
  std::vector<notary::ReadyLine> Checks() const;
  std::string Figures() const;

  const notary::Notary& notary_;
  const Telemetry telemetry_;
  const std::shared_ptr<const ServerLoad> load_;
  Router router_;
  std::unique_ptr<CheckWatch> watch_;  // null without a log; the first to go
};

// Serves until the server is stopped. `notary` outlives it; stop the server
// first, so that what it accepted is answered. Without `telemetry` it logs to
// options.log_file. Errors: those of Server::Start and Telemetry::Open.
Result<std::unique_ptr<Server>> StartService(
    notary::Notary& notary, const ServerOptions& options,
    const std::optional<Telemetry>& telemetry = std::nullopt);

}  // namespace sealedger::api
