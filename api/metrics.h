// Figures for Prometheus, in its text format 0.0.4. docs/operators.md has a
// table of them all.
//
//   sealedger_http_requests_total{route="/v1/evidence",status="201"} 12
//
// Names and labels hold no value that a client chose.
//
// Thread rule: safe for concurrent use; what is counted for a request takes a
// lock of its route alone.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/connection.h"
#include "api/router.h"
#include "notary/notary.h"

namespace sealedger::api {

class Metrics {
 public:
  Metrics();
  ~Metrics();

  // Once, before Answered: the patterns live as long as this does.
  void Watch(const std::vector<Route>& routes);
  // The route is a pattern of Watch, or empty.
  void Answered(const Exchange& exchange);
  // A commit succeeded.
  void Committed(const ledger::CommitFigures& figures);

  // What is asked for at the moment somebody reads.
  struct Now {
    const notary::NotaryFigures& notary;
    const std::vector<notary::ReadyLine>& ready;
    size_t connections_active = 0;
    size_t connections_waiting = 0;
    uint64_t log_lines_dropped = 0;
  };
  std::string Text(const Now& now);

 private:
  struct Parts;

  std::unique_ptr<Parts> parts_;
};

}  // namespace sealedger::api
