#include "notary/canonical_json.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "ledger/encoding.h"

namespace sealedger::notary {

namespace {

using ledger::Code;

constexpr char kHexDigits[] = "0123456789abcdef";

// Objects up to this many members are searched for duplicates pair by pair.
constexpr size_t kFewMembers = 16;

// What may stand in a JSON string as it is: all but controls, '"' and '\\'.
constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain{};
  for (size_t c = 0x20; c < plain.size(); ++c) plain[c] = true;
  plain['"'] = false;
  plain['\\'] = false;
  return plain;
}();

// Where the run of plain characters from `p` on ends. `bits` gathers all bytes
// of the run: its top bit tells whether any of them is not ASCII.
const char* SkipPlain(const char* p, const char* end, uint8_t* bits) {
  uint8_t seen = *bits;
  while (p != end) {
    const auto c = static_cast<uint8_t>(*p);
    if (!kPlain[c]) break;
    seen |= c;
    ++p;
  }
  *bits = seen;
  return p;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

void AppendUtf8(std::string* out, uint32_t code) {
  const auto push = [out](uint32_t byte) {
    out->push_back(static_cast<char>(byte));
  };
  if (code < 0x80) {
    push(code);
  } else if (code < 0x800) {
    push(0xC0 | (code >> 6));
    push(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    push(0xE0 | (code >> 12));
    push(0x80 | ((code >> 6) & 0x3F));
    push(0x80 | (code & 0x3F));
  } else {
    push(0xF0 | (code >> 18));
    push(0x80 | ((code >> 12) & 0x3F));
    push(0x80 | ((code >> 6) & 0x3F));
    push(0x80 | (code & 0x3F));
  }
}

bool HasDuplicate(const Json::Object& object) {
  // Written in order, as all of ours is, one pass is enough.
  bool rising = true;
  for (size_t i = 1; i < object.size() && rising; ++i) {
    rising = object[i - 1].first < object[i].first;
  }
  if (rising) return false;
  if (object.size() <= kFewMembers) {
    for (size_t i = 1; i < object.size(); ++i) {
      for (size_t j = 0; j < i; ++j) {
        if (object[i].first == object[j].first) return true;
      }
    }
    return false;
  }
  std::vector<std::string_view> names;
  names.reserve(object.size());
  for (const Json::Member& member : object) names.push_back(member.first);
  std::sort(names.begin(), names.end());
  return std::adjacent_find(names.begin(), names.end()) != names.end();
}

// Recursive descent, one pass. Each function leaves `p_` behind what it read;
// false means that `error_` says why.
class Reader {
 public:
  Reader(std::string_view text, const JsonLimits& limits)
      : begin_(text.data()),
        p_(text.data()),
        end_(text.data() + text.size()),
        max_depth_(limits.max_depth),
        values_left_(limits.max_values) {}

  Result<Json> Read() {
    Json value;
    SkipSpace();
    if (!ReadValue(&value, 0)) return *std::move(error_);
    SkipSpace();
    if (p_ != end_) {
      NotJson("text after the value");
      return *std::move(error_);
    }
    return value;
  }

 private:
  bool Refuse(std::string_view name, std::string_view what, const char* where) {
    std::string detail(what);
    detail += " at byte ";
    detail += std::to_string(where - begin_);
    error_ = ledger::MakeError(Code::kMalformed, name, detail);
    return false;
  }
  bool NotJson(std::string_view what) { return Refuse("not-json", what, p_); }

  void SkipSpace() {
    while (p_ != end_ &&
           (*p_ == ' ' || *p_ == '\n' || *p_ == '\t' || *p_ == '\r')) {
      ++p_;
    }
  }

  bool Next(char c) {
    if (p_ == end_ || *p_ != c) return false;
    ++p_;
    return true;
  }

  // `depth`: how many arrays and objects are open around the value.
  bool ReadValue(Json* out, int depth) {
    if (values_left_ == 0) return Refuse("too-large", "too many values", p_);
    --values_left_;
    if (p_ == end_) return NotJson("the text ends where a value is due");
    switch (*p_) {
      case '{':
        return ReadObject(out, depth + 1);
      case '[':
        return ReadArray(out, depth + 1);
      case '"': {
        std::string text;
        if (!ReadString(&text)) return false;
        *out = Json(std::move(text));
        return true;
      }
      case 't':
        return ReadWord("true", Json(true), out);
      case 'f':
        return ReadWord("false", Json(false), out);
      case 'n':
        return ReadWord("null", Json(nullptr), out);
      default:
        return ReadInteger(out);
    }
  }

  bool ReadWord(std::string_view word, Json value, Json* out) {
    if (std::string_view(p_, static_cast<size_t>(end_ - p_))
            .substr(0, word.size()) != word) {
      return NotJson("an unknown word");
    }
    p_ += word.size();
    *out = std::move(value);
    return true;
  }

  bool ReadObject(Json* out, int depth) {
    const char* const start = p_;
    if (depth > max_depth_) return Refuse("too-deep", "too many levels", p_);
    ++p_;
    Json::Object object;
    SkipSpace();
    if (!Next('}')) {
      object.reserve(4);
      do {
        SkipSpace();
        Json::Member& member = object.emplace_back();
        if (p_ == end_ || *p_ != '"') return NotJson("no member name");
        if (!ReadString(&member.first)) return false;
        SkipSpace();
        if (!Next(':')) return NotJson("no colon");
        SkipSpace();
        if (!ReadValue(&member.second, depth)) return false;
        SkipSpace();
      } while (Next(','));
      if (!Next('}')) return NotJson("neither comma nor closing brace");
      if (HasDuplicate(object)) {
        return Refuse("duplicate-member", "a member stands twice in the object",
                      start);
      }
    }
    *out = Json(std::move(object));
    return true;
  }

  bool ReadArray(Json* out, int depth) {
    if (depth > max_depth_) return Refuse("too-deep", "too many levels", p_);
    ++p_;
    Json::Array array;
    SkipSpace();
    if (!Next(']')) {
      array.reserve(4);
      do {
        SkipSpace();
        if (!ReadValue(&array.emplace_back(), depth)) return false;
        SkipSpace();
      } while (Next(','));
      if (!Next(']')) return NotJson("neither comma nor closing bracket");
    }
    *out = Json(std::move(array));
    return true;
  }

  bool ReadInteger(Json* out) {
    const char* const start = p_;
    const bool negative = Next('-');
    const char* const digits = p_;
    uint64_t magnitude = 0;
    bool in_range = true;
    while (p_ != end_ && IsDigit(*p_)) {
      magnitude = magnitude * 10 + static_cast<uint64_t>(*p_ - '0');
      // Found before it can wrap, and not taken back when it does.
      if (magnitude > uint64_t{kMaxJsonInteger}) in_range = false;
      ++p_;
    }
    if (p_ == digits) return NotJson("no value");
    if (*digits == '0' && p_ - digits > 1) return NotJson("a leading zero");
    if (!SkipFractionAndExponent(&in_range)) return false;
    if (negative && magnitude == 0) in_range = false;
    if (!in_range) {
      return Refuse("number-out-of-range",
                    "a number that is no integer within 2^53 - 1", start);
    }
    const auto value = static_cast<int64_t>(magnitude);
    *out = Json(negative ? -value : value);
    return true;
  }

  // JSON has them, this subset does not: another refusal than for what is no
  // number at all.
  bool SkipFractionAndExponent(bool* in_range) {
    if (Next('.')) {
      *in_range = false;
      if (!SkipDigits()) return NotJson("no digit in a fraction");
    }
    if (Next('e') || Next('E')) {
      *in_range = false;
      if (!Next('+')) Next('-');
      if (!SkipDigits()) return NotJson("no digit in an exponent");
    }
    return true;
  }

  bool SkipDigits() {
    const char* const start = p_;
    while (p_ != end_ && IsDigit(*p_)) ++p_;
    return p_ != start;
  }

  bool ReadString(std::string* out) {
    const char* const start = p_++;
    const char* run = p_;
    uint8_t bits = 0;
    while (true) {
      p_ = SkipPlain(p_, end_, &bits);
      if (p_ == end_) return NotJson("a string without end");
      if (*p_ != '"' && *p_ != '\\') {
        return NotJson("a control character inside a string");
      }
      // Without an escape this is the only copy.
      out->append(run, static_cast<size_t>(p_ - run));
      if (*p_ == '"') break;
      if (!ReadEscape(out)) return false;
      run = p_;
    }
    ++p_;
    // What escapes gave is UTF-8, and an escape never splits a sequence into
    // two that join: its first byte is a lead byte or ASCII.
    if ((bits & 0x80) != 0 && !ledger::IsUtf8(*out)) {
      return Refuse("not-utf8", "bytes that are not UTF-8 in the string",
                    start);
    }
    return true;
  }

  bool ReadEscape(std::string* out) {
    const char* const start = p_++;
    if (p_ == end_) return NotJson("a string without end");
    switch (*p_++) {
      case '"':
        out->push_back('"');
        return true;
      case '\\':
        out->push_back('\\');
        return true;
      case '/':
        out->push_back('/');
        return true;
      case 'b':
        out->push_back('\b');
        return true;
      case 'f':
        out->push_back('\f');
        return true;
      case 'n':
        out->push_back('\n');
        return true;
      case 'r':
        out->push_back('\r');
        return true;
      case 't':
        out->push_back('\t');
        return true;
      case 'u':
        return ReadUnicodeEscape(start, out);
      default:
        return Refuse("not-json", "an unknown escape", start);
    }
  }

  bool ReadUnicodeEscape(const char* start, std::string* out) {
    uint32_t code = 0;
    if (!ReadFourHex(&code)) {
      return Refuse("not-json", "an escape without four hex digits", start);
    }
    if (code >= 0xD800 && code <= 0xDFFF) {
      uint32_t low = 0;
      if (code >= 0xDC00 || !Next('\\') || !Next('u') || !ReadFourHex(&low) ||
          low < 0xDC00 || low > 0xDFFF) {
        return Refuse("not-utf8", "a lone surrogate", start);
      }
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    AppendUtf8(out, code);
    return true;
  }

  bool ReadFourHex(uint32_t* code) {
    if (end_ - p_ < 4) return false;
    uint32_t value = 0;
    for (int i = 0; i < 4; ++i) {
      const char c = *p_++;
      uint32_t digit = 0;
      if (IsDigit(c)) {
        digit = static_cast<uint32_t>(c - '0');
      } else if (c >= 'a' && c <= 'f') {
        digit = static_cast<uint32_t>(c - 'a') + 10;
      } else if (c >= 'A' && c <= 'F') {
        digit = static_cast<uint32_t>(c - 'A') + 10;
      } else {
        return false;
      }
      value = (value << 4) | digit;
    }
    *code = value;
    return true;
  }

  const char* const begin_;
  const char* p_;
  const char* const end_;
  const int max_depth_;
  size_t values_left_;
  std::optional<Error> error_;
};

void AppendObject(std::string* out, const Json::Object& object) {
  const auto less = [](const Json::Member* a, const Json::Member* b) {
    return LessUtf16(a->first, b->first);
  };
  const auto append = [out](const Json::Member& member) {
    AppendJsonString(out, member.first);
    out->push_back(':');
    AppendJson(out, member.second);
    out->push_back(',');
  };
  out->push_back('{');
  bool in_order = true;
  for (size_t i = 1; i < object.size() && in_order; ++i) {
    in_order = less(&object[i - 1], &object[i]);
  }
  if (in_order) {
    for (const Json::Member& member : object) append(member);
  } else {
    std::vector<const Json::Member*> members;
    members.reserve(object.size());
    for (const Json::Member& member : object) members.push_back(&member);
    std::sort(members.begin(), members.end(), less);
    for (const Json::Member* member : members) append(*member);
  }
  if (!object.empty()) out->pop_back();
  out->push_back('}');
}

void AppendArray(std::string* out, const Json::Array& array) {
  out->push_back('[');
  for (const Json& element : array) {
    AppendJson(out, element);
    out->push_back(',');
  }
  if (!array.empty()) out->pop_back();
  out->push_back(']');
}

void AppendEscaped(std::string* out, char c) {
  out->push_back('\\');
  switch (c) {
    case '"':
    case '\\':
      out->push_back(c);
      return;
    case '\b':
      out->push_back('b');
      return;
    case '\t':
      out->push_back('t');
      return;
    case '\n':
      out->push_back('n');
      return;
    case '\f':
      out->push_back('f');
      return;
    case '\r':
      out->push_back('r');
      return;
    default:
      out->append("u00");
      out->push_back(kHexDigits[static_cast<uint8_t>(c) >> 4]);
      out->push_back(kHexDigits[static_cast<uint8_t>(c) & 0xF]);
  }
}

}  // namespace

Json::Json(int64_t value) : value_(value) {
  CHECK(value >= -kMaxJsonInteger && value <= kMaxJsonInteger);
}

Json::Json(uint64_t value) : value_(static_cast<int64_t>(value)) {
  CHECK(value <= uint64_t{kMaxJsonInteger});
}

const Json* Json::Find(std::string_view name) const {
  const Object* object = if_object();
  if (object == nullptr) return nullptr;
  for (const Member& member : *object) {
    if (member.first == name) return &member.second;
  }
  return nullptr;
}

Json& Json::Add(std::string_view name, Json value) {
  Object* object = if_object();
  CHECK(object != nullptr);
  CHECK(Find(name) == nullptr);
  return object->emplace_back(std::string(name), std::move(value)).second;
}

Result<Json> ParseJson(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.max_bytes) {
    return ledger::MakeError(
        Code::kMalformed, "too-large",
        "a text of more than " + std::to_string(limits.max_bytes) + " bytes");
  }
  return Reader(text, limits).Read();
}

std::string WriteJson(const Json& value) {
  std::string out;
  out.reserve(512);  // most entries
  AppendJson(&out, value);
  return out;
}

void AppendJson(std::string* out, const Json& value) {
  if (const std::string* text = value.if_string()) {
    AppendJsonString(out, *text);
  } else if (const int64_t* integer = value.if_integer()) {
    out->append(std::to_string(*integer));
  } else if (const Json::Object* object = value.if_object()) {
    AppendObject(out, *object);
  } else if (const Json::Array* array = value.if_array()) {
    AppendArray(out, *array);
  } else if (const bool* truth = value.if_bool()) {
    out->append(*truth ? "true" : "false");
  } else {
    out->append("null");
  }
}

void AppendJsonString(std::string* out, std::string_view text) {
  const char* p = text.data();
  const char* const end = p + text.size();
  uint8_t bits = 0;
  out->push_back('"');
  while (true) {
    const char* const stop = SkipPlain(p, end, &bits);
    out->append(p, static_cast<size_t>(stop - p));
    if (stop == end) break;
    AppendEscaped(out, *stop);
    p = stop + 1;
  }
  out->push_back('"');
  CHECK((bits & 0x80) == 0 || ledger::IsUtf8(text));
}

bool IsCanonicalJson(std::string_view text, const JsonLimits& limits) {
  const Result<Json> value = ParseJson(text, limits);
  return value && WriteJson(*value) == text;
}

bool LessUtf16(std::string_view a, std::string_view b) {
  const auto [at_a, at_b] =
      std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (at_b == b.end()) return false;
  if (at_a == a.end()) return true;
  const auto byte_a = static_cast<uint8_t>(*at_a);
  const auto byte_b = static_cast<uint8_t>(*at_b);
  // UTF-8 sorts as code points do. UTF-16 differs in one thing: code points
  // from U+10000 on (lead bytes F0 to F4) begin with a surrogate, and so come
  // before U+E000..U+FFFF (lead bytes EE and EF).
  const bool high_a = byte_a == 0xEE || byte_a == 0xEF;
  const bool high_b = byte_b == 0xEE || byte_b == 0xEF;
  if (high_a && byte_b >= 0xF0) return false;
  if (high_b && byte_a >= 0xF0) return true;
  return byte_a < byte_b;
}

}  // namespace sealedger::notary
