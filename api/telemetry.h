// Telemetry: the log and the figures of one service. Made before its notary is
// opened, which reports to both.
//
// Thread rule: a value; what it points to is safe for concurrent use.
#pragma once

#include <memory>
#include <string>

#include "api/log.h"
#include "api/metrics.h"
#include "notary/notary.h"

namespace sealedger::api {

struct Telemetry {
  std::shared_ptr<Log> log;  // null: nothing is logged
  std::shared_ptr<Metrics> metrics = std::make_shared<Metrics>();

  // Errors: those of Log::Open.
  static Result<Telemetry> Open(const std::string& log_file);
  // Has the notary report to it.
  void Observe(notary::NotaryOptions* options) const;
};

}  // namespace sealedger::api
