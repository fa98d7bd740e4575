// Soak: a service of its own under a mix of requests for minutes or hours, at
// a set rate, while an auditor checks it; in the end the ledger is opened and
// searched for what was acknowledged.
//
// Thread rule: one run a process.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/result.h"
#include "tools/soak_memory.h"

namespace sealedger::tools {

struct SoakPlan {
  std::string dir;  // an empty folder; what is made there stays
  uint64_t minutes = 10;
  std::chrono::nanoseconds minute = std::chrono::seconds(60);
  uint64_t rate = 0;  // requests a second; 0: 70 % of the capacity
  size_t connections = 64;
  uint64_t entries = 0;  // there before it begins
  uint64_t seed = 1;
  // A line at each minute's end, and what else people want to know; may be
  // null.
  std::function<void(std::string_view)> say;
};

struct SoakMinute {
  double append_p50_us = 0;
  double append_p99_us = 0;
  double control_p50_us = 0;
  double control_p99_us = 0;
  double rate = 0;  // answers a second
  uint64_t unavailable = 0;
  uint64_t memory_bytes = 0;  // anonymous, of the service, at its end
};

struct SoakReport {
  std::vector<SoakMinute> minutes;
  double rate = 0;  // that was set
  uint64_t answers = 0;
  uint64_t acknowledged = 0;  // entries
  uint64_t remembered = 0;    // of them, searched for in the end
  uint64_t checkpoints = 0;
  uint64_t erasures = 0;
  SoakFindings::Counts findings;

  bool passed() const { return findings.lost == 0 && findings.wrong == 0; }
  std::string Json() const;
  std::vector<std::string> Table() const;
};

// What goes wrong with the answers stands in the report; an Error is what kept
// it from going on.
ledger::Result<SoakReport> RunSoak(const SoakPlan& plan);

}  // namespace sealedger::tools
