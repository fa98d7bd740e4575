#include "notary/text.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>

namespace sealedger::notary {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

std::string Refusal(const Result<void>& result) {
  if (result) return "";
  CHECK(result.error().code == ledger::Code::kInvalidArgument);
  CHECK(result.error().field == "/field");
  CHECK(!result.error().detail.empty());
  return result.error().name;
}

std::string TextRefusal(std::string_view text, size_t max_bytes = kMaxLabel) {
  return Refusal(CheckText(text, max_bytes, "/field"));
}

std::string NameRefusal(std::string_view name) {
  return Refusal(CheckName(name, "/field"));
}

}  // namespace

TEST_CASE("a text within its bounds is accepted") {
  CHECK(TextRefusal("x") == "");
  CHECK(TextRefusal("contract 2026/000123 \"a\" \\") == "");
  CHECK(TextRefusal("\x20\x7E\u00A0\u00FF\u3000张三😀") == "");
  CHECK(TextRefusal(std::string(128, 'x')) == "");
}

TEST_CASE("an empty text is refused") {
  CHECK(TextRefusal("") == "empty-text");
}

TEST_CASE("a text is as long as its bytes are many") {
  CHECK(TextRefusal(std::string(129, 'x')) == "too-long");
  CHECK(TextRefusal("张张", 6) == "");
  CHECK(TextRefusal("张张", 5) == "too-long");
}

TEST_CASE("exactly the control characters are refused") {
  for (uint32_t code = 0; code < 0x180; ++code) {
    std::string text = "a";
    if (code < 0x80) {
      text += static_cast<char>(code);
    } else {
      text += static_cast<char>(0xC0 | (code >> 6));
      text += static_cast<char>(0x80 | (code & 0x3F));
    }
    const bool control = code < 0x20 || (code >= 0x7F && code <= 0x9F);
    CAPTURE(code);
    CHECK(TextRefusal(text) == (control ? "control-character" : ""));
    CHECK(TextRefusal(text + "b") == (control ? "control-character" : ""));
  }
}

TEST_CASE("a text that is no UTF-8 is refused") {
  CHECK(TextRefusal("\xFF") == "not-utf8");
  CHECK(TextRefusal("a\xC2") == "not-utf8");
  CHECK(TextRefusal("\xED\xA0\x80") == "not-utf8");
}

TEST_CASE("names of legal persons are accepted") {
  for (std::string_view name :
       {"A"sv, "Example Trading Co., Ltd."sv, "某某市公安局（印章）"sv,
        "北京示例科技有限公司"sv, "Société Générale"sv, "ООО «Пример»"sv,
        "株式会社サンプル"sv, "한국전력공사"sv, "𠮷野家"sv, "Ⅷ·№"sv}) {
    CAPTURE(name);
    CHECK(NameRefusal(name) == "");
  }
  CHECK(NameRefusal(std::string(256, 'x')) == "");
}

TEST_CASE("a name is a text of at most 256 bytes") {
  CHECK(NameRefusal("") == "empty-text");
  CHECK(NameRefusal(std::string(257, 'x')) == "too-long");
  CHECK(NameRefusal("a\nb") == "control-character");
  CHECK(NameRefusal("a\u0085b") == "control-character");
  CHECK(NameRefusal("a\xFF") == "not-utf8");
}

TEST_CASE("a name that is not in normalization form C is refused") {
  CHECK(NameRefusal("\u00E9") == "");
  CHECK(NameRefusal("e\u0301") == "bad-name");
  CHECK(NameRefusal("\u212B") == "bad-name");  // ångström sign
  CHECK(NameRefusal("\uF900") == "bad-name");  // compatibility ideograph
  CHECK(NameRefusal("\u1112\u1161\u11AB") == "bad-name");  // Hangul by letters
  CHECK(NameRefusal("a\u0301\u0323") == "bad-name");       // marks out of order
  // Full width is another character, not another spelling: kept as it is.
  CHECK(NameRefusal("（\uFF21）") == "");
}

