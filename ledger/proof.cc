#include "ledger/proof.h"

#include <bit>

#include "ledger/check.h"

namespace sealedger::ledger {
namespace {

// The siblings on the way from the full subtree `node` to the root of a tree
// of `size` leaves, lowest first. All but one are full subtrees:
//
//   size 7, node {0,2}:  level 0   {0,3}            full
//                        level 1   {1,0}            full
//                        level 2   leaves [4, 7)    ragged: {1,2} {0,6}
//
// The ragged one is the sibling on the highest level where node and last leaf
// part; the levels up to it are the inner ones, three here. Above them the way
// runs along the right edge of the tree, and each one in the binary digits of
// its position stands for a full subtree on the left.
struct Way {
  Subtree node;
  uint32_t inner;         // levels below the right edge
  uint64_t ragged_begin;  // of the ragged sibling [ragged_begin, size)
  uint64_t size;

  // Full siblings below the ragged one.
  uint32_t below() const { return inner == 0 ? 0 : inner - 1; }
  // Subtrees that the ragged sibling is made of; 0 where there is none.
  size_t ragged() const {
    return inner == 0 ? 0
                      : static_cast<size_t>(std::popcount(size - ragged_begin));
  }
  // Full siblings above it.
  size_t above() const {
    return static_cast<size_t>(std::popcount(node.position >> inner));
  }
};

Way WayToRoot(const Subtree& node, uint64_t size) {
  const uint64_t last = (size - 1) >> node.height;
  const auto inner =
      static_cast<uint32_t>(std::bit_width(node.position ^ last));
  if (inner == 0) return {node, 0, size, size};
  const uint32_t top = inner - 1;
  return {node, inner, (last >> top) << (top + node.height), size};
}

void AppendPlan(const Way& way, std::vector<Subtree>* plan) {
  const uint64_t position = way.node.position;
  for (uint32_t level = 0; level < way.below(); ++level) {
    plan->push_back({way.node.height + level, (position >> level) ^ 1});
  }
  if (way.inner != 0) {
    const std::vector<Subtree> row = SubtreesOf(way.ragged_begin, way.size);
    plan->insert(plan->end(), row.begin(), row.end());
  }
  for (uint32_t level = way.inner; (position >> level) != 0; ++level) {
    if ((position >> level & 1) == 0) continue;
    plan->push_back({way.node.height + level, (position >> level) - 1});
  }
}

// Folds the hashes of the ragged sibling, which stand after the first
// `before`, into one; all others are the path already.
std::vector<Hash> FoldPath(const Way& way, size_t before,
                           const std::vector<Hash>& read) {
  const size_t ragged = way.ragged();
  CHECK(read.size() == before + way.below() + ragged + way.above());
  if (ragged <= 1) return read;
  const auto begin =
      read.begin() + static_cast<ptrdiff_t>(before + way.below());
  const auto end = begin + static_cast<ptrdiff_t>(ragged);
  std::vector<Hash> path;
  path.reserve(read.size() - ragged + 1);
  path.assign(read.begin(), begin);
  path.push_back(FoldRight({begin, end}));
  path.insert(path.end(), end, read.end());
  return path;
}

// The old tree's last full subtree: the consistency proof begins with its hash
// and climbs from there. It is the whole old tree, whose root the verifier
// knows, when old_size is a power of two.
Subtree LastSubtree(uint64_t old_size) {
  const auto height = static_cast<uint32_t>(std::countr_zero(old_size));
  return {height, (old_size >> height) - 1};
}

Result<std::vector<Hash>> ReadAll(HashReader& reader,
                                  const std::vector<Subtree>& plan) {
  if (plan.empty()) return std::vector<Hash>();
  Result<std::vector<Hash>> read = reader.Read(plan);
  if (read) CHECK(read->size() == plan.size());
  return read;
}

Error InclusionError(std::string_view detail) {
  return MakeError(Code::kVerificationFailed, "inclusion", detail);
}

Error ConsistencyError(std::string_view detail) {
  return MakeError(Code::kVerificationFailed, "consistency", detail);
}

// A position on the way up, in the words of RFC 9162 §2.1.3.2: `fn` is the
// node's position, `sn` that of the last node on its level.
struct Climb {
  uint64_t fn;
  uint64_t sn;

