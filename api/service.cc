#include "api/service.h"

#include <utility>

#include "api/routes.h"
#include "ledger/clock.h"

namespace sealedger::api {

Service::Service(notary::Notary& notary, Telemetry telemetry,
                 std::shared_ptr<ServerLoad> load)
    : notary_(notary),
      telemetry_(std::move(telemetry)),
      load_(std::move(load)) {
  AddEvidenceRoutes(router_, notary);
  AddEntryRoutes(router_, notary);
  AddDocumentRoutes(router_, notary);
  AddPartyRoutes(router_, notary);
  AddOrganizationRoutes(router_, notary);
  AddApplicationRoutes(router_, notary);
  AddSealingRoutes(router_, notary);
  AddSealRoutes(router_, notary);
  AddTokenRoutes(router_, notary);
  AddTileRoutes(router_, notary);
  AddVerifyRoutes(router_, notary);
  AddOperationRoutes(
      router_, notary, [this] { return Checks(); },
      [this] { return Figures(); });
  telemetry_.metrics->Watch(router_.routes());
  if (telemetry_.log != nullptr) {
    watch_ = std::make_unique<CheckWatch>([this] { return Checks(); },
                                          telemetry_.log);
  }
}

size_t Service::BodyLimit(const Request& head) const {
  return router_.BodyLimit(head);
}

Result<bool> Service::KnowsSender(const Request& head) const {
  return router_.KnowsSender(head);
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
  telemetry_.metrics->Answered(exchange);
  if (telemetry_.log != nullptr) {
    telemetry_.log->Answered(exchange, ledger::SystemClock().WallMs());
  }
}

std::vector<notary::ReadyLine> Service::Checks() const {
  std::vector<notary::ReadyLine> lines = notary_.Ready();
  notary::ReadyLine log{"log", true, {}, {}};
  if (telemetry_.log != nullptr) {
    if (const std::optional<Error> trouble = telemetry_.log->trouble()) {
      log = {"log", false, trouble->name, trouble->detail};
    }
  }
  lines.push_back(std::move(log));
  return lines;
}

std::string Service::Figures() const {
  const notary::NotaryFigures figures = notary_.Figures();
  const std::vector<notary::ReadyLine> checks = Checks();
  return telemetry_.metrics->Text(
      {.notary = figures,
       .ready = checks,
       .connections_active = load_->active,
       .connections_waiting = load_->waiting,
       .log_lines_dropped =
           telemetry_.log != nullptr ? telemetry_.log->dropped() : 0});
}

Result<std::unique_ptr<Server>> StartService(
    notary::Notary& notary, const ServerOptions& options,
    const std::optional<Telemetry>& given) {
  Result<Telemetry> telemetry =
      given ? Result<Telemetry>(*given) : Telemetry::Open(options.log_file);
  if (!telemetry) return std::move(telemetry).error();
  ServerOptions serving = options;
  if (serving.load == nullptr) serving.load = std::make_shared<ServerLoad>();
  if (const std::shared_ptr<Log> log = telemetry->log; log != nullptr) {
    serving.on_accept_trouble = [log](const Error& error) {
      log->Event("accept_failed", {{"detail", error.detail}});
    };
    serving.on_listener_failure =
        [log, then = options.on_listener_failure](const Error& error) {
          log->Event("listener_failed", {{"detail", error.detail}});
          if (then) then(error);
        };
  }
  return Server::Start(
      serving, std::make_shared<Service>(notary, *telemetry, serving.load));
}

}  // namespace sealedger::api
