#include "ledger/clock.h"

#include <algorithm>
#include <cstdlib>
#include <ctime>

#include "ledger/check.h"

namespace sealedger::ledger {
namespace {

int64_t ReadClock(clockid_t id) {
  timespec now{};
  CHECK(clock_gettime(id, &now) == 0);
  return int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1000000;
}

Error Unsure(const char* detail) {
  return MakeError(Code::kUnavailable, "clock-unsure", detail);
}

}  // namespace

int64_t SystemClock::WallMs() { return ReadClock(CLOCK_REALTIME); }
int64_t SystemClock::BootMs() { return ReadClock(CLOCK_BOOTTIME); }

ClockWatch::ClockWatch(Clock& clock, const ClockBounds& bounds)
    : clock_(clock), bounds_(bounds) {}

bool ClockWatch::Plausible(int64_t wall_ms,
                           std::optional<int64_t> last_entry_ms) const {
  return !last_entry_ms || (wall_ms >= *last_entry_ms &&
                            wall_ms - *last_entry_ms <= bounds_.max_gap_ms);
}

Result<void> ClockWatch::Start(std::optional<int64_t> last_entry_ms,
                               bool accept) {
  const int64_t wall = clock_.WallMs();
  if (!accept && !Plausible(wall, last_entry_ms)) {
    return Unsure(wall < *last_entry_ms
                      ? "the clock is before the last entry of the ledger"
                      : "the clock is further after the last entry of the "
                        "ledger than clock.max_gap allows");
  }
  reference_offset_ = wall - clock_.BootMs();
  candidate_.reset();
  return {};
}

Result<int64_t> ClockWatch::Now(std::optional<int64_t> last_entry_ms) {
  const int64_t wall = clock_.WallMs();
  const int64_t boot = clock_.BootMs();
  const int64_t offset = wall - boot;
  if (std::llabs(offset - reference_offset_) > bounds_.max_step_ms) {
    if (!candidate_ ||
        std::llabs(offset - candidate_->offset) > bounds_.max_step_ms) {
      candidate_ = Candidate{offset, boot};
    }
    if (boot - candidate_->since_boot_ms < bounds_.steady_ms) {
      return Unsure("the clock was set; it is watched until it is steady");
    }
    if (!Plausible(wall, last_entry_ms)) {
      return Unsure("the clock was set out of the bounds of the ledger");
    }
    reference_offset_ = candidate_->offset;
  }
  candidate_.reset();
  return std::max(wall, last_entry_ms.value_or(wall));
}

}  // namespace sealedger::ledger
