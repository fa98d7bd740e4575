// HttpClient: requests to one service, with bounded answers and time-outs. The
// only file pair of tools/ that knows httplib.
//
// Redirects are not followed: the token goes to the address that was given and
// to no other. With https:// the server's certificate and name are checked
// against the system's certificates (SSL_CERT_FILE names others).
//
// Thread rule: one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "ledger/result.h"

namespace sealedger::tools {

inline constexpr size_t kMaxAnswer = size_t{32} << 20;

struct HttpAnswer {
  int status = 0;
  std::string content_type;
  std::string body;
  std::optional<uint64_t> retry_after_s;
  bool replayed = false;                   // Idempotency-Replayed: true
  std::optional<std::string> next_cursor;  // Sealedger-Next-Cursor, of CSV

  bool ok() const { return status >= 200 && status < 300; }
};

// The problem that an answer that is not ok() tells: its name, detail and
// field. Where it is none of ours, the name is "unexpected-answer".
ledger::Error ProblemOf(const HttpAnswer& answer);

class HttpClient {
 public:
  struct Request {
    std::string method;  // GET, POST, DELETE
    std::string path;    // "/v1/evidence", percent-encoded
    std::string body;    // JSON; of POST alone
    std::optional<std::string> idempotency_key;
    size_t max_answer = kMaxAnswer;
    std::string accept = "*/*";
  };

  // "http://HOST[:PORT]" or "https://…", perhaps with a path before all others;
  // `token` goes with every request. kInvalidArgument "bad-url", "bad-token".
  static ledger::Result<HttpClient> Open(
      const std::string& url, const std::optional<std::string>& token);
  HttpClient(HttpClient&&) noexcept;
  ~HttpClient();

  // Any answer that came whole, whatever its status. kUnavailable
  // "no-connection": nothing was sent; "no-answer": whether the request was
  // carried out is not known. kMalformed "answer-too-large".
  ledger::Result<HttpAnswer> Send(const Request& request);
  // GET; an answer that is not ok() is its problem.
  ledger::Result<std::string> Get(const std::string& path,
                                  size_t max_answer = kMaxAnswer);

 private:
  struct Connection;
  explicit HttpClient(std::unique_ptr<Connection> connection);

  std::unique_ptr<Connection> connection_;
};

}  // namespace sealedger::tools
