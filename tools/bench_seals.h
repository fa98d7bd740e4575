// BenchSeals: made-up organisations and their seals for benchmarks, seal number
// n always the same one, as entries that are appended without the applications
// and the files that real ones have. `fsck --replay` finds fault with such a
// ledger; lists do not see the difference.
//
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <string>

#include "notary/entry.h"

namespace sealedger::tools {

// Seals of one organisation stand one after another.
inline constexpr uint64_t kSealsEach = 1000;
inline constexpr uint64_t kBenchDivisions = 16;

// Organisation number `n`, below 10,000,000.
std::string BenchUscc(uint64_t n);
notary::Entry BenchOrganization(uint64_t n);

// Seal number `n`, below 100,000,000.
std::string BenchSealType(uint64_t n);
std::string BenchDivision(uint64_t n);  // of number n % kBenchDivisions
std::string BenchSealCode(uint64_t n);
// The disclosure of its name.
std::string BenchSealName(uint64_t n);
// `organization`: index of its organisation's entry.
notary::Entry BenchSeal(uint64_t n, uint64_t organization);

}  // namespace sealedger::tools
