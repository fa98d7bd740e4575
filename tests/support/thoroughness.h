// How thorough the tests are asked to be.
#pragma once

#include <cstdlib>

namespace sealedger::testing {

// Whether all cases of a sweep are to be tried, and not a sample of them:
// SEALEDGER_FULL is in the environment and not empty.
inline bool IsThorough() {
  const char* full = std::getenv("SEALEDGER_FULL");
  return full != nullptr && *full != '\0';
}

}  // namespace sealedger::testing
