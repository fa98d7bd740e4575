// Index math of the Merkle tree (RFC 6962 §2.1) and its right edge.
//
// A *subtree* here is always full: height h, position p covers the leaves
// [p·2^h, (p+1)·2^h). A tree of n leaves is the row of full subtrees that the
// binary digits of n spell, largest first:
//
//   n = 7 = 4 + 2 + 1:   {2,0} covers 0..3   {1,2} covers 4,5   {0,6} covers 6
//
// Ranges: sizes and indices lie below 2^63 (others' programs hold them as
// int64); the functions CHECK it.
//
// Thread rule: pure functions; a RightEdge serves one thread at a time.
#pragma once

#include <cstdint>
#include <vector>

#include "ledger/hash.h"

namespace sealedger::ledger {

inline constexpr uint64_t kMaxTreeSize = (uint64_t{1} << 63) - 1;

struct Subtree {
  uint32_t height = 0;    // 0 is a leaf; at most 62
  uint64_t position = 0;  // counted in subtrees of this height

  uint64_t begin() const { return position << height; }
  uint64_t end() const { return (position + 1) << height; }
  // clang-tidy 14: as in hash.h.
  auto operator<=>(const Subtree&) const = default;  // NOLINT
};

// Largest power of two below n (RFC 6962's k). n >= 2.
uint64_t SplitPoint(uint64_t n);

// The full subtrees that make up the leaves [begin, end), left to right, where
// `begin` is a multiple of the largest power of two not above end - begin
// (which holds for every range that a proof asks for). Empty for an empty
// range.
std::vector<Subtree> SubtreesOf(uint64_t begin, uint64_t end);

// The root over a row of subtree hashes, left to right, as SubtreesOf gives
// them: folded from the right. At least one hash.
Hash FoldRight(const std::vector<Hash>& row);

// The row of full subtrees of a tree of `size` leaves: what is needed, and
// enough, to append and to know the root. At most 63 hashes.
class RightEdge {
 public:
  RightEdge() = default;
  // `row` as SubtreesOf(0, size) gives it; CHECK: as many hashes as that.
  RightEdge(uint64_t size, std::vector<Hash> row);

  uint64_t size() const { return size_; }
  const std::vector<Hash>& row() const { return row_; }
  void Append(const Hash& leaf_hash);
  // EmptyRoot() at size 0.
  Hash Root() const;

 private:
  uint64_t size_ = 0;
  std::vector<Hash> row_;
};

}  // namespace sealedger::ledger
