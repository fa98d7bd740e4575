// A ledger over any store, with a sequencer, a key and a clock of the test's.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ledger/proof.h"
#include "ledger/sequencer.h"
#include "tests/support/manual_clock.h"

namespace sealedger::ledger::sample {

using testing::ManualClock;

inline const std::string kOrigin = "example.com/log";

inline const Ed25519Key& LogKey() {
  static const Ed25519Key key = *Ed25519Key::FromSeed(std::string(32, '\1'));
  return key;
}

inline Result<std::string> Sign(const TreeHead& head) {
  return SignCheckpoint({kOrigin, head}, LogKey());
}

inline VerifierKey Vkey() {
  return MakeVerifierKey(kOrigin, LogKey().public_key());
}

// Gives a store that somebody else owns, so that it outlives the ledger.
class BorrowedStore : public Store {
 public:
  explicit BorrowedStore(Store& store) : store_(store) {}
  Result<std::optional<std::string>> Get(std::string_view key) override {
    return store_.Get(key);
  }
  Result<void> Write(const WriteBatch& batch, Durability durability) override {
    return store_.Write(batch, durability);
  }
  std::unique_ptr<Cursor> NewCursor() override { return store_.NewCursor(); }
  Result<void> Compact(std::string_view first, std::string_view last) override {
    return store_.Compact(first, last);
  }

 private:
  Store& store_;
};

struct Log {
  explicit Log(Store& store) {
    auto opened = Ledger::Open(std::make_unique<BorrowedStore>(store), Sign);
    REQUIRE(opened.has_value());
    ledger = *std::move(opened);
  }

  void Start(SequencerOptions options = {}) {
    options.sign_head = options.sign_head ? options.sign_head : Sign;
    options.clock = &clock;
    options.gather_us = 0;
    auto started = Sequencer::Start(*ledger, std::move(options));
    REQUIRE(started.has_value());
    sequencer = *std::move(started);
  }

  ManualClock clock;
  std::unique_ptr<Ledger> ledger;
  std::unique_ptr<Sequencer> sequencer;
};

inline Admit Entries(std::vector<std::string> texts) {
  return [texts = std::move(texts)](AdmitView&) -> Result<Admission> {
    Admission admission;
    for (const std::string& text : texts) {
      admission.entries.push_back({text, ""});
    }
    return admission;
  };
}

inline std::vector<std::string> Numbered(uint64_t begin, uint64_t end) {
  std::vector<std::string> texts;
  for (uint64_t i = begin; i < end; ++i) {
    texts.push_back("entry " + std::to_string(i));
  }
  return texts;
}

inline void CheckWhole(const Ledger& ledger, uint64_t size) {
  const PublishedPtr published = ledger.published();
  REQUIRE(published->head.size == size);
  const std::vector<VerifierKey> known{Vkey()};
  const auto checkpoint = VerifyCheckpoint(published->note, known);
  REQUIRE(checkpoint.has_value());
  CHECK(checkpoint->head() == published->head);
  for (uint64_t i = 0; i < size; ++i) {
    const auto entry = ledger.ReadEntry(i, *published);
    REQUIRE(entry.has_value());
    CHECK(*entry == "entry " + std::to_string(i));
    const auto path = ledger.ProveInclusion(i, published);
    REQUIRE(path.has_value());
    CHECK(
        VerifyInclusion(i, size, LeafHash(*entry), *path, published->head.root)
            .has_value());
  }
  CHECK(ledger.ReadEntry(size, *published).error().code == Code::kNotFound);
}

}  // namespace sealedger::ledger::sample
