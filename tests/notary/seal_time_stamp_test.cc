#include "notary/seal_time_stamp.h"

#include <doctest/doctest.h>
#include <openssl/err.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/notary/token_samples.h"

namespace sealedger::notary {
namespace {

using testing::TokenAuthority;
using testing::TokenOrder;

constexpr const char* kStamped = "what is stamped";
constexpr int64_t kTimeMs = 1'772'440'205'000;  // 2026-03-02T08:30:05Z

TokenOrder Order() { return {.stamped = kStamped, .accuracy_s = {}}; }

TokenAuthority::Making Stranger() {
  TokenAuthority::Making making;
  making.root_name = "Another Time Root";
  return making;
}

TokenState StateOf(const TokenAuthority& authority, const TokenOrder& order) {
  const std::vector<std::string> trusted = {authority.root()};
  return JudgeTimeStamp(authority.Token(order), kStamped, trusted).state;
}

TEST_CASE("a good token is good, by any of the four digests") {
  const TokenAuthority authority;
  const std::vector<std::string> trusted = {authority.root()};
  for (const char* digest : {"SHA-256", "SHA-384", "SHA-512", "SM3"}) {
    CAPTURE(digest);
    TokenOrder order = Order();
    order.digest = digest;
    const JudgedToken judged =
        JudgeTimeStamp(authority.Token(order), kStamped, trusted);
    CHECK(judged.state == TokenState::kGood);
    REQUIRE(judged.facts.has_value());
    CHECK(judged.facts->authority == "CN=Sample Time Authority");
    CHECK(judged.facts->digest == digest);
    CHECK(judged.facts->time_ms == kTimeMs);
    CHECK(judged.facts->tolerance_s == 0);
  }
  CHECK(ERR_peek_error() == 0);
}

TEST_CASE("one of several authorities is enough, and need not be a root") {
  const TokenAuthority authority;
  const TokenAuthority other(Stranger());
  const std::string token = authority.Token(Order());
  const std::vector<std::string> both = {other.root(), authority.root()};
  CHECK(JudgeTimeStamp(token, kStamped, both).state == TokenState::kGood);
  const std::vector<std::string> itself = {authority.certificate()};
  CHECK(JudgeTimeStamp(token, kStamped, itself).state == TokenState::kGood);
}

TEST_CASE("a token without its certificate needs it among the authorities") {
  const TokenAuthority authority;
  TokenOrder order = Order();
  order.with_certificate = false;
  CHECK(StateOf(authority, order) == TokenState::kUnknownIssuer);
  const std::vector<std::string> trusted = {authority.root(),
                                            authority.certificate()};
  CHECK(JudgeTimeStamp(authority.Token(order), kStamped, trusted).state ==
        TokenState::kGood);
}

TEST_CASE("fractions of a second and accuracy widen, and never narrow") {
  const TokenAuthority authority;
  const std::vector<std::string> trusted = {authority.root()};
  for (const auto& [text, ms] :
       std::vector<std::pair<std::string, int64_t>>{{".5", 500},
                                                    {".123", 123},
                                                    {".0001", 1},
                                                    {".9999", 1000},
                                                    {".12300", 123}}) {
    const std::string& fraction = text;
    CAPTURE(fraction);
    TokenOrder order = Order();
    order.time += fraction;
    order.accuracy_s = 3;
    const JudgedToken judged =
        JudgeTimeStamp(authority.Token(order), kStamped, trusted);
    CHECK(judged.state == TokenState::kGood);
    REQUIRE(judged.facts.has_value());
    CHECK(judged.facts->time_ms == kTimeMs + ms);
    CHECK(judged.facts->tolerance_s == 3);
  }
  TokenOrder order = Order();
  order.accuracy_s = -1;
  CHECK(StateOf(authority, order) == TokenState::kMalformed);
  order.accuracy_s = int64_t{1} << 40;
  CHECK(StateOf(authority, order) == TokenState::kMalformed);
  order.accuracy_s = 1;
  order.accuracy_ms = 999;
  CHECK(StateOf(authority, order) == TokenState::kGood);
  order.accuracy_ms = 1000;
  CHECK(StateOf(authority, order) == TokenState::kMalformed);
}

TEST_CASE("what is no token is malformed") {
  const TokenAuthority authority;
  const std::vector<std::string> trusted = {authority.root()};
  const std::string token = authority.Token(Order());
  for (const std::string& bytes :
       {std::string(), std::string("\x01\x02\x03"), token + '\0',
        token.substr(1), authority.root(),
        std::string("\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02")}) {
    const JudgedToken judged = JudgeTimeStamp(bytes, kStamped, trusted);
    CHECK(judged.state == TokenState::kMalformed);
    CHECK_FALSE(judged.facts.has_value());
  }
  for (size_t size = 0; size < token.size(); ++size) {
    CHECK(JudgeTimeStamp(token.substr(0, size), kStamped, trusted).state ==
          TokenState::kMalformed);
  }
  TokenOrder before = Order();
  before.time = "19691231235959";
  CHECK(StateOf(authority, before) == TokenState::kMalformed);
  CHECK(ERR_peek_error() == 0);
}

TEST_CASE("a token over other octets is told, trusted or not") {
  const TokenAuthority authority;
  const std::string token = authority.Token(Order());
  const std::vector<std::string> trusted = {authority.root()};
  CHECK(JudgeTimeStamp(token, "something else", trusted).state ==
        TokenState::kWrongImprint);
  CHECK(JudgeTimeStamp(token, "something else", {}).state ==
        TokenState::kWrongImprint);
  TokenOrder order = Order();
  order.digest = "SHA-1";
  const JudgedToken judged =
      JudgeTimeStamp(authority.Token(order), kStamped, trusted);
  CHECK(judged.state == TokenState::kForeignDigest);
  REQUIRE(judged.facts.has_value());
  CHECK(judged.facts->digest == "1.3.14.3.2.26");
}

TEST_CASE("without authorities nothing is said of signature and chain") {
  const TokenAuthority authority;
  const JudgedToken judged =
      JudgeTimeStamp(authority.Token(Order()), kStamped, {});
  CHECK(judged.state == TokenState::kNoAuthority);
  REQUIRE(judged.facts.has_value());
  CHECK(judged.facts->time_ms == kTimeMs);
}

TEST_CASE("the chain is judged at the token's own time") {
  const TokenAuthority authority;
  const TokenAuthority other(Stranger());
  const std::vector<std::string> trusted = {other.root()};
  CHECK(JudgeTimeStamp(authority.Token(Order()), kStamped, trusted).state ==
        TokenState::kUnknownIssuer);
  const auto state_at = [&authority](const char* time) {
    TokenOrder order = Order();
    order.time = time;
    return StateOf(authority, order);
  };
  CHECK(state_at("20241231235959") == TokenState::kNotYetValid);
  CHECK(state_at("20250101000000") == TokenState::kGood);
  CHECK(state_at("20291231235959") == TokenState::kGood);
  // A certificate's last second is a part of its validity.
  CHECK(state_at("20300101000000") == TokenState::kGood);
  CHECK(state_at("20300101000001") == TokenState::kExpired);
}

TEST_CASE("an authority that has expired since is good for its time") {
  TokenAuthority::Making making;
  making.from = "200101000000Z";
  making.to = "220101000000Z";
  TokenOrder order = Order();
  order.time = "20210301000000";
  CHECK(StateOf(TokenAuthority(making), order) == TokenState::kGood);
}

TEST_CASE("a token carries what lies between its authority and the root") {
  TokenAuthority::Making making;
  making.with_intermediate = true;
  const TokenAuthority authority(making);
  CHECK(StateOf(authority, Order()) == TokenState::kGood);
  TokenOrder order = Order();
  order.with_certificate = false;
  const std::vector<std::string> trusted = {authority.root(),
                                            authority.certificate()};
  CHECK(JudgeTimeStamp(authority.Token(order), kStamped, trusted).state ==
        TokenState::kGood);
}

TEST_CASE("an authority's certificate must be for time stamps") {
  TokenAuthority::Making making;
  making.for_time_stamps = false;
  CHECK(StateOf(TokenAuthority(making), Order()) == TokenState::kWrongUse);
}

TEST_CASE("a token signed with SM2 is told apart, whatever it is over") {
  TokenAuthority::Making making;
  making.key = TokenAuthority::Key::kSm2;
  const TokenAuthority authority(making);
  TokenOrder order = Order();
  CHECK(StateOf(authority, order) == TokenState::kSm2Signed);
  CHECK(JudgeTimeStamp(authority.Token(order), kStamped, {}).state ==
        TokenState::kSm2Signed);
  CHECK(JudgeTimeStamp(authority.Token(order), "other", {}).state ==
        TokenState::kSm2Signed);
  order.with_certificate = false;
  CHECK(StateOf(authority, order) == TokenState::kSm2Signed);
}

TEST_CASE("a token of GM/T 0010 is of SM2, and not read") {
  TokenAuthority::Making making;
  making.key = TokenAuthority::Key::kSm2;
  TokenOrder order = Order();
  order.of_gm = true;
  const std::string token = TokenAuthority(making).Token(order);
  const JudgedToken judged = JudgeTimeStamp(token, kStamped, {});
  CHECK(judged.state == TokenState::kSm2Signed);
  CHECK_FALSE(judged.facts.has_value());
  CHECK(JudgeTimeStamp(token + "x", kStamped, {}).state ==
        TokenState::kMalformed);
}

TEST_CASE("a signature over a weak digest proves nothing") {
  const TokenAuthority authority;
  TokenOrder order = Order();
  order.signature_digest = "SHA-384";
  CHECK(StateOf(authority, order) == TokenState::kGood);
  order.signature_digest = "SHA-1";
  CHECK(StateOf(authority, order) == TokenState::kForeignDigest);
}

TEST_CASE("a changed token says what it said, or is refused") {
  const TokenAuthority authority;
  TokenOrder order = Order();
  order.accuracy_s = 2;
  const std::string token = authority.Token(order);
  const std::vector<std::string> trusted = {authority.root()};
  size_t refused = 0;
  size_t wrong_signature = 0;
  for (size_t i = 0; i < token.size(); ++i) {
    CAPTURE(i);
    std::string changed = token;
    changed[i] = static_cast<char>(changed[i] ^ (1 << (i % 8)));
    const JudgedToken judged = JudgeTimeStamp(changed, kStamped, trusted);
    if (judged.state != TokenState::kGood) {
      ++refused;
      wrong_signature += judged.state == TokenState::kWrongSignature ? 1 : 0;
      continue;
    }
    // A part that is under no signature.
    CHECK(judged.facts->time_ms == kTimeMs);
    CHECK(judged.facts->tolerance_s == 2);
    CHECK(judged.facts->authority == "CN=Sample Time Authority");
  }
  CHECK(refused > token.size() * 9 / 10);
  CHECK(wrong_signature > 0);
}

}  // namespace
}  // namespace sealedger::notary
