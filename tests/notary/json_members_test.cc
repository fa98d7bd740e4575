#include "notary/json_members.h"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <string_view>

namespace sealedger::notary {
namespace {

Json Parsed(std::string_view text) {
  Result<Json> json = ParseJson(text);
  REQUIRE(json);
  return *std::move(json);
}

// The fault that Finish() reports as "name field".
std::string Fault(Members& members) {
  if (members.Finish()) return "";
  CHECK(members.error().code == ledger::Code::kInvalidArgument);
  CHECK(!members.error().detail.empty());
  return members.error().name + " " + members.error().field;
}

}  // namespace

TEST_CASE("an object whose members are all asked for has no fault") {
  const Json json = Parsed(
      R"({"s":"x","i":7,"a":[1,2],"o":{"in":"y"},"v":[null],"n":null,
          "os":"z","oi":0,"ob":false,"oa":[],"oo":{"in":1},"ov":{}})");
  Members m(json, "");
  CHECK(m.String("s") == "x");
  CHECK(m.Integer("i") == 7);
  CHECK(m.Array("a").size() == 2);
  Members o = m.Object("o");
  CHECK(o.pointer() == "/o");
  CHECK(o.String("in") == "y");
  CHECK(o.Finish());
  CHECK(m.Value("v") == Json(Json::Array{Json()}));
  CHECK(m.Value("n").is_null());
  REQUIRE(m.OptionalString("os") != nullptr);
  CHECK(*m.OptionalString("os") == "z");
  CHECK(m.OptionalInteger("oi") == 0);
  CHECK(m.OptionalBool("ob") == false);
  REQUIRE(m.OptionalArray("oa") != nullptr);
  CHECK(m.OptionalArray("oa")->empty());
  std::optional<Members> oo = m.OptionalObject("oo");
  REQUIRE(oo.has_value());
  CHECK(oo->Integer("in") == 1);
  CHECK(oo->Finish());
  REQUIRE(m.OptionalValue("ov") != nullptr);
  CHECK(m.OptionalValue("ov")->if_object() != nullptr);
  CHECK(m.Finish());
  CHECK(m.ok());
}

TEST_CASE("optional members that are absent are no fault") {
  const Json json = Parsed("{}");
  Members m(json, "");
  CHECK_FALSE(m.Has("x"));
  CHECK(m.OptionalString("x") == nullptr);
  CHECK(m.OptionalInteger("x") == std::nullopt);
  CHECK(m.OptionalBool("x") == std::nullopt);
  CHECK(m.OptionalArray("x") == nullptr);
  CHECK_FALSE(m.OptionalObject("x").has_value());
  CHECK(m.OptionalValue("x") == nullptr);
  CHECK(Fault(m) == "");
}

TEST_CASE("null in place of an optional member is a fault") {
  const Json json = Parsed(R"({"x":null})");
  const auto fault_after = [&](auto read) {
    Members m(json, "");
    CHECK_FALSE(read(m));
    return Fault(m);
  };
  const std::string expected = "invalid-request /x";
  CHECK(fault_after([](Members& m) { return m.OptionalString("x"); }) ==
        expected);
  CHECK(fault_after([](Members& m) {
          return m.OptionalInteger("x").has_value();
        }) == expected);
  CHECK(fault_after([](Members& m) {
          return m.OptionalBool("x").has_value();
        }) == expected);
  CHECK(fault_after([](Members& m) { return m.OptionalArray("x"); }) ==
        expected);
  CHECK(fault_after([](Members& m) {
          return m.OptionalObject("x").has_value();
        }) == expected);
  CHECK(fault_after([](Members& m) { return m.OptionalValue("x"); }) ==
        expected);
}

TEST_CASE("required members that are missing are a fault") {
  const Json json = Parsed("{}");
  const auto fault_after = [&](auto read) {
    Members m(json, "/items/3");
    read(m);
    return Fault(m);
  };
  const std::string expected = "invalid-request /items/3/x";
  CHECK(fault_after([](Members& m) { CHECK(m.String("x").empty()); }) ==
        expected);
  CHECK(fault_after([](Members& m) { CHECK(m.Integer("x") == 0); }) ==
        expected);
  CHECK(fault_after([](Members& m) { CHECK(m.Array("x").empty()); }) ==
        expected);
  CHECK(fault_after([](Members& m) { CHECK_FALSE(m.Object("x").ok()); }) ==
        expected);
  CHECK(fault_after([](Members& m) { CHECK(m.Value("x").is_null()); }) ==
        expected);
}

TEST_CASE("members of another type are a fault") {
  const Json json =
      Parsed(R"({"s":"1","i":1,"b":true,"a":["1"],"o":{"k":1},"n":null})");
  // Each reader, and the only member that it takes.
  const auto check = [&](std::string_view good, auto read) {
    for (std::string_view name : {"s", "i", "b", "a", "o", "n"}) {
      Members m(json, "");
      read(m, name);
      CAPTURE(good);
      CAPTURE(name);
      CHECK(m.ok() == (name == good));
      if (!m.ok()) {
        CHECK(m.error().name == "invalid-request");
        CHECK(m.error().field == "/" + std::string(name));
      }
    }
  };
  using Name = std::string_view;
  check("s", [](Members& m, Name name) { m.String(name); });
  check("i", [](Members& m, Name name) { m.Integer(name); });
  check("a", [](Members& m, Name name) { m.Array(name); });
  check("o", [](Members& m, Name name) { m.Object(name); });
  check("s", [](Members& m, Name name) { m.OptionalString(name); });
  check("i", [](Members& m, Name name) { m.OptionalInteger(name); });
  check("b", [](Members& m, Name name) { m.OptionalBool(name); });
  check("a", [](Members& m, Name name) { m.OptionalArray(name); });
  check("o", [](Members& m, Name name) { m.OptionalObject(name); });
}

