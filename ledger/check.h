// CHECK(condition): our own bug, found. Aborts in every build, since going on
// from a broken invariant could sign what must never be signed.
//
// In a test file CHECK is doctest's, whichever header comes first: inline code
// in headers says SEALEDGER_CHECK, which is always ours.
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

#define SEALEDGER_CHECK(condition) \
  (static_cast<bool>(condition)    \
       ? static_cast<void>(0)      \
       : ::sealedger::ledger::CheckFailed(__FILE__, __LINE__, #condition))

#ifndef DOCTEST_LIBRARY_INCLUDED
#define CHECK(condition) SEALEDGER_CHECK(condition)
#endif
