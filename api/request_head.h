// The head of a request: its line and headers, read strictly before anything
// else looks at it.
//
//   POST /v1/evidence HTTP/1.1\r\n
//   Host: ledger.example.com\r\n
//   Content-Length: 94\r\n
//   \r\n
//
// httplib's own reading is not used: it decodes percent signs inside header
// values (two spellings of one Idempotency-Key, and a signed header that no
// longer verifies), skips lines that it does not understand, and goes on
// reading requests from a connection whose last one it could not parse.
//
// What is refused, in this order (names of errors, statuses in problem.h):
//   bad-request          400  not a request line and header lines with CRLF
//   chunked-body         411  any Transfer-Encoding
//   too-many-headers     431  more than 64
//   control-character    400  in a header value or in the target, percent-
//                             encoded ones too
//   bad-content-length   400  not decimal, or two that differ
//   bad-percent-encoding 400  in the target
//   length-required      411  POST, PUT or PATCH without Content-Length
//
// Thread rule: pure functions and values.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "api/http.h"

namespace sealedger::api {

inline constexpr size_t kMaxTarget = 8192;
inline constexpr size_t kMaxHead = size_t{32} << 10;
inline constexpr size_t kMaxHeaders = 64;

struct RequestHead {
  // All but the body, the client's address and the request id.
  Request request;
  std::optional<uint64_t> content_length;
  // The client reads chunks and keeps the connection unless it says otherwise.
  bool http_1_1 = true;
  bool keep_alive = true;
  bool expects_continue = false;
};

// Where the head at the start of `bytes` ends, its empty line included; npos
// while it is not whole. A line may end in a bare LF here, so that whoever
// sends such is refused by ParseRequestHead instead of waited for.
size_t FindHeadEnd(std::string_view bytes, size_t from = 0);

// `head` as FindHeadEnd cut it, at most kMaxHead bytes (CHECK).
Result<RequestHead> ParseRequestHead(std::string_view head);

// Why a head that is longer than kMaxHead is refused: 414 target-too-long, 431
// too-many-headers or headers-too-large. `bytes` are its first kMaxHead.
Error OversizedHead(std::string_view bytes);

}  // namespace sealedger::api
