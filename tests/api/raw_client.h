// A client that sends what it is told, well-formed or not, and reads answers
// strictly. Not the server's library, so that both cannot be wrong alike.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sealedger::testing {

struct Answer {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  bool chunked = false;

  // Empty where there is none. Names are compared as the server writes them.
  std::string Header(std::string_view name) const;
  // The NAME of urn:sealedger:problem:NAME; empty where it is no problem.
  std::string Problem() const;
};

// Throws std::runtime_error where a test cannot go on. No call waits longer
// than a minute.
class RawClient {
 public:
  explicit RawClient(uint16_t port);
  ~RawClient();
  RawClient(RawClient&& other) noexcept;
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  // False when the server no longer takes bytes.
  bool Send(std::string_view bytes);
  // The next answer; nullopt where the server closed the connection instead.
  // `head_only`: of a HEAD request.
  std::optional<Answer> Read(bool head_only = false);
  // True when the server has closed and nothing is left to read.
  bool AtEnd();
  // True when the server answers or closes within that time.
  bool AwaitAny(int milliseconds);

 private:
  bool Fill();

  int fd_;
  std::string in_;
};

// METHOD TARGET with these headers, on a connection of its own.
struct Call {
  std::string method = "GET";
  std::string target = "/";
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::optional<std::string> body = {};
};
std::string FormatCall(const Call& call);
Answer Send(uint16_t port, const Call& call);
Answer SendRaw(uint16_t port, std::string_view bytes);

}  // namespace sealedger::testing
