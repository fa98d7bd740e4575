// Requests and answers as the rest of api/ sees them: no library's types.
//
// Thread rule: values; pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ledger/result.h"

namespace sealedger::api {

using ledger::Code;
using ledger::Error;
using ledger::MakeError;
using ledger::Result;

// In the order in which they were sent; a name may stand there twice.
using Headers = std::vector<std::pair<std::string, std::string>>;
using Query = std::vector<std::pair<std::string, std::string>>;

inline constexpr size_t kMaxBody = size_t{1} << 20;
inline constexpr size_t kMaxLargeBody = size_t{16} << 20;  // batch, verify

struct Request {
  std::string method;
  std::string target;  // path and query, as sent
  std::string path;    // as sent, without the query
  Query query;         // decoded
  Headers headers;     // values as sent, without the white space around them
  std::string body;
  std::string client_address;  // numeric
  std::string request_id;
};

// Takes one piece of a body; false when the client is gone.
using Sink = std::function<bool(std::string_view piece)>;

struct Response {
  int status = 200;
  std::string content_type;
  Headers headers;
  std::string body;
  // Where it is set, it writes the body and `body` is not looked at. False:
  // the rest could not be made or sent, and the connection is cut.
  std::function<bool(const Sink& sink)> stream;
  // For the log and the figures, not sent: the pattern of the route that
  // answered, empty where none did, the problem that was answered, and why a
  // 500 is one.
  std::string_view route;
  std::string_view problem;  // its NAME, of the table in problem.cc
  std::optional<Error> failure;
};

// ASCII letters of either case are equal.
bool EqualNames(std::string_view a, std::string_view b);

// The first header of that name, or null.
const std::string* FindHeader(const Headers& headers, std::string_view name);
size_t CountHeaders(const Headers& headers, std::string_view name);

// True when every '%' is followed by two hex digits.
bool IsPercentEncoded(std::string_view text);
// True when an encoded byte of `text` is a control character.
bool HasEncodedControl(std::string_view text);
// `text` is percent-encoded (CHECK); '+' stays as it is.
std::string DecodePercent(std::string_view text);
// a=1&b=2: in a query '+' is a space. The empty text has no parameter.
Query ParseQuery(std::string_view text);

// Idempotency-Key: 1..255 visible ASCII characters; double quotes around it are
// no part of it. nullopt without the header; 400 bad-idempotency-key for an
// empty, doubled or malformed one.
Result<std::optional<std::string>> ReadIdempotencyKey(const Headers& headers);

}  // namespace sealedger::api
