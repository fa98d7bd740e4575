#include "api/request_head.h"

#include <algorithm>

#include "ledger/check.h"
#include "ledger/encoding.h"

namespace sealedger::api {

namespace {

Error BadRequest(std::string_view detail) {
  return MakeError(Code::kMalformed, "bad-request", detail);
}

Error TargetTooLong() {
  return MakeError(Code::kInvalidArgument, "target-too-long",
                   "the target is longer than 8,192 bytes");
}

Error TooManyHeaders() {
  return MakeError(Code::kInvalidArgument, "too-many-headers",
                   "a request has at most 64 headers");
}

// RFC 9110 §5.6.2.
bool IsTokenCharacter(char c) {
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return true;
  if (c >= '0' && c <= '9') return true;
  return std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool IsToken(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), IsTokenCharacter);
}

bool IsControl(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

// Tab is white space inside a value (RFC 9110 §5.5).
bool HasControl(std::string_view value) {
  return std::any_of(value.begin(), value.end(),
                     [](char c) { return IsControl(c) && c != '\t'; });
}

std::string_view TrimBlanks(std::string_view text) {
  constexpr std::string_view kBlanks = " \t";
  const size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

// Takes one line off `rest`; false unless it ends in CRLF and holds no other
// CR.
bool TakeLine(std::string_view* rest, std::string_view* line) {
  const size_t end = rest->find('\n');
  if (end == std::string_view::npos || end == 0) return false;
  if ((*rest)[end - 1] != '\r') return false;
  *line = rest->substr(0, end - 1);
  rest->remove_prefix(end + 1);
  return line->find('\r') == std::string_view::npos;
}

// METHOD SP target SP HTTP/1.x. The target begins with '/': a proxy's absolute
// form would be a second spelling of every path.
Result<void> ParseRequestLine(std::string_view line, RequestHead* head) {
  const size_t first = line.find(' ');
  const size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) {
    return BadRequest("the first line is not METHOD TARGET VERSION");
  }
  const std::string_view method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  if (!IsToken(method)) return BadRequest("the method is not a word");
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    return BadRequest("the version is neither HTTP/1.1 nor HTTP/1.0");
  }
  if (target.size() > kMaxTarget) return TargetTooLong();
  if (target.empty() || target.front() != '/' ||
      target.find_first_of(" #") != std::string_view::npos) {
    return BadRequest("the target is not a path with an optional query");
  }
  head->http_1_1 = version == "HTTP/1.1";
  head->request.method = method;
  head->request.target = target;
  return {};
}

Result<void> ParseHeaderLine(std::string_view line, Headers* headers) {
  const size_t colon = line.find(':');
  // A blank before the colon, and a line that goes on from the one above, are
  // read differently by different servers: refused (RFC 9112 §5.1, §5.2).
  if (colon == std::string_view::npos || !IsToken(line.substr(0, colon))) {
    return BadRequest("a header line is not NAME: VALUE");
  }
  headers->emplace_back(line.substr(0, colon),
                        TrimBlanks(line.substr(colon + 1)));
  return {};
}

Result<void> CheckControls(const Request& request) {
  const auto refuse = [](std::string_view detail) {
    return MakeError(Code::kMalformed, "control-character", detail);
  };
  for (const auto& [name, value] : request.headers) {
    if (HasControl(value) || HasEncodedControl(value)) {
      return refuse("a header value holds a control character");
    }
  }
  if (std::any_of(request.target.begin(), request.target.end(), IsControl) ||
      HasEncodedControl(request.target)) {
    return refuse("the target holds a control character");
  }
  return {};
}

Result<void> ReadContentLength(RequestHead* head) {
  for (const auto& [name, value] : head->request.headers) {
    if (!EqualNames(name, "Content-Length")) continue;
    // Nothing is said about a leading zero; one spelling is enough.
    const std::optional<uint64_t> length = ledger::ParseDecimal(value);
    if (!length || (head->content_length && head->content_length != length)) {
      return MakeError(Code::kMalformed, "bad-content-length",
                       "Content-Length is not one decimal number");
    }
    head->content_length = length;
  }
  const std::string& method = head->request.method;
  if (!head->content_length &&
      (method == "POST" || method == "PUT" || method == "PATCH")) {
    return MakeError(Code::kInvalidArgument, "length-required",
                     "a request with a body states its Content-Length");
  }
  return {};
}

void ReadConnection(RequestHead* head) {
  head->keep_alive = head->http_1_1;
  for (const auto& [name, value] : head->request.headers) {
    if (!EqualNames(name, "Connection")) continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const size_t end = std::min(rest.find(','), rest.size());
      const std::string_view option = TrimBlanks(rest.substr(0, end));
      if (EqualNames(option, "close")) {
        head->keep_alive = false;
        return;
      }
      if (EqualNames(option, "keep-alive")) head->keep_alive = true;
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
}

}  // namespace

size_t FindHeadEnd(std::string_view bytes, size_t from) {
  for (size_t at = bytes.find('\n', from); at != std::string_view::npos;
       at = bytes.find('\n', at + 1)) {
    const std::string_view next = bytes.substr(at + 1, 2);
    if (next.starts_with('\n')) return at + 2;
    if (next == "\r\n") return at + 3;
  }
  return std::string_view::npos;
}

Result<RequestHead> ParseRequestHead(std::string_view text) {
  CHECK(text.size() <= kMaxHead);
  RequestHead head;
  Request& request = head.request;
  std::string_view line;
  if (!TakeLine(&text, &line)) return BadRequest("lines end in CRLF");
  if (Result<void> ok = ParseRequestLine(line, &head); !ok) {
    return std::move(ok).error();
  }
  request.headers.reserve(12);
  for (;;) {
    if (!TakeLine(&text, &line)) return BadRequest("lines end in CRLF");
    if (line.empty()) break;
    if (Result<void> ok = ParseHeaderLine(line, &request.headers); !ok) {
      return std::move(ok).error();
    }
  }
  if (FindHeader(request.headers, "Transfer-Encoding") != nullptr) {
    return MakeError(Code::kInvalidArgument, "chunked-body",
                     "a body comes whole, with Content-Length");
  }
  if (request.headers.size() > kMaxHeaders) return TooManyHeaders();
  if (Result<void> ok = CheckControls(request); !ok) {
    return std::move(ok).error();
  }
  if (Result<void> ok = ReadContentLength(&head); !ok) {
    return std::move(ok).error();
  }
  if (!IsPercentEncoded(request.target)) {
    return MakeError(Code::kMalformed, "bad-percent-encoding",
                     "a '%' in the target is not followed by two hex digits");
  }
  const size_t mark = request.target.find('?');
  request.path = request.target.substr(0, mark);
  if (mark != std::string::npos) {
    request.query =
        ParseQuery(std::string_view(request.target).substr(mark + 1));
  }
  ReadConnection(&head);
  const std::string* expect = FindHeader(request.headers, "Expect");
  head.expects_continue =
      head.http_1_1 && expect != nullptr && EqualNames(*expect, "100-continue");
  return head;
}

Error OversizedHead(std::string_view bytes) {
  const auto lines = std::count(bytes.begin(), bytes.end(), '\n');
  if (lines == 0) return TargetTooLong();
  if (lines > static_cast<std::ptrdiff_t>(kMaxHeaders)) return TooManyHeaders();
  return MakeError(Code::kInvalidArgument, "headers-too-large",
                   "the headers of a request take at most 32 KiB");
}

}  // namespace sealedger::api
