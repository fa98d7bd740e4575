#include "notary/canonical_json.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sealedger::notary {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

// The name of the refusal, or "" for a text that is accepted.
std::string Refusal(std::string_view text, const JsonLimits& limits = {}) {
  const Result<Json> json = ParseJson(text, limits);
  if (json) return "";
  CHECK(json.error().code == ledger::Code::kMalformed);
  CHECK(!json.error().detail.empty());
  return json.error().name;
}

// The canonical spelling of `text`, or "!" and the name of the refusal.
std::string Canonical(std::string_view text) {
  const Result<Json> json = ParseJson(text);
  return json ? WriteJson(*json) : "!" + json.error().name;
}

std::string Nested(char open, char close, int depth) {
  return std::string(static_cast<size_t>(depth), open) +
         std::string(static_cast<size_t>(depth), close);
}

}  // namespace

TEST_CASE("each kind of value is read and written") {
  CHECK(Canonical("null") == "null");
  CHECK(Canonical("true") == "true");
  CHECK(Canonical("false") == "false");
  CHECK(Canonical("0") == "0");
  CHECK(Canonical("-17") == "-17");
  CHECK(Canonical(R"("")") == R"("")");
  CHECK(Canonical(R"("张三")") == R"("张三")");
  CHECK(Canonical("[]") == "[]");
  CHECK(Canonical("{}") == "{}");
  CHECK(Canonical(R"([1,[2,{"a":null}],"b"])") == R"([1,[2,{"a":null}],"b"])");
}

TEST_CASE("the value read is the value written in the text") {
  const Result<Json> json = ParseJson(
      R"({"flag":true,"list":[1,-2],"none":null,"text":"x","object":{}})");
  REQUIRE(json);
  REQUIRE(json->if_object() != nullptr);
  CHECK(json->if_object()->size() == 5);
  CHECK(*json->Find("flag")->if_bool());
  CHECK(json->Find("none")->is_null());
  CHECK(*json->Find("text")->if_string() == "x");
  CHECK(json->Find("object")->if_object()->empty());
  const Json::Array& list = *json->Find("list")->if_array();
  REQUIRE(list.size() == 2);
  CHECK(*list[0].if_integer() == 1);
  CHECK(*list[1].if_integer() == -2);
  CHECK(json->Find("absent") == nullptr);
  CHECK(json->Find("text")->Find("text") == nullptr);
}

TEST_CASE("values of different types are not equal") {
  CHECK(Json(0) == Json(int64_t{0}));
  CHECK_FALSE(Json(0) == Json(false));
  CHECK_FALSE(Json(0) == Json("0"));
  CHECK_FALSE(Json() == Json(false));
  CHECK_FALSE(Json(Json::Array{}) == Json(Json::Object{}));
}

TEST_CASE("what is built member by member is written in order") {
  Json json{Json::Object{}};
  json.Add("b", 2);
  json.Add("a", Json::Array{Json("x"), Json(true), Json()});
  json.Add("c", Json::Object{}).Add("d", uint64_t{kMaxJsonInteger});
  CHECK(WriteJson(json) ==
        R"({"a":["x",true,null],"b":2,"c":{"d":9007199254740991}})");
}

TEST_CASE("members stay in the order in which they were read or added") {
  const Result<Json> read = ParseJson(R"({"b":1,"a":2,"c":3})");
  REQUIRE(read);
  Json added{Json::Object{}};
  added.Add("b", 1);
  added.Add("a", 2);
  added.Add("c", 3);
  CHECK(*read == added);
  CHECK((*read->if_object())[0].first == "b");
  const Result<Json> sorted = ParseJson(WriteJson(added));
  REQUIRE(sorted);
  CHECK_FALSE(*sorted == added);
  CHECK(WriteJson(*sorted) == WriteJson(added));
}

TEST_CASE("white space around tokens means nothing and is not written") {
  CHECK(Canonical(" \t\r\n{ \"a\" :\n[ 1 ,\t2 ] , \"b\" : { } } \r\n") ==
        R"({"a":[1,2],"b":{}})");
  CHECK(Refusal("1\v") == "not-json");
  CHECK(Refusal("1\f") == "not-json");
  CHECK(Refusal("\u00a0"
                "1") == "not-json");
}

