#include "api/server.h"

#include <httplib.h>
#include <netdb.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <thread>
#include <utility>

#include "api/client.h"
#include "api/connection_pool.h"
#include "api/listener.h"
#include "ledger/check.h"
#include "ledger/encoding.h"

namespace sealedger::api {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Accepted connections that wait for a thread; more wait with the system.
constexpr size_t kMaxWaiting = 4096;

// Readable once the server stops; it wakes every idle connection.
class StopSignal {
 public:
  StopSignal() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    CHECK(fd_ >= 0);
  }
  ~StopSignal() { close(fd_); }
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  int fd() const { return fd_; }
  void Raise() const { CHECK(eventfd_write(fd_, 1) == 0); }

 private:
  const int fd_;
};

// Rounded up: a wait must not end just before its deadline and begin anew.
int MillisecondsUntil(SteadyTime until) {
  const auto left =
      std::chrono::ceil<milliseconds>(until - steady_clock::now()).count();
  return static_cast<int>(std::clamp<int64_t>(left, 0, 3600 * 1000));
}

// True when `events` came to `fd` until `deadline`.
bool Poll(int fd, short events, SteadyTime deadline) {
  for (;;) {
    pollfd slot{fd, events, 0};
    const int found = poll(&slot, 1, MillisecondsUntil(deadline));
    if (found > 0) return true;
    if (found == 0 || errno != EINTR) return false;
  }
}

ByteStream::Wait AwaitBytesOn(int fd, int stop_fd, SteadyTime until) {
  for (;;) {
    pollfd slots[2] = {{fd, POLLIN, 0}, {stop_fd, POLLIN, 0}};
    const int found = poll(slots, 2, MillisecondsUntil(until));
    // What has come is served, also while the server stops.
    if (found > 0 && slots[0].revents != 0) return ByteStream::Wait::kReady;
    if (found >= 0) return ByteStream::Wait::kTimeout;
    if (errno != EINTR) return ByteStream::Wait::kClosed;
  }
}

class PlainStream : public ByteStream {
 public:
  PlainStream(int fd, int stop_fd) : fd_(fd), stop_fd_(stop_fd) {}

  Wait AwaitBytes(SteadyTime until) override {
    return AwaitBytesOn(fd_, stop_fd_, until);
  }

  size_t Read(char* to, size_t size, SteadyTime deadline) override {
    for (;;) {
      const ssize_t got = recv(fd_, to, size, MSG_DONTWAIT);
      if (got >= 0) return static_cast<size_t>(got);
      if (errno == EINTR) continue;
      if (errno != EAGAIN && errno != EWOULDBLOCK) return 0;
      if (!Poll(fd_, POLLIN, deadline)) return 0;
    }
  }

  bool Write(std::string_view bytes, SteadyTime deadline) override {
    while (!bytes.empty()) {
      const ssize_t sent =
          send(fd_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
      if (sent >= 0) {
        bytes.remove_prefix(static_cast<size_t>(sent));
        continue;
      }
      if (errno == EINTR) continue;
      if (errno != EAGAIN && errno != EWOULDBLOCK) return false;
      if (!Poll(fd_, POLLOUT, deadline)) return false;
    }
    return true;
  }

  void FinishWriting() override { shutdown(fd_, SHUT_WR); }

 private:
  const int fd_;
  const int stop_fd_;
};

// The socket does not block, so that half a TLS record cannot hold the thread
// past a deadline. (httplib's handshake starts its time-out again with every
// byte.) OpenSSL's list of errors is emptied before each call: what other code
// of this thread left there would be taken for the connection's.
class TlsStream : public ByteStream {
 public:
  TlsStream(int fd, int stop_fd, httplib::tls::session_t session)
      : fd_(fd), stop_fd_(stop_fd), session_(session) {}

  bool Handshake(SteadyTime deadline) {
    for (;;) {
      ERR_clear_error();
      const httplib::tls::TlsError error = httplib::tls::accept(session_);
      if (error.code == httplib::tls::ErrorCode::Success) return true;
      if (!AwaitProgress(error, deadline)) return false;
    }
  }

