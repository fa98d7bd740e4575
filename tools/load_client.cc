#include "tools/load_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>
#include <optional>

#include "ledger/encoding.h"

namespace sealedger::tools {

using ledger::Code;
using ledger::Error;
using ledger::MakeError;
using ledger::Result;
using std::chrono::steady_clock;

namespace {

constexpr size_t kBuffer = size_t{256} << 10;
constexpr std::chrono::seconds kPatience{30};

Error NoAnswer() {
  return MakeError(Code::kUnavailable, "no-answer",
                   "the service ended a connection or does not answer");
}

Error Unexpected() {
  return MakeError(Code::kMalformed, "unexpected-answer",
                   "the service answered with what is no answer of ours");
}

struct Answer {
  int status = 0;
  std::string_view body;
  bool chunked = false;
};

std::string_view HeaderOf(std::string_view head, std::string_view name) {
  const size_t at = head.find(name);
  if (at == std::string_view::npos) return {};
  const size_t begin = at + name.size();
  return head.substr(begin, head.find("\r\n", begin) - begin);
}

// nullopt: more must come. An error: it is none.
Result<std::optional<Answer>> ReadAnswer(std::string_view bytes) {
  const size_t head_end = bytes.find("\r\n\r\n");
  if (head_end == std::string_view::npos) return std::optional<Answer>();
  const std::string_view head = bytes.substr(0, head_end + 2);
  if (!head.starts_with("HTTP/1.1 ") || head.size() < 14) return Unexpected();
  const auto status = ledger::ParseDecimal(head.substr(9, 3));
  if (!status) return Unexpected();
  Answer answer;
  answer.status = static_cast<int>(*status);
  answer.body = bytes.substr(head_end + 4);
  if (HeaderOf(head, "\r\nTransfer-Encoding: ") == "chunked") {
    answer.chunked = true;
    if (!answer.body.ends_with("0\r\n\r\n")) return std::optional<Answer>();
    return std::optional<Answer>(answer);
  }
  const std::string_view length = HeaderOf(head, "\r\nContent-Length: ");
  if (length.empty()) {
    if (answer.status == 204) return std::optional<Answer>(answer);
    return Unexpected();
  }
  const auto size = ledger::ParseDecimal(length);
  if (!size || answer.body.size() > *size) return Unexpected();
  if (answer.body.size() < *size) return std::optional<Answer>();
  return std::optional<Answer>(answer);
}

// The chunks' bytes; empty where they are not well formed.
std::string Unchunk(std::string_view body) {
  std::string out;
  while (!body.empty()) {
    const size_t line = body.find("\r\n");
    if (line == std::string_view::npos) return {};
    size_t size = 0;
    for (const char digit : body.substr(0, line)) {
      const size_t value = std::string_view("0123456789abcdef").find(digit);
      if (value == std::string_view::npos) return {};
      size = size * 16 + value;
    }
    if (size == 0) return out;
    if (body.size() < line + 2 + size + 2) return {};
    out.append(body.substr(line + 2, size));
    body.remove_prefix(line + 2 + size + 2);
  }
  return {};
}

int ConnectTo(uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int on = 1;
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address),
              sizeof(address)) != 0 ||
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) != 0) {
    close(fd);
    return -1;
  }
  return fd;
}

}  // namespace

Result<std::unique_ptr<LoadClient>> LoadClient::Connect(uint16_t port,
                                                        size_t connections) {
  std::unique_ptr<LoadClient> client(new LoadClient());
  client->buffer_.resize(kBuffer);
  client->epoll_ = epoll_create1(EPOLL_CLOEXEC);
  client->connections_.resize(connections);
  for (size_t i = 0; i < connections; ++i) {
    const int fd = ConnectTo(port);
    client->connections_[i].fd = fd;
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = i;
    if (fd < 0 || epoll_ctl(client->epoll_, EPOLL_CTL_ADD, fd, &event) != 0) {
      return MakeError(Code::kUnavailable, "no-connection",
                       "the service takes no connection");
    }
  }
  return client;
}

LoadClient::~LoadClient() {
  for (const Connection& connection : connections_) {
    if (connection.fd >= 0) close(connection.fd);
  }
  if (epoll_ >= 0) close(epoll_);
}

