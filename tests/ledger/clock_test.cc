#include "ledger/clock.h"

#include <doctest/doctest.h>

#include "tests/support/manual_clock.h"

namespace sealedger::ledger {
namespace {

using testing::ManualClock;

constexpr int64_t kDayMs = int64_t{24} * 3600 * 1000;

TEST_CASE("at the start the clock lies within the bounds of the last entry") {
  ManualClock clock;
  const int64_t now = clock.WallMs();
  const auto start = [&](std::optional<int64_t> last, bool accept) {
    return ClockWatch(clock, {}).Start(last, accept).has_value();
  };
  CHECK(start(std::nullopt, false));
  CHECK(start(now, false));
  CHECK(start(now - 7 * kDayMs, false));
  CHECK(!start(now - 7 * kDayMs - 1, false));
  CHECK(!start(now + 1, false));
  CHECK(start(now + 1, true));
  CHECK(start(now - 8 * kDayMs, true));
}

TEST_CASE("a clock that was set is not believed, either way") {
  for (const int64_t step : {int64_t{-2001}, int64_t{2001}, -kDayMs, kDayMs}) {
    CAPTURE(step);
    ManualClock clock;
    ClockWatch watch(clock, {});
    const int64_t last = clock.WallMs();
    REQUIRE(watch.Start(last, false).has_value());
    clock.SetBy(step);
    REQUIRE(!watch.Now(last).has_value());
    CHECK(watch.Now(last).error().name == "clock-unsure");
  }
}

TEST_CASE("a step of two seconds is borne and time does not go back") {
  ManualClock clock;
  ClockWatch watch(clock, {});
  const int64_t last = clock.WallMs();
  REQUIRE(watch.Start(last, false).has_value());
  clock.SetBy(-2000);
  CHECK(*watch.Now(last) == last);
  clock.SetBy(2000);
  clock.Advance(5);
  CHECK(*watch.Now(last) == last + 5);
}

TEST_CASE("an offset steady for thirty seconds becomes the reference") {
  ManualClock clock;
  ClockWatch watch(clock, {});
  const int64_t last = clock.WallMs();
  REQUIRE(watch.Start(last, false).has_value());
  clock.SetBy(kDayMs);
  CHECK(!watch.Now(last).has_value());
  clock.Advance(29999);
  CHECK(!watch.Now(last).has_value());
  clock.Advance(1);
  CHECK(*watch.Now(last) == last + kDayMs + 30000);
  CHECK(watch.Now(last).has_value());
}

TEST_CASE("an offset that moves on while it is watched starts anew") {
  ManualClock clock;
  ClockWatch watch(clock, {});
  const int64_t last = clock.WallMs();
  REQUIRE(watch.Start(last, false).has_value());
  clock.SetBy(kDayMs);
  CHECK(!watch.Now(last).has_value());
  clock.Advance(20000);
  clock.SetBy(5000);
  CHECK(!watch.Now(last).has_value());
  clock.Advance(20000);
  CHECK(!watch.Now(last).has_value());
  clock.Advance(10000);
  CHECK(watch.Now(last).has_value());
}

TEST_CASE("a steady clock outside the ledger's bounds stays unsure") {
  ManualClock clock;
  ClockWatch watch(clock, {});
  const int64_t last = clock.WallMs();
  REQUIRE(watch.Start(last, false).has_value());
  clock.SetBy(-kDayMs);
  CHECK(!watch.Now(last).has_value());
  clock.Advance(60000);
  CHECK(!watch.Now(last).has_value());
  clock.SetBy(kDayMs);
  CHECK(watch.Now(last).has_value());
  clock.SetBy(30 * kDayMs);
  CHECK(!watch.Now(last).has_value());
  clock.Advance(60000);
  CHECK(!watch.Now(last).has_value());
}

}  // namespace
}  // namespace sealedger::ledger
