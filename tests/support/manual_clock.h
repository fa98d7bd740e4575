// A clock that stands still until it is moved.
#pragma once

#include <atomic>
#include <cstdint>

#include "ledger/clock.h"

namespace sealedger::testing {

class ManualClock : public ledger::Clock {
 public:
  int64_t WallMs() override { return wall_ms_.load(); }
  int64_t BootMs() override { return boot_ms_.load(); }

  // Time passes.
  void Advance(int64_t ms) {
    wall_ms_ += ms;
    boot_ms_ += ms;
  }
  // Somebody sets the wall clock.
  void SetBy(int64_t ms) { wall_ms_ += ms; }

 private:
  std::atomic<int64_t> wall_ms_{1790000000000};
  std::atomic<int64_t> boot_ms_{1000000};
};

}  // namespace sealedger::testing