TEST_CASE("text that is no JSON is refused") {
  for (std::string_view text :
       {""sv,          " "sv,          "{"sv,         "}"sv,
        "["sv,         "]"sv,          "[1"sv,        "[1,"sv,
        "[1,]"sv,      "[,1]"sv,       "[1 2]"sv,     "[1}"sv,
        "{\"a\"}"sv,   "{\"a\":}"sv,   "{\"a\" 1}"sv, "{\"a\":1"sv,
        "{\"a\":1,"sv, "{\"a\":1,}"sv, "{,}"sv,       "{a:1}"sv,
        "{'a':1}"sv,   "{1:1}"sv,      "{\"a\":1]"sv, "{\"a\":1 \"b\":2}"sv,
        "'a'"sv,       "\""sv,         "\"a"sv,       "\"a\\"sv,
        "\"a\\\""sv,   "nul"sv,        "nulL"sv,      "NULL"sv,
        "True"sv,      "tru"sv,        "falsy"sv,     "NaN"sv,
        "Infinity"sv,  "-Infinity"sv,  "undefined"sv, "// a\n1"sv,
        "/**/1"sv,     "1//"sv,        "\x80"sv,      "\xff"sv}) {
    CAPTURE(text);
    CHECK(Refusal(text) == "not-json");
  }
}

TEST_CASE("text after the value is refused") {
  for (std::string_view text : {"1 1"sv, "{}{}"sv, "[]]"sv, "nullx"sv,
                                "\"a\"\"b\""sv, "true,"sv, "1\0"sv, "{}\0"sv}) {
    CAPTURE(text);
    CHECK(Refusal(text) == "not-json");
  }
}

TEST_CASE("a byte order mark is refused") {
  CHECK(Refusal("\xEF\xBB\xBF{}") == "not-json");
  CHECK(Refusal("\xFF\xFE{\0}\0"sv) == "not-json");
  // Inside a string U+FEFF is a character like any other.
  CHECK(Canonical("\"\xEF\xBB\xBF\"") == "\"\xEF\xBB\xBF\"");
}

TEST_CASE("a NUL byte is refused wherever it stands") {
  CHECK(Refusal("\0{}"sv) == "not-json");
  CHECK(Refusal("{\0}"sv) == "not-json");
  CHECK(Refusal("\"a\0b\""sv) == "not-json");
  const Result<Json> escaped = ParseJson(R"("a\u0000b")");
  REQUIRE(escaped);
  CHECK(*escaped->if_string() == "a\0b"s);
  CHECK(WriteJson(*escaped) == R"("a\u0000b")");
}

TEST_CASE("integers are read to the last within 2^53 - 1 and no further") {
  CHECK(Canonical("9007199254740991") == "9007199254740991");
  CHECK(Canonical("-9007199254740991") == "-9007199254740991");
  for (std::string_view text :
       {"9007199254740992"sv, "-9007199254740992"sv, "9007199254740993"sv,
        "9223372036854775807"sv, "-9223372036854775808"sv,
        "18446744073709551615"sv, "18446744073709551616"sv,
        "18446744073709551617"sv, "99999999999999999999999999999999999999"sv}) {
    CAPTURE(text);
    CHECK(Refusal(text) == "number-out-of-range");
  }
}

TEST_CASE("fractions, exponents and minus zero are out of range") {
  for (std::string_view text :
       {"1.0"sv, "0.5"sv, "1e1"sv, "1E1"sv, "1e+1"sv, "1e-1"sv, "1.5e3"sv,
        "0e0"sv, "1e400"sv, "-0"sv, "-0.0"sv, "-0e1"sv}) {
    CAPTURE(text);
    CHECK(Refusal(text) == "number-out-of-range");
    CHECK(Refusal("[" + std::string(text) + "]") == "number-out-of-range");
  }
}

