#include "ledger/tree.h"

#include <bit>
#include <utility>

#include "ledger/check.h"

namespace sealedger::ledger {

uint64_t SplitPoint(uint64_t n) {
  CHECK(n >= 2 && n <= kMaxTreeSize);
  return std::bit_floor(n - 1);
}

std::vector<Subtree> SubtreesOf(uint64_t begin, uint64_t end) {
  CHECK(begin <= end && end <= kMaxTreeSize);
  std::vector<Subtree> row;
  if (begin == end) return row;
  CHECK(begin % std::bit_floor(end - begin) == 0);
  row.reserve(static_cast<size_t>(std::popcount(end - begin)));
  for (uint64_t left = end - begin; left > 0; left = end - begin) {
    const auto height = static_cast<uint32_t>(std::bit_width(left) - 1);
    row.push_back({height, begin >> height});
    begin += uint64_t{1} << height;
  }
  return row;
}

Hash FoldRight(const std::vector<Hash>& row) {
  CHECK(!row.empty());
  Hash hash = row.back();
  for (size_t i = row.size() - 1; i-- > 0;) hash = NodeHash(row[i], hash);
  return hash;
}

RightEdge::RightEdge(uint64_t size, std::vector<Hash> row)
    : size_(size), row_(std::move(row)) {
  CHECK(size <= kMaxTreeSize);
  CHECK(row_.size() == static_cast<size_t>(std::popcount(size)));
}

void RightEdge::Append(const Hash& leaf_hash) {
  CHECK(size_ < kMaxTreeSize);
  Hash hash = leaf_hash;
  // As in counting up: each trailing one of the size is a full subtree that
  // the new leaf completes to the next height.
  for (uint64_t digits = size_; (digits & 1) != 0; digits >>= 1) {
    hash = NodeHash(row_.back(), hash);
    row_.pop_back();
  }
  row_.push_back(hash);
  ++size_;
}

Hash RightEdge::Root() const {
  return row_.empty() ? EmptyRoot() : FoldRight(row_);
}

}  // namespace sealedger::ledger