TEST_CASE("a name with a code point that nobody sees is refused") {
  for (std::string_view bad :
       {// zero-width
        "\u200B"sv, "\u200C"sv, "\u200D"sv, "\u2060"sv, "\uFEFF"sv, "\u00AD"sv,
        "\u180E"sv, "\u034F"sv, "\uFE0F"sv, "\U000E0100"sv, "\U000E0041"sv,
        // fillers
        "\u3164"sv, "\u115F"sv, "\uFFA0"sv,
        // bidi
        "\u200E"sv, "\u200F"sv, "\u061C"sv, "\u202A"sv, "\u202B"sv, "\u202C"sv,
        "\u202D"sv, "\u202E"sv, "\u2066"sv, "\u2067"sv, "\u2068"sv, "\u2069"sv,
        // format characters that are seen, but not as what they are
        "\u0600"sv, "\u06DD"sv, "\uFFF9"sv, "\uFFFB"sv,
        // separators
        "\u2028"sv, "\u2029"sv,
        // private use
        "\uE000"sv, "\uF8FF"sv, "\U000F0000"sv, "\U0010FFFD"sv,
        // unassigned, noncharacters
        "\u0378"sv, "\uFDD0"sv, "\uFFFE"sv, "\uFFFF"sv, "\U0003FFFD"sv,
        "\U0010FFFF"sv}) {
    CAPTURE(bad);
    CHECK(NameRefusal(bad) == "bad-name");
    CHECK(NameRefusal("甲" + std::string(bad) + "乙") == "bad-name");
  }
}

TEST_CASE("media types are short printable ASCII") {
  const auto refusal = [](std::string_view text) {
    return Refusal(CheckMediaType(text, "/field"));
  };
  CHECK(refusal("application/pdf") == "");
  CHECK(refusal("text/plain; charset=\"utf-8\"") == "");
  CHECK(refusal(std::string(127, 'x')) == "");
  CHECK(refusal(std::string(128, 'x')) == "bad-media-type");
  CHECK(refusal("") == "bad-media-type");
  CHECK(refusal("a\n") == "bad-media-type");
  CHECK(refusal("a\x7F") == "bad-media-type");
  CHECK(refusal("a\0"sv) == "bad-media-type");
  CHECK(refusal("é") == "bad-media-type");
}

TEST_CASE("ids are lower-case words of 1 to 64 characters") {
  CHECK(IsId("a"));
  CHECK(IsId("0"));
  CHECK(IsId("platform-1.test_2"));
  CHECK(IsId("a."));
  CHECK(IsId(std::string(64, 'a')));
  CHECK_FALSE(IsId(std::string(65, 'a')));
  for (std::string_view id :
       {""sv, "-a"sv, ".a"sv, "_a"sv, "A"sv, "aB"sv, "a b"sv, "a/b"sv, "a\n"sv,
        "a\0"sv, "é"sv, "a:b"sv, "a`"sv, "a{"sv}) {
    CAPTURE(id);
    CHECK_FALSE(IsId(id));
  }
}