TEST_CASE("what only resembles a number is no JSON") {
  for (std::string_view text :
       {"01"sv, "-01"sv, "00"sv, "+1"sv, "-"sv, "--1"sv, "- 1"sv, "1."sv,
        ".5"sv, "1.e1"sv, "1e"sv, "1e+"sv, "1e+-1"sv, "0x10"sv, "1_000"sv,
        "1a"sv}) {
    CAPTURE(text);
    CHECK(Refusal(text) == "not-json");
  }
}

TEST_CASE("every escape is read") {
  CHECK(Canonical(R"("\"\\\/\b\f\n\r\t")") == R"("\"\\/\b\f\n\r\t")");
  CHECK(Canonical(R"("\u0041\u00e9\u5F20\ud83d\uDE00")") == R"("Aé张😀")");
  CHECK(Canonical(R"("\u0008\u0009\u000A\u000c\u000D\u0022\u005c\u002F")") ==
        R"("\b\t\n\f\r\"\\/")");
  CHECK(Canonical(R"("\uD800\uDC00\udbff\udfff")") ==
        "\"\xF0\x90\x80\x80\xF4\x8F\xBF\xBF\"");
}

TEST_CASE("unknown and broken escapes are refused") {
  for (std::string_view text :
       {R"("\a")"sv, R"("\v")"sv, R"("\0")"sv, R"("\x41")"sv, R"("\'")"sv,
        R"("\U0041")"sv, R"("\u")"sv, R"("\u004")"sv, R"("\u00g0")"sv,
        R"("\u+041")"sv, R"("\u 041")"sv, R"("\u004)"sv, "\"\\\n\""sv}) {
    CAPTURE(text);
    CHECK(Refusal(text) == "not-json");
  }
}

TEST_CASE("controls are written by the shortest escape, all else as it is") {
  std::string text;
  for (char c = 0; c < 0x20; ++c) text += c;
  text += "\"\\/\x7F";
  text += "\u0080\u2028\uFEFF";
  CHECK(WriteJson(Json(text)) ==
        R"("\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r)"
        R"(\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018)"
        R"(\u0019\u001a\u001b\u001c\u001d\u001e\u001f\"\\/)"
        "\x7F\u0080\u2028\uFEFF\"");
}

TEST_CASE("a control character inside a string is refused") {
  for (char c = 0; c < 0x20; ++c) {
    CAPTURE(static_cast<int>(c));
    CHECK(Refusal("\"a"s + c + "b\"") == "not-json");
    CHECK(Refusal("{\"a"s + c + "\":1}") == "not-json");
  }
  CHECK(Refusal("\"\x7F\"") == "");
}

TEST_CASE("lone surrogates are refused, as escapes and as bytes") {
  for (std::string_view text :
       {R"("\ud800")"sv, R"("\udbff")"sv, R"("\udc00")"sv, R"("\udfff")"sv,
        R"("\udc00\ud800")"sv, R"("\ud800\ud800")"sv, R"("\ud83d\u0041")"sv,
        R"("\ud83dA")"sv, R"("\ud83d\n")"sv, R"("\ud83d\udbff")"sv,
        R"("\ud83d\ue000")"sv, R"({"\ud800":1})"sv,
        // Surrogates as three bytes each, alone and as a pair (CESU-8).
        "\"\xED\xA0\x80\""sv, "\"\xED\xBF\xBF\""sv,
        "\"\xED\xA0\xBD\xED\xB8\x80\""sv}) {
    CAPTURE(text);
    CHECK(Refusal(text) == "not-utf8");
  }
}

TEST_CASE("bytes that are no UTF-8 are refused in strings") {
  for (std::string_view bytes :
       {"\x80"sv, "\xBF"sv, "\xC0\x80"sv, "\xC1\xBF"sv, "\xC2"sv, "\xC2 "sv,
        "\xE0\x80\x80"sv, "\xE4\xBD"sv, "\xF0\x80\x80\x80"sv,
        "\xF4\x90\x80\x80"sv, "\xF5\x80\x80\x80"sv, "\xFE"sv, "\xFF"sv,
        // A sequence cut by an escape, and one that an escape would complete.
        "\xE4\\n\xBD\xA0"sv, "\\u00e4\xBD"sv}) {
    CAPTURE(bytes);
    CHECK(Refusal("\"" + std::string(bytes) + "\"") == "not-utf8");
    CHECK(Refusal("{\"" + std::string(bytes) + "\":1}") == "not-utf8");
  }
}

