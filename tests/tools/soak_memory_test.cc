#include "tools/soak_memory.h"

#include <doctest/doctest.h>

#include <set>

namespace sealedger::tools {
namespace {

TEST_CASE("all acknowledged count, and a bounded number of them is kept") {
  SoakMemory memory(1);
  CHECK(!memory.Pick());
  const uint64_t many = SoakMemory::kMaxRemembered + 100000;
  for (uint64_t i = 0; i < many; ++i) memory.Add({i, i, {}});
  CHECK(memory.acknowledged() == many);
  const auto kept = memory.remembered();
  CHECK(kept.size() == SoakMemory::kMaxRemembered);
  std::set<uint64_t> indices;
  size_t late = 0;
  for (const Acknowledged& entry : kept) {
    indices.insert(entry.index);
    if (entry.index >= SoakMemory::kMaxRemembered) ++late;
  }
  CHECK(indices.size() == kept.size());
  // Those that came late have the chance of the early ones: nine in ten here.
  CHECK(late > 85000);
  CHECK(late < 95000);
}

TEST_CASE("what is to be erased is taken once") {
  SoakMemory memory(1);
  std::set<uint64_t> taken;
  for (uint64_t i = 0; i < 10; ++i) memory.AddErasable({i, i, {}});
  while (const auto entry = memory.TakeErasable()) taken.insert(entry->index);
  CHECK(taken.size() == 10);
}

TEST_CASE("findings count by kind and keep the first few in words") {
  SoakFindings findings;
  findings.Verified();
  for (int i = 0; i < 20; ++i) findings.Lost("entry " + std::to_string(i));
  findings.Wrong("an answer");
  const SoakFindings::Counts counts = findings.counts();
  CHECK(counts.verified == 1);
  CHECK(counts.lost == 20);
  CHECK(counts.wrong == 1);
  REQUIRE(counts.first.size() == 10);
  CHECK(counts.first[0] == "entry 0");
}

}  // namespace
}  // namespace sealedger::tools
