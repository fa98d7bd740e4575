// CHECK(condition): our own bug, found. Aborts in every build, since going on
// from a broken invariant could sign what must never be signed.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace sealedger::ledger {

[[noreturn]] inline void CheckFailed(const char* file, int line,
                                     const char* condition) {
  std::fprintf(stderr, "%s:%d: CHECK failed: %s\n", file, line, condition);
  std::abort();
}

}  // namespace sealedger::ledger

#define CHECK(condition)                                     \
  (static_cast<bool>(condition)                              \
       ? static_cast<void>(0)                                \
       : ::sealedger::ledger::CheckFailed(__FILE__, __LINE__, #condition))