TEST_CASE("integers outside their bounds are a fault") {
  const Json json = Parsed(R"({"minus":-1,"ten":10,"max":9007199254740991})");
  Members good(json, "");
  CHECK(good.Integer("ten", 10) == 10);
  CHECK(good.OptionalInteger("ten", 10) == 10);
  CHECK(good.Integer("max") == uint64_t{kMaxJsonInteger});
  CHECK(good.ok());

  const auto fault = [&](std::string_view name, uint64_t max, bool optional) {
    Members m(json, "");
    if (optional) {
      CHECK(m.OptionalInteger(name, max) == std::nullopt);
    } else {
      CHECK(m.Integer(name, max) == 0);
    }
    return Fault(m);
  };
  for (bool optional : {false, true}) {
    CHECK(fault("ten", 9, optional) == "number-out-of-range /ten");
    CHECK(fault("minus", 10, optional) == "number-out-of-range /minus");
    CHECK(fault("minus", UINT64_MAX, optional) == "number-out-of-range /minus");
  }
}

TEST_CASE("a value that is no object is a fault at its own pointer") {
  for (std::string_view text : {"null", "1", R"("x")", "[]", "true"}) {
    const Json json = Parsed(text);
    Members m(json, "/private");
    CHECK_FALSE(m.Has("x"));
    CHECK(m.String("x").empty());
    CHECK(Fault(m) == "invalid-request /private");
  }
}

TEST_CASE("the first member that nobody asked for is reported") {
  const Json json = Parsed(R"({"a":"1","b":"2","c":"3"})");
  Members m(json, "/x");
  CHECK(m.String("a") == "1");
  CHECK(m.Has("b"));  // to look is not to ask
  CHECK(Fault(m) == "unknown-member /x/b");
}

TEST_CASE("an unknown member's name is repeated only while it is short") {
  const std::string name(kMaxPointedName, 'n');
  const Json at_limit = Parsed("{\"" + name + "\":1}");
  const Json beyond = Parsed("{\"" + name + "n\":1}");
  Members m(at_limit, "/x");
  CHECK(Fault(m) == "unknown-member /x/" + name);
  Members n(beyond, "/x");
  CHECK(Fault(n) == "unknown-member /x");
}

TEST_CASE("the first fault stays and comes before unknown members") {
  const Json json = Parsed(R"({"unknown":1,"a":1,"b":2})");
  Members m(json, "");
  m.String("a");
  m.String("b");
  m.Fail("c", ledger::Code::kConflict, "other", "another fault");
  m.Fail(ledger::MakeError(ledger::Code::kConflict, "other", "and another"));
  CHECK(Fault(m) == "invalid-request /a");
}

TEST_CASE("faults that the caller finds are reported as given") {
  const Json json = Parsed(R"({"a/b":1})");
  Members m(json, "/x");
  m.Integer("a/b");
  CHECK(m.ok());
  m.Fail("a/b", ledger::Code::kConflict, "chain", "not the newest link");
  CHECK_FALSE(m.Finish());
  CHECK(m.error().code == ledger::Code::kConflict);
  CHECK(m.error().name == "chain");
  CHECK(m.error().detail == "not the newest link");
  CHECK(m.error().field == "/x/a~1b");

  Members n(json, "");
  n.Fail(ledger::MakeError(ledger::Code::kMalformed, "taken", "over", "/q"));
  CHECK_FALSE(n.Finish());
  CHECK(n.error().field == "/q");
}

TEST_CASE("a nested object has the faults found before it") {
  const Json json = Parsed(R"({"a":1,"o":{}})");
  Members m(json, "");
  m.String("a");
  Members o = m.Object("o");
  o.String("missing");
  CHECK(Fault(o) == "invalid-request /a");

  Members n(json, "");
  Members absent = n.Object("absent");
  absent.String("x");
  CHECK(Fault(absent) == "invalid-request /absent");
}

TEST_CASE("pointers escape slash and tilde") {
  CHECK(PointerToken("") == "/");
  CHECK(PointerToken("a/b~c") == "/a~1b~0c");
  CHECK(PointerToken("~1") == "/~01");
  const Json json = Parsed(R"({"~/":{"m":1,"/~":2}})");
  Members m(json, "");
  CHECK(m.PointerTo("~/") == "/~0~1");
  Members o = m.Object("~/");
  o.Integer("m");
  CHECK(Fault(o) == "unknown-member /~0~1/~1~0");
}

TEST_CASE("a detail holds nothing of the text") {
  const Json json = Parsed(R"({"secret":"hidden","number":98765})");
  for (int step = 0; step < 4; ++step) {
    Members m(json, "");
    if (step == 0) m.Integer("secret");
    if (step == 1) m.String("number");
    if (step == 2) m.Integer("number", 5);
    REQUIRE_FALSE(m.Finish());
    const std::string detail = m.error().detail;
    CHECK(detail.find("secret") == std::string::npos);
    CHECK(detail.find("hidden") == std::string::npos);
    CHECK(detail.find("98765") == std::string::npos);
  }
}

}  // namespace sealedger::notary