  Wait AwaitBytes(SteadyTime until) override {
    if (httplib::tls::pending(session_) > 0) return Wait::kReady;
    return AwaitBytesOn(fd_, stop_fd_, until);
  }

  size_t Read(char* to, size_t size, SteadyTime deadline) override {
    for (;;) {
      ERR_clear_error();
      httplib::tls::TlsError error;
      const ssize_t got = httplib::tls::read(session_, to, size, error);
      if (got > 0) return static_cast<size_t>(got);
      if (!AwaitProgress(error, deadline)) return 0;
    }
  }

  bool Write(std::string_view bytes, SteadyTime deadline) override {
    while (!bytes.empty()) {
      ERR_clear_error();
      httplib::tls::TlsError error;
      const ssize_t sent =
          httplib::tls::write(session_, bytes.data(), bytes.size(), error);
      if (sent > 0) {
        bytes.remove_prefix(static_cast<size_t>(sent));
      } else if (!AwaitProgress(error, deadline)) {
        return false;
      }
    }
    return true;
  }

  void FinishWriting() override {
    httplib::tls::shutdown(session_, true);
    shutdown(fd_, SHUT_WR);
  }

 private:
  bool AwaitProgress(const httplib::tls::TlsError& error,
                     SteadyTime deadline) const {
    switch (error.code) {
      case httplib::tls::ErrorCode::WantRead:
        return Poll(fd_, POLLIN, deadline);
      case httplib::tls::ErrorCode::WantWrite:
        return Poll(fd_, POLLOUT, deadline);
      default:
        return false;
    }
  }

  const int fd_;
  const int stop_fd_;
  httplib::tls::session_t session_;
};

std::string PeerAddress(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  char host[NI_MAXHOST] = "";
  if (getpeername(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0 ||
      getnameinfo(reinterpret_cast<sockaddr*>(&address), size, host,
                  sizeof(host), nullptr, 0, NI_NUMERICHOST) != 0) {
    return {};
  }
  return NormalAddress(host);
}

// What a connection needs of its server; outlives it.
struct Shared {
  ConnectionOptions options;
  std::shared_ptr<ServerLoad> load;
  StopSignal stop;
  std::shared_ptr<Handler> handler;
  // Null without TLS. It is never run: it reads the files and holds the
  // context that sessions are made from, which nothing writes any more.
  std::unique_ptr<httplib::SSLServer> tls;
};

void ServePlain(int fd, const Shared& shared) {
  PlainStream stream(fd, shared.stop.fd());
  ServeConnection(stream, PeerAddress(fd), shared.options, *shared.load,
                  *shared.handler);
}

void ServeTls(int fd, const Shared& shared) {
  httplib::tls::session_t session =
      httplib::tls::create_session(shared.tls->tls_context(), fd);
  if (session == nullptr) return;
  httplib::detail::set_nonblocking(fd, true);
  TlsStream stream(fd, shared.stop.fd(), session);
  if (stream.Handshake(steady_clock::now() + shared.options.read_timeout)) {
    ServeConnection(stream, PeerAddress(fd), shared.options, *shared.load,
                    *shared.handler);
    httplib::tls::shutdown(session, true);
  }
  httplib::tls::free_session(session);
}

void ServeSocket(int fd, const Shared& shared) {
  if (shared.tls != nullptr) {
    ServeTls(fd, shared);
  } else {
    ServePlain(fd, shared);
  }
  shutdown(fd, SHUT_RDWR);
  close(fd);
}

// Half of the files that the process may open: the rest is for the stores,
// which stop for good when they cannot open one.
size_t ConnectionCapacity(size_t threads) {
  rlimit limit{};
  CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
  return std::min<size_t>(threads + kMaxWaiting, limit.rlim_cur / 2);
}

Error BadOption(std::string_view name, std::string_view detail) {
  return MakeError(Code::kInvalidArgument, name, detail);
}

bool IsLoopbackHost(const std::string& host) {
  return host == "localhost" || IsLoopback(NormalAddress(host));
}

}  // namespace

struct Server::Parts {
  Shared shared;
  std::string host;
  uint16_t port = 0;
  std::unique_ptr<Listener> listener;  // of the accepting thread, once it runs
  std::unique_ptr<ConnectionPool> pool;
  std::thread thread;  // accepts
};

std::optional<ListenAddress> ParseListenAddress(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const std::optional<uint64_t> port =
      ledger::ParseDecimal(text.substr(colon + 1), 65535);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return std::nullopt;
  }
  if (host.empty() || !port) return std::nullopt;
  return ListenAddress{std::string(host), static_cast<uint16_t>(*port)};
}

