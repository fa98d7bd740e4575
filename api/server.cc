#include "api/server.h"

#include <httplib.h>
#include <netdb.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <thread>
#include <utility>

#include "api/client.h"
#include "ledger/check.h"
#include "ledger/encoding.h"

namespace sealedger::api {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Accepted connections that wait for a thread; more are closed at once.
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

// httplib's pool, and how many of its jobs no thread has taken up yet.
class CountingPool : public httplib::TaskQueue {
 public:
  CountingPool(size_t threads, std::atomic<size_t>* waiting)
      : waiting_(waiting), pool_(threads, threads, kMaxWaiting) {}

  bool enqueue(std::function<void()> job) override {
    waiting_->fetch_add(1);
    const bool taken = pool_.enqueue([this, job = std::move(job)] {
      waiting_->fetch_sub(1);
      job();
    });
    if (!taken) waiting_->fetch_sub(1);
    return taken;
  }
  void shutdown() override { pool_.shutdown(); }

 private:
  std::atomic<size_t>* const waiting_;
  httplib::ThreadPool pool_;
};

// What a connection needs of its server; outlives it.
struct Shared {
  ConnectionOptions options;
  ServerLoad load;
  StopSignal stop;
  std::shared_ptr<Handler> handler;
};

class PlainListener : public httplib::Server {
 public:
  explicit PlainListener(Shared& shared) : shared_(shared) {}

 private:
  bool process_and_close_socket(socket_t fd) override {
    PlainStream stream(fd, shared_.stop.fd());
    ServeConnection(stream, PeerAddress(fd), shared_.options, shared_.load,
                    *shared_.handler);
    shutdown(fd, SHUT_RDWR);
    close(fd);
    return true;
  }

  Shared& shared_;
};

class TlsListener : public httplib::SSLServer {
 public:
  TlsListener(const char* cert, const char* key, Shared& shared)
      : httplib::SSLServer(cert, key), shared_(shared) {}

 private:
  bool process_and_close_socket(socket_t fd) override {
    // Sessions are made from a context that is not written any more.
    httplib::tls::session_t session =
        httplib::tls::create_session(tls_context(), fd);
    if (session != nullptr) {
      Serve(fd, session);
      httplib::tls::free_session(session);
    }
    shutdown(fd, SHUT_RDWR);
    close(fd);
    return true;
  }

  void Serve(int fd, httplib::tls::session_t session) {
    httplib::detail::set_nonblocking(fd, true);
    TlsStream stream(fd, shared_.stop.fd(), session);
    if (!stream.Handshake(steady_clock::now() + shared_.options.read_timeout)) {
      return;
    }
    ServeConnection(stream, PeerAddress(fd), shared_.options, shared_.load,
                    *shared_.handler);
    httplib::tls::shutdown(session, true);
  }

  Shared& shared_;
};

Error BadOption(std::string_view name, std::string_view detail) {
  return MakeError(Code::kInvalidArgument, name, detail);
}

bool IsLoopbackHost(const std::string& host) {
  return host == "localhost" || IsLoopback(NormalAddress(host));
}

}  // namespace

struct Server::Parts {
  Shared shared;
  std::unique_ptr<httplib::Server> listener;
  std::string host;
  uint16_t port = 0;
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
  for (const std::string& proxy : options.trusted_proxies) {
    shared.options.trusted_proxies.push_back(NormalAddress(proxy));
    if (shared.options.trusted_proxies.back().empty()) {
      return BadOption("bad-proxy-address", "a proxy is named by its address");
    }
  }
  if (tls) {
    parts->listener = std::make_unique<TlsListener>(
        options.tls_cert->c_str(), options.tls_key->c_str(), shared);
  } else {
    parts->listener = std::make_unique<PlainListener>(shared);
  }
  httplib::Server& listener = *parts->listener;
  if (!listener.is_valid()) {
    return BadOption("bad-tls-files",
                     "the certificate or its key cannot be used");
  }
  // SO_REUSEPORT, which httplib sets, would let a second server share the port
  // unseen.
  listener.set_socket_options(
      [](int fd) { httplib::set_socket_opt(fd, SOL_SOCKET, SO_REUSEADDR, 1); });
  // An answer's last packet would else wait 40 ms for the client's next.
  listener.set_tcp_nodelay(true);
  listener.new_task_queue = [threads = options.threads,
                             waiting = &shared.load.waiting] {
    return new CountingPool(threads, waiting);
  };
  const int port =
      address->port == 0
          ? listener.bind_to_any_port(address->host)
          : (listener.bind_to_port(address->host, address->port) ? address->port
                                                                 : -1);
  if (port <= 0) {
    return MakeError(Code::kIo, "cannot-listen",
                     "the address is taken or is not of this machine");
  }
  parts->host = address->host;
  parts->port = static_cast<uint16_t>(port);
  parts->thread = std::thread([&listener] { listener.listen_after_bind(); });
  // Stop() before httplib runs would go unheard.
  listener.wait_until_ready();
  return std::unique_ptr<Server>(new Server(std::move(parts)));
}

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Server::~Server() { Stop(); }

const std::string& Server::host() const { return parts_->host; }

uint16_t Server::port() const { return parts_->port; }

void Server::Stop() {
  if (!parts_->thread.joinable()) return;
  parts_->shared.load.stopping = true;
  parts_->shared.stop.Raise();
  parts_->listener->stop();
  // The accepting thread ends once its pool has served what was accepted.
  parts_->thread.join();
}

}  // namespace sealedger::api
