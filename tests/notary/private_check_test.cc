#include "notary/private_check.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "ledger/encoding.h"
#include "ledger/memory_store.h"
#include "ledger/schema.h"
#include "notary/disclosure.h"
#include "notary/state.h"
#include "tests/support/files.h"

namespace sealedger::notary {
namespace {

// An entry with one private field, as the ledger holds it.
std::string EntryOf(const std::string& blob) {
  return "{\"_sd\":[\"" +
         ledger::EncodeBase64Url(ledger::Sha256Of(blob).view()) +
         "\"],\"by\":\"acme\",\"by_entry\":1,\"document\":{\"sha256\":\"" +
         std::string(64, 'a') +
         "\"},\"kind\":\"evidence.recorded\",\"time\":\"2026-11-22T09:30:00."
         "123Z\",\"v\":1}";
}

void PutKey(ledger::Store& store, const std::string& key,
            const std::string& value) {
  ledger::WriteBatch batch;
  batch.Put(key, value);
  REQUIRE(store.Write(batch, ledger::Store::Durability::kSynced).has_value());
}

TEST_CASE("private fields that are missing and were not erased are named") {
  const testing::TempDir dir;
  auto blobs = PrivateStore::Open((dir.path() / "private").string());
  REQUIRE(blobs.has_value());
  ledger::MemoryStore ledger;
  REQUIRE(ParseEntry(EntryOf("one")).has_value());
  PutKey(ledger, ledger::EntryKey(0), EntryOf("one"));
  PutKey(ledger, ledger::EntryKey(1), EntryOf("two"));
  REQUIRE((*blobs)->Put({"one"}, 0).has_value());
  const auto one_lacks = CheckPrivate(ledger, blobs->get());
  REQUIRE(one_lacks.has_value());
  REQUIRE(one_lacks->size() == 1);
  CHECK((*one_lacks)[0].find("entry 1 ") != std::string::npos);
  // A folder that is not there.
  CHECK(CheckPrivate(ledger, nullptr)->size() == 2);
  PutKey(ledger, ErasedStateKey(1), "{\"entry\":2}");
  CHECK(CheckPrivate(ledger, blobs->get())->empty());
}

}  // namespace
}  // namespace sealedger::notary