  bool AtRoot() const { return sn == 0; }
  // True when the next hash of the path lies on the left.
  bool SiblingOnLeft() const { return (fn & 1) != 0 || fn == sn; }
  // Over the levels on which a last node without sibling is its own parent,
  // then to the parent.
  void Rise() {
    if (SiblingOnLeft()) {
      while ((fn & 1) == 0 && fn != 0) Shift();
    }
    Shift();
  }
  void Shift() {
    fn >>= 1;
    sn >>= 1;
  }
};

}  // namespace

std::vector<Subtree> PlanInclusion(uint64_t index, uint64_t size) {
  CHECK(index < size && size <= kMaxTreeSize);
  const Way way = WayToRoot({0, index}, size);
  std::vector<Subtree> plan;
  plan.reserve(way.below() + way.ragged() + way.above());
  AppendPlan(way, &plan);
  return plan;
}

std::vector<Hash> InclusionPath(uint64_t index, uint64_t size,
                                const std::vector<Hash>& read) {
  CHECK(index < size && size <= kMaxTreeSize);
  return FoldPath(WayToRoot({0, index}, size), 0, read);
}

Result<std::vector<Hash>> ProveInclusion(uint64_t index, uint64_t size,
                                         HashReader& reader) {
  const Result<std::vector<Hash>> read =
      ReadAll(reader, PlanInclusion(index, size));
  if (!read) return read.error();
  return InclusionPath(index, size, *read);
}

std::vector<Subtree> PlanConsistency(uint64_t old_size, uint64_t size) {
  CHECK(old_size > 0 && old_size <= size && size <= kMaxTreeSize);
  std::vector<Subtree> plan;
  if (old_size == size) return plan;
  const Subtree last = LastSubtree(old_size);
  if (last.position != 0) plan.push_back(last);
  AppendPlan(WayToRoot(last, size), &plan);
  return plan;
}

std::vector<Hash> ConsistencyPath(uint64_t old_size, uint64_t size,
                                  const std::vector<Hash>& read) {
  CHECK(old_size > 0 && old_size <= size && size <= kMaxTreeSize);
  if (old_size == size) {
    CHECK(read.empty());
    return {};
  }
  const Subtree last = LastSubtree(old_size);
  return FoldPath(WayToRoot(last, size), last.position != 0 ? 1 : 0, read);
}

Result<std::vector<Hash>> ProveConsistency(uint64_t old_size, uint64_t size,
                                           HashReader& reader) {
  const Result<std::vector<Hash>> read =
      ReadAll(reader, PlanConsistency(old_size, size));
  if (!read) return read.error();
  return ConsistencyPath(old_size, size, *read);
}

Result<Hash> RootAt(uint64_t size, HashReader& reader) {
  if (size == 0) return EmptyRoot();
  const Result<std::vector<Hash>> row = ReadAll(reader, SubtreesOf(0, size));
  if (!row) return row.error();
  return FoldRight(*row);
}

Result<void> VerifyInclusion(uint64_t index, uint64_t size,
                             const Hash& leaf_hash, std::span<const Hash> path,
                             const Hash& root) {
  if (size > kMaxTreeSize) return InclusionError("the tree size is too large");
  if (index >= size) {
    return InclusionError("the index is not below the tree size");
  }
  Climb climb{index, size - 1};
  Hash hash = leaf_hash;
  for (const Hash& sibling : path) {
    if (climb.AtRoot()) return InclusionError("the path is too long");
    hash = climb.SiblingOnLeft() ? NodeHash(sibling, hash)
                                 : NodeHash(hash, sibling);
    climb.Rise();
  }
  if (!climb.AtRoot()) return InclusionError("the path is too short");
  if (hash != root) {
    return InclusionError("the path does not lead to the root hash");
  }
  return {};
}

Result<void> VerifyConsistency(uint64_t old_size, uint64_t size,
                               const Hash& old_root, const Hash& root,
                               std::span<const Hash> path) {
  if (size > kMaxTreeSize) {
    return ConsistencyError("the tree size is too large");
  }
  if (old_size == 0) return ConsistencyError("the old tree is empty");
  if (old_size > size) {
    return ConsistencyError("the old tree is larger than the new one");
  }
  if (old_size == size) {
    if (!path.empty()) return ConsistencyError("the path is too long");
    if (old_root != root) {
      return ConsistencyError("two root hashes of one tree size");
    }
    return {};
  }
  Hash first = old_root;
  if (!std::has_single_bit(old_size)) {
    if (path.empty()) return ConsistencyError("the path is too short");
    first = path.front();
    path = path.subspan(1);
  }
  Climb climb{old_size - 1, size - 1};
  while ((climb.fn & 1) != 0) climb.Shift();
  Hash old_hash = first;
  Hash hash = first;
  for (const Hash& sibling : path) {
    if (climb.AtRoot()) return ConsistencyError("the path is too long");
    if (climb.SiblingOnLeft()) {
      old_hash = NodeHash(sibling, old_hash);
      hash = NodeHash(sibling, hash);
    } else {
      hash = NodeHash(hash, sibling);
    }
    climb.Rise();
  }
  if (!climb.AtRoot()) return ConsistencyError("the path is too short");
  if (old_hash != old_root) {
    return ConsistencyError("the path does not lead to the old root hash");
  }
  if (hash != root) {
    return ConsistencyError("the path does not lead to the new root hash");
  }
  return {};
}

}  // namespace sealedger::ledger
