// Figures for Prometheus, in its text format 0.0.4.
//
//   sealedger_http_requests_total{route="/v1/evidence",status="201"} 12
//
// Names and labels hold no value that a client chose.
//
// Thread rule: safe for concurrent use; Count takes a lock only for the first
// request of a route and status.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/router.h"
#include "notary/notary.h"

namespace sealedger::api {

class Metrics {
 public:
  Metrics();
  ~Metrics();

  // Once, before the rest: one set of counters a pattern. The patterns live as
  // long as this does.
  void Watch(const std::vector<Route>& routes);
  // `route` is a pattern of Watch, or empty.
  void Count(std::string_view route, int status);
  // All figures, the notary's as they are now.
  std::string Text(const notary::Notary& notary);

 private:
  struct Parts;

  std::unique_ptr<Parts> parts_;
};

}  // namespace sealedger::api
