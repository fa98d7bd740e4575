// The check `register_chain` of a bundle: the entries of the register that the
// subject stands on are all there, down to the first of each subject, and
// follow from each other by the register's rules. That none came later than the
// newest given nobody can check offline.
//
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "notary/entry.h"
#include "notary/register_status.h"
#include "notary/verdict.h"

namespace sealedger::notary {

struct RegisterWalk {
  Check check;
  std::set<uint64_t> used;
  // Of a document.sealed, where the check passes: its seal's entries. They
  // point into what was given.
  std::vector<ChainEntry> seal_chain;
};

// `others`: the entries beside the subject; null: one that could not be read.
// The subject stands on the register (register_chain.h).
RegisterWalk WalkRegister(uint64_t subject_index, const Entry& subject,
                          const std::map<uint64_t, const Entry*>& others);

}  // namespace sealedger::notary
