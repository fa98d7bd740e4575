// LogSink: where a log's bytes go, a file or standard error.
//
// Thread rule: one thread at a time.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "api/http.h"

namespace sealedger::api {

class LogSink {
 public:
  // Appends to `file`; standard error where it is empty. kIo "cannot-log".
  static Result<LogSink> Open(const std::string& file);
  LogSink(LogSink&& other) noexcept;
  LogSink& operator=(LogSink&& other) noexcept;
  ~LogSink();

  // How many of the bytes, from the first on, it took until `deadline`: fewer
  // where the disk is full (kIo "cannot-log" where it took none), or where
  // nobody reads the pipe.
  Result<size_t> Write(std::string_view bytes,
                       std::chrono::steady_clock::time_point deadline);

 private:
  LogSink(int fd, bool owned, bool waits)
      : fd_(fd), owned_(owned), waits_(waits) {}

  int fd_;
  bool owned_;
  bool waits_;  // a pipe, socket or terminal: writing to it may block
};

}  // namespace sealedger::api
