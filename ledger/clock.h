// The clock of the ledger, and the watch that refuses to believe it.
//
// The wall clock can be set; CLOCK_BOOTTIME cannot. Their difference, the
// offset, stays the same while nobody sets the wall clock. The watch keeps a
// reference offset and says "unsure" when the offset moved from it by more
// than 2 s, either way. An offset that then stays steady for 30 s becomes the
// new reference, provided that the wall clock is not before the last entry nor
// more than max_gap after it.
//
// All times are milliseconds; wall times since 1970-01-01T00:00:00Z.
//
// Thread rule: a Clock is safe for concurrent use; a ClockWatch serves one
// thread at a time.
#pragma once

#include <cstdint>
#include <optional>

#include "ledger/result.h"

namespace sealedger::ledger {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual int64_t WallMs() = 0;
  virtual int64_t BootMs() = 0;
};

// CLOCK_REALTIME and CLOCK_BOOTTIME.
class SystemClock : public Clock {
 public:
  int64_t WallMs() override;
  int64_t BootMs() override;
};

struct ClockBounds {
  int64_t max_step_ms = 2000;
  int64_t steady_ms = 30000;
  int64_t max_gap_ms = int64_t{7} * 24 * 3600 * 1000;
};

class ClockWatch {
 public:
  ClockWatch(Clock& clock, const ClockBounds& bounds);

  // At the opening: kUnavailable "clock-unsure" when the wall clock is before
  // the last entry or more than max_gap after it, unless `accept`.
  // `last_entry_ms` is nullopt for an empty ledger.
  Result<void> Start(std::optional<int64_t> last_entry_ms, bool accept);

  // The time for a commit: never before `last_entry_ms`. kUnavailable
  // "clock-unsure" while the clock is not believed. After Start.
  Result<int64_t> Now(std::optional<int64_t> last_entry_ms);

 private:
  bool Plausible(int64_t wall_ms, std::optional<int64_t> last_entry_ms) const;

  Clock& clock_;
  const ClockBounds bounds_;
  int64_t reference_offset_ = 0;
  // While unsure: the offset being watched, and since when (boot time).
  struct Candidate {
    int64_t offset;
    int64_t since_boot_ms;
  };
  std::optional<Candidate> candidate_;
};

}  // namespace sealedger::ledger
