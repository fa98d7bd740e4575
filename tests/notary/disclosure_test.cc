#include "notary/disclosure.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ledger/encoding.h"

namespace sealedger::notary {
namespace {

using namespace std::string_literals;

constexpr std::string_view kSalt = "0123456789abcdef";
constexpr std::string_view kSaltText = "MDEyMzQ1Njc4OWFiY2RlZg";

using Fields = std::vector<std::pair<std::string, std::string>>;

bool IsRefused(std::string_view text) {
  const Result<Disclosure> disclosure = DecodeDisclosure(text);
  if (disclosure) return false;
  CHECK(disclosure.error().code == ledger::Code::kMalformed);
  CHECK(disclosure.error().name == "disclosure");
  return true;
}

// A disclosure whose inner text is `json`, whatever that is.
std::string Wrapped(std::string_view json) {
  return ledger::EncodeBase64Url(json);
}

std::string Inner(std::string_view name, std::string_view value) {
  std::string json = "[\"";
  json += kSaltText;
  json += "\",";
  AppendJsonString(&json, name);
  json += ',';
  AppendJsonString(&json, value);
  return json + "]";
}

Result<Fields> Read(std::string_view text) {
  const Result<Json> json = ParseJson(text);
  REQUIRE(json);
  return ReadPrivateFields(*json, "/private");
}

// What ReadPrivateFields says against `text`, as "name field".
std::string Fault(std::string_view text) {
  const Result<Fields> fields = Read(text);
  if (fields) return "";
  CHECK(fields.error().code == ledger::Code::kInvalidArgument);
  CHECK(!fields.error().detail.empty());
  return fields.error().name + " " + fields.error().field;
}

std::string ObjectOf(int count) {
  std::string text = "{";
  for (int i = 0; i < count; ++i)
    text += "\"f" + std::to_string(i) + "\":\"\",";
  text.back() = '}';
  return text;
}

}  // namespace

TEST_CASE("a disclosure is base64url of the canonical array") {
  const Disclosure disclosure{std::string(kSalt), "signatory", "张三"};
  const std::string text = EncodeDisclosure(disclosure);
  CHECK(ledger::DecodeBase64Url(text) ==
        R"(["MDEyMzQ1Njc4OWFiY2RlZg","signatory","张三"])");
  const Result<Disclosure> decoded = DecodeDisclosure(text);
  REQUIRE(decoded);
  CHECK(*decoded == disclosure);
}

TEST_CASE("a digest is SHA-256 of the disclosure's text (RFC 9901 4.2.3)") {
  // The example of the RFC; its inner JSON has spaces, so it is hashed only.
  CHECK(ledger::EncodeBase64Url(
            DisclosureDigest("WyI2cU1RdlJMNWhhaiIsICJmYW1pbHlfbmFtZSIsICJNw7Zi"
                             "aXVzIl0")
                .view()) == "uutlBuYeMDyjLLTpf6Jxi7yNkEF35jdyWMn9U7b_RYY");
}

TEST_CASE("disclosures are read back at all bounds") {
  for (const std::string& name :
       {"a"s, std::string(64, 'n'), std::string(64, '\x01'), "_SD"s, "_sd2"s,
        ".."s, "\0"s, "a\"b\\"s}) {
    for (const std::string& value :
         {""s, "x"s, std::string(1024, 'v'), std::string(1024, '\x01'),
          std::string(1024, '"'), "\n\t\0"s, "😀"s}) {
      const Disclosure disclosure{std::string(kSalt), name, value};
      const Result<Disclosure> decoded =
          DecodeDisclosure(EncodeDisclosure(disclosure));
      REQUIRE(decoded);
      CHECK(*decoded == disclosure);
    }
  }
}

TEST_CASE("a value is read alone as it is read with the rest") {
  for (const std::string& value :
       {""s, "张三"s, "a\"b\\c\n"s, std::string(kMaxPrivateValue, 'x')}) {
    const std::string text =
        EncodeDisclosure({std::string(kSalt), "name", value});
    CHECK(DisclosureValue(text).value() == value);
    CHECK(DecodeDisclosure(text).value().value == value);
  }
  for (const std::string& text :
       {""s, "x"s, Wrapped("{}"), Wrapped("[]"), Wrapped("[\"a\",\"b\"]"),
        Wrapped("[\"a\",\"b\",7]"), Wrapped("[\"a\",\"b\",\"c\",\"d\"]")}) {
    CAPTURE(text);
    const Result<std::string> value = DisclosureValue(text);
    REQUIRE_FALSE(value.has_value());
    CHECK(value.error().name == "disclosure");
  }
}

TEST_CASE("every salt reads back, whatever its bits") {
  for (int bit = 0; bit < 128; ++bit) {
    std::string salt(kSaltSize, '\0');
    salt[static_cast<size_t>(bit) / 8] = static_cast<char>(1 << (bit % 8));
    const Result<Disclosure> decoded =
        DecodeDisclosure(EncodeDisclosure({salt, "n", "v"}));
    REQUIRE(decoded);
    CHECK(decoded->salt == salt);
  }
}

TEST_CASE("base64url is taken in one spelling only") {
  // Three lengths of the inner text, so that each number of bits is left over.
  for (std::string_view value : {"v", "vv", "vvv"}) {
    const std::string text = Wrapped(Inner("n", value));
    REQUIRE_FALSE(IsRefused(text));
    CHECK(IsRefused(text + "="));
    CHECK(IsRefused(text + "=="));
    CHECK(IsRefused(text + "A"));
    CHECK(IsRefused(text + "\n"));
    CHECK(IsRefused(" " + text));
    CHECK(IsRefused(text.substr(0, text.size() - 1)));
    if (text.size() % 4 != 0) {
      // The last character has stray bits: set the lowest of them.
      std::string stray = text;
      ++stray.back();
      CHECK(IsRefused(stray));
    }
  }
  // The alphabet of standard base64.
  const std::string url = Wrapped(Inner("n", "\u07FF\u07FF?>?>"));
  REQUIRE_FALSE(IsRefused(url));
  std::string standard = url;
  std::replace(standard.begin(), standard.end(), '-', '+');
  std::replace(standard.begin(), standard.end(), '_', '/');
  REQUIRE(standard != url);
  CHECK(IsRefused(standard));
}

TEST_CASE("inner JSON that is not canonical is refused") {
  const std::string salt(kSaltText);
  REQUIRE_FALSE(IsRefused(Wrapped("[\"" + salt + "\",\"n\",\"v/\"]")));
  CHECK(IsRefused(Wrapped("[\"" + salt + "\", \"n\",\"v/\"]")));
  CHECK(IsRefused(Wrapped("[\"" + salt + "\",\"n\",\"v/\"] ")));
  CHECK(IsRefused(Wrapped(" [\"" + salt + "\",\"n\",\"v/\"]")));
  CHECK(IsRefused(Wrapped("[\"" + salt + "\",\"n\",\"v\\/\"]")));
  CHECK(IsRefused(Wrapped("[\"" + salt + "\",\"n\",\"\\u0076/\"]")));
  CHECK(IsRefused(Wrapped("[\"" + salt + "\",\"\\u006e\",\"v/\"]")));
}

TEST_CASE("inner text of another shape is refused") {
  const std::string salt(kSaltText);
  for (const std::string& json :
       {""s, "[]"s, "{}"s, "null"s, "\"" + salt + "\"", "[\"" + salt + "\"]",
        "[\"" + salt + "\",\"n\"]", "[\"" + salt + "\",\"n\",\"v\",\"w\"]",
        "[\"" + salt + "\",\"n\",1]", "[\"" + salt + "\",\"n\",null]",
        "[\"" + salt + "\",\"n\",[\"v\"]]", "[\"" + salt + "\",1,\"v\"]",
        "[1,\"n\",\"v\"]"s, "[\"" + salt + "\",\"n\",\"v\"",
        "[\"" + salt + "\",\"n\",\"\xFF\"]"}) {
    CAPTURE(json);
    CHECK(IsRefused(Wrapped(json)));
  }
  CHECK(IsRefused("["));
}

TEST_CASE("a salt of another length or spelling is refused") {
  const auto refused_with = [](std::string_view salt) {
    return IsRefused(Wrapped("[\"" + std::string(salt) + "\",\"n\",\"v\"]"));
  };
  REQUIRE_FALSE(refused_with(kSaltText));
  for (size_t size : {0u, 1u, 15u, 17u, 32u}) {
    CAPTURE(size);
    CHECK(refused_with(ledger::EncodeBase64Url(std::string(size, 's'))));
  }
  CHECK(refused_with(std::string(kSaltText) + "=="));
  CHECK(refused_with("MDEyMzQ1Njc4OWFiY2RlZh"));  // a stray bit
  CHECK(refused_with("MDEyMzQ1Njc4OWFiY2RlZ!"));
}

TEST_CASE("names and values out of bounds are refused") {
  CHECK_FALSE(IsRefused(Wrapped(Inner(std::string(64, 'n'), "v"))));
  CHECK(IsRefused(Wrapped(Inner(std::string(65, 'n'), "v"))));
  CHECK(IsRefused(Wrapped(Inner("", "v"))));
  CHECK(IsRefused(Wrapped(Inner("_sd", "v"))));
  CHECK(IsRefused(Wrapped(Inner("...", "v"))));
  CHECK_FALSE(IsRefused(Wrapped(Inner("n", std::string(1024, 'v')))));
  CHECK(IsRefused(Wrapped(Inner("n", std::string(1025, 'v')))));
  CHECK(IsRefused(std::string(1 << 20, 'A')));
}

TEST_CASE("private fields are read in the order of their names") {
  const Result<Fields> fields =
      Read("{\"b\":\"2\",\"\uFFFD\":\"5\",\"😀\":\"4\",\"a\":\"1\",\"c\":\"\"}");
  REQUIRE(fields);
  CHECK(*fields ==
        Fields{{"a", "1"}, {"b", "2"}, {"c", ""}, {"😀", "4"}, {"\uFFFD", "5"}});
}

TEST_CASE("private fields are 1 to 32") {
  CHECK(Fault("{}") == "private-field /private");
  CHECK(Fault(ObjectOf(1)) == "");
  CHECK(Fault(ObjectOf(32)) == "");
  CHECK(Fault(ObjectOf(33)) == "private-field /private");
}

TEST_CASE("private fields of another type are refused") {
  for (std::string_view text : {"null", "[]", "\"x\"", "1", "true"}) {
    CAPTURE(text);
    CHECK(Fault(text) == "invalid-request /private");
  }
  for (std::string_view value : {"null", "1", "true", "[]", "{}"}) {
    CAPTURE(value);
    CHECK(Fault("{\"a\":\"x\",\"b\":" + std::string(value) + "}") ==
          "invalid-request /private/b");
  }
}

TEST_CASE("names of private fields have bounds") {
  const auto fault = [](std::string_view name) {
    std::string text = "{";
    AppendJsonString(&text, name);
    return Fault(text + ":\"v\"}");
  };
  const std::string longest(64, 'n');
  CHECK(fault(longest) == "");
  CHECK(fault(longest + "n") == "too-long /private");
  CHECK(fault("") == "empty-text /private/");
  CHECK(fault("a\nb") == "control-character /private/a\nb");
  CHECK(fault("\u0085") == "control-character /private/\u0085");
  CHECK(fault("_sd") == "private-field /private/_sd");
  CHECK(fault("...") == "private-field /private/...");
  CHECK(fault("_sd_") == "");
}

TEST_CASE("values of private fields are strings of at most 1024 bytes") {
  CHECK(Fault("{\"a~/\":\"" + std::string(1024, 'v') + "\"}") == "");
  CHECK(Fault("{\"a~/\":\"" + std::string(1025, 'v') + "\"}") ==
        "too-long /private/a~0~1");
  CHECK(Fault(R"({"note":"line 1\nline 2"})") == "");
}

TEST_CASE("a fault in a private field does not repeat its value") {
  const Result<Fields> fields =
      Read("{\"a\":\"" + std::string(1025, 'v') + "\"}");
  REQUIRE(!fields);
  CHECK(fields.error().detail.find('v') == std::string::npos);
}

TEST_CASE("disclosures come in the order of their digests, with fresh salts") {
  Fields fields;
  for (int i = 0; i < 32; ++i) {
    fields.emplace_back("f" + std::to_string(i), "same");
  }
  const std::vector<std::string> disclosures = MakeDisclosures(fields);
  REQUIRE(disclosures.size() == fields.size());
  std::vector<std::string> digests;
  std::set<std::string> salts;
  Fields found;
  for (const std::string& text : disclosures) {
    digests.push_back(ledger::EncodeBase64Url(DisclosureDigest(text).view()));
    const Result<Disclosure> decoded = DecodeDisclosure(text);
    REQUIRE(decoded);
    salts.insert(decoded->salt);
    found.emplace_back(decoded->name, decoded->value);
  }
  CHECK(std::is_sorted(digests.begin(), digests.end()));
  CHECK(salts.size() == fields.size());
  std::sort(fields.begin(), fields.end());
  std::sort(found.begin(), found.end());
  CHECK(found == fields);
}

TEST_CASE("salts are 16 bytes and do not come twice") {
  std::set<std::string> salts;
  for (int i = 0; i < 1000; ++i) {
    const std::string salt = NewSalt();
    REQUIRE(salt.size() == kSaltSize);
    salts.insert(salt);
  }
  CHECK(salts.size() == 1000);
}

}  // namespace sealedger::notary
