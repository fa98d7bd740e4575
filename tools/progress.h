// Progress of long work: one line on standard error, written again in place,
// and only where that is a terminal.
//
//   hashing contract.pdf  1.2 GiB of 4.0 GiB (30 %), 9 s left
//
// Thread rule: one thread at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace sealedger::tools {

enum class Unit { kCount, kBytes };

// "1.2 GiB", or "1,234" for counts.
std::string FormatAmount(uint64_t amount, Unit unit);
// `total` 0: not known. `elapsed_s`: since the work began.
std::string FormatProgress(std::string_view what, uint64_t done, uint64_t total,
                           Unit unit, double elapsed_s);

class Progress {
 public:
  Progress(std::string what, uint64_t total, Unit unit);
  ~Progress();  // takes the line away
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Writes at most ten times a second.
  void Update(uint64_t done);

 private:
  using Clock = std::chrono::steady_clock;

  const std::string what_;
  const uint64_t total_;
  const Unit unit_;
  const bool terminal_;
  const Clock::time_point started_;
  Clock::time_point written_;
  bool shown_ = false;
};

}  // namespace sealedger::tools
