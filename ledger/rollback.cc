#include "ledger/rollback.h"

namespace sealedger::ledger {

Result<void> CheckAgainstGuard(const Ledger& ledger,
                               const std::optional<std::string>& guard_note,
                               const VerifierKey& key) {
  const PublishedPtr published = ledger.published();
  if (!guard_note) {
    if (published->head.size == 0) return {};
    return MakeError(Code::kConflict, "guard-missing",
                     "the ledger is not new and has no guard");
  }
  Result<VerifiedCheckpoint> guarded = VerifyCheckpoint(*guard_note, {&key, 1});
  if (!guarded) {
    return MakeError(Code::kConflict, "guard-contradicts",
                     "the guard's checkpoint is not of this ledger's key: " +
                         guarded.error().detail);
  }
  const TreeHead& head = guarded->head();
  if (head.size > published->head.size) {
    return MakeError(Code::kConflict, "rolled-back",
                     "the ledger has " + std::to_string(published->head.size) +
                         " entries and its guard saw " +
                         std::to_string(head.size));
  }
  Result<Hash> root = ledger.RootAt(head.size, published);
  if (!root) return std::move(root).error();
  if (*root != head.root) {
    return MakeError(Code::kConflict, "guard-contradicts",
                     "the ledger's root at size " + std::to_string(head.size) +
                         " is not the one that its guard saw");
  }
  return {};
}

}  // namespace sealedger::ledger
