// BenchLists: what a page of a regulator's list of seals costs over HTTP,
// against an empty GET of the same server, on a ledger of many seals that it
// makes itself. Each page that is sampled is held against the seals that the
// ledger was made of.
//
// Thread rule: one run a process.
#pragma once

#include "ledger/result.h"
#include "tools/bench_report.h"
#include "tools/bench_run.h"

namespace sealedger::tools {

// So that each question has a full page wherever it begins.
inline constexpr uint64_t kMinBenchSeals = 10'000;
inline constexpr uint64_t kMaxBenchSeals = 90'000'000;

// `plan.entries` counts seals, from kMinBenchSeals to kMaxBenchSeals. Errors:
// as RunBench.
ledger::Result<BenchReport> RunBenchLists(const BenchPlan& plan);

}  // namespace sealedger::tools
