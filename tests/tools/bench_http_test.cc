#include "tools/bench_http.h"

#include <doctest/doctest.h>

#include <string>

#include "ledger/checkpoint.h"
#include "ledger/tlog_proof.h"
#include "notary/canonical_json.h"

namespace sealedger::tools {
namespace {

using notary::Json;

TEST_CASE("a quantile is the value below which that share lies") {
  std::vector<float> samples;
  for (int i = 100; i > 0; --i) samples.push_back(static_cast<float>(i));
  CHECK(QuantileOf(samples, 0.5) == 51);
  CHECK(QuantileOf(samples, 0.99) == 100);
  CHECK(QuantileOf(samples, 0) == 1);
  CHECK(QuantileOf({7}, 0.99) == 7);
  CHECK(QuantileOf({}, 0.5) == 0);
}

TEST_CASE("one answer of another status spoils a round") {
  constexpr std::chrono::microseconds kLatency{100};
  HealthSource source;
  for (const int status : {200, 200, 503, 200}) {
    CHECK(source.Next(0).starts_with("GET /healthz "));
    source.Answered(0, status, "ok", kLatency);
  }
  CHECK(source.answers() == 4);
  const auto verified = source.VerifySample();
  REQUIRE(!verified);
  CHECK(verified.error().name == "wrong-answer");
}

// The answer to GET /v1/entries/1 of a tree of two.
struct Sample {
  std::string Text() const {
    const ledger::Hash first = ledger::LeafHash("another entry");
    const ledger::Hash root =
        ledger::NodeHash(first, ledger::LeafHash("the entry"));
    const std::string note =
        *ledger::SignCheckpoint({"example.com/log", {2, root}}, key);
    return notary::WriteJson(Json(Json::Object{
        {"entry", entry},
        {"proof", ledger::FormatTlogProof({std::nullopt, 1, {first}, note})}}));
  }
  ledger::VerifierKey vkey() const {
    return ledger::MakeVerifierKey("example.com/log", key.public_key());
  }

  ledger::Ed25519Key key = ledger::Ed25519Key::Generate();
  std::string entry = "the entry";
};

TEST_CASE("an entry's answer is verified up to the signature") {
  Sample sample;
  const auto leaf = VerifyEntryAnswer(sample.Text(), 1, sample.vkey());
  REQUIRE(leaf.has_value());
  CHECK(*leaf == ledger::LeafHash("the entry"));

  CHECK(!VerifyEntryAnswer(sample.Text(), 0, sample.vkey()));
  CHECK(!VerifyEntryAnswer(sample.Text(), 1, Sample().vkey()));
  CHECK(!VerifyEntryAnswer("{}", 1, sample.vkey()));
  sample.entry = "the entrY";
  const auto changed = VerifyEntryAnswer(sample.Text(), 1, sample.vkey());
  REQUIRE(!changed);
  CHECK(changed.error().name == "wrong-answer");
}

}  // namespace
}  // namespace sealedger::tools
