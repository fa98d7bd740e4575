#include "tools/control_server.h"

#include <doctest/doctest.h>

#include "tools/bench_http.h"
#include "tools/scratch_folder.h"

namespace sealedger::tools {
namespace {

TEST_CASE("a control server answers with its size once the body is written") {
  const auto folder = ScratchFolder::Make(std::nullopt);
  REQUIRE(folder.has_value());
  auto control = ControlServer::Start((*folder)->path() + "/store", 1234);
  REQUIRE(control.has_value());
  ControlSource source(1234);
  uint64_t verified = 0;
  const auto round = RunRound((*control)->port(), 4,
                              std::chrono::milliseconds(50), source, &verified);
  REQUIRE(round.has_value());
  CHECK(round->rate > 0);
  CHECK(round->p50_us <= round->p99_us);
  CHECK(verified > 0);
  CHECK((*control)->written() == source.answers());
}

TEST_CASE("answers that are not what they should be fail the round") {
  const auto folder = ScratchFolder::Make(std::nullopt);
  REQUIRE(folder.has_value());
  auto control = ControlServer::Start((*folder)->path() + "/store", 1234);
  REQUIRE(control.has_value());
  uint64_t verified = 0;
  const auto refused = [&](BenchSource& source) {
    const auto round =
        RunRound((*control)->port(), 2, std::chrono::milliseconds(20), source,
                 &verified);
    return !round && round.error().name == "wrong-answer";
  };
  // Another size, another status, and what is no receipt.
  ControlSource other_size(1235);
  CHECK(refused(other_size));
  HealthSource other_status;
  CHECK(refused(other_status));
  const ledger::Ed25519Key key = ledger::Ed25519Key::Generate();
  EvidenceSource evidence(
      "slg_token", ledger::MakeVerifierKey("example.com/log", key.public_key()),
      0, PrivateFields::kNone);
  CHECK(refused(evidence));
  CHECK(verified == 0);
}

}  // namespace
}  // namespace sealedger::tools
