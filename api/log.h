// The service's log: one JSON object a line, on standard error or in a file.
//
//   {"time":"2026-11-22T09:30:00.123Z","request_id":"9f86d081884c7d65",
//    "method":"POST","path":"/v1/evidence","status":201,"duration_us":812,
//    "bytes":2410}
//
// A line never holds a query, a header, a body, a token or a private value:
// the path is written where a route answered it, and nothing else that a
// client chose. With a 500 stands the cause, which no client sees.
//
// Thread rule: safe for concurrent use.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "api/connection.h"

namespace sealedger::api {

class Log {
 public:
  // Appends to `file`; standard error where it is empty. A file that cannot be
  // opened is an error, kIo "cannot-log".
  static Result<std::unique_ptr<Log>> Open(const std::string& file);
  ~Log();

  void Answered(const Exchange& exchange, int64_t now_ms);

 private:
  struct Parts;
  explicit Log(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

// The line without its newline.
std::string FormatLogLine(const Exchange& exchange, int64_t now_ms);

}  // namespace sealedger::api
