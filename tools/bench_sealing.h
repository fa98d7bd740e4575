// Seals in use, measured: signatures with a key in custody, and signatures that
// were made elsewhere, against what SM2 alone costs OpenSSL on all processors.
//
// Thread rule: one run a process.
#pragma once

#include "ledger/result.h"
#include "tools/bench_report.h"
#include "tools/bench_run.h"

namespace sealedger::tools {

// `plan.entries` is not used. As RunBench.
ledger::Result<BenchReport> RunBenchSealing(const BenchPlan& plan);

}  // namespace sealedger::tools
