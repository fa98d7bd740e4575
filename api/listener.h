// Listener: a socket that listens, and the loop that accepts from it.
//
// Running out of something (files, memory) or a client that is gone before it
// was accepted never ends the loop: it tries again, with a pause where the
// former would make it spin. What is left are faults of the socket itself;
// they end the loop and are told, so that nobody serves on without being heard.
//
// Thread rule: one thread at a time, but port().
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "api/http.h"

namespace sealedger::api {

class Listener {
 public:
  // `host`: a name or an address; port 0: any that is free. kIo
  // "cannot-listen".
  static Result<std::unique_ptr<Listener>> Open(const std::string& host,
                                                uint16_t port);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  uint16_t port() const { return port_; }

  struct Callbacks {
    // Before each accept; may wait until there is room for one more.
    std::function<void()> await_room;
    // Owns the socket from here on.
    std::function<void(int fd)> take;
    // Accepting fails just now: kUnavailable "accept-failed". At most once in
    // ten seconds.
    std::function<void(const Error& error)> on_trouble;
  };
  // Accepts until `stop_fd` becomes readable, then takes what the system had
  // connected by then. kIo "listener-failed": it cannot accept any more.
  Result<void> Run(int stop_fd, const Callbacks& callbacks);

 private:
  Listener(int fd, uint16_t port) : fd_(fd), port_(port) {}

  const int fd_;
  const uint16_t port_;
};

}  // namespace sealedger::api