TEST_CASE("known times are spelled as RFC 3339 has them") {
  CHECK(FormatTime(0) == "1970-01-01T00:00:00.000Z");
  CHECK(FormatTime(1) == "1970-01-01T00:00:00.001Z");
  CHECK(FormatTime(951'782'400'000) == "2000-02-29T00:00:00.000Z");
  CHECK(FormatTime(1'795'339'800'123) == "2026-11-22T09:30:00.123Z");
  CHECK(FormatTime(4'107'542'400'000) == "2100-03-01T00:00:00.000Z");
  CHECK(FormatTime(253'402'300'799'999) == "9999-12-31T23:59:59.999Z");
}

TEST_CASE(
    "every day to the year 2400 and many later agree with the C library") {
  constexpr int64_t kDay = 86'400'000;
  const auto check = [](int64_t ms) {
    const auto seconds = static_cast<std::time_t>(ms / 1000);
    std::tm utc{};
    REQUIRE(gmtime_r(&seconds, &utc) != nullptr);
    char text[32];
    REQUIRE(std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc) == 19);
    std::string ending = std::to_string(1000 + ms % 1000);
    ending[0] = '.';
    const std::string expected = text + ending + "Z";
    REQUIRE(FormatTime(ms) == expected);
    REQUIRE(ParseTime(expected) == ms);
  };
  for (int64_t day = 0; day < 157'058; ++day) {
    check(day * kDay + day % kDay);
  }
  for (int64_t ms = 0; ms <= 253'402'300'799'999; ms += 98'765'432'109) {
    check(ms);
  }
  check(253'402'300'799'999);
}

TEST_CASE("a time in any other spelling is refused") {
  REQUIRE(ParseTime("2026-11-22T09:30:00.123Z").has_value());
  for (std::string_view text : {""sv,
                                "2026-11-22T09:30:00Z"sv,
                                "2026-11-22T09:30:00.12Z"sv,
                                "2026-11-22T09:30:00.1234Z"sv,
                                "2026-11-22T09:30:00,123Z"sv,
                                "2026-11-22t09:30:00.123Z"sv,
                                "2026-11-22T09:30:00.123z"sv,
                                "2026-11-22 09:30:00.123Z"sv,
                                "2026-11-22T09:30:00.123+00:00"sv,
                                "2026-11-22T09:30:00.123 "sv,
                                " 2026-11-22T09:30:00.123Z"sv,
                                "2026-11-22T09:30:00.123Z\n"sv,
                                "2026-11-22T09:30:00.123Z\0"sv,
                                "2026/11/22T09:30:00.123Z"sv,
                                "+026-11-22T09:30:00.123Z"sv,
                                "-026-11-22T09:30:00.123Z"sv,
                                "2026-1 -22T09:30:00.123Z"sv,
                                "2026-11-22T 9:30:00.123Z"sv,
                                "2026-11-22T09:30:-1.123Z"sv,
                                "20261-1-22T09:30:00.123Z"sv,
                                "２026-11-22T09:30:00.1Z"sv}) {
    CAPTURE(text);
    CHECK(ParseTime(text) == std::nullopt);
  }
}

TEST_CASE("a date or time of day that does not exist is refused") {
  for (std::string_view text :
       {"2026-00-01T00:00:00.000Z"sv, "2026-13-01T00:00:00.000Z"sv,
        "2026-01-00T00:00:00.000Z"sv, "1970-01-00T00:00:00.000Z"sv,
        "2026-01-32T00:00:00.000Z"sv, "2026-04-31T00:00:00.000Z"sv,
        "2026-02-29T00:00:00.000Z"sv, "2024-02-30T00:00:00.000Z"sv,
        "2100-02-29T00:00:00.000Z"sv, "2026-12-99T00:00:00.000Z"sv,
        "9999-12-32T00:00:00.000Z"sv, "9999-99-99T99:99:99.999Z"sv,
        "9999-12-31T24:00:00.000Z"sv, "9999-12-31T23:60:00.000Z"sv,
        "9999-12-31T23:59:60.000Z"sv, "2026-11-22T24:00:00.000Z"sv,
        "2026-11-22T09:60:00.000Z"sv, "1969-12-31T23:59:59.999Z"sv,
        "0000-01-01T00:00:00.000Z"sv}) {
    CAPTURE(text);
    CHECK(ParseTime(text) == std::nullopt);
  }
  CHECK(ParseTime("2024-02-29T00:00:00.000Z").has_value());
  CHECK(ParseTime("2400-02-29T00:00:00.000Z").has_value());
}

TEST_CASE("a leap second is refused") {
  CHECK(ParseTime("2016-12-31T23:59:59.999Z").has_value());
  CHECK(ParseTime("2016-12-31T23:59:60.000Z") == std::nullopt);
}

}  // namespace sealedger::notary
