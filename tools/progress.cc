#include "tools/progress.h"

#include <unistd.h>

#include <cstdio>
#include <utility>

#include "tools/output.h"

namespace sealedger::tools {

namespace {

constexpr std::chrono::milliseconds kBetweenLines{100};
constexpr char kClearLine[] = "\r\x1b[K";

std::string Counted(uint64_t amount) {
  std::string digits = std::to_string(amount);
  for (size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

}  // namespace

std::string FormatAmount(uint64_t amount, Unit unit) {
  if (unit == Unit::kCount) return Counted(amount);
  if (amount < 1024) return std::to_string(amount) + " B";
  static constexpr const char* kUnits[] = {"KiB", "MiB", "GiB", "TiB"};
  double scaled = static_cast<double>(amount) / 1024;
  size_t step = 0;
  for (; scaled >= 1024 && step < 3; ++step) scaled /= 1024;
  char text[40];
  std::snprintf(text, sizeof text, "%.1f %s", scaled, kUnits[step]);
  return text;
}

std::string FormatProgress(std::string_view what, uint64_t done, uint64_t total,
                           Unit unit, double elapsed_s) {
  std::string line = Printable(what) + "  " + FormatAmount(done, unit);
  if (total == 0 || done > total) return line;
  const double share = static_cast<double>(done) / static_cast<double>(total);
  line += " of " + FormatAmount(total, unit) + " (" +
          std::to_string(static_cast<int>(share * 100)) + " %)";
  // The first second says too little about the rest.
  if (elapsed_s >= 1 && share > 0) {
    const double left_s = elapsed_s / share - elapsed_s;
    line += ", " + Counted(static_cast<uint64_t>(left_s)) + " s left";
  }
  return line;
}

Progress::Progress(std::string what, uint64_t total, Unit unit)
    : what_(std::move(what)),
      total_(total),
      unit_(unit),
      terminal_(isatty(STDERR_FILENO) != 0),
      started_(Clock::now()),
      written_(started_) {}

Progress::~Progress() {
  if (shown_) std::fputs(kClearLine, stderr);
}

void Progress::Update(uint64_t done) {
  if (!terminal_) return;
  const Clock::time_point now = Clock::now();
  if (now - written_ < kBetweenLines) return;
  written_ = now;
  shown_ = true;
  const std::chrono::duration<double> elapsed = now - started_;
  std::fprintf(
      stderr, "%s%s", kClearLine,
      FormatProgress(what_, done, total_, unit_, elapsed.count()).c_str());
  std::fflush(stderr);
}

}  // namespace sealedger::tools
