#include "tests/api/raw_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>

namespace sealedger::testing {

namespace {

// Takes one line without its CRLF off `text`; false where it is not whole.
bool TakeLine(std::string* text, std::string* line) {
  const size_t end = text->find("\r\n");
  if (end == std::string::npos) return false;
  *line = text->substr(0, end);
  text->erase(0, end + 2);
  return true;
}

}  // namespace

std::string Answer::Header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return {};
}

std::string Answer::Problem() const {
  constexpr std::string_view kStart = "\"type\":\"urn:sealedger:problem:";
  if (Header("Content-Type") != "application/problem+json") return {};
  const size_t at = body.find(kStart);
  if (at == std::string::npos) return {};
  const size_t begin = at + kStart.size();
  return body.substr(begin, body.find('"', begin) - begin);
}

RawClient::RawClient(uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const timeval limit{60, 0};
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
  if (connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) !=
      0) {
    close(fd_);
    throw std::runtime_error("cannot connect");
  }
}

RawClient::RawClient(RawClient&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), in_(std::move(other.in_)) {}

RawClient::~RawClient() {
  if (fd_ >= 0) close(fd_);
}

bool RawClient::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

bool RawClient::Fill() {
  char buffer[65536];
  const ssize_t got = recv(fd_, buffer, sizeof(buffer), 0);
  if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
    throw std::runtime_error("the server does not answer");
  }
  if (got <= 0) return false;
  in_.append(buffer, static_cast<size_t>(got));
  return true;
}

std::optional<Answer> RawClient::Read(bool head_only) {
  while (in_.find("\r\n\r\n") == std::string::npos) {
    if (Fill()) continue;
    if (in_.empty()) return std::nullopt;
    throw std::runtime_error("half an answer: " + in_);
  }
  Answer answer;
  std::string line;
  TakeLine(&in_, &line);
  if (!line.starts_with("HTTP/1.1 ")) throw std::runtime_error(line);
  answer.status = std::stoi(line.substr(9, 3));
  std::optional<size_t> length;
  while (TakeLine(&in_, &line) && !line.empty()) {
    const size_t colon = line.find(": ");
    if (colon == std::string::npos) throw std::runtime_error(line);
    answer.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
    if (line.starts_with("Content-Length: "))
      length = std::stoul(line.substr(16));
    if (line == "Transfer-Encoding: chunked") answer.chunked = true;
  }
  if (head_only || answer.status == 204 || answer.status == 100) return answer;
  const auto need = [&](size_t size) {
    while (in_.size() < size) {
      if (!Fill()) throw std::runtime_error("half a body");
    }
  };
  if (answer.chunked) {
    for (;;) {
      while (!TakeLine(&in_, &line)) need(in_.size() + 1);
      const size_t size = std::stoul(line, nullptr, 16);
      need(size + 2);
      answer.body.append(in_, 0, size);
      in_.erase(0, size + 2);
      if (size == 0) return answer;
    }
  }
  if (length) {
    need(*length);
    answer.body = in_.substr(0, *length);
    in_.erase(0, *length);
    return answer;
  }
  while (Fill()) {
  }
  answer.body = std::exchange(in_, {});
  return answer;
}

bool RawClient::AtEnd() { return in_.empty() && !Fill(); }

bool RawClient::AwaitAny(int milliseconds) {
  pollfd slot{fd_, POLLIN, 0};
  return !in_.empty() || poll(&slot, 1, milliseconds) > 0;
}

std::string FormatCall(const Call& call) {
  std::string out = call.method + " " + call.target + " HTTP/1.1\r\n";
  out += "Host: 127.0.0.1\r\n";
  for (const auto& [name, value] : call.headers) {
    out += name + ": " + value + "\r\n";
  }
  if (call.body) {
    out += "Content-Length: " + std::to_string(call.body->size()) + "\r\n";
  }
  return out + "\r\n" + call.body.value_or("");
}

Answer Send(uint16_t port, const Call& call) {
  RawClient client(port);
  // The answer may come before all was sent.
  client.Send(FormatCall(call));
  std::optional<Answer> answer = client.Read(call.method == "HEAD");
  if (!answer) throw std::runtime_error("no answer");
  return std::move(*answer);
}

Answer SendRaw(uint16_t port, std::string_view bytes) {
  RawClient client(port);
  client.Send(bytes);
  std::optional<Answer> answer = client.Read();
  if (!answer) throw std::runtime_error("no answer");
  return std::move(*answer);
}

}  // namespace sealedger::testing
