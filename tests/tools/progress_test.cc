#include "tools/progress.h"

#include <doctest/doctest.h>

namespace sealedger::tools {
namespace {

TEST_CASE("amounts are read at a glance") {
  CHECK(FormatAmount(0, Unit::kCount) == "0");
  CHECK(FormatAmount(999, Unit::kCount) == "999");
  CHECK(FormatAmount(1000, Unit::kCount) == "1,000");
  CHECK(FormatAmount(1234567, Unit::kCount) == "1,234,567");
  CHECK(FormatAmount(1023, Unit::kBytes) == "1023 B");
  CHECK(FormatAmount(1024, Unit::kBytes) == "1.0 KiB");
  CHECK(FormatAmount(uint64_t{3} << 29, Unit::kBytes) == "1.5 GiB");
  CHECK(FormatAmount(UINT64_MAX, Unit::kBytes) == "16777216.0 TiB");
}

TEST_CASE("progress says how far, and how long still") {
  CHECK(FormatProgress("hashing a", 50, 100, Unit::kCount, 0.5) ==
        "hashing a  50 of 100 (50 %)");
  CHECK(FormatProgress("hashing a", 25, 100, Unit::kCount, 3) ==
        "hashing a  25 of 100 (25 %), 9 s left");
  CHECK(FormatProgress("hashing a", 0, 100, Unit::kCount, 3) ==
        "hashing a  0 of 100 (0 %)");
}

TEST_CASE("without a total, or beyond it, only what was done is said") {
  CHECK(FormatProgress("hashing a", 2048, 0, Unit::kBytes, 3) ==
        "hashing a  2.0 KiB");
  CHECK(FormatProgress("hashing a", 11, 10, Unit::kCount, 3) ==
        "hashing a  11");
}

TEST_CASE("a name cannot steer the terminal") {
  CHECK(FormatProgress("hashing \x1b[2J", 1, 0, Unit::kCount, 0) ==
        "hashing ?[2J  1");
}

}  // namespace
}  // namespace sealedger::tools
