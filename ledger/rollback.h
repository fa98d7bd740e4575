// Whether a ledger is the one that its guard last saw, or one that was rolled
// back or exchanged since.
//
// Thread rule: pure but for reads of the ledger.
#pragma once

#include <optional>
#include <string>

#include "ledger/ledger.h"
#include "ledger/note.h"
#include "ledger/result.h"

namespace sealedger::ledger {

// `guard_note`: what Guard::Peek found. kConflict "guard-missing" (no guard,
// and the ledger is not new), "guard-contradicts" (of another origin or key, or
// another root at its size), "rolled-back" (the ledger is behind it); the
// store's errors where a tile for the root cannot be read.
Result<void> CheckAgainstGuard(const Ledger& ledger,
                               const std::optional<std::string>& guard_note,
                               const VerifierKey& key);

}  // namespace sealedger::ledger
