// The program `openssl`, which tools/setup installs: a reader and writer of
// keys, signatures and certificates that is not ours.
#pragma once

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "tests/support/files.h"

namespace sealedger::testing {

// Runs `openssl ARGUMENTS` by the shell in a folder. True when it ends with 0;
// what it prints stands in the folder's file "printed".
inline bool RunOpenssl(const TempDir& folder, const std::string& arguments) {
  const std::string line = "cd '" + folder.path().string() + "' && openssl " +
                           arguments + " </dev/null >printed 2>&1";
  return std::system(line.c_str()) == 0;
}

inline std::string Printed(const TempDir& folder) {
  return ReadFile(folder.path() / "printed");
}

// False, and said so, where a machine has none.
inline bool HasOpenssl(const TempDir& folder) {
  if (RunOpenssl(folder, "version")) return true;
  MESSAGE("skipped: there is no program openssl");
  return false;
}

// The folder of seals, signatures and certificates that others made, if the
// environment names one.
inline std::filesystem::path SealFixtures() {
  const char* const folder = std::getenv("SEALEDGER_ESEAL_FIXTURES");
  if (folder != nullptr) return folder;
  MESSAGE("skipped: SEALEDGER_ESEAL_FIXTURES names no folder");
  return {};
}

}  // namespace sealedger::testing
