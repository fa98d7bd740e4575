#include "notary/text.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>

#include "ledger/encoding.h"

namespace sealedger::notary {

namespace {

using ledger::Code;

constexpr int64_t kMsPerDay = 86'400'000;
// 9999-12-31T23:59:59.999Z.
constexpr int64_t kMaxTime = 253'402'300'799'999;

Result<void> Refuse(std::string_view name, std::string_view detail,
                    std::string_view field) {
  return ledger::MakeError(Code::kInvalidArgument, name, detail, field);
}

// C0, DEL and C1; the text is UTF-8, where C1 is C2 80 to C2 9F.
bool HasControl(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<uint8_t>(text[i]);
    if (c < 0x20 || c == 0x7F) return true;
    if (c == 0xC2 && static_cast<uint8_t>(text[i + 1]) < 0xA0) return true;
  }
  return false;
}

bool IsAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<uint8_t>(c) < 0x80; });
}

const utf8proc_uint8_t* Bytes(std::string_view text) {
  return reinterpret_cast<const utf8proc_uint8_t*>(text.data());
}

bool IsNfc(std::string_view text) {
  utf8proc_uint8_t* mapped = nullptr;
  const utf8proc_ssize_t size = utf8proc_map(
      Bytes(text), static_cast<utf8proc_ssize_t>(text.size()), &mapped,
      static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(
      mapped, &std::free);
  return size >= 0 &&
         text == std::string_view(reinterpret_cast<const char*>(mapped),
                                  static_cast<size_t>(size));
}

// Whether people see the code point and it means the same to all of them.
bool IsVisible(utf8proc_int32_t code) {
  switch (utf8proc_category(code)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:  // bidi marks, zero-width
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
      return false;
    default:
      // Fillers, joiners and variation selectors are letters or marks.
      return !utf8proc_get_property(code)->ignorable;
  }
}

bool AllVisible(std::string_view text) {
  while (!text.empty()) {
    utf8proc_int32_t code = 0;
    const utf8proc_ssize_t size = utf8proc_iterate(
        Bytes(text), static_cast<utf8proc_ssize_t>(text.size()), &code);
    if (size <= 0 || !IsVisible(code)) return false;
    text.remove_prefix(static_cast<size_t>(size));
  }
  return true;
}

struct Date {
  int64_t year;
  int64_t month;  // 1..12
  int64_t day;    // 1..31
};

// Days since 1970-01-01 in the Gregorian calendar. Years are counted from
// March, so that the leap day is the last of its year, in eras of 400 years
// (146,097 days); 719,468 days lie between 0000-03-01 and 1970-01-01.
int64_t DaysFromDate(const Date& date) {
  const int64_t year = date.month <= 2 ? date.year - 1 : date.year;
  const int64_t era = year / 400;
  const int64_t year_of_era = year % 400;
  const int64_t month_from_march = (date.month + 9) % 12;
  const int64_t day_of_year = (153 * month_from_march + 2) / 5 + date.day - 1;
  const int64_t day_of_era =
      year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

Date DateFromDays(int64_t days) {
  const int64_t shifted = days + 719'468;
  const int64_t era = shifted / 146'097;
  const int64_t day_of_era = shifted % 146'097;
  const int64_t year_of_era = (day_of_era - day_of_era / 1'460 +
                               day_of_era / 36'524 - day_of_era / 146'096) /
                              365;
  const int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t month_from_march = (5 * day_of_year + 2) / 153;
  const int64_t month = (month_from_march + 2) % 12 + 1;
  return {
      .year = era * 400 + year_of_era + (month <= 2 ? 1 : 0),
      .month = month,
      .day = day_of_year - (153 * month_from_march + 2) / 5 + 1,
  };
}

void PutDigits(char* out, int64_t value, int count) {
  for (int i = count - 1; i >= 0; --i) {
    out[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
}

// The text has the right size and holds digits there.
int64_t TakeDigits(std::string_view text, size_t at, size_t count) {
  int64_t value = 0;
  for (char c : text.substr(at, count)) value = value * 10 + (c - '0');
  return value;
}

}  // namespace

Result<void> CheckText(std::string_view text, size_t max_bytes,
                       std::string_view field) {
  if (text.empty()) return Refuse("empty-text", "the text is empty", field);
  if (text.size() > max_bytes) {
    return Refuse(
        "too-long",
        "the text has more than " + std::to_string(max_bytes) + " bytes",
        field);
  }
  if (!ledger::IsUtf8(text)) {
    return Refuse("not-utf8", "the text is not UTF-8", field);
  }
  if (HasControl(text)) {
    return Refuse("control-character", "the text holds a control character",
                  field);
  }
  return {};
}

Result<void> CheckName(std::string_view name, std::string_view field) {
  if (Result<void> text = CheckText(name, kMaxName, field); !text) return text;
  if (IsAscii(name)) return {};
  if (!IsNfc(name)) {
    return Refuse("bad-name", "the name is not in normalization form C", field);
  }
  if (!AllVisible(name)) {
    return Refuse("bad-name",
                  "the name holds an invisible or unassigned character", field);
  }
  return {};
}

Result<void> CheckMediaType(std::string_view text, std::string_view field) {
  const bool printable = std::all_of(
      text.begin(), text.end(), [](char c) { return c >= 0x20 && c <= 0x7E; });
  if (text.empty() || text.size() > kMaxMediaType || !printable) {
    return Refuse("bad-media-type",
                  "a media type is 1 to 127 printable ASCII characters", field);
  }
  return {};
}

bool IsId(std::string_view id) {
  const auto is_alphanumeric = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  };
  return !id.empty() && id.size() <= 64 && is_alphanumeric(id.front()) &&
         std::all_of(id.begin(), id.end(), [&](char c) {
           return is_alphanumeric(c) || c == '.' || c == '_' || c == '-';
         });
}

std::string FormatTime(int64_t unix_ms) {
  CHECK(unix_ms >= 0 && unix_ms <= kMaxTime);
  const Date date = DateFromDays(unix_ms / kMsPerDay);
  const int64_t ms = unix_ms % kMsPerDay;
  std::string out = "0000-00-00T00:00:00.000Z";
  PutDigits(&out[0], date.year, 4);
  PutDigits(&out[5], date.month, 2);
  PutDigits(&out[8], date.day, 2);
  PutDigits(&out[11], ms / 3'600'000, 2);
  PutDigits(&out[14], ms / 60'000 % 60, 2);
  PutDigits(&out[17], ms / 1'000 % 60, 2);
  PutDigits(&out[20], ms % 1'000, 3);
  return out;
}

std::optional<int64_t> ParseTime(std::string_view text) {
  constexpr std::string_view kShape = "dddd-dd-ddTdd:dd:dd.dddZ";
  if (text.size() != kShape.size()) return std::nullopt;
  for (size_t i = 0; i < kShape.size(); ++i) {
    const bool fits = kShape[i] == 'd' ? text[i] >= '0' && text[i] <= '9'
                                       : text[i] == kShape[i];
    if (!fits) return std::nullopt;
  }
  const Date date = {TakeDigits(text, 0, 4), TakeDigits(text, 5, 2),
                     TakeDigits(text, 8, 2)};
  const int64_t hour = TakeDigits(text, 11, 2);
  const int64_t minute = TakeDigits(text, 14, 2);
  const int64_t second = TakeDigits(text, 17, 2);
  if (date.year < 1970 || date.month < 1 || date.month > 12 || date.day < 1 ||
      date.day > 31 || hour > 23 || minute > 59 || second > 59) {
    return std::nullopt;
  }
  const int64_t time = DaysFromDate(date) * kMsPerDay + hour * 3'600'000 +
                       minute * 60'000 + second * 1'000 +
                       TakeDigits(text, 20, 3);
  // A day that its month does not have comes back as another date. No date
  // of this shape lies outside of what FormatTime takes.
  if (FormatTime(time) != text) return std::nullopt;
  return time;
}

}  // namespace sealedger::notary
