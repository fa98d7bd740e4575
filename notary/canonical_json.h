// JSON as Sealedger reads and writes it: RFC 8785 (JCS) on the subset that has
// one meaning everywhere.
//
//   values   objects, arrays, strings, true, false, null, and integers within
//            ±(2^53 - 1)
//   written  keys by UTF-16 code unit, no white space, the shortest escapes
//   refused  duplicate members, fractions, exponents, -0, numbers out of range,
//            lone surrogates, bytes that are no UTF-8, a byte order mark,
//            control characters inside strings, text after the value, depth
//            and sizes over the limits
//
// One reader serves entries, bundles, requests and receipts, so that no body
// reads two ways. White space and the order of members mean nothing to the
// reader; IsCanonical tells whether a text is exactly what the writer writes.
//
// Names of refusals (Error::name): not-json, duplicate-member, too-deep,
// number-out-of-range (fractions, exponents and -0 too: what JSON has and this
// subset has not), not-utf8 (lone surrogates too), too-large (bytes, values).
//
// Thread rule: values; pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "ledger/result.h"

namespace sealedger::notary {

using ledger::Error;
using ledger::Result;

inline constexpr int64_t kMaxJsonInteger = (int64_t{1} << 53) - 1;

class Json {
 public:
  using Array = std::vector<Json>;
  using Member = std::pair<std::string, Json>;
  // In the order in which they were read or added; no name twice.
  using Object = std::vector<Member>;

  Json() : value_(nullptr) {}
  Json(std::nullptr_t) : value_(nullptr) {}
  Json(bool value) : value_(value) {}
  // CHECK: within ±kMaxJsonInteger.
  Json(int64_t value);
  Json(uint64_t value);
  Json(int value) : Json(static_cast<int64_t>(value)) {}
  Json(std::string value) : value_(std::move(value)) {}
  Json(std::string_view value) : value_(std::string(value)) {}
  Json(const char* value) : value_(std::string(value)) {}
  // Any other pointer would silently become a bool.
  Json(const void*) = delete;
  Json(Array value) : value_(std::move(value)) {}
  Json(Object value) : value_(std::move(value)) {}

  bool is_null() const {
    return std::holds_alternative<std::nullptr_t>(value_);
  }
  const bool* if_bool() const { return std::get_if<bool>(&value_); }
  const int64_t* if_integer() const { return std::get_if<int64_t>(&value_); }
  const std::string* if_string() const {
    return std::get_if<std::string>(&value_);
  }
  const Array* if_array() const { return std::get_if<Array>(&value_); }
  const Object* if_object() const { return std::get_if<Object>(&value_); }
  Array* if_array() { return std::get_if<Array>(&value_); }
  Object* if_object() { return std::get_if<Object>(&value_); }

  // nullptr when this is no object or has no such member.
  const Json* Find(std::string_view name) const;
  // CHECK: this is an object without that member.
  Json& Add(std::string_view name, Json value);

  // Objects are equal when their members also stand in the same order.
  bool operator==(const Json&) const = default;

 private:
  std::variant<std::nullptr_t, bool, int64_t, std::string, Array, Object>
      value_;
};

struct JsonLimits {
  size_t max_bytes = 1 << 20;
  // Arrays and objects inside one another: 1 allows [1], not [[1]]. The stack
  // is bounded by this alone.
  int max_depth = 16;
  // Values in all, member names not counted. One costs up to 500 bytes while
  // it is read: what takes small requests sets this low.
  size_t max_values = 1 << 20;
};

// Errors: kMalformed with the names above; `detail` says at which byte, and
// never quotes the text.
Result<Json> ParseJson(std::string_view text, const JsonLimits& limits = {});

// CHECK: every string is UTF-8 (ParseJson gives no other).
std::string WriteJson(const Json& value);
void AppendJson(std::string* out, const Json& value);
// One string with its quotes: for writers that need no tree.
void AppendJsonString(std::string* out, std::string_view text);

// True when `text` parses and is what WriteJson writes for its value.
bool IsCanonicalJson(std::string_view text, const JsonLimits& limits = {});

// Less by UTF-16 code unit: the order of members. Both are UTF-8.
bool LessUtf16(std::string_view a, std::string_view b);

}  // namespace sealedger::notary
