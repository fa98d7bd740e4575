// HTTP/1.1 on one connection: requests in, answers out, one after the other
// (RFC 9112), over any stream of bytes.
//
// What must hold whatever a client sends:
//   - The head is read whole and judged (request_head.h) before anything looks
//     at it; it takes at most kMaxHead bytes.
//   - Memory grows with the bytes that came, never with those announced. Bodies
//     over kMaxBody are taken a few at once: kMaxLargeBodies of senders who
//     have shown who they are, kMaxUnknownLargeBodies of others, so that the
//     ones cannot keep the others out.
//   - A request that is refused before its body was read ends the connection:
//     its body is never read as the next request.
//   - Time is bounded: a head must be whole `read_timeout` after its first
//     byte, a body at 64 KiB a second, and an answer is taken at the same rate.
//   - Bytes that follow a request are kept for the next one (pipelining).
//
// Thread rule: a connection is served by one thread; a Handler is safe for
// concurrent use.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "api/http.h"

namespace sealedger::api {

using SteadyTime = std::chrono::steady_clock::time_point;

class ByteStream {
 public:
  enum class Wait { kReady, kTimeout, kClosed };

  virtual ~ByteStream() = default;
  // Until bytes can be read; kTimeout at `until` or once the server stops.
  virtual Wait AwaitBytes(SteadyTime until) = 0;
  // At least one byte and at most `size`; 0 when the other side is done, has
  // failed, or sent nothing until `deadline`.
  virtual size_t Read(char* to, size_t size, SteadyTime deadline) = 0;
  // False when not all of it was taken until `deadline`.
  virtual bool Write(std::string_view bytes, SteadyTime deadline) = 0;
  // Nothing more will be written; the other side may still be sending.
  virtual void FinishWriting() = 0;
};

// What all connections of a server share.
struct ServerLoad {
  std::atomic<bool> stopping{false};
  std::atomic<size_t> active{0};  // connections that a thread serves
  // Connections that no thread is free for: idle ones make room for them.
  std::atomic<size_t> waiting{0};
  // Bodies over kMaxBody under way.
  std::atomic<size_t> large_bodies{0};
  std::atomic<size_t> unknown_large_bodies{0};
};

inline constexpr size_t kMaxLargeBodies = 4;
inline constexpr size_t kMaxUnknownLargeBodies = 2;

struct ConnectionOptions {
  std::chrono::seconds keep_alive{15};
  std::chrono::seconds read_timeout{10};
  std::vector<std::string> trusted_proxies;  // addresses
};

// One request and its answer, once it was sent.
struct Exchange {
  const Request& request;  // empty method: the head was refused
  const Response& response;
  size_t bytes_sent;
  std::chrono::nanoseconds duration;  // from the whole head on
};

class Handler {
 public:
  virtual ~Handler() = default;
  // The largest body that the path and method of `head` take.
  virtual size_t BodyLimit(const Request& head) const = 0;
  // Asked before a body of more than kMaxBody is read: whether its sender has
  // shown who he is. An error refuses the request unread.
  virtual Result<bool> KnowsSender(const Request& /*head*/) const {
    return false;
  }
  virtual Response Handle(const Request& request) = 0;
  virtual void Finished(const Exchange& exchange) = 0;
};

// Serves requests until either side ends the connection. `peer`: the address
// at the other end of the socket.
void ServeConnection(ByteStream& stream, const std::string& peer,
                     const ConnectionOptions& options, ServerLoad& load,
                     Handler& handler);

}  // namespace sealedger::api
