#include "ledger/encoding.h"

#include <doctest/doctest.h>

#include <random>
#include <string>

#include "tests/support/aborts.h"

namespace sealedger::ledger {
namespace {

using testing::Aborts;

std::string AllBytes() {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes.push_back(static_cast<char>(i));
  return bytes;
}

TEST_CASE("hex spells every byte in lower case and reads it back") {
  CHECK(EncodeHex("") == "");
  CHECK(EncodeHex(std::string("\x00\x0f\xa0\xff", 4)) == "000fa0ff");
  CHECK(DecodeHex(EncodeHex(AllBytes())) == AllBytes());
}

TEST_CASE("hex in another spelling is refused") {
  for (const char* text :
       {"0", "000", "0A", "0g", "g0", " 00", "00 ", "0x00", "\xc0\xff"}) {
    CAPTURE(text);
    CHECK_FALSE(DecodeHex(text));
  }
  CHECK_FALSE(DecodeHex(std::string_view("\x00\x00", 2)));
}

TEST_CASE("base64 gives the test vectors of RFC 4648 section 10") {
  const char* const vectors[][3] = {
      {"", "", ""},
      {"f", "Zg==", "Zg"},
      {"fo", "Zm8=", "Zm8"},
      {"foo", "Zm9v", "Zm9v"},
      {"foob", "Zm9vYg==", "Zm9vYg"},
      {"fooba", "Zm9vYmE=", "Zm9vYmE"},
      {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
      {"\xfb\xff\xfe", "+//+", "-__-"},
  };
  for (const auto& [bytes, standard, url] : vectors) {
    const std::string_view vector = standard;
    CAPTURE(vector);
    CHECK(EncodeBase64(bytes) == standard);
    CHECK(EncodeBase64Url(bytes) == url);
    CHECK(DecodeBase64(standard) == bytes);
    CHECK(DecodeBase64Url(url) == bytes);
  }
}

TEST_CASE("base64 of random bytes of every short length is read back") {
  std::mt19937_64 random(1);
  for (size_t size = 0; size <= 300; ++size) {
    std::string bytes(size, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    REQUIRE(DecodeBase64(EncodeBase64(bytes)) == bytes);
    REQUIRE(DecodeBase64Url(EncodeBase64Url(bytes)) == bytes);
  }
}

TEST_CASE("base64 in another spelling is refused") {
  for (const char* text :
       {"Zg", "Zg=", "Zg===", "Z===", "====", "=", "Zm8", "Z", "Zm9vYg",
        "Zm9v====", "Zg==Zg==", "Zm9v\n", " Zm9v", "Zm 9", "-__-", "Zm=v",
        "Zm9v=", "\xc3\xa4\xc3\xa4"}) {
    CAPTURE(text);
    CHECK_FALSE(DecodeBase64(text));
  }
  for (const char* text : {"Z", "Zg==", "Zm8=", "+//+", "Zm9vY", "Zm9v\n"}) {
    CAPTURE(text);
    CHECK_FALSE(DecodeBase64Url(text));
  }
}

TEST_CASE("of all last characters base64 takes those without stray bits") {
  int two_characters = 0;
  int three_characters = 0;
  for (int c = 0; c < 256; ++c) {
    if (c == '=') continue;  // "AA==" is one byte with its padding
    const std::string last(1, static_cast<char>(c));
    const auto two = DecodeBase64("A" + last + "==");
    const auto three = DecodeBase64("AA" + last + "=");
    CHECK(two == DecodeBase64Url("A" + last));
    CHECK(three == DecodeBase64Url("AA" + last));
    if (two) CHECK(EncodeBase64(*two) == "A" + last + "==");
    if (three) CHECK(EncodeBase64(*three) == "AA" + last + "=");
    two_characters += two.has_value();
    three_characters += three.has_value();
  }
  CHECK(two_characters == 4);
  CHECK(three_characters == 16);
}

TEST_CASE("a single changed character never gives base64 of the same bytes") {
  const std::string text = EncodeBase64("a Merkle ledger!");
  for (size_t i = 0; i < text.size(); ++i) {
    for (int c = 0; c < 256; ++c) {
      std::string changed = text;
      changed[i] = static_cast<char>(c);
      if (changed == text) continue;
      const auto bytes = DecodeBase64(changed);
      if (bytes) REQUIRE(EncodeBase64(*bytes) == changed);
    }
  }
}

TEST_CASE("decimal numbers are read up to their bound") {
  CHECK(ParseDecimal("0") == 0u);
  CHECK(ParseDecimal("9") == 9u);
  CHECK(ParseDecimal("10") == 10u);
  CHECK(ParseDecimal("18446744073709551615") == UINT64_MAX);
  CHECK(ParseDecimal("255", 255) == 255u);
  CHECK_FALSE(ParseDecimal("256", 255));
}

TEST_CASE("decimal numbers in another spelling or too large are refused") {
  for (const char* text :
       {"", "00", "01", "+1", "-1", " 1", "1 ", "1\n", "1.0", "0x1", "1e3",
        "18446744073709551616", "18446744073709551620", "99999999999999999999",
        "100000000000000000000", "\xd9\xa1"}) {
    CAPTURE(text);
    CHECK_FALSE(ParseDecimal(text));
  }
}

TEST_CASE("big-endian integers stand at a fixed width") {
  std::string bytes = "x";
  AppendBigEndian64(&bytes, 0x0102030405060708);
  AppendBigEndian32(&bytes, 0xfffefdfc);
  CHECK(bytes == "x\x01\x02\x03\x04\x05\x06\x07\x08\xff\xfe\xfd\xfc");
  CHECK(ReadBigEndian64(bytes.substr(1)) == 0x0102030405060708);
  CHECK(ReadBigEndian32(bytes.substr(9)) == 0xfffefdfc);
  CHECK(Aborts([] { ReadBigEndian64("1234567"); }));
  CHECK(Aborts([] { ReadBigEndian32("123"); }));
}

// UTF-8 by arithmetic: decodes, then asks for the range of each length.
bool ReferenceIsUtf8(std::string_view text) {
  size_t i = 0;
  while (i < text.size()) {
    const auto lead = static_cast<uint8_t>(text[i]);
    const size_t more = lead < 0x80   ? 0
                        : lead < 0xc0 ? 9
                        : lead < 0xe0 ? 1
                        : lead < 0xf0 ? 2
                        : lead < 0xf8 ? 3
                                      : 9;
    if (more == 9 || more >= text.size() - i) return false;
    uint32_t point = more == 0 ? lead : lead & (0x3fu >> more);
    for (size_t k = 1; k <= more; ++k) {
      const auto next = static_cast<uint8_t>(text[i + k]);
      if (next < 0x80 || next > 0xbf) return false;
      point = point << 6 | (next & 0x3fu);
    }
    const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    if (point < least[more] || point > 0x10ffff ||
        (point >= 0xd800 && point <= 0xdfff)) {
      return false;
    }
    i += more + 1;
  }
  return true;
}

TEST_CASE("every sequence of up to three bytes is judged as UTF-8 rightly") {
  size_t wrong = 0;
  size_t well_formed = 0;
  for (uint32_t bits = 0; bits < 1u << 24; ++bits) {
    const char bytes[] = {static_cast<char>(bits >> 16),
                          static_cast<char>(bits >> 8),
                          static_cast<char>(bits)};
    const std::string_view text(bytes, 3);
    const bool is = IsUtf8(text);
    well_formed += is;
    wrong += is != ReferenceIsUtf8(text);
  }
  CHECK(wrong == 0);
  // 128³ of ASCII, 2 · 128 · 1,920 with one character of two bytes, and the
  // 61,440 characters of three bytes.
  CHECK(well_formed == 128 * 128 * 128 + 2 * 128 * 1920 + 61440);
}

TEST_CASE("characters of four bytes are judged as UTF-8 rightly") {
  for (uint32_t lead = 0xef; lead <= 0xff; ++lead) {
    for (uint32_t second = 0; second < 256; ++second) {
      for (const char third : {'\x7f', '\x80', '\xbf', '\xc0'}) {
        for (const char fourth : {'\x7f', '\x80', '\xbf', '\xc0'}) {
          const char bytes[] = {static_cast<char>(lead),
                                static_cast<char>(second), third, fourth};
          const std::string_view text(bytes, 4);
          REQUIRE(IsUtf8(text) == ReferenceIsUtf8(text));
        }
      }
    }
  }
  CHECK(IsUtf8("\xf0\x90\x80\x80"));
  CHECK(IsUtf8("\xf4\x8f\xbf\xbf"));
  CHECK_FALSE(IsUtf8("\xf4\x90\x80\x80"));
}

TEST_CASE("a byte that is no UTF-8 is found at every place of a long text") {
  const std::string text = "印章 seal 电子签章 electronic 0123456789";
  CHECK(IsUtf8(text));
  for (size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = '\xff';
    REQUIRE_FALSE(IsUtf8(changed));
    REQUIRE(IsUtf8(text.substr(0, i)) == ReferenceIsUtf8(text.substr(0, i)));
  }
}

}  // namespace
}  // namespace sealedger::ledger
