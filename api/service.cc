#include "api/service.h"

#include <utility>

#include "api/routes.h"
#include "ledger/clock.h"

namespace sealedger::api {

Service::Service(notary::Notary& notary, std::unique_ptr<Log> log)
    : log_(std::move(log)) {
  AddEvidenceRoutes(router_, notary);
  AddEntryRoutes(router_, notary);
  AddDocumentRoutes(router_, notary);
  AddPartyRoutes(router_, notary);
  AddTokenRoutes(router_, notary);
  AddTileRoutes(router_, notary);
  AddVerifyRoutes(router_, notary);
  AddOperationRoutes(router_, notary, metrics_);
  metrics_.Watch(router_.routes());
}

size_t Service::BodyLimit(const Request& head) const {
  return router_.BodyLimit(head);
}

Response Service::Handle(const Request& request) {
  Response response = router_.Handle(request);
  // Answers depend on who asks and on the moment, unless their route says
  // otherwise.
  if (FindHeader(response.headers, "Cache-Control") == nullptr) {
    response.headers.emplace_back("Cache-Control", "no-store");
  }
  return response;
}

void Service::Finished(const Exchange& exchange) {
  metrics_.Count(exchange.response.route, exchange.response.status);
  if (log_ != nullptr) {
    log_->Answered(exchange, ledger::SystemClock().WallMs());
  }
}

Result<std::unique_ptr<Server>> StartService(notary::Notary& notary,
                                             const ServerOptions& options) {
  Result<std::unique_ptr<Log>> log = Log::Open(options.log_file);
  if (!log) return std::move(log).error();
  return Server::Start(
      options, std::make_shared<Service>(notary, std::move(log).value()));
}

}  // namespace sealedger::api
