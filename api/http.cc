#include "api/http.h"

#include <algorithm>

#include "ledger/check.h"

namespace sealedger::api {

namespace {

char Lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// 0..15, or -1.
int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The byte that the escape at `at` stands for, or -1 where there is none.
int EscapedByte(std::string_view text, size_t at) {
  if (text[at] != '%' || at + 2 >= text.size()) return -1;
  const int high = HexDigit(text[at + 1]);
  const int low = HexDigit(text[at + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

std::string Decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      const int byte = EscapedByte(text, i);
      CHECK(byte >= 0);
      out.push_back(static_cast<char>(byte));
      i += 2;
    } else {
      out.push_back(plus_is_space && text[i] == '+' ? ' ' : text[i]);
    }
  }
  return out;
}

Error BadIdempotencyKey(std::string_view detail) {
  return MakeError(Code::kInvalidArgument, "bad-idempotency-key", detail);
}

}  // namespace

bool EqualNames(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(),
                    [](char x, char y) { return Lower(x) == Lower(y); });
}

const std::string* FindHeader(const Headers& headers, std::string_view name) {
  for (const auto& [key, value] : headers) {
    if (EqualNames(key, name)) return &value;
  }
  return nullptr;
}

size_t CountHeaders(const Headers& headers, std::string_view name) {
  return static_cast<size_t>(std::count_if(
      headers.begin(), headers.end(),
      [&](const auto& header) { return EqualNames(header.first, name); }));
}

bool IsPercentEncoded(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && EscapedByte(text, i) < 0) return false;
  }
  return true;
}

bool HasEncodedControl(std::string_view text) {
  for (size_t i = text.find('%'); i != std::string_view::npos;
       i = text.find('%', i + 1)) {
    const int byte = EscapedByte(text, i);
    if ((byte >= 0 && byte < 0x20) || byte == 0x7f) return true;
  }
  return false;
}

std::string DecodePercent(std::string_view text) { return Decode(text, false); }

Query ParseQuery(std::string_view text) {
  Query query;
  while (!text.empty()) {
    const size_t end = std::min(text.find('&'), text.size());
    const std::string_view piece = text.substr(0, end);
    const size_t equals = std::min(piece.find('='), piece.size());
    query.emplace_back(
        Decode(piece.substr(0, equals), true),
        Decode(piece.substr(std::min(equals + 1, piece.size())), true));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return query;
}

Result<std::optional<std::string>> ReadIdempotencyKey(const Headers& headers) {
  const size_t count = CountHeaders(headers, "Idempotency-Key");
  if (count == 0) return std::optional<std::string>();
  if (count > 1) return BadIdempotencyKey("the header stands there twice");
  std::string_view key = *FindHeader(headers, "Idempotency-Key");
  if (key.size() >= 2 && key.front() == '"' && key.back() == '"') {
    key = key.substr(1, key.size() - 2);
  }
  if (key.empty()) return BadIdempotencyKey("the key is empty");
  if (key.size() > 255) {
    return BadIdempotencyKey("the key is longer than 255 characters");
  }
  if (!std::all_of(key.begin(), key.end(),
                   [](char c) { return c > 0x20 && c < 0x7f; })) {
    return BadIdempotencyKey("the key is of visible ASCII characters only");
  }
  return std::optional<std::string>(key);
}

}  // namespace sealedger::api
