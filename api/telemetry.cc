#include "api/telemetry.h"

#include <utility>

namespace sealedger::api {

Result<Telemetry> Telemetry::Open(const std::string& log_file) {
  Result<std::unique_ptr<Log>> log = Log::Open(log_file);
  if (!log) return std::move(log).error();
  Telemetry telemetry;
  telemetry.log = *std::move(log);
  return telemetry;
}

void Telemetry::Observe(notary::NotaryOptions* options) const {
  options->on_commit = [to = metrics](const ledger::CommitFigures& figures) {
    to->Committed(figures);
  };
  if (log == nullptr) return;
  options->on_index_event = [to = log](std::string_view event,
                                       uint64_t entries) {
    to->Event(event, {{"entries", std::to_string(entries)}});
  };
}

}  // namespace sealedger::api
