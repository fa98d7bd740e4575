// LoadClient: many keep-alive connections to a service on this machine, kept
// busy by one thread, so that the service is what is measured and not the
// client: requests are made by their source without a copy, and of an answer's
// head only the status and the length are read.
//
// Reads what our own server writes: a status line, Content-Length or chunks.
// Not a client for anything else.
//
// Thread rule: one thread at a time; Stop from any.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/result.h"

namespace sealedger::tools {

// What is asked, and what becomes of the answers. Called on the client's
// thread: whatever takes long here is measured as if the service took it.
class LoadSource {
 public:
  virtual ~LoadSource() = default;
  // A whole request, head and body; the view lives until the next call.
  virtual std::string_view Next(size_t connection) = 0;
  // The answer to what Next last gave for this connection. `body` lives as
  // long as the call.
  virtual void Answered(size_t connection, int status, std::string_view body,
                        std::chrono::nanoseconds latency) = 0;
};

struct LoadOptions {
  std::chrono::nanoseconds duration = std::chrono::seconds(2);
  // Requests a second over all connections; 0: as fast as they are answered.
  double rate = 0;
};

struct LoadFigures {
  uint64_t answers = 0;
  double seconds = 0;  // from the first request to the last answer
  double rate() const {
    return seconds > 0 ? static_cast<double>(answers) / seconds : 0;
  }
};

class LoadClient {
 public:
  // Connects to 127.0.0.1. kUnavailable "no-connection".
  static ledger::Result<std::unique_ptr<LoadClient>> Connect(
      uint16_t port, size_t connections);
  ~LoadClient();
  LoadClient(const LoadClient&) = delete;
  LoadClient& operator=(const LoadClient&) = delete;

  // Sends for `duration`, then awaits the last answers. kUnavailable
  // "no-answer" where a connection ended or nothing was answered for 30
  // seconds; kMalformed "unexpected-answer". After an error the client is of no
  // more use.
  ledger::Result<LoadFigures> Run(const LoadOptions& options,
                                  LoadSource& source);
  // Run sends nothing more and returns as at its end.
  void Stop() { stopped_ = true; }

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct Connection {
    int fd = -1;
    bool busy = false;
    std::string unsent;
    std::string answer;  // what came of it, where it came in pieces
    Time sent_at;
  };

  LoadClient() = default;
  ledger::Result<void> Send(size_t at, LoadSource& source);
  ledger::Result<void> Flush(size_t at);
  // True once the answer was whole.
  ledger::Result<bool> Receive(size_t at, LoadSource& source);

  int epoll_ = -1;
  std::vector<Connection> connections_;
  std::vector<char> buffer_;
  std::atomic<bool> stopped_{false};
};

}  // namespace sealedger::tools
