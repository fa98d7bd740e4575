// The oracle of the tree tests: RFC 6962 §2.1 as it is written, by recursion
// over lists, with no index math. Slow, and independent of ledger/tree.cc,
// ledger/proof.cc and the node hash of ledger/hash.cc.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ledger/hash.h"
#include "ledger/proof.h"

namespace sealedger::testing {

using Leaves = std::span<const ledger::Hash>;

// The leaf hashes of entries "entry-0", "entry-1", …
std::vector<ledger::Hash> NumberedLeaves(uint64_t size);

// MTH(D[n]), D given by its leaf hashes.
ledger::Hash ReferenceRoot(Leaves leaves);
// PATH(m, D[n]).
std::vector<ledger::Hash> ReferencePath(uint64_t m, Leaves leaves);
// PROOF(m, D[n]), 0 < m <= n.
std::vector<ledger::Hash> ReferenceProof(uint64_t m, Leaves leaves);

// Reads subtrees by computing them from the leaves.
class LeavesReader : public ledger::HashReader {
 public:
  explicit LeavesReader(Leaves leaves) : leaves_(leaves) {}

  // Throws std::out_of_range where a subtree does not lie within the leaves.
  ledger::Result<std::vector<ledger::Hash>> Read(
      std::span<const ledger::Subtree> wanted) override;

 private:
  Leaves leaves_;
};

}  // namespace sealedger::testing
