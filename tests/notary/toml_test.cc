#include "notary/toml.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace sealedger::notary {
namespace {

std::string Fault(std::string_view text) {
  const Result<Json> json = ParseToml(text);
  if (json) return "";
  CHECK(json.error().code == ledger::Code::kMalformed);
  CHECK(json.error().name == "toml");
  return json.error().detail;
}

TEST_CASE("tables, lists, strings, integers and truths become JSON") {
  const Result<Json> json = ParseToml(
      "# comment\n"
      "a = \"x\\u00e9\"\n"
      "[b]\n"
      "c = [1, -2, true]\n"
      "d = { e = '' }\n"
      "[[f]]\n"
      "g = 0x10\n"
      "[[f]]\n");
  REQUIRE(json);
  CHECK(WriteJson(*json) ==
        R"({"a":"xé","b":{"c":[1,-2,true],"d":{"e":""}},"f":[{"g":16},{}]})");
  CHECK(WriteJson(*ParseToml("")) == "{}");
}

TEST_CASE("what no setting has is refused, with its place") {
  CHECK(Fault("a = 1\nb = 1.5\n").starts_with("line 2, column 5"));
  CHECK(Fault("a = 1979-05-27\n").starts_with("line 1, column 5"));
  CHECK(Fault("a = 07:32:00\n") != "");
  CHECK(Fault("a = 9007199254740991\n") == "");
  CHECK(Fault("a = 9007199254740992\n").starts_with("line 1, column 5"));
  CHECK(Fault("a = -9007199254740992\n").starts_with("line 1, column 5"));
  CHECK(Fault("a = inf\n") != "");
}

TEST_CASE("what is not TOML is refused, with its place") {
  CHECK(Fault("a = 1\na = 2\n").starts_with("line 2"));
  CHECK(Fault("[a]\n[a]\n").starts_with("line 2"));
  CHECK(Fault("a = \n").starts_with("line 1"));
  for (const char* bytes : {"\xff", "\xc3", "\xc0\x80", "\xed\xa0\x80",
                            "\xf4\x90\x80\x80", "\\ud800"}) {
    CHECK(Fault("a = \"" + std::string(bytes) + "\"\n") != "");
    CHECK(Fault("\"" + std::string(bytes) + "\" = 1\n") != "");
  }
  CHECK(Fault("a = " + std::string(100000, '[')) != "");
  CHECK(Fault(std::string((1 << 20) + 1, '#')) != "");
}

}  // namespace
}  // namespace sealedger::notary
