#include "tools/call_rate.h"

#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <thread>

namespace sealedger::tools {
namespace {

using ledger::Code;
using ledger::MakeError;
using ledger::Result;
using std::chrono::milliseconds;

TEST_CASE("all callers call until the time is over, and all calls count") {
  std::array<std::atomic<int>, 3> calls{};
  const auto started = std::chrono::steady_clock::now();
  const auto rate =
      CallRate(calls.size(), milliseconds(50), [&](size_t caller) {
        ++calls[caller];
        std::this_thread::sleep_for(milliseconds(1));
        return Result<void>();
      });
  const std::chrono::duration<double> took =
      std::chrono::steady_clock::now() - started;
  REQUIRE(rate);
  CHECK(took >= milliseconds(50));
  for (const auto& of_caller : calls) CHECK(of_caller > 0);
  const int all = calls[0] + calls[1] + calls[2];
  CHECK(*rate * took.count() >= all);
  CHECK(*rate <= all / 0.05);
}

TEST_CASE("the first error ends it") {
  std::atomic<int> calls{0};
  const auto rate =
      CallRate(2, std::chrono::hours(1), [&](size_t) -> Result<void> {
        if (++calls < 10) return {};
        return MakeError(Code::kIo, "no-more", "that is enough");
      });
  REQUIRE_FALSE(rate);
  CHECK(rate.error().name == "no-more");
}

}  // namespace
}  // namespace sealedger::tools
