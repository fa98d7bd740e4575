// The whole HTTP service over a notary: routes, figures, log, server.
#pragma once

#include <memory>
#include <string>

#include "api/connection.h"
#include "api/log.h"
#include "api/metrics.h"
#include "api/router.h"
#include "api/server.h"
#include "notary/notary.h"

namespace sealedger::api {

// What answers requests; without sockets for tests and fuzz targets.
//
// Thread rule: safe for concurrent use.
class Service : public Handler {
 public:
  // The notary outlives it. `log` may be null.
  Service(notary::Notary& notary, std::unique_ptr<Log> log);

  size_t BodyLimit(const Request& head) const override;
  Response Handle(const Request& request) override;
  void Finished(const Exchange& exchange) override;

  const Router& router() const { return router_; }

 private:
  const std::unique_ptr<Log> log_;
  Metrics metrics_;
  Router router_;
};

// Serves until the server is stopped. `notary` outlives it; stop the server
// first, so that what it accepted is answered. Errors: those of Server::Start
// and Log::Open.
Result<std::unique_ptr<Server>> StartService(notary::Notary& notary,
                                             const ServerOptions& options);

}  // namespace sealedger::api
