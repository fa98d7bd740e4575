#include "tests/support/reference_tree.h"

#include <stdexcept>
#include <string>

namespace sealedger::testing {
namespace {

using ledger::Hash;

Hash HashChildren(const Hash& left, const Hash& right) {
  std::string bytes = "\x01";
  bytes += left.view();
  bytes += right.view();
  return ledger::Sha256Of(bytes);
}

// "the largest power of two smaller than n"
size_t LargestPowerOfTwoBelow(size_t n) {
  size_t k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

// SUBPROOF(m, D[n], b)
std::vector<Hash> Subproof(uint64_t m, Leaves leaves, bool whole) {
  const size_t n = leaves.size();
  if (m == n) {
    if (whole) return {};
    return {ReferenceRoot(leaves)};
  }
  const size_t k = LargestPowerOfTwoBelow(n);
  std::vector<Hash> proof;
  if (m <= k) {
    proof = Subproof(m, leaves.first(k), whole);
    proof.push_back(ReferenceRoot(leaves.subspan(k)));
  } else {
    proof = Subproof(m - k, leaves.subspan(k), false);
    proof.push_back(ReferenceRoot(leaves.first(k)));
  }
  return proof;
}

}  // namespace

std::vector<Hash> NumberedLeaves(uint64_t size) {
  std::vector<Hash> leaves;
  for (uint64_t i = 0; i < size; ++i) {
    leaves.push_back(ledger::LeafHash("entry-" + std::to_string(i)));
  }
  return leaves;
}

Hash ReferenceRoot(Leaves leaves) {
  if (leaves.empty()) return ledger::Sha256Of("");
  if (leaves.size() == 1) return leaves[0];
  const size_t k = LargestPowerOfTwoBelow(leaves.size());
  return HashChildren(ReferenceRoot(leaves.first(k)),
                      ReferenceRoot(leaves.subspan(k)));
}

std::vector<Hash> ReferencePath(uint64_t m, Leaves leaves) {
  if (leaves.size() == 1) return {};
  const size_t k = LargestPowerOfTwoBelow(leaves.size());
  std::vector<Hash> path;
  if (m < k) {
    path = ReferencePath(m, leaves.first(k));
    path.push_back(ReferenceRoot(leaves.subspan(k)));
  } else {
    path = ReferencePath(m - k, leaves.subspan(k));
    path.push_back(ReferenceRoot(leaves.first(k)));
  }
  return path;
}

std::vector<Hash> ReferenceProof(uint64_t m, Leaves leaves) {
  return Subproof(m, leaves, true);
}

ledger::Result<std::vector<Hash>> LeavesReader::Read(
    std::span<const ledger::Subtree> wanted) {
  std::vector<Hash> hashes;
  for (const ledger::Subtree& subtree : wanted) {
    if (subtree.height > 62 || subtree.end() > leaves_.size()) {
      throw std::out_of_range("a subtree outside of the tree was read");
    }
    hashes.push_back(ReferenceRoot(
        leaves_.subspan(subtree.begin(), subtree.end() - subtree.begin())));
  }
  return hashes;
}

}  // namespace sealedger::testing
