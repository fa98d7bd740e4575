#include "api/listener.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <optional>

namespace sealedger::api {

namespace {

using std::chrono::steady_clock;

// Connections that the system holds for us; with few, clients that come all at
// once wait for their SYN to be sent again.
constexpr int kBacklog = 1024;
// Nothing tells when a file or memory is free again.
constexpr int kPauseMs = 20;
constexpr std::chrono::seconds kTroubleEvery{10};

void SetOption(int fd, int level, int name, int value) {
  // Each is an improvement and not a condition.
  static_cast<void>(setsockopt(fd, level, name, &value, sizeof(value)));
}

// -1 where the address is not to be had.
int ListenOn(const addrinfo& address) {
  const int fd = socket(address.ai_family,
                        address.ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK,
                        address.ai_protocol);
  if (fd < 0) return -1;
  // Not SO_REUSEPORT: a second server would share the port unseen.
  SetOption(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  if (address.ai_family == AF_INET6) {
    SetOption(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
  }
  if (bind(fd, address.ai_addr, address.ai_addrlen) == 0 &&
      listen(fd, kBacklog) == 0) {
    return fd;
  }
  close(fd);
  return -1;
}

uint16_t PortOf(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return 0;
  }
  return ntohs(address.ss_family == AF_INET6
                   ? reinterpret_cast<sockaddr_in6*>(&address)->sin6_port
                   : reinterpret_cast<sockaddr_in*>(&address)->sin_port);
}

enum class Fault { kNone, kShortage, kSocket };

// accept(2): what a new connection suffered on its way is reported here, too,
// and says nothing about the next.
Fault FaultOf(int error) {
  switch (error) {
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case ENOBUFS:
      return Fault::kShortage;
    case EBADF:
    case EFAULT:
    case EINVAL:
    case ENOTSOCK:
    case EOPNOTSUPP:
      return Fault::kSocket;
    default:
      return Fault::kNone;
  }
}

// True once `stop_fd` is readable; false when `fd` is, or after the time-out.
bool AwaitStop(int stop_fd, int fd, int timeout_ms) {
  pollfd slots[2] = {{stop_fd, POLLIN, 0}, {fd, POLLIN, 0}};
  return poll(slots, fd < 0 ? 1 : 2, timeout_ms) > 0 && slots[0].revents != 0;
}

}  // namespace

Result<std::unique_ptr<Listener>> Listener::Open(const std::string& host,
                                                 uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  int fd = -1;
  if (getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) ==
      0) {
    for (const addrinfo* address = found; fd < 0 && address != nullptr;
         address = address->ai_next) {
      fd = ListenOn(*address);
    }
    freeaddrinfo(found);
  }
  if (fd < 0) {
    return MakeError(Code::kIo, "cannot-listen",
                     "the address is taken or is not of this machine");
  }
  return std::unique_ptr<Listener>(new Listener(fd, PortOf(fd)));
}

Listener::~Listener() { close(fd_); }

Result<void> Listener::Run(int stop_fd, const Callbacks& callbacks) {
  std::optional<steady_clock::time_point> told;
  bool stopping = false;
  for (int last = 0; last < kBacklog; last += stopping ? 1 : 0) {
    callbacks.await_room();
    // Once stopping, what the system has connected is taken without waiting.
    if (!stopping) stopping = AwaitStop(stop_fd, fd_, -1);
    const int fd = accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd >= 0) {
      // An answer's last packet would else wait 40 ms for the client's next.
      SetOption(fd, IPPROTO_TCP, TCP_NODELAY, 1);
      callbacks.take(fd);
      continue;
    }
    const int error = errno;
    if (error == EAGAIN || error == EWOULDBLOCK) {
      if (stopping) return {};
      continue;
    }
    const Fault fault = FaultOf(error);
    if (fault == Fault::kSocket) {
      return MakeError(Code::kIo, "listener-failed",
                       std::string("accept: ") + strerrordesc_np(error));
    }
    if (fault == Fault::kNone) continue;
    if (stopping) return {};
    if (const auto now = steady_clock::now();
        !told || now - *told >= kTroubleEvery) {
      told = now;
      callbacks.on_trouble(
          MakeError(Code::kUnavailable, "accept-failed",
                    std::string("accept: ") + strerrordesc_np(error)));
    }
    stopping = AwaitStop(stop_fd, -1, kPauseMs);
  }
  return {};
}

}  // namespace sealedger::api