TEST_CASE("duplicate members are refused") {
  CHECK(Refusal(R"({"a":1,"a":1})") == "duplicate-member");
  CHECK(Refusal(R"({"a":1,"b":2,"a":3})") == "duplicate-member");
  CHECK(Refusal(R"({"":1,"":2})") == "duplicate-member");
  CHECK(Refusal(R"([{"x":{"b":1,"a":2,"b":3}}])") == "duplicate-member");
  CHECK(Refusal(R"({"a":{"a":{"a":1}},"b":{"a":1}})") == "");
}

TEST_CASE("members are duplicates when only their escapes differ") {
  CHECK(Refusal(R"({"a":1,"\u0061":2})") == "duplicate-member");
  CHECK(Refusal(R"({"\/":1,"/":2})") == "duplicate-member");
  CHECK(Refusal(R"({"😀":1,"\ud83d\ude00":2})") == "duplicate-member");
  // Two spellings that look alike (NFC and NFD) are two names.
  CHECK(Refusal(R"({"\u00e9":1,"e\u0301":2})") == "");
}

TEST_CASE("duplicates are found in objects of any size and place") {
  for (int count = 2; count <= 40; ++count) {
    for (int first = 0; first < count; ++first) {
      for (int second = first + 1; second < count; ++second) {
        std::string text = "{";
        for (int i = 0; i < count; ++i) {
          const int name = (i == second ? first : i) * 7 % 41;
          text += '"' + std::to_string(name) + "\":0,";
        }
        text.back() = '}';
        CAPTURE(text);
        REQUIRE(Refusal(text) == "duplicate-member");
      }
    }
  }
}

TEST_CASE("a large object without duplicates is accepted") {
  std::string text = "{";
  for (int i = 0; i < 1000; ++i) {
    text += '"' + std::to_string(i * 7 % 1009) + "\":0,";
  }
  text.back() = '}';
  CHECK(Refusal(text) == "");
}

TEST_CASE("depth is accepted at the limit and refused beyond it") {
  for (int limit : {1, 2, 16, 100}) {
    CAPTURE(limit);
    const JsonLimits limits{.max_depth = limit};
    CHECK(Refusal(Nested('[', ']', limit), limits) == "");
    CHECK(Refusal(Nested('[', ']', limit + 1), limits) == "too-deep");
    std::string objects = "1";
    for (int i = 0; i < limit; ++i) objects = "{\"a\":" + objects + "}";
    CHECK(Refusal(objects, limits) == "");
    CHECK(Refusal("{\"a\":" + objects + "}", limits) == "too-deep");
    CHECK(Refusal("[" + objects + "]", limits) == "too-deep");
  }
  CHECK(Refusal("1", {.max_depth = 0}) == "");
  CHECK(Refusal("[]", {.max_depth = 0}) == "too-deep");
  CHECK(Refusal("{}", {.max_depth = 0}) == "too-deep");
}

TEST_CASE("depth counts what is open, not what was closed") {
  CHECK(Refusal("[[],[],{},[],[]]", {.max_depth = 2}) == "");
}

TEST_CASE("a megabyte of opening brackets is refused and does not crash") {
  CHECK(Refusal(std::string(1 << 20, '[')) == "too-deep");
  std::string objects;
  while (objects.size() + 5 <= 1 << 20) objects += "{\"\":";
  CHECK(Refusal(objects) == "too-deep");
}

TEST_CASE("size is accepted at the limit and refused beyond it") {
  CHECK(Refusal("[1,2]", {.max_bytes = 5}) == "");
  CHECK(Refusal("[1,2] ", {.max_bytes = 5}) == "too-large");
  CHECK(Refusal(std::string((1 << 20) + 1, ' ')) == "too-large");
}

