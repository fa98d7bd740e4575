#include "tests/fuzz/support/wire_answers.h"

#include <cstdlib>
#include <utility>

#include "ledger/check.h"
#include "ledger/encoding.h"

namespace sealedger::fuzzing {

namespace {

constexpr std::string_view kLineEnd = "\r\n";

std::string_view TakeLine(std::string_view* bytes) {
  const size_t end = bytes->find(kLineEnd);
  CHECK(end != std::string_view::npos);
  const std::string_view line = bytes->substr(0, end);
  bytes->remove_prefix(end + kLineEnd.size());
  CHECK(line.find_first_of("\r\n") == std::string_view::npos);
  return line;
}

std::string_view TakeBytes(std::string_view* bytes, size_t size) {
  CHECK(size <= bytes->size());
  const std::string_view taken = bytes->substr(0, size);
  bytes->remove_prefix(size);
  return taken;
}

std::string TakeChunks(std::string_view* bytes) {
  std::string body;
  for (;;) {
    const std::string line(TakeLine(bytes));
    CHECK(!line.empty() && line.size() <= 8 &&
          line.find_first_not_of("0123456789abcdef") == std::string::npos);
    const size_t size = std::strtoul(line.c_str(), nullptr, 16);
    body += TakeBytes(bytes, size);
    CHECK(TakeLine(bytes).empty());
    if (size == 0) return body;
  }
}

WireAnswer TakeHead(std::string_view* bytes) {
  WireAnswer answer;
  const std::string_view line = TakeLine(bytes);
  CHECK(line.starts_with("HTTP/1.1 ") && line.size() > 13 && line[12] == ' ');
  const auto status = ledger::ParseDecimal(line.substr(9, 3));
  CHECK(status && *status >= 100);
  answer.status = static_cast<int>(*status);
  for (std::string_view header = TakeLine(bytes); !header.empty();
       header = TakeLine(bytes)) {
    const size_t colon = header.find(": ");
    CHECK(colon != std::string_view::npos && colon > 0);
    answer.headers.emplace_back(header.substr(0, colon),
                                header.substr(colon + 2));
  }
  return answer;
}

void TakeBody(std::string_view* bytes, WireAnswer* answer) {
  const std::string* length =
      api::FindHeader(answer->headers, "Content-Length");
  if (api::FindHeader(answer->headers, "Transfer-Encoding") != nullptr) {
    CHECK(length == nullptr);
    answer->body = TakeChunks(bytes);
  } else if (length != nullptr) {
    const auto size = ledger::ParseDecimal(*length);
    CHECK(size.has_value());
    answer->body = TakeBytes(bytes, *size);
  } else if (answer->status != 204) {
    // The end of the connection ends it.
    answer->body = std::exchange(*bytes, {});
  }
}

}  // namespace

std::vector<WireAnswer> ReadAnswers(std::string_view bytes,
                                    const std::vector<std::string>& methods) {
  std::vector<WireAnswer> answers;
  for (const std::string& method : methods) {
    WireAnswer answer = TakeHead(&bytes);
    while (answer.status == 100) answer = TakeHead(&bytes);
    CHECK(api::FindHeader(answer.headers, "Date") != nullptr);
    CHECK(api::FindHeader(answer.headers, "Request-Id") != nullptr);
    if (method != "HEAD") TakeBody(&bytes, &answer);
    answers.push_back(std::move(answer));
  }
  // The client was told to go on, and did not.
  if (!bytes.empty()) CHECK(TakeHead(&bytes).status == 100);
  CHECK(bytes.empty());
  return answers;
}

}  // namespace sealedger::fuzzing
