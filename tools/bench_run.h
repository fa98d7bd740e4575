// BenchRun: all rows of `sealedger bench` in one run, on ledgers that it makes
// and fills itself. The sides of a ratio take turns, round by round, so that
// what else the machine does meets both alike.
//
// Thread rule: one run a process.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "ledger/result.h"
#include "tools/bench_report.h"

namespace sealedger::tools {

// 1,024 at least, so that there are full tiles.
inline constexpr uint64_t kMinBenchEntries = 1024;

struct BenchPlan {
  std::string dir;  // an empty folder; what is made there stays
  uint64_t entries = 100000;
  size_t rounds = 5;
  std::chrono::nanoseconds round = std::chrono::seconds(2);
  size_t connections = 64;
  uint64_t seed = 1;
  // What the run is about to do, for people; may be null.
  std::function<void(std::string_view)> say;
};

// kVerificationFailed "wrong-answer" where anything that was measured is not
// what it should be: then no figure counts.
ledger::Result<BenchReport> RunBench(const BenchPlan& plan);

}  // namespace sealedger::tools
