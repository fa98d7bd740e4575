#include "api/http.h"

#include <doctest/doctest.h>

#include "api/client.h"

namespace sealedger::api {
namespace {

TEST_CASE("percent-encoding is read in one way") {
  CHECK(DecodePercent("a%2Fb%2fc+d") == "a/b/c+d");
  CHECK(DecodePercent("") == "");
  CHECK(IsPercentEncoded("%00%ff"));
  for (const char* bad : {"%", "%1", "a%zz", "%1g", "%%20"}) {
    CAPTURE(bad);
    CHECK_FALSE(IsPercentEncoded(bad));
  }
  CHECK(HasEncodedControl("/a%0Ab"));
  CHECK(HasEncodedControl("%7f"));
  CHECK(HasEncodedControl("%2x%1f"));
  CHECK_FALSE(HasEncodedControl("%20%80%zz%0"));
}

TEST_CASE("a query keeps its parameters in order, doubled ones too") {
  const Query query = ParseQuery("a=1&b=x+y%2Bz&a=&c&=d&e==");
  const Query expected = {{"a", "1"}, {"b", "x y+z"}, {"a", ""},
                          {"c", ""},  {"", "d"},      {"e", "="}};
  CHECK(query == expected);
  CHECK(ParseQuery("").empty());
  CHECK(ParseQuery("&").size() == 1);
}

TEST_CASE("headers are found whatever the case of their names") {
  const Headers headers = {{"X-One", "1"}, {"x-ONE", "2"}, {"X-Two", "3"}};
  CHECK(*FindHeader(headers, "x-one") == "1");
  CHECK(CountHeaders(headers, "X-ONE") == 2);
  CHECK(FindHeader(headers, "X-On") == nullptr);
  // Not letters: '@' and '`' differ in the same bit as 'A' and 'a'.
  CHECK_FALSE(EqualNames("@", "`"));
}

TEST_CASE("an idempotency key is 1 to 255 visible ASCII characters") {
  const auto read = [](const std::string& value) {
    return ReadIdempotencyKey({{"idempotency-key", value}});
  };
  CHECK(ReadIdempotencyKey({}).value() == std::nullopt);
  CHECK(**read("k-1") == "k-1");
  CHECK(**read("\"k-1\"") == "k-1");
  CHECK(**read("\"") == "\"");
  // Not decoded: these are two keys.
  CHECK(**read("k%2D1") == "k%2D1");
  CHECK(**read(std::string(255, 'k')) == std::string(255, 'k'));
  CHECK(**read('"' + std::string(255, 'k') + '"') == std::string(255, 'k'));
  for (const std::string& bad :
       {std::string(), std::string("\"\""), std::string(256, 'k'),
        std::string("a b"), std::string("a\tb"), std::string("schl\xc3\xbc")}) {
    CAPTURE(bad);
    REQUIRE_FALSE(read(bad));
    CHECK(read(bad).error().name == "bad-idempotency-key");
  }
  CHECK_FALSE(
      ReadIdempotencyKey({{"Idempotency-Key", "a"}, {"Idempotency-Key", "a"}}));
}

TEST_CASE("addresses have one spelling") {
  CHECK(NormalAddress("127.0.0.1") == "127.0.0.1");
  CHECK(NormalAddress("::ffff:192.0.2.1") == "192.0.2.1");
  CHECK(NormalAddress("2001:DB8:0::1") == "2001:db8::1");
  CHECK(NormalAddress("localhost").empty());
  CHECK(NormalAddress("127.0.0.1:80").empty());
  CHECK(IsLoopback("127.8.0.1"));
  CHECK(IsLoopback("::1"));
  CHECK_FALSE(IsLoopback("192.0.2.1"));
  CHECK_FALSE(IsLoopback(""));
}

TEST_CASE("a proxy is believed only where it is trusted") {
  const std::vector<std::string> trusted = {"10.0.0.1", "10.0.0.2"};
  const auto client = [&](const std::string& peer, const Headers& headers) {
    return ClientAddress(peer, trusted, headers);
  };
  CHECK(client("192.0.2.9", {{"X-Forwarded-For", "198.51.100.1"}}) ==
        "192.0.2.9");
  CHECK(client("10.0.0.1", {}) == "10.0.0.1");
  CHECK(client("10.0.0.1", {{"X-Forwarded-For", "198.51.100.1"}}) ==
        "198.51.100.1");
  // What the client wrote himself stands before what the proxy added.
  CHECK(client("10.0.0.1", {{"X-Forwarded-For", "127.0.0.1, 198.51.100.1"}}) ==
        "198.51.100.1");
  CHECK(client("10.0.0.1",
               {{"X-Forwarded-For", "127.0.0.1,198.51.100.1 , 10.0.0.2"}}) ==
        "198.51.100.1");
  CHECK(client("10.0.0.1", {{"X-Forwarded-For", "127.0.0.1"},
                            {"x-forwarded-for", "198.51.100.1"}}) ==
        "198.51.100.1");
  CHECK(client("10.0.0.1", {{"X-Forwarded-For", "127.0.0.1, unknown"}}) ==
        "10.0.0.1");
}

TEST_CASE("a request id is the proxy's own, or random") {
  const Headers headers = {{"Request-Id", "edge-7.a_B"}};
  CHECK(ChooseRequestId("10.0.0.1", {"10.0.0.1"}, headers) == "edge-7.a_B");
  const std::string random = ChooseRequestId("10.0.0.2", {"10.0.0.1"}, headers);
  CHECK(random.size() == 16);
  CHECK(random.find_first_not_of("0123456789abcdef") == std::string::npos);
  CHECK(NewRequestId() != NewRequestId());
  CHECK(ChooseRequestId("10.0.0.1", {"10.0.0.1"}, {{"Request-Id", "a b"}})
            .size() == 16);
}

}  // namespace
}  // namespace sealedger::api
