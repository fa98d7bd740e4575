// Server: listens, accepts, and serves each connection on a thread of its own
// (connection.h), with TLS or without.
//
// httplib does the listening, the accepting and the TLS; reading and writing
// HTTP does not go through it (why: request_head.h, connection.h).
//
// Thread rule: Start, Stop and the destructor from one thread; accessors from
// any.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/connection.h"
#include "api/http.h"

namespace sealedger::api {

struct ServerOptions {
  std::string listen = "127.0.0.1:8080";  // HOST:PORT or [IPV6]:PORT; port 0:
                                          // any that is free
  size_t threads = 96;                    // a connection holds one
  std::chrono::seconds keep_alive{15};
  std::chrono::seconds read_timeout{10};
  std::optional<std::string> tls_cert;  // PEM files; both or none
  std::optional<std::string> tls_key;
  std::vector<std::string> trusted_proxies;  // addresses
  bool insecure = false;  // without TLS on an address others can reach
  std::string log_file;   // empty: standard error
};

// "127.0.0.1:8080", "[::1]:0". nullopt for anything else.
struct ListenAddress {
  std::string host;
  uint16_t port = 0;
};
std::optional<ListenAddress> ParseListenAddress(std::string_view text);

class Server {
 public:
  // Listens when it returns. Errors: kInvalidArgument "bad-listen-address",
  // "bad-proxy-address", "bad-tls-files", "tls-required"; kIo "cannot-listen".
  // The handler is shared with the server.
  static Result<std::unique_ptr<Server>> Start(
      const ServerOptions& options, std::shared_ptr<Handler> handler);
  // Stops.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  const std::string& host() const;
  uint16_t port() const;

  // Takes no more connections, answers the requests that came, and returns
  // once the last was answered: within the time-outs of the slowest. Safe to
  // call twice.
  void Stop();

 private:
  struct Parts;
  explicit Server(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace sealedger::api
