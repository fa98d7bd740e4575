#include "notary/private_store.h"

#include <doctest/doctest.h>

#include <atomic>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/files.h"

namespace sealedger::notary {
namespace {

bool OnDisk(const std::filesystem::path& folder, const std::string& bytes) {
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    if (testing::ReadFile(file.path()).find(bytes) != std::string::npos) {
      return true;
    }
  }
  return false;
}

// As disclosures do, blobs differ from the first bytes on: a search looks for
// those.
std::string Blob(int number) {
  return "WyJ" + std::to_string(1000 + number) + std::string(40, 'x');
}

TEST_CASE("an erased blob is gone from the files and the others stay") {
  const testing::TempDir dir;
  const std::string folder = (dir.path() / "private").string();
  auto store = PrivateStore::Open(folder);
  REQUIRE(store.has_value());
  std::vector<std::string> blobs;
  for (int i = 0; i < 200; ++i) blobs.push_back(Blob(i));
  REQUIRE((*store)->Put(blobs, 7).has_value());
  CHECK(OnDisk(folder, blobs[3]));
  const Hash digest = ledger::Sha256Of(blobs[3]);
  REQUIRE((*store)->Erase({&digest, 1}).has_value());
  CHECK(!OnDisk(folder, blobs[3]));
  CHECK(!(*store)->Get(digest)->has_value());
  for (int i = 0; i < 200; ++i) {
    if (i == 3) continue;
    CHECK(**(*store)->Get(ledger::Sha256Of(blobs[i])) == blobs[i]);
  }
  // Again, as after a crash inside the first erasure.
  CHECK((*store)->Erase({&digest, 1}).has_value());
}

TEST_CASE("of seals that begin alike one is erased and the others stay") {
  const testing::TempDir dir;
  const std::string folder = (dir.path() / "private").string();
  auto store = PrivateStore::Open(folder);
  REQUIRE(store.has_value());
  // As DER sequences do that end with a signature of their own.
  std::vector<std::string> seals;
  for (int i = 0; i < 3; ++i) {
    seals.push_back("\x30\x82" + std::string(500, 's') +
                    ledger::ToHex(ledger::Sha256Of(std::to_string(i))));
  }
  REQUIRE((*store)->Put(seals, 7).has_value());
  const Hash digest = ledger::Sha256Of(seals[1]);
  CHECK((*store)->Erase({&digest, 1}).has_value());
  CHECK(!OnDisk(folder, seals[1]));
  for (const int other : {0, 2}) {
    CHECK(**(*store)->Get(ledger::Sha256Of(seals[other])) == seals[other]);
  }
}

TEST_CASE("a blob is pending until its entry is known") {
  const testing::TempDir dir;
  const std::string folder = (dir.path() / "private").string();
  const std::vector<Hash> digests{ledger::Sha256Of(Blob(1)),
                                  ledger::Sha256Of(Blob(2))};
  {
    auto store = PrivateStore::Open(folder);
    REQUIRE(store.has_value());
    REQUIRE((*store)->Put({Blob(1), Blob(2)}, 42).has_value());
    (*store)->Settle({&digests[0], 1});
  }
  auto store = PrivateStore::Open(folder);
  REQUIRE(store.has_value());
  const auto pending = (*store)->ListPending();
  REQUIRE(pending.has_value());
  REQUIRE(pending->size() == 1);
  CHECK((*pending)[0].digest == digests[1]);
  CHECK((*pending)[0].tree_size == 42);
}

TEST_CASE("what many settle at once is settled when the last has gone") {
  const testing::TempDir dir;
  auto store = PrivateStore::Open((dir.path() / "private").string());
  REQUIRE(store.has_value());
  std::vector<std::thread> threads;
  std::atomic<int> failed{0};
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&store, &failed, t] {
      for (int i = 0; i < 25; ++i) {
        const std::string blob = Blob(t * 25 + i);
        const Hash digest = ledger::Sha256Of(blob);
        if (!(*store)->Put({blob}, 1)) ++failed;
        (*store)->Settle({&digest, 1});
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(failed == 0);
  CHECK((*store)->ListPending()->empty());
  CHECK((*store)->Get(ledger::Sha256Of(Blob(199)))->has_value());
}

}  // namespace
}  // namespace sealedger::notary
