#include "notary/signer_cache.h"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "tests/notary/signer_samples.h"

namespace sealedger::notary {
namespace {

using Signer = SignerCache::Signer;

// The signer of no seal, of that many bytes.
Signer Sample(const std::string& code, size_t size = 100) {
  return std::make_shared<const SealSigner>(
      std::string(size, 's'), SealSignerFacts{code, "", 0, 0, 0, 0},
      ledger::Hash(), std::make_shared<const testing::NotingKey>());
}

// Counts how often it makes one.
struct Maker {
  Signer Get(SignerCache& cache, const std::string& code, size_t size = 100) {
    const auto signer = cache.Get(code, [&]() -> Result<Signer> {
      ++made;
      return Sample(code, size);
    });
    REQUIRE(signer);
    CHECK((*signer)->facts().code == code);
    return *signer;
  }

  int made = 0;
};

TEST_CASE("a seal's signer is made once, and given as often as it is wanted") {
  SignerCache cache;
  Maker maker;
  const Signer first = maker.Get(cache, "a");
  CHECK(maker.Get(cache, "a") == first);
  CHECK(maker.Get(cache, "b") != first);
  CHECK(maker.Get(cache, "a") == first);
  CHECK(maker.made == 2);
  CHECK(cache.count() == 2);
}

TEST_CASE("of more signers than are allowed, the one used longest ago goes") {
  SignerCache cache(2, 1000);
  Maker maker;
  const Signer a = maker.Get(cache, "a");
  maker.Get(cache, "b");
  maker.Get(cache, "a");
  maker.Get(cache, "c");
  CHECK(cache.count() == 2);
  CHECK(maker.Get(cache, "a") == a);
  CHECK(maker.made == 3);
  maker.Get(cache, "b");
  CHECK(maker.made == 4);
}

TEST_CASE("seals of more bytes than are allowed are not kept together") {
  SignerCache cache(10, 1000);
  Maker maker;
  maker.Get(cache, "a", 600);
  maker.Get(cache, "b", 600);
  CHECK(cache.count() == 1);
  maker.Get(cache, "b", 600);
  CHECK(maker.made == 2);
  // Given, though there is no place for it.
  maker.Get(cache, "c", 1001);
  CHECK(maker.made == 3);
  CHECK(cache.count() == 0);
}

TEST_CASE("a seal that is forgotten is made anew") {
  SignerCache cache;
  Maker maker;
  const Signer before = maker.Get(cache, "a");
  cache.Forget("a");
  cache.Forget("b");
  CHECK(cache.count() == 0);
  CHECK(maker.Get(cache, "a") != before);
  CHECK(maker.made == 2);
}

TEST_CASE("a signer that is forgotten while it is made is not kept") {
  SignerCache cache;
  Maker maker;
  const auto old = cache.Get("a", [&]() -> Result<Signer> {
    cache.Forget("a");
    // One that comes after does not wait for what is forgotten.
    maker.Get(cache, "a");
    return Sample("a");
  });
  REQUIRE(old);
  CHECK(maker.made == 1);
  CHECK(maker.Get(cache, "a") != *old);
  CHECK(maker.made == 1);
}

TEST_CASE("why there is no signer is not kept") {
  SignerCache cache;
  Maker maker;
  const auto refused = cache.Get("a", []() -> Result<Signer> {
    return ledger::MakeError(ledger::Code::kConflict, "no-key-in-custody", "");
  });
  REQUIRE_FALSE(refused);
  CHECK(refused.error().name == "no-key-in-custody");
  CHECK(cache.count() == 0);
  maker.Get(cache, "a");
  CHECK(maker.made == 1);
}

TEST_CASE("threads that want one seal first have one signer made") {
  SignerCache cache;
  std::promise<void> all_there;
  const auto go = all_there.get_future().share();
  std::atomic<size_t> coming = 0;
  std::atomic<int> made = 0;
  std::vector<Signer> got(8);
  std::vector<std::thread> threads;
  for (Signer& signer : got) {
    threads.emplace_back([&] {
      ++coming;
      const auto result = cache.Get("a", [&]() -> Result<Signer> {
        ++made;
        go.wait();
        return Sample("a");
      });
      if (result) signer = *result;
    });
  }
  while (coming < got.size()) std::this_thread::yield();
  // For all to come to where they wait; whether they do decides nothing.
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  all_there.set_value();
  for (std::thread& thread : threads) thread.join();
  CHECK(made == 1);
  CHECK(got[0] != nullptr);
  for (const Signer& signer : got) CHECK(signer == got[0]);
}

TEST_CASE("threads use, drop and forget signers at once") {
  SignerCache cache(3, 100'000);
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (size_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (size_t i = 0; i < 300; ++i) {
        const std::string code = std::to_string((i + t) % 5);
        const auto signer =
            cache.Get(code, [&]() -> Result<Signer> { return Sample(code); });
        if (!signer || (*signer)->facts().code != code) ++wrong;
        if (i % 7 == 0) cache.Forget(code);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
  CHECK(cache.count() <= 3);
}

}  // namespace
}  // namespace sealedger::notary
