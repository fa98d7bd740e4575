// Server: listens, accepts, and serves each connection on a thread of its own
// (connection.h), with TLS or without.
//
// httplib does the TLS alone. It neither reads nor writes HTTP here (why:
// request_head.h, connection.h), nor does it accept: its loop ends for good at
// the first accept that fails for want of memory, say (listener.h).
//
// Connections take at most half of the files that the process may have open,
// so that the stores can always open theirs; those beyond wait with the system.
//
// Thread rule: Start, Stop and the destructor from one thread; accessors from
// any.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
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
  // Figures of the server, for others to read; null: of its own.
  std::shared_ptr<ServerLoad> load;
  // On the accepting thread; both may be null. The first: accepting fails for
  // the moment. The second: nothing is accepted any more (kIo
  // "listener-failed"); what was accepted is still served.
  std::function<void(const Error&)> on_accept_trouble;
  std::function<void(const Error&)> on_listener_failure;
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
  // "bad-proxy-address", "bad-tls-files", "tls-required"; kIo "cannot-listen",
  // "no-threads".
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
  static void AcceptConnections(Parts& parts, const ServerOptions& options);

  std::unique_ptr<Parts> parts_;
};

}  // namespace sealedger::api