Result<std::unique_ptr<Server>> Server::Start(
    const ServerOptions& options, std::shared_ptr<Handler> handler) {
  const std::optional<ListenAddress> address =
      ParseListenAddress(options.listen);
  if (!address) {
    return BadOption("bad-listen-address",
                     "where to listen is written HOST:PORT");
  }
  const bool tls = options.tls_cert && options.tls_key;
  if (options.tls_cert.has_value() != options.tls_key.has_value()) {
    return BadOption("bad-tls-files", "TLS needs a certificate and its key");
  }
  if (!tls && !options.insecure && !IsLoopbackHost(address->host)) {
    return BadOption("tls-required",
                     "others can reach this address: TLS, or --insecure");
  }

  auto parts = std::make_unique<Parts>();
  Shared& shared = parts->shared;
  shared.options.keep_alive = options.keep_alive;
  shared.options.read_timeout = options.read_timeout;
  shared.handler = std::move(handler);
  shared.load = options.load ? options.load : std::make_shared<ServerLoad>();
  for (const std::string& proxy : options.trusted_proxies) {
    shared.options.trusted_proxies.push_back(NormalAddress(proxy));
    if (shared.options.trusted_proxies.back().empty()) {
      return BadOption("bad-proxy-address", "a proxy is named by its address");
    }
  }
  if (tls) {
    shared.tls = std::make_unique<httplib::SSLServer>(options.tls_cert->c_str(),
                                                      options.tls_key->c_str());
    if (!shared.tls->is_valid()) {
      return BadOption("bad-tls-files",
                       "the certificate or its key cannot be used");
    }
  }
  auto listener = Listener::Open(address->host, address->port);
  if (!listener) return std::move(listener).error();
  parts->host = address->host;
  parts->listener = *std::move(listener);
  parts->port = parts->listener->port();
  try {
    parts->pool = std::make_unique<ConnectionPool>(
        options.threads, ConnectionCapacity(options.threads), *shared.load,
        [&shared](int fd) { ServeSocket(fd, shared); });
    parts->thread = std::thread(
        [raw = parts.get(), options] { AcceptConnections(*raw, options); });
  } catch (const std::system_error&) {
    return MakeError(Code::kIo, "no-threads",
                     "the system gives no more threads");
  }
  return std::unique_ptr<Server>(new Server(std::move(parts)));
}

void Server::AcceptConnections(Parts& parts, const ServerOptions& options) {
  ConnectionPool& pool = *parts.pool;
  const Result<void> ended = parts.listener->Run(
      parts.shared.stop.fd(), {.await_room = [&] { pool.AwaitRoom(); },
                               .take = [&](int fd) { pool.Add(fd); },
                               .on_trouble =
                                   [&](const Error& error) {
                                     if (options.on_accept_trouble)
                                       options.on_accept_trouble(error);
                                   }});
  // Whoever comes now is refused and does not wait in vain.
  parts.listener.reset();
  if (!ended && options.on_listener_failure) {
    options.on_listener_failure(ended.error());
  }
}

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Server::~Server() { Stop(); }

const std::string& Server::host() const { return parts_->host; }

uint16_t Server::port() const { return parts_->port; }

void Server::Stop() {
  if (!parts_->thread.joinable()) return;
  parts_->shared.load->stopping = true;
  parts_->shared.stop.Raise();
  parts_->pool->Close();
  parts_->thread.join();
  parts_->pool->Finish();
}

}  // namespace sealedger::api