TEST_CASE("the count of values is accepted at the limit, refused beyond it") {
  CHECK(Refusal(R"({"a":[1,2],"b":3})", {.max_values = 5}) == "");
  CHECK(Refusal(R"({"a":[1,2],"b":3})", {.max_values = 4}) == "too-large");
  CHECK(Refusal("[[],[],[]]", {.max_values = 4}) == "");
  CHECK(Refusal("[[],[],[],[]]", {.max_values = 4}) == "too-large");
  CHECK(Refusal("1", {.max_values = 0}) == "too-large");
}

TEST_CASE("an error says at which byte and does not quote the text") {
  const Result<Json> bad = ParseJson(R"({"secret":"hidden",})");
  REQUIRE(!bad);
  CHECK(bad.error().detail.find("byte 19") != std::string::npos);
  for (std::string_view text :
       {R"({"secret":1,"secret":2})"sv, R"({"secret":secret})"sv,
        R"("secret\q")"sv, R"("secret\ud800")"sv, "\"secret\xFF\""sv,
        R"(["secret)"sv, R"([12345.5,"secret"])"sv}) {
    CAPTURE(text);
    const Result<Json> json = ParseJson(text);
    REQUIRE(!json);
    CHECK(json.error().detail.find("secret") == std::string::npos);
    CHECK(json.error().detail.find("12345") == std::string::npos);
    CHECK(json.error().field.empty());
  }
}

TEST_CASE("members are sorted as in RFC 8785 section 3.2.3") {
  CHECK(Canonical(R"({
          "\u20ac": "Euro Sign",
          "\r": "Carriage Return",
          "\ufb33": "Hebrew Letter Dalet With Dagesh",
          "1": "One",
          "\ud83d\ude00": "Emoji: Grinning Face",
          "\u0080": "Control",
          "\u00f6": "Latin Small Letter O With Diaeresis"
        })") ==
        "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\","
        "\"ö\":\"Latin Small Letter O With Diaeresis\",\"€\":\"Euro Sign\","
        "\"😀\":\"Emoji: Grinning Face\","
        "\"\uFB33\":\"Hebrew Letter Dalet With Dagesh\"}");
}

TEST_CASE("names compare by UTF-16 code unit") {
  // Rising: every pair is tried, each both ways.
  const std::vector<std::string> rising = {
      "",           "\0"s,         "\0\0"s,      "\x1F",
      "A",          "AA",          "AB",         "A\u00E9",
      "A\u5F20",    "A\U0001F600", "A\uE000",    "A\uFFFD",
      "B",          "\x7F",        "\u0080",     "\u07FF",
      "\u0800",     "\uD7FF",      "\U00010000", "\U00010000A",
      "\U0001F600", "\U0010FFFF",  "\uE000",     "\uE000\U0001F600",
      "\uF000",     "\uFB33",      "\uFFFD",     "\uFFFF"};
  for (size_t i = 0; i < rising.size(); ++i) {
    for (size_t j = 0; j < rising.size(); ++j) {
      CAPTURE(i);
      CAPTURE(j);
      CHECK(LessUtf16(rising[i], rising[j]) == (i < j));
    }
  }
}

TEST_CASE("only the text that the writer writes is canonical") {
  CHECK(IsCanonicalJson(R"({"a":[1,"é"],"b":"\n"})"));
  for (std::string_view text :
       {R"({"b":1,"a":2})"sv, R"({"a": 1})"sv, R"({"a":1} )"sv, R"( {"a":1})"sv,
        R"("\u0061")"sv, R"("\/")"sv, R"("\u000a")"sv, R"("\u001F")"sv,
        R"("\ud83d\ude00")"sv, R"({"\uffff":1,"😀":2})"sv, R"({"a":1,"a":1})"sv,
        "-0"sv, "1.0"sv, ""sv, "[1"sv}) {
    CAPTURE(text);
    CHECK_FALSE(IsCanonicalJson(text));
  }
  CHECK(IsCanonicalJson(R"("\u001f")"));
  CHECK(IsCanonicalJson("{\"😀\":2,\"\uFFFF\":1}"));
  CHECK_FALSE(IsCanonicalJson("[[]]", {.max_depth = 1}));
}

}  // namespace sealedger::notary
