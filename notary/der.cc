#include "notary/der.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include "ledger/check.h"
#include "ledger/encoding.h"

namespace sealedger::notary {
namespace {

constexpr uint8_t kConstructedBit = 0x20;
constexpr uint8_t kLongTag = 0x1f;
constexpr int64_t kSecondsPerDay = 24 * 3600;
constexpr int64_t kMaxTime = 253'402'300'799;  // the end of 9999

uint8_t ByteAt(std::string_view bytes, size_t i) {
  return static_cast<uint8_t>(bytes[i]);
}

struct Header {
  uint8_t tag;
  size_t size;     // of tag and length
  size_t content;  // size of what follows
};

// X.690 §8.1.2, §8.1.3, §10.1.
std::optional<Header> ReadHeader(std::string_view bytes) {
  if (bytes.size() < 2) return std::nullopt;
  const uint8_t tag = ByteAt(bytes, 0);
  // 00 would be the end of an indefinite length.
  if (tag == 0 || (tag & kLongTag) == kLongTag) return std::nullopt;
  const uint8_t first = ByteAt(bytes, 1);
  if (first < 0x80) return Header{tag, 2, first};
  const size_t count = first & 0x7fU;  // 0: indefinite
  if (count == 0 || count > sizeof(uint64_t) || bytes.size() < 2 + count) {
    return std::nullopt;
  }
  uint64_t length = 0;
  for (size_t i = 2; i < 2 + count; ++i)
    length = length << 8 | ByteAt(bytes, i);
  const bool minimal =
      count == 1 ? length >= 0x80 : length >> (8 * (count - 1)) != 0;
  if (!minimal) return std::nullopt;
  return Header{tag, 2 + count, length};
}

std::optional<DerElement> ReadElement(std::string_view bytes) {
  const std::optional<Header> header = ReadHeader(bytes);
  if (!header || header->content > bytes.size() - header->size) {
    return std::nullopt;
  }
  return DerElement{header->tag,
                    bytes.substr(0, header->size + header->content),
                    bytes.substr(header->size, header->content)};
}

// True for elements one after the other that nest to at most `depth` levels.
bool AreDer(std::string_view bytes, size_t depth) {
  if (bytes.empty()) return true;
  if (depth == 0) return false;
  DerReader reader(bytes);
  while (!reader.AtEnd()) {
    const std::optional<DerElement> element = reader.Next();
    if (!element) return false;
    const bool constructed = (element->tag & kConstructedBit) != 0;
    if (constructed && !AreDer(element->content, depth - 1)) return false;
  }
  return true;
}

// One base-128 number at the front of `bytes`, which it is taken from
// (X.690 §8.19.2).
std::optional<uint64_t> TakeArc(std::string_view* bytes) {
  if (bytes->empty() || ByteAt(*bytes, 0) == 0x80) return std::nullopt;
  uint64_t value = 0;
  while (!bytes->empty()) {
    const uint8_t byte = ByteAt(*bytes, 0);
    bytes->remove_prefix(1);
    if (value > UINT64_MAX >> 7) return std::nullopt;
    value = value << 7 | (byte & 0x7fU);
    if (byte < 0x80) return value;
  }
  return std::nullopt;
}

void AppendArc(std::string* out, uint64_t value) {
  std::string digits(1, static_cast<char>(value & 0x7f));
  while ((value >>= 7) != 0) {
    digits.insert(digits.begin(), static_cast<char>(0x80 | (value & 0x7f)));
  }
  *out += digits;
}

// The numbers that are encoded: the first two arcs are one (X.690 §8.19.4).
std::optional<std::vector<uint64_t>> ArcsOf(std::string_view dotted) {
  std::vector<uint64_t> arcs;
  for (bool more = true; more;) {
    const size_t dot = dotted.find('.');
    const std::optional<uint64_t> arc =
        ledger::ParseDecimal(dotted.substr(0, dot));
    if (!arc) return std::nullopt;
    arcs.push_back(*arc);
    more = dot != dotted.npos;
    if (more) dotted.remove_prefix(dot + 1);
  }
  if (arcs.size() < 2 || arcs[0] > 2 || (arcs[0] < 2 && arcs[1] > 39) ||
      arcs[1] > UINT64_MAX - 80) {
    return std::nullopt;
  }
  arcs[1] += arcs[0] * 40;
  arcs.erase(arcs.begin());
  return arcs;
}

// The number that `count` digits at the front of `text` give, taken from it.
// All of `text` is digits.
unsigned TakeDigits(std::string_view* text, size_t count) {
  unsigned value = 0;
  for (const char c : text->substr(0, count)) {
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  text->remove_prefix(count);
  return value;
}

// `digits`: YYYYMMDDhhmmss.
std::optional<int64_t> SecondsOf(std::string_view digits) {
  namespace chrono = std::chrono;
  const chrono::year year(static_cast<int>(TakeDigits(&digits, 4)));
  const chrono::month month(TakeDigits(&digits, 2));
  const chrono::day day(TakeDigits(&digits, 2));
  const unsigned hour = TakeDigits(&digits, 2);
  const unsigned minute = TakeDigits(&digits, 2);
  const unsigned second = TakeDigits(&digits, 2);
  const chrono::year_month_day date(year, month, day);
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) {
    return std::nullopt;
  }
  const int64_t days = chrono::sys_days(date).time_since_epoch().count();
  return days * kSecondsPerDay + hour * 3600 + minute * 60 + second;
}

bool IsPrintableStringChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') ||
         std::string_view(" '()+,-./:=?").find(c) != std::string_view::npos;
}

void AppendDigits(std::string* out, unsigned value, size_t count) {
  const std::string digits = std::to_string(value);
  CHECK(digits.size() <= count);
  out->append(count - digits.size(), '0').append(digits);
}

}  // namespace