Result<void> LoadClient::Send(size_t at, LoadSource& source) {
  Connection& connection = connections_[at];
  const std::string_view request = source.Next(at);
  connection.busy = true;
  connection.sent_at = steady_clock::now();
  const ssize_t sent = send(connection.fd, request.data(), request.size(),
                            MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent == static_cast<ssize_t>(request.size())) return {};
  if (sent < 0 && errno != EAGAIN) return NoAnswer();
  connection.unsent = request.substr(sent < 0 ? 0 : static_cast<size_t>(sent));
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT;
  event.data.u64 = at;
  epoll_ctl(epoll_, EPOLL_CTL_MOD, connection.fd, &event);
  return {};
}

Result<void> LoadClient::Flush(size_t at) {
  Connection& connection = connections_[at];
  const ssize_t sent =
      send(connection.fd, connection.unsent.data(), connection.unsent.size(),
           MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent < 0) return errno == EAGAIN ? Result<void>() : NoAnswer();
  connection.unsent.erase(0, static_cast<size_t>(sent));
  if (!connection.unsent.empty()) return {};
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = at;
  epoll_ctl(epoll_, EPOLL_CTL_MOD, connection.fd, &event);
  return {};
}

Result<bool> LoadClient::Receive(size_t at, LoadSource& source) {
  Connection& connection = connections_[at];
  const ssize_t got =
      recv(connection.fd, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
  if (got < 0) return errno == EAGAIN ? Result<bool>(false) : NoAnswer();
  if (got == 0 || !connection.busy) return NoAnswer();
  std::string_view bytes(buffer_.data(), static_cast<size_t>(got));
  if (!connection.answer.empty()) {
    connection.answer.append(bytes);
    bytes = connection.answer;
  }
  const auto answer = ReadAnswer(bytes);
  if (!answer) return answer.error();
  if (!answer->has_value()) {
    if (connection.answer.empty()) connection.answer = bytes;
    return false;
  }
  const auto latency = steady_clock::now() - connection.sent_at;
  connection.busy = false;
  const Answer& whole = **answer;
  if (whole.chunked) {
    const std::string body = Unchunk(whole.body);
    source.Answered(at, whole.status, body, latency);
  } else {
    source.Answered(at, whole.status, whole.body, latency);
  }
  connection.answer.clear();
  return true;
}

Result<LoadFigures> LoadClient::Run(const LoadOptions& options,
                                    LoadSource& source) {
  const Time begin = steady_clock::now();
  const Time end = begin + options.duration;
  Time last_answer = begin;
  uint64_t sent = 0;
  LoadFigures figures;
  // Each in its turn: one that is passed over for long is closed as idle.
  std::deque<size_t> idle;
  for (size_t i = 0; i < connections_.size(); ++i) idle.push_back(i);
  const auto due = [&](Time now) {
    if (options.rate <= 0) return true;
    const std::chrono::duration<double> passed = now - begin;
    return static_cast<double>(sent) <= passed.count() * options.rate;
  };
  std::vector<epoll_event> events(connections_.size());
  for (;;) {
    Time now = steady_clock::now();
    const bool ended = stopped_ || now >= end;
    while (!ended && !idle.empty() && due(now)) {
      const size_t at = idle.front();
      idle.pop_front();
      if (Result<void> done = Send(at, source); !done) return done.error();
      ++sent;
    }
    if (ended && idle.size() == connections_.size()) break;
    if (now - last_answer > kPatience && idle.size() < connections_.size()) {
      return NoAnswer();
    }
    // Paced, it wakes for the next that is due; the granularity of a
    // millisecond only bunches what is sent.
    const int wait_ms = options.rate > 0 && !idle.empty() && !ended ? 1 : 100;
    const int found = epoll_wait(epoll_, events.data(),
                                 static_cast<int>(events.size()), wait_ms);
    if (found < 0 && errno != EINTR) return NoAnswer();
    for (int i = 0; i < found; ++i) {
      const size_t at = events[static_cast<size_t>(i)].data.u64;
      if (!connections_[at].unsent.empty()) {
        if (Result<void> done = Flush(at); !done) return done.error();
      }
      const Result<bool> whole = Receive(at, source);
      if (!whole) return whole.error();
      if (!*whole) continue;
      ++figures.answers;
      last_answer = steady_clock::now();
      const bool more = options.rate <= 0 && !stopped_ && last_answer < end;
      if (!more) {
        idle.push_back(at);
        continue;
      }
      if (Result<void> done = Send(at, source); !done) return done.error();
      ++sent;
    }
  }
  figures.seconds = std::chrono::duration<double>(last_answer - begin).count();
  return figures;
}

}  // namespace sealedger::tools
