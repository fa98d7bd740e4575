// What the notary reads from its stores: state, tokens, idempotency records and
// the size that the indexes were folded to. Whatever stands there, it is read
// or called corrupt.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "ledger/check.h"
#include "ledger/checkpoint.h"
#include "ledger/ed25519.h"
#include "ledger/ledger.h"
#include "ledger/memory_store.h"
#include "notary/idempotency.h"
#include "notary/index.h"
#include "notary/state.h"
#include "notary/tokens.h"

namespace {

namespace ledger = sealedger::ledger;
namespace notary = sealedger::notary;

constexpr int64_t kNowMs = 1795339800123;
constexpr std::string_view kTokenKey = "xtoken/0123456789abcdef";

// An empty ledger whose store the inputs go into.
ledger::Ledger& TheLedger() {
  static const auto key =
      ledger::Ed25519Key::FromSeed(std::string(32, 'k')).value();
  static const auto made =
      ledger::Ledger::Open(
          std::make_unique<ledger::MemoryStore>(),
          [](const ledger::TreeHead& head) {
            return ledger::SignCheckpoint({"example.com/log", head}, key);
          })
          .value();
  return *made;
}

void Store(std::string_view key, const std::optional<std::string>& value) {
  ledger::WriteBatch batch;
  if (value) {
    batch.Put(std::string(key), *value);
  } else {
    batch.Delete(std::string(key));
  }
  CHECK(TheLedger().store().Write(batch, ledger::Store::Durability::kBuffered));
}

template <typename T>
void CheckReading(const ledger::Result<T>& result) {
  if (!result) CHECK(result.error().code == ledger::Code::kCorruption);
}

void TryState(const std::string& text) {
  const notary::ReadState read = [&text](std::string_view) {
    return ledger::Result<std::optional<std::string>>(text);
  };
  CheckReading(notary::ReadPartyState(read, "acme"));
  CheckReading(notary::ReadChainTail(read, 7));
  CheckReading(notary::ReadErasure(read, 7));
}

void TryToken(const std::string& text) {
  Store(kTokenKey, text);
  const auto tokens = notary::Tokens::Load(TheLedger());
  CheckReading(tokens);
  if (tokens) {
    const auto list = (*tokens)->List("", 10);
    CHECK(list.size() == 1 && list[0].id == kTokenKey.substr(7));
    CHECK(!(*tokens)->Authenticate("slg_x", kNowMs));
    const auto write = notary::Tokens::TokenWrite(list[0]);
    CHECK(write.key == kTokenKey);
    Store(kTokenKey, write.value);
    CHECK(notary::Tokens::Load(TheLedger()).has_value());
  }
  Store(kTokenKey, std::nullopt);
}

void TryRecord(const std::string& bytes) {
  constexpr int64_t kKeepMs = int64_t{7} * 24 * 3600 * 1000;
  static notary::IdempotencyKeys keys("secret", kKeepMs, TheLedger());
  const auto begin = [] {
    return keys.Begin("acme", "key", "POST", "/v1/evidence", "{}", kNowMs);
  };
  const ledger::KeyWrite good =
      begin().value().Record({.first = 0, .count = 0, .subject = 1}, kNowMs);
  Store(good.key, good.value);
  CHECK(begin().value().replay()->subject == 1);
  // As it is, and behind the digest of the request that asks. The ledger is
  // empty: what a record speaks of nobody has seen.
  for (const bool asked : {false, true}) {
    Store(good.key, (asked ? good.value->substr(0, 32) : "") + bytes);
    if (const auto ticket = begin(); !ticket) {
      const std::string& name = ticket.error().name;
      CHECK(name == "ledger-corrupt" || name == "outcome-unknown" ||
            (!asked && name == "idempotency-key-reused"));
    }
  }
  Store(good.key, std::nullopt);
}

void TryFoldedSize(const std::string& bytes) {
  ledger::MemoryStore views;
  ledger::WriteBatch batch;
  batch.Put(std::string(notary::kFoldedSizeKey), bytes);
  CHECK(views.Write(batch, ledger::Store::Durability::kBuffered));
  CheckReading(notary::ReadFoldedSize(views));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  TryState(input);
  TryToken(input);
  TryRecord(input);
  TryFoldedSize(input);
  return 0;
}