std::optional<uint8_t> DerReader::Peek() const {
  if (rest_.empty()) return std::nullopt;
  return ByteAt(rest_, 0);
}

std::optional<DerElement> DerReader::Next() {
  const std::optional<DerElement> element = ReadElement(rest_);
  if (element) rest_.remove_prefix(element->whole.size());
  return element;
}

std::optional<DerElement> DerReader::Take(uint8_t tag) {
  if (Peek() != tag) return std::nullopt;
  return Next();
}

bool IsDer(std::string_view bytes) {
  DerReader reader(bytes);
  return reader.Next() && reader.AtEnd() && AreDer(bytes, kMaxDerDepth);
}

std::optional<bool> ReadDerBoolean(const DerElement& element) {
  if (element.content == std::string_view("\0", 1)) return false;
  if (element.content == "\xff") return true;
  return std::nullopt;
}

std::optional<int64_t> ReadDerInteger(const DerElement& element) {
  const std::string_view bytes = element.content;
  if (bytes.empty() || bytes.size() > sizeof(int64_t)) return std::nullopt;
  const bool negative = ByteAt(bytes, 0) >= 0x80;
  if (bytes.size() > 1) {
    // The first nine bits are not all alike (X.690 §8.3.2).
    const bool next_negative = ByteAt(bytes, 1) >= 0x80;
    const uint8_t idle = negative ? 0xff : 0x00;
    if (ByteAt(bytes, 0) == idle && negative == next_negative) {
      return std::nullopt;
    }
  }
  uint64_t value = negative ? UINT64_MAX : 0;
  for (size_t i = 0; i < bytes.size(); ++i)
    value = value << 8 | ByteAt(bytes, i);
  return static_cast<int64_t>(value);
}

std::optional<std::string> ReadDerOid(const DerElement& element) {
  std::string_view rest = element.content;
  const std::optional<uint64_t> first = TakeArc(&rest);
  if (!first) return std::nullopt;
  const uint64_t root = std::min<uint64_t>(*first / 40, 2);
  std::string dotted = std::to_string(root);
  dotted += '.' + std::to_string(*first - root * 40);
  while (!rest.empty()) {
    const std::optional<uint64_t> arc = TakeArc(&rest);
    if (!arc) return std::nullopt;
    dotted += '.' + std::to_string(*arc);
  }
  return dotted;
}

