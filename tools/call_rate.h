// How often something can be done in a second by so many callers at once.
//
// Thread rule: one measurement at a time.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>

#include "ledger/result.h"

namespace sealedger::tools {

// Each caller calls `work` with its number, again and again until `duration` is
// over; calls that have begun are finished, and counted. What makes a call
// ready (contexts, memory) is best done before: the clock starts with the first
// call. The first error ends it.
ledger::Result<double> CallRate(
    size_t callers, std::chrono::nanoseconds duration,
    const std::function<ledger::Result<void>(size_t caller)>& work);

}  // namespace sealedger::tools
