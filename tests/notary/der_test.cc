#include "notary/der.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ledger/encoding.h"
#include "tests/support/aborts.h"

namespace sealedger::notary {
namespace {

using testing::Aborts;

std::string Hex(std::string_view hex) {
  const auto bytes = ledger::DecodeHex(hex);
  REQUIRE(bytes);
  return *bytes;
}

bool IsElement(std::string_view bytes) {
  DerReader reader(bytes);
  return reader.Next() && reader.AtEnd();
}

DerElement Primitive(uint8_t tag, std::string_view content) {
  return {tag, content, content};
}

std::optional<int64_t> IntegerOf(std::string_view hex) {
  return ReadDerInteger(Primitive(kDerInteger, Hex(hex)));
}

std::optional<std::string> OidOf(std::string_view hex) {
  return ReadDerOid(Primitive(kDerOid, Hex(hex)));
}

std::optional<int64_t> TimeOf(uint8_t tag, std::string_view text) {
  return ReadDerTime(Primitive(tag, text));
}

std::optional<int64_t> UtcTime(std::string_view text) {
  return TimeOf(kDerUtcTime, text);
}

std::optional<int64_t> GeneralizedTime(std::string_view text) {
  return TimeOf(kDerGeneralizedTime, text);
}

std::optional<DerBits> BitsOf(std::string_view bytes) {
  return ReadDerBitString(Primitive(kDerBitString, bytes));
}

bool IsText(uint8_t tag, std::string_view text) {
  const auto read = ReadDerText(Primitive(tag, text));
  if (read) CHECK(*read == text);
  return read.has_value();
}

std::string Nested(size_t levels) {
  std::string der = DerOf(kDerSequence, "");
  for (size_t i = 1; i < levels; ++i) der = DerOf(kDerSequence, der);
  return der;
}

TEST_CASE("an element is read as slices, whatever form its length has") {
  for (const size_t size :
       std::vector<size_t>{0, 1, 127, 128, 255, 256, 65535, 65536, 300000}) {
    CAPTURE(size);
    const std::string input =
        DerOf(kDerOctetString, std::string(size, 'x')) + "rest";
    DerReader reader(input);
    CHECK(reader.Peek() == kDerOctetString);
    const auto element = reader.Next();
    REQUIRE(element);
    CHECK(element->tag == kDerOctetString);
    CHECK(element->content.size() == size);
    CHECK(element->whole.data() == input.data());
    CHECK(element->whole.size() == input.size() - 4);
    CHECK(element->content.data() + size == input.data() + input.size() - 4);
    CHECK(reader.Peek() == 'r');
  }
}

TEST_CASE("a length has one spelling") {
  for (const std::string_view hex :
       {"0400", "040100", "30060201040c0141", "a00100", "010100"}) {
    CAPTURE(hex);
    CHECK(IsElement(Hex(hex)));
  }
  const std::string indefinite = "30800000";
  const std::string not_minimal_1 = "04810141";
  const std::string not_minimal_2 = "0482000141";
  const std::string not_minimal_3 = "048200ff" + std::string(510, '0');
  const std::string zero_long = "048100";
  for (const std::string& hex :
       {indefinite, not_minimal_1, not_minimal_2, not_minimal_3, zero_long}) {
    CAPTURE(hex);
    CHECK_FALSE(IsElement(Hex(hex)));
  }
}

TEST_CASE("a length stays inside the input") {
  for (const std::string_view hex :
       {"", "04", "0401", "040201", "0481", "048180", "0482ffff",
        "0484ffffffff", "0488ffffffffffffffff", "0488fffffffffffffff6",
        "04887fffffffffffffff", "048901000000000000000000", "04ff", "04fe"}) {
    CAPTURE(hex);
    const std::string input = Hex(hex);
    CHECK_FALSE(DerReader(input).Next());
  }
}

TEST_CASE("a tag is one octet, and not the end of an indefinite length") {
  for (const std::string_view hex :
       {"1f0100", "3f0100", "bf0100", "ff0100", "0000"}) {
    CAPTURE(hex);
    CHECK_FALSE(IsElement(Hex(hex)));
  }
  CHECK(IsElement(Hex("1e00")));
  CHECK(IsElement(Hex("be00")));
}

TEST_CASE("a reader goes no further than the first fault") {
  const std::string input = Hex("0201050480");
  DerReader reader(input);
  CHECK_FALSE(reader.Take(kDerOctetString));
  CHECK(reader.Peek() == kDerInteger);
  CHECK(reader.Take(kDerInteger));
  CHECK(reader.Peek() == kDerOctetString);
  CHECK_FALSE(reader.Next());
  CHECK_FALSE(reader.Take(kDerOctetString));
  CHECK(reader.Peek() == kDerOctetString);
  CHECK_FALSE(reader.AtEnd());

  DerReader empty("");
  CHECK(empty.AtEnd());
  CHECK_FALSE(empty.Peek());
  CHECK_FALSE(empty.Next());
  CHECK_FALSE(empty.Take(0));
}

TEST_CASE("all that is constructed is looked into, the rest is not") {
  CHECK(IsDer(Hex("3000")));
  CHECK(IsDer(Hex("040130")));
  CHECK(IsDer(Hex("30060201040c0141")));
  CHECK(IsDer(Hex("a003020104")));
  CHECK_FALSE(IsDer(""));
  CHECK_FALSE(IsDer(Hex("300000")));
  CHECK_FALSE(IsDer(Hex("30003000")));
  CHECK_FALSE(IsDer(Hex("300130")));
  CHECK_FALSE(IsDer(Hex("30050201040481")));
  CHECK_FALSE(IsDer(Hex("300530030c8101")));
  CHECK_FALSE(IsDer(Hex("a0020c01")));
}

TEST_CASE("nesting has an end") {
  CHECK(IsDer(Nested(kMaxDerDepth)));
  CHECK_FALSE(IsDer(Nested(kMaxDerDepth + 1)));
  CHECK_FALSE(IsDer(Nested(1000)));
}

TEST_CASE("a boolean has two spellings") {
  for (unsigned octet = 0; octet < 256; ++octet) {
    const std::string content(1, static_cast<char>(octet));
    const auto value = ReadDerBoolean(Primitive(kDerBoolean, content));
    CHECK(value.has_value() == (octet == 0 || octet == 255));
    if (value) CHECK(*value == (octet == 255));
    if (value) CHECK(DerBooleanOf(*value) == DerOf(kDerBoolean, content));
  }
  CHECK_FALSE(ReadDerBoolean(Primitive(kDerBoolean, "")));
  CHECK_FALSE(ReadDerBoolean(Primitive(kDerBoolean, "\xff\xff")));
}

TEST_CASE("integers are read in 64 bits") {
  CHECK(IntegerOf("00") == 0);
  CHECK(IntegerOf("7f") == 127);
  CHECK(IntegerOf("0080") == 128);
  CHECK(IntegerOf("80") == -128);
  CHECK(IntegerOf("ff7f") == -129);
  CHECK(IntegerOf("ff") == -1);
  CHECK(IntegerOf("7fffffffffffffff") == INT64_MAX);
  CHECK(IntegerOf("8000000000000000") == INT64_MIN);
  CHECK_FALSE(IntegerOf(""));
  CHECK_FALSE(IntegerOf("008000000000000000"));
  CHECK_FALSE(IntegerOf("ff7fffffffffffffff"));
}

TEST_CASE("an integer has one spelling") {
  size_t read = 0;
  for (unsigned value = 0; value < 0x10000; ++value) {
    const char octets[] = {static_cast<char>(value >> 8),
                           static_cast<char>(value)};
    const std::string_view content(octets, 2);
    const auto number = ReadDerInteger(Primitive(kDerInteger, content));
    if (!number) continue;
    ++read;
    CHECK(DerIntegerOf(*number) == DerOf(kDerInteger, content));
  }
  // All but 00 before a number below 80, and ff before one from 80 on.
  CHECK(read == 0x10000 - 256);
}

TEST_CASE("an integer that is written is read again") {
  for (int bits = 0; bits < 64; ++bits) {
    const auto power = static_cast<int64_t>(uint64_t{1} << bits);
    for (const int64_t value : {power, power - (power == INT64_MIN ? 0 : 1),
                                -(power == INT64_MIN ? 0 : power)}) {
      CAPTURE(value);
      const std::string der = DerIntegerOf(value);
      CHECK(IsDer(der));
      CHECK(ReadDerInteger(*DerReader(der).Next()) == value);
    }
  }
}

TEST_CASE("object identifiers are read and written") {
  const std::pair<const char*, const char*> known[] = {
      {"1.2.156.10197.1.501", "2a811ccf55018375"},
      {"1.2.156.10197.1.301", "2a811ccf5501822d"},
      {"1.2.840.10045.3.1.7", "2a8648ce3d030107"},
      {"0.0", "00"},
      {"0.39", "27"},
      {"1.0", "28"},
      {"1.39", "4f"},
      {"2.0", "50"},
      {"2.5.29.15", "551d0f"},
      {"2.999", "8837"},
      {"1.2.18446744073709551615", "2a81ffffffffffffffff7f"},
  };
  for (const auto& [dotted, hex] : known) {
    const std::string_view name = dotted;
    CAPTURE(name);
    CHECK(OidOf(hex) == dotted);
    CHECK(DerOidOf(dotted) == DerOf(kDerOid, Hex(hex)));
    CHECK(IsOid(dotted));
  }
}

TEST_CASE("an object identifier has one spelling") {
  for (const std::string_view hex :
       {"", "80", "8001", "2a8001", "2a81", "ff", "2a82808080808080808000",
        "2a80ffffffffffffffff7f"}) {
    CAPTURE(hex);
    CHECK_FALSE(OidOf(hex));
  }
  for (unsigned value = 0; value < 0x1000000; value += 61) {
    const char octets[] = {static_cast<char>(value >> 16),
                           static_cast<char>(value >> 8),
                           static_cast<char>(value)};
    const std::string_view content(octets, 3);
    const auto oid = ReadDerOid(Primitive(kDerOid, content));
    if (!oid) continue;
    if (DerOidOf(*oid) != DerOf(kDerOid, content)) FAIL(*oid);
  }
}

TEST_CASE("what is no object identifier is not written") {
  for (const std::string_view text :
       {"", "1", "1.", ".1", "1..2", "1.40", "0.40", "3.1", "1.2.", "1.02",
        "01.2", "1.2.a", " 1.2", "1.-2", "1.2.18446744073709551616",
        "2.18446744073709551615"}) {
    CAPTURE(text);
    CHECK_FALSE(IsOid(text));
  }
  CHECK(Aborts([] { DerOidOf("1"); }));
}

TEST_CASE("times are read in seconds of 1970") {
  CHECK(GeneralizedTime("19700101000000Z") == 0);
  CHECK(GeneralizedTime("20251122183917Z") == 1763836757);
  CHECK(GeneralizedTime("20240229235959Z") == 1709251199);
  CHECK(GeneralizedTime("99991231235959Z") == 253402300799);
  CHECK(GeneralizedTime("19691231235959Z") == -1);
  CHECK(UtcTime("251122183917Z") == 1763836757);
  CHECK(UtcTime("700101000000Z") == 0);
  CHECK(UtcTime("491231235959Z") == 2524607999);
  CHECK(UtcTime("500101000000Z") == -631152000);
}

TEST_CASE("a date or time of day that does not exist is malformed") {
  for (const std::string_view text :
       {"20250229000000Z", "20250431000000Z", "20250001000000Z",
        "20251301000000Z", "20250100000000Z", "20250132000000Z",
        "20250101240000Z", "20250101006000Z", "20250101000060Z"}) {
    CAPTURE(text);
    CHECK_FALSE(GeneralizedTime(text));
    CHECK_FALSE(UtcTime(text.substr(2)));
  }
  CHECK_FALSE(GeneralizedTime("19000229000000Z"));
  CHECK(GeneralizedTime("20000229000000Z"));
}

TEST_CASE("a time has one spelling") {
  for (const std::string_view text :
       {"", "Z", "20251122183917", "20251122183917z", "20251122183917.0Z",
        "20251122183917.5Z", "202511221839Z", "2025112218391Z",
        "20251122183917+0800", "20251122183917ZZ", "2025112218391 Z",
        "-0251122183917Z", "+0251122183917Z", "020251122183917Z", "2511221839Z",
        "251122183917+0000", "2511221839170Z"}) {
    CAPTURE(text);
    CHECK_FALSE(GeneralizedTime(text));
    CHECK_FALSE(UtcTime(text));
  }
  CHECK_FALSE(UtcTime("20251122183917Z"));
  CHECK_FALSE(GeneralizedTime("251122183917Z"));
  CHECK_FALSE(TimeOf(kDerIa5String, "20251122183917Z"));
}

TEST_CASE("a time that is written is read again") {
  // A step that meets every month, hour, minute and second.
  for (int64_t time = 0; time <= 253402300799; time += 86400 * 27 + 3601) {
    const std::string der = DerGeneralizedTimeOf(time);
    if (der.size() != 17 || ReadDerTime(*DerReader(der).Next()) != time) {
      FAIL(time);
    }
  }
  CHECK(DerGeneralizedTimeOf(1763836757) ==
        DerOf(kDerGeneralizedTime, "20251122183917Z"));
  CHECK(DerGeneralizedTimeOf(253402300799).ends_with("99991231235959Z"));
  CHECK(Aborts([] { DerGeneralizedTimeOf(-1); }));
  CHECK(Aborts([] { DerGeneralizedTimeOf(253402300800); }));
}

TEST_CASE("a bit string is whole octets") {
  using namespace std::string_view_literals;
  const auto plain = BitsOf("\x00\xff\x01"sv);
  REQUIRE(plain);
  CHECK(plain->octets == "\xff\x01");
  CHECK_FALSE(plain->unused_announced);
  REQUIRE(BitsOf("\x00"sv));
  CHECK(BitsOf("\x00"sv)->octets.empty());
  CHECK(DerBitStringOf("\xff\x01") == DerOf(kDerBitString, "\x00\xff\x01"sv));

  for (unsigned unused = 1; unused < 8; ++unused) {
    const std::string announced(1, static_cast<char>(unused));
    const std::string zero = {'x', static_cast<char>(1U << unused)};
    const std::string content = announced + zero;
    const auto bits = BitsOf(content);
    REQUIRE(bits);
    CHECK(bits->octets == zero);
    CHECK(bits->unused_announced);
    for (unsigned bit = 0; bit < unused; ++bit) {
      CHECK_FALSE(BitsOf(announced + static_cast<char>(1U << bit)));
    }
  }
  CHECK_FALSE(BitsOf(""));
  CHECK_FALSE(BitsOf("\x01"));
  CHECK_FALSE(BitsOf("\x08\x00"sv));
  CHECK_FALSE(BitsOf("\xff\x00"sv));
}

TEST_CASE("each type of text has its alphabet") {
  CHECK(IsText(kDerUtf8String, "测试"));
  CHECK_FALSE(IsText(kDerUtf8String, "\xff"));
  CHECK_FALSE(IsText(kDerIa5String, "测试"));
  CHECK_FALSE(IsText(kDerPrintableString, "测试"));
  CHECK(IsText(kDerIa5String, "a@b_c\x7f"));
  CHECK(IsText(kDerPrintableString, "Az09 '()+,-./:=?"));
  for (const std::string_view other : {"@", "_", "*", "&", "\x7f", "\n", ";"}) {
    CAPTURE(other);
    CHECK_FALSE(IsText(kDerPrintableString, other));
  }
  CHECK_FALSE(IsText(kDerPrintableString, std::string(1, '\0')));
  CHECK(IsText(kDerUtf8String, ""));
  CHECK_FALSE(IsText(kDerOctetString, "text"));
}

TEST_CASE("no truncated or changed element is read past its end") {
  const std::string good =
      DerOf(kDerSequence, DerIntegerOf(4) + DerBitStringOf("bits") +
                              DerOidOf("1.2.156.10197.1.501") +
                              DerOf(kDerExplicit0, DerGeneralizedTimeOf(0)));
  REQUIRE(IsDer(good));
  for (size_t size = 0; size < good.size(); ++size) {
    // Of its own size, so that a sanitizer sees what is read past it.
    const std::string part = good.substr(0, size);
    CHECK_FALSE(IsDer(part));
  }
  for (size_t i = 0; i < good.size() * 8; ++i) {
    std::string changed = good;
    changed[i / 8] = static_cast<char>(changed[i / 8] ^ (1 << (i % 8)));
    DerReader reader(changed);
    while (const auto element = reader.Next()) {
      CHECK(element->whole.data() >= changed.data());
      CHECK(element->whole.data() + element->whole.size() <=
            changed.data() + changed.size());
    }
  }
}

}  // namespace
}  // namespace sealedger::notary