std::optional<int64_t> ReadDerTime(const DerElement& element) {
  std::string_view text = element.content;
  if (!text.ends_with('Z')) return std::nullopt;
  text.remove_suffix(1);
  const bool short_year = element.tag == kDerUtcTime;
  if (!short_year && element.tag != kDerGeneralizedTime) return std::nullopt;
  const bool digits = std::all_of(text.begin(), text.end(),
                                  [](char c) { return c >= '0' && c <= '9'; });
  if (!digits || text.size() != (short_year ? 12 : 14)) return std::nullopt;
  if (!short_year) return SecondsOf(text);
  // RFC 5280 §4.1.2.5.1.
  const std::string_view century = text[0] >= '5' ? "19" : "20";
  return SecondsOf(std::string(century).append(text));
}

std::optional<DerBits> ReadDerBitString(const DerElement& element) {
  std::string_view octets = element.content;
  if (octets.empty()) return std::nullopt;
  const uint8_t unused = ByteAt(octets, 0);
  octets.remove_prefix(1);
  if (unused == 0) return DerBits{octets, false};
  if (unused > 7 || octets.empty()) return std::nullopt;
  const unsigned mask = (1U << unused) - 1;
  if ((ByteAt(octets, octets.size() - 1) & mask) != 0) return std::nullopt;
  return DerBits{octets, true};
}

std::optional<std::string_view> ReadDerText(const DerElement& element) {
  const std::string_view text = element.content;
  const auto all = [&](bool (*fits)(char)) {
    return std::all_of(text.begin(), text.end(), fits);
  };
  bool fits = false;
  if (element.tag == kDerUtf8String) {
    fits = ledger::IsUtf8(text);
  } else if (element.tag == kDerIa5String) {
    fits = all([](char c) { return static_cast<uint8_t>(c) < 0x80; });
  } else if (element.tag == kDerPrintableString) {
    fits = all(IsPrintableStringChar);
  }
  if (!fits) return std::nullopt;
  return text;
}

std::string DerOf(uint8_t tag, std::string_view content) {
  std::string out(1, static_cast<char>(tag));
  if (content.size() < 0x80) {
    out += static_cast<char>(content.size());
  } else {
    std::string length;
    ledger::AppendBigEndian64(&length, content.size());
    length.erase(0, length.find_first_not_of('\0'));
    out += static_cast<char>(0x80 | length.size());
    out += length;
  }
  return out.append(content);
}

std::string DerBooleanOf(bool value) {
  return DerOf(kDerBoolean, std::string(1, value ? '\xff' : '\0'));
}

std::string DerIntegerOf(int64_t value) {
  std::string bytes;
  ledger::AppendBigEndian64(&bytes, static_cast<uint64_t>(value));
  const char idle = value < 0 ? '\xff' : '\0';
  size_t skip = 0;
  while (skip + 1 < bytes.size() && bytes[skip] == idle &&
         (ByteAt(bytes, skip + 1) >= 0x80) == (value < 0)) {
    ++skip;
  }
  return DerOf(kDerInteger, std::string_view(bytes).substr(skip));
}

std::string DerOidOf(std::string_view dotted) {
  const std::optional<std::vector<uint64_t>> arcs = ArcsOf(dotted);
  CHECK(arcs);
  std::string content;
  for (const uint64_t arc : *arcs) AppendArc(&content, arc);
  return DerOf(kDerOid, content);
}

bool IsOid(std::string_view dotted) { return ArcsOf(dotted).has_value(); }

std::string DerBitStringOf(std::string_view octets) {
  return DerOf(kDerBitString, std::string(1, '\0').append(octets));
}

std::string DerGeneralizedTimeOf(int64_t unix_s) {
  CHECK(unix_s >= 0 && unix_s <= kMaxTime);
  namespace chrono = std::chrono;
  const chrono::sys_seconds time{chrono::seconds(unix_s)};
  const auto day = chrono::floor<chrono::days>(time);
  const chrono::year_month_day date(day);
  const chrono::hh_mm_ss clock(time - day);
  std::string text;
  AppendDigits(&text, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  AppendDigits(&text, static_cast<unsigned>(date.month()), 2);
  AppendDigits(&text, static_cast<unsigned>(date.day()), 2);
  AppendDigits(&text, static_cast<unsigned>(clock.hours().count()), 2);
  AppendDigits(&text, static_cast<unsigned>(clock.minutes().count()), 2);
  AppendDigits(&text, static_cast<unsigned>(clock.seconds().count()), 2);
  return DerOf(kDerGeneralizedTime, text + 'Z');
}

}  // namespace sealedger::notary
