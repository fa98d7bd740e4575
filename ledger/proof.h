// Inclusion and consistency proofs (RFC 9162 §2.1.3, §2.1.4; the same bytes as
// RFC 6962). Prover and verifier in one place.
//
// The prover first plans which subtrees it needs, reads them all at once from
// a HashReader, then computes: PlanX lists, ProveX does the three steps.
//
// Order of an inclusion path: the leaf's sibling first, the root's child last;
// at most 63 hashes. Verification refuses every path that is too long or too
// short, an index not below the size, and sizes from 2^63 on.
//
// No consistency proof from the empty tree exists: old size 0 is refused.
//
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ledger/hash.h"
#include "ledger/result.h"
#include "ledger/tree.h"

namespace sealedger::ledger {

// Where the hashes of full subtrees come from. What is read is trusted: a
// reader over other people's bytes must authenticate them itself.
class HashReader {
 public:
  virtual ~HashReader() = default;
  // One hash for each subtree asked for, in that order; all of them lie within
  // the reader's tree. Errors: kIo, kCorruption.
  virtual Result<std::vector<Hash>> Read(std::span<const Subtree> wanted) = 0;
};

// index < size.
std::vector<Subtree> PlanInclusion(uint64_t index, uint64_t size);
// Folds what was read for the plan into the path.
std::vector<Hash> InclusionPath(uint64_t index, uint64_t size,
                                const std::vector<Hash>& read);
Result<std::vector<Hash>> ProveInclusion(uint64_t index, uint64_t size,
                                         HashReader& reader);

// 0 < old_size <= size; empty for equal sizes.
std::vector<Subtree> PlanConsistency(uint64_t old_size, uint64_t size);
std::vector<Hash> ConsistencyPath(uint64_t old_size, uint64_t size,
                                  const std::vector<Hash>& read);
Result<std::vector<Hash>> ProveConsistency(uint64_t old_size, uint64_t size,
                                           HashReader& reader);

// The root of the first `size` leaves. EmptyRoot() at 0.
Result<Hash> RootAt(uint64_t size, HashReader& reader);

// kVerificationFailed (name "inclusion" or "consistency") unless the path
// leads to the root.
Result<void> VerifyInclusion(uint64_t index, uint64_t size,
                             const Hash& leaf_hash, std::span<const Hash> path,
                             const Hash& root);
Result<void> VerifyConsistency(uint64_t old_size, uint64_t size,
                               const Hash& old_root, const Hash& root,
                               std::span<const Hash> path);

}  // namespace sealedger::ledger
