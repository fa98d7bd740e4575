// The service's log: one JSON object a line, on standard error or in a file.
//
//   {"time":"2026-11-22T09:30:00.123Z","request_id":"9f86d081884c7d65",
//    "method":"POST","path":"/v1/evidence","status":201,"duration_us":812,
//    "bytes":2410}
//   {"time":"2026-11-22T09:30:04.511Z","event":"check_failed","check":"clock",
//    "detail":"clock-unsure: the wall clock was set"}
//
// A line never holds a query, a header, a body, a token or a private value:
// the path is written where it named something that is there, and nothing else
// that a client chose. With a refusal stands the pattern of the route, since
// people do put tokens into paths; with a 500 the cause, which no client sees.
//
// Writing is a thread's own: a line is put into memory and written within
// kLogPause, at once when it is an event or tells of a 5xx. Nobody ever waits
// for the sink: while it is slow or full, up to kMaxLogBuffer bytes of lines
// wait for it, and what comes then is dropped and counted.
//
// Crash meaning: a process that is killed or aborts loses the lines of the
// last kLogPause.
//
// Thread rule: safe for concurrent use.
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "api/connection.h"

namespace sealedger::api {

inline constexpr std::chrono::milliseconds kLogPause{150};
inline constexpr size_t kMaxLogBuffer = size_t{4} << 20;
// How long one attempt to write may take, the last one at the end too.
inline constexpr std::chrono::milliseconds kLogPatience{2000};

class Log {
 public:
  // Appends to `file`; standard error where it is empty. A file that cannot be
  // opened is an error, kIo "cannot-log".
  static Result<std::unique_ptr<Log>> Open(const std::string& file);
  // Writes what waits.
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void Answered(const Exchange& exchange, int64_t now_ms);
  // Names are ours, values may be anything but private.
  using Fields =
      std::initializer_list<std::pair<std::string_view, std::string_view>>;
  void Event(std::string_view event, Fields fields);

  // Opens the file anew before the next line, for those who rotate it. Where
  // that fails the old one is kept.
  void Reopen();

  // Lines that nobody will see.
  uint64_t dropped() const;
  // Why lines cannot be written just now: kIo "cannot-log".
  std::optional<Error> trouble() const;

 private:
  struct Parts;
  explicit Log(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

// The lines without their newline.
std::string FormatLogLine(const Exchange& exchange, int64_t now_ms);
std::string FormatLogEvent(std::string_view event, Log::Fields fields,
                           int64_t now_ms);

}  // namespace sealedger::api
