#include "notary/idempotency.h"

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <string>

#include "ledger/memory_store.h"
#include "tests/support/manual_clock.h"

namespace sealedger::notary {
namespace {

TEST_CASE("a request that was written and never published is not replayed") {
  const ledger::Ed25519Key key = ledger::Ed25519Key::Generate();
  bool may_sign = true;
  const ledger::SignHead sign =
      [&](const ledger::TreeHead& head) -> Result<std::string> {
    if (may_sign) return ledger::SignCheckpoint({"example.com/log", head}, key);
    return ledger::MakeError(ledger::Code::kIo, "no-signature", "");
  };
  auto opened =
      ledger::Ledger::Open(std::make_unique<ledger::MemoryStore>(), sign);
  REQUIRE(opened.has_value());
  testing::ManualClock clock;
  ledger::SequencerOptions options;
  options.sign_head = sign;
  options.clock = &clock;
  auto sequencer = ledger::Sequencer::Start(**opened, std::move(options));
  REQUIRE(sequencer.has_value());
  IdempotencyKeys keys(std::string(32, 'k'), 86400000, **opened);
  const auto begin = [&](const std::string& name) {
    return keys.Begin("acme", name, "POST", "/v1/evidence", "{}",
                      clock.WallMs());
  };
  const auto append = [&](const std::string& name) {
    auto ticket = begin(name);
    REQUIRE(ticket.has_value());
    REQUIRE(!ticket->replay());
    return (*sequencer)
        ->Append([&](ledger::AdmitView& view) {
          ledger::Admission admission;
          admission.entries.push_back({"entry", ""});
          admission.side.push_back(
              ticket->Record({view.next_index(), 1, 0}, view.time_ms()));
          return Result<ledger::Admission>(std::move(admission));
        })
        .has_value();
  };
  CHECK(append("seen"));
  may_sign = false;
  CHECK_FALSE(append("unseen"));

  const auto seen = begin("seen");
  REQUIRE(seen.has_value());
  CHECK(seen->replay() == std::optional<EntryRun>({0, 1, 0}));
  CHECK(begin("unseen").error().name == "outcome-unknown");
}

TEST_CASE("records are swept once a commit") {
  auto store = std::make_unique<ledger::MemoryStore>();
  ledger::WriteBatch batch;
  const std::string generation("i\0\0\0\0", 5);
  for (char i = 0; i < 100; ++i) {
    for (char j = 0; j < 3; ++j) {
      batch.Put(generation + i + j + std::string(14, 'n'),
                std::string(48, 'v'));
    }
  }
  REQUIRE(store->Write(batch, ledger::Store::Durability::kSynced).has_value());
  auto opened = ledger::Ledger::Open(
      std::move(store), [](const ledger::TreeHead&) -> Result<std::string> {
        return std::string();
      });
  REQUIRE(opened.has_value());
  IdempotencyKeys keys("secret", 1000, **opened);
  const auto swept = [&](int64_t commit_ms) {
    std::vector<ledger::KeyWrite> writes;
    keys.SweepOld(commit_ms, &writes);
    return writes.size();
  };
  CHECK(swept(1500) == 0);
  CHECK(swept(2500) == 256);
  CHECK(swept(2500) == 0);
  CHECK(swept(2501) == 256);
}

}  // namespace
}  // namespace sealedger::notary
