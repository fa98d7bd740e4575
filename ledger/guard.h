// The guard: a small file, meant for another disk than the ledger's, that
// holds the newest signed checkpoint. A ledger that is behind its guard, or
// contradicts it, was rolled back or exchanged, and does not open for writing.
//
// Two slots of 4,096 bytes, written in turn, so that a torn write leaves the
// other one whole (layout: ledger/FORMAT.md).
//
// Crash meaning: what Write returned from is read by the next Open; after a
// crash inside Write, either the new note or the one before it.
//
// Thread rule: one thread at a time; Peek is safe anywhere.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ledger/result.h"

namespace sealedger::ledger {

class Guard {
 public:
  // The newest note in the file. nullopt: there is no file. kCorruption: there
  // is one and neither slot is whole.
  static Result<std::optional<std::string>> Peek(const std::string& path);

  // Opens for writing; makes the file when it is not there. Locks it: a second
  // holder gets kUnavailable "locked".
  static Result<Guard> Open(const std::string& path);

  Guard(Guard&& other) noexcept;
  Guard& operator=(Guard&&) = delete;
  ~Guard();

  // On disk when it returns. A note of at most 4,000 bytes (CHECK). kIo: the
  // outcome is unknown.
  Result<void> Write(std::string_view note);

 private:
  Guard(int fd, uint64_t counter);

  int fd_;
  uint64_t counter_;  // of the newest slot
};

}  // namespace sealedger::ledger
