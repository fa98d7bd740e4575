#include "notary/sm3_prefix.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/aborts.h"

namespace sealedger::notary {
namespace {

// Octets that differ from one place to the next.
std::string Text(size_t size, char first) {
  std::string text(size, first);
  for (size_t i = 0; i < size; ++i) {
    text[i] = static_cast<char>(static_cast<size_t>(first) + 7 * i);
  }
  return text;
}

TEST_CASE("head, body and tail hash as one message, at every block's edge") {
  for (size_t size = 0; size <= 130; ++size) {
    const std::string body = Text(size, 'b');
    const Sm3Prefix prefix(body);
    for (const size_t head_size : {0, 1, 47, 63, 64}) {
      for (const size_t tail_size : {0, 1, 55, 56, 63, 64, 65, 200}) {
        const std::string head = Text(head_size, 'h');
        const std::string tail = Text(tail_size, 't');
        const ledger::Hash whole = ledger::Sm3Of(head + body + tail);
        // From nothing at first, from the state that is kept later.
        if (prefix.Digest(head, tail) != whole ||
            prefix.Digest(head, tail) != whole ||
            Sm3Prefix::DigestOnce(head, body, tail) != whole) {
          FAIL(size << " " << head_size << " " << tail_size);
        }
      }
    }
    CHECK(prefix.heads() == 5);
  }
}

TEST_CASE("a state is kept for each of the heads used last") {
  const std::string body = Text(40'000, 'b');
  const Sm3Prefix prefix(body);
  const auto head = [](size_t i) { return "head " + std::to_string(i); };
  for (size_t i = 0; i < 3 * Sm3Prefix::kMaxHeads; ++i) {
    CHECK(prefix.Digest(head(i), "tail") ==
          ledger::Sm3Of(head(i) + body + "tail"));
    CHECK(prefix.heads() == std::min(i + 1, Sm3Prefix::kMaxHeads));
  }
  CHECK(prefix.Digest(head(0), "other") ==
        ledger::Sm3Of(head(0) + body + "other"));
}

TEST_CASE("threads hash at once with the same states") {
  const std::string body = Text(5'000, 'b');
  const Sm3Prefix prefix(body);
  std::vector<int> wrong(4, 0);
  std::vector<std::thread> threads;
  for (size_t t = 0; t < wrong.size(); ++t) {
    threads.emplace_back([&, t] {
      for (size_t i = 0; i < 400; ++i) {
        // More heads than are kept, so that they go while others come.
        const std::string head = std::to_string((i * (t + 1)) % 80);
        const std::string tail = std::to_string(i);
        if (prefix.Digest(head, tail) != ledger::Sm3Of(head + body + tail)) {
          ++wrong[t];
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == std::vector<int>(4, 0));
}

TEST_CASE("a head is short") {
  const Sm3Prefix prefix("body");
  const std::string head(Sm3Prefix::kMaxHead + 1, 'h');
  CHECK(testing::Aborts([&] { prefix.Digest(head, ""); }));
  CHECK(Sm3Prefix::DigestOnce(head, "body", "") ==
        ledger::Sm3Of(head + "body"));
}

}  // namespace
}  // namespace sealedger::notary
