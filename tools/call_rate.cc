#include "tools/call_rate.h"

#include <atomic>
#include <cstdint>
#include <thread>
#include <utility>
#include <vector>

namespace sealedger::tools {

using ledger::Result;
using std::chrono::steady_clock;

Result<double> CallRate(
    size_t callers, std::chrono::nanoseconds duration,
    const std::function<Result<void>(size_t caller)>& work) {
  std::vector<Result<void>> outcomes(callers, Result<void>());
  std::atomic<uint64_t> calls{0};
  std::atomic<bool> failed{false};
  const auto started = steady_clock::now();
  const auto call = [&](size_t caller) {
    uint64_t done = 0;
    while (!failed && steady_clock::now() - started < duration) {
      outcomes[caller] = work(caller);
      if (!outcomes[caller]) {
        failed = true;
        return;
      }
      ++done;
    }
    calls += done;
  };
  std::vector<std::thread> others;
  for (size_t i = 1; i < callers; ++i) others.emplace_back(call, i);
  call(0);
  for (std::thread& other : others) other.join();
  const std::chrono::duration<double> seconds = steady_clock::now() - started;
  for (Result<void>& outcome : outcomes) {
    if (!outcome) return std::move(outcome).error();
  }
  return static_cast<double>(calls) / seconds.count();
}

}  // namespace sealedger::tools
