#include "ledger/proof.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <map>
#include <random>
#include <stdexcept>
#include <vector>

#include "tests/support/aborts.h"
#include "tests/support/reference_tree.h"

namespace sealedger::ledger {
namespace {

using testing::Aborts;
using testing::Leaves;
using testing::LeavesReader;
using testing::NumberedLeaves;
using testing::ReferencePath;
using testing::ReferenceProof;
using testing::ReferenceRoot;

constexpr uint64_t kExhaustive = 130;
// Up to here every bit of every hash is flipped, above it one of each.
constexpr uint64_t kEveryBit = 8;
constexpr int kBits = 256;

struct Trees {
  std::vector<Hash> leaves = NumberedLeaves(kExhaustive + 1);
  std::vector<Hash> roots;  // by size

  Trees() {
    for (uint64_t size = 0; size <= leaves.size(); ++size) {
      roots.push_back(ReferenceRoot(First(size)));
    }
  }
  Leaves First(uint64_t size) const { return Leaves(leaves).first(size); }
};

const Trees& TestTrees() {
  static const Trees trees;
  return trees;
}

// Flips bits of `hash`, all of them or one drawn, and asks `accepted` each
// time. The hash is as before when it returns.
template <typename Accepted>
void CheckFlipsRefused(Hash* hash, bool all, std::mt19937_64* random,
                       const Accepted& accepted) {
  const int begin = all ? 0 : static_cast<int>((*random)() % kBits);
  const int end = all ? kBits : begin + 1;
  for (int bit = begin; bit < end; ++bit) {
    uint8_t& byte = hash->bytes[static_cast<size_t>(bit / 8)];
    const auto mask = static_cast<uint8_t>(1 << bit % 8);
    byte ^= mask;
    REQUIRE_FALSE(accepted());
    byte ^= mask;
  }
}

// `accepted` is asked of the path with a hash more at each place, and with one
// less.
template <typename Accepted>
void CheckOtherLengthsRefused(const std::vector<Hash>& path,
                              const Accepted& accepted) {
  for (size_t i = 0; i <= path.size(); ++i) {
    std::vector<Hash> longer = path;
    longer.insert(longer.begin() + static_cast<ptrdiff_t>(i),
                  i == path.size() ? Hash() : path[i]);
    REQUIRE_FALSE(accepted(longer));
  }
  for (size_t i = 0; i < path.size(); ++i) {
    std::vector<Hash> shorter = path;
    shorter.erase(shorter.begin() + static_cast<ptrdiff_t>(i));
    REQUIRE_FALSE(accepted(shorter));
  }
}

TEST_CASE("every inclusion proof of small trees is the oracle's") {
  const Trees& trees = TestTrees();
  for (uint64_t size = 1; size <= kExhaustive; ++size) {
    LeavesReader reader(trees.First(size));
    for (uint64_t index = 0; index < size; ++index) {
      const auto path = ProveInclusion(index, size, reader);
      REQUIRE(path);
      REQUIRE(*path == ReferencePath(index, trees.First(size)));
      REQUIRE(VerifyInclusion(index, size, trees.leaves[index], *path,
                              trees.roots[size]));
    }
  }
}

TEST_CASE("an inclusion proof with a flipped bit is refused") {
  const Trees& trees = TestTrees();
  std::mt19937_64 random(2);
  for (uint64_t size = 1; size <= kExhaustive; ++size) {
    for (uint64_t index = 0; index < size; ++index) {
      Hash leaf = trees.leaves[index];
      Hash root = trees.roots[size];
      std::vector<Hash> path = ReferencePath(index, trees.First(size));
      const auto accepted = [&] {
        return VerifyInclusion(index, size, leaf, path, root).has_value();
      };
      const bool all = size <= kEveryBit;
      for (Hash& hash : path) CheckFlipsRefused(&hash, all, &random, accepted);
      CheckFlipsRefused(&leaf, all, &random, accepted);
      CheckFlipsRefused(&root, all, &random, accepted);
      REQUIRE(accepted());
    }
  }
}

TEST_CASE("an inclusion proof with a hash more or fewer is refused") {
  const Trees& trees = TestTrees();
  for (uint64_t size = 1; size <= kExhaustive; ++size) {
    for (uint64_t index = 0; index < size; ++index) {
      CheckOtherLengthsRefused(ReferencePath(index, trees.First(size)),
                               [&](const std::vector<Hash>& path) {
                                 return VerifyInclusion(index, size,
                                                        trees.leaves[index],
                                                        path, trees.roots[size])
                                     .has_value();
                               });
    }
  }
}

TEST_CASE("an inclusion proof is refused at another index or size") {
  const Trees& trees = TestTrees();
  for (uint64_t size = 1; size <= kExhaustive; ++size) {
    for (uint64_t index = 0; index < size; ++index) {
      const std::vector<Hash> path = ReferencePath(index, trees.First(size));
      const Hash& leaf = trees.leaves[index];
      for (uint64_t other = 0; other <= size + 1; ++other) {
        if (other == index) continue;
        REQUIRE_FALSE(
            VerifyInclusion(other, size, leaf, path, trees.roots[size]));
      }
      for (uint64_t other = 0; other <= kExhaustive + 1; ++other) {
        if (other == size) continue;
        REQUIRE_FALSE(
            VerifyInclusion(index, other, leaf, path, trees.roots[other]));
      }
    }
  }
}

TEST_CASE("every consistency proof of small trees is the oracle's") {
  const Trees& trees = TestTrees();
  for (uint64_t size = 1; size <= kExhaustive; ++size) {
    LeavesReader reader(trees.First(size));
    for (uint64_t old_size = 1; old_size <= size; ++old_size) {
      const auto path = ProveConsistency(old_size, size, reader);
      REQUIRE(path);
      REQUIRE(*path == ReferenceProof(old_size, trees.First(size)));
      REQUIRE(VerifyConsistency(old_size, size, trees.roots[old_size],
                                trees.roots[size], *path));
    }
  }
}

TEST_CASE("a consistency proof with a flipped bit is refused") {
  const Trees& trees = TestTrees();
  std::mt19937_64 random(3);
  for (uint64_t size = 1; size <= kExhaustive; ++size) {
    for (uint64_t old_size = 1; old_size <= size; ++old_size) {
      Hash old_root = trees.roots[old_size];
      Hash root = trees.roots[size];
      std::vector<Hash> path = ReferenceProof(old_size, trees.First(size));
      const auto accepted = [&] {
        return VerifyConsistency(old_size, size, old_root, root, path)
            .has_value();
      };
      const bool all = size <= kEveryBit;
      for (Hash& hash : path) CheckFlipsRefused(&hash, all, &random, accepted);
      CheckFlipsRefused(&old_root, all, &random, accepted);
      CheckFlipsRefused(&root, all, &random, accepted);
      REQUIRE(accepted());
    }
  }
}

TEST_CASE("a consistency proof with a hash more or fewer is refused") {
  const Trees& trees = TestTrees();
  for (uint64_t size = 1; size <= kExhaustive; ++size) {
    for (uint64_t old_size = 1; old_size <= size; ++old_size) {
      CheckOtherLengthsRefused(
          ReferenceProof(old_size, trees.First(size)),
          [&](const std::vector<Hash>& path) {
            return VerifyConsistency(old_size, size, trees.roots[old_size],
                                     trees.roots[size], path)
                .has_value();
          });
    }
  }
}

TEST_CASE("a consistency proof is refused between other sizes") {
  const Trees& trees = TestTrees();
  for (uint64_t size = 1; size <= kExhaustive; ++size) {
    // Of equal sizes the proof is empty at every size: it says nothing.
    for (uint64_t old_size = 1; old_size < size; ++old_size) {
      const std::vector<Hash> path =
          ReferenceProof(old_size, trees.First(size));
      for (uint64_t other = 0; other <= kExhaustive + 1; ++other) {
        if (other != old_size) {
          REQUIRE_FALSE(VerifyConsistency(other, size, trees.roots[other],
                                          trees.roots[size], path));
        }
        if (other != size) {
          REQUIRE_FALSE(VerifyConsistency(old_size, other,
                                          trees.roots[old_size],
                                          trees.roots[other], path));
        }
      }
    }
  }
}

TEST_CASE("no consistency proof exists from the empty tree or backwards") {
  const Trees& trees = TestTrees();
  const Hash empty = EmptyRoot();
  CHECK_FALSE(VerifyConsistency(0, 0, empty, empty, {}));
  CHECK_FALSE(VerifyConsistency(0, 1, empty, trees.roots[1], {}));
  CHECK_FALSE(VerifyConsistency(2, 1, trees.roots[2], trees.roots[1], {}));
  CHECK_FALSE(VerifyConsistency(1, 2, trees.roots[1], trees.roots[2], {}));
  CHECK_FALSE(VerifyConsistency(4, 2, trees.roots[2], trees.roots[2], {}));
  CHECK_FALSE(VerifyConsistency(3, 4, trees.roots[3], trees.roots[4], {}));
  CHECK_FALSE(VerifyConsistency(5, 5, trees.roots[5], trees.roots[4], {}));
  CHECK(VerifyConsistency(5, 5, trees.roots[5], trees.roots[5], {}));
}

// The roots here are made to fit what a path of the wrong length leads to.
TEST_CASE("a path of the wrong length is refused although it leads to a root") {
  const Hash a = Sha256Of("a");
  const Hash b = Sha256Of("b");
  const Hash c = Sha256Of("c");
  const Hash d = Sha256Of("d");
  CHECK(VerifyInclusion(0, 2, a, std::vector{b}, NodeHash(a, b)));
  CHECK_FALSE(VerifyInclusion(0, 4, a, std::vector{b}, NodeHash(a, b)));
  CHECK_FALSE(VerifyInclusion(0, 1, a, std::vector{b}, NodeHash(b, a)));
  CHECK_FALSE(VerifyInclusion(0, 1, a, std::vector{b}, NodeHash(a, b)));

  const Hash old_root = NodeHash(c, a);
  const Hash root = NodeHash(c, NodeHash(a, b));
  CHECK(VerifyConsistency(3, 4, old_root, root, std::vector{a, b, c}));
  CHECK_FALSE(VerifyConsistency(3, 4, NodeHash(d, old_root), NodeHash(d, root),
                                std::vector{a, b, c, d}));
  CHECK_FALSE(VerifyConsistency(3, 4, a, NodeHash(a, b), std::vector{a, b}));
}

TEST_CASE("what is refused has the code and the name of its kind") {
  const auto inclusion = VerifyInclusion(0, 0, Hash(), {}, Hash());
  REQUIRE_FALSE(inclusion);
  CHECK(inclusion.error().code == Code::kVerificationFailed);
  CHECK(inclusion.error().name == "inclusion");
  const auto consistency = VerifyConsistency(0, 1, Hash(), Hash(), {});
  REQUIRE_FALSE(consistency);
  CHECK(consistency.error().code == Code::kVerificationFailed);
  CHECK(consistency.error().name == "consistency");
}

TEST_CASE("sizes from 2^63 on are refused") {
  const uint64_t too_large = kMaxTreeSize + 1;
  const std::vector<Hash> path(63);
  Hash root;
  for (const Hash& hash : path) root = NodeHash(root, hash);
  // The same path is right one size below, where 2^62 leaves stand on the
  // right of the topmost node.
  CHECK(VerifyInclusion(0, too_large - 1, Hash(), path, root));
  CHECK_FALSE(VerifyInclusion(0, too_large, Hash(), path, root));
  CHECK_FALSE(VerifyInclusion(0, UINT64_MAX, Hash(), path, root));
  CHECK(VerifyConsistency(1, too_large - 1, Hash(), root, path));
  CHECK_FALSE(VerifyConsistency(1, too_large, Hash(), root, path));
  CHECK_FALSE(VerifyConsistency(1, UINT64_MAX, Hash(), root, path));
  CHECK_FALSE(VerifyConsistency(UINT64_MAX, UINT64_MAX, root, root, {}));
}

TEST_CASE("the root at every size is the oracle's") {
  const Trees& trees = TestTrees();
  LeavesReader reader(trees.leaves);
  for (uint64_t size = 0; size <= kExhaustive; ++size) {
    const auto root = RootAt(size, reader);
    REQUIRE(root);
    REQUIRE(*root == trees.roots[size]);
  }
}

TEST_CASE("plans outside of the tree are our own bug") {
  CHECK(Aborts([] { PlanInclusion(0, 0); }));
  CHECK(Aborts([] { PlanInclusion(7, 7); }));
  CHECK(Aborts([] { PlanInclusion(0, kMaxTreeSize + 1); }));
  CHECK(Aborts([] { PlanConsistency(0, 1); }));
  CHECK(Aborts([] { PlanConsistency(2, 1); }));
  CHECK(Aborts([] { InclusionPath(0, 2, {}); }));
  CHECK(Aborts([] { InclusionPath(0, 2, std::vector<Hash>(2)); }));
  CHECK(Aborts([] { ConsistencyPath(1, 1, std::vector<Hash>(1)); }));
}

class BrokenReader : public HashReader {
 public:
  Result<std::vector<Hash>> Read(std::span<const Subtree>) override {
    return MakeError(Code::kCorruption, "tile", "a tile is missing");
  }
};

TEST_CASE("an error of the reader is the prover's") {
  BrokenReader reader;
  for (const Error& error :
       {ProveInclusion(1, 3, reader).error(),
        ProveConsistency(1, 3, reader).error(), RootAt(3, reader).error()}) {
    CHECK(error.code == Code::kCorruption);
    CHECK(error.name == "tile");
  }
}

// A tree far too large to hold: hashes are drawn for the full subtrees that
// are asked for, and roots follow from them by the RFC's recursion.
class SyntheticTree {
 public:
  explicit SyntheticTree(uint64_t seed) : random_(seed) {}

  Hash Draw(const Subtree& subtree) {
    Hash hash;
    for (uint8_t& byte : hash.bytes) byte = static_cast<uint8_t>(random_());
    const bool fresh = hashes_.emplace(subtree, hash).second;
    if (!fresh) throw std::logic_error("a subtree is planned twice");
    return hash;
  }
  std::vector<Hash> DrawAll(const std::vector<Subtree>& plan) {
    std::vector<Hash> hashes;
    for (const Subtree& subtree : plan) hashes.push_back(Draw(subtree));
    return hashes;
  }
  // The root of the leaves [begin, end). Throws where a leaf would be needed
  // that no drawn subtree covers.
  Hash Root(uint64_t begin, uint64_t end) const {
    const uint64_t size = end - begin;
    if (std::has_single_bit(size)) {
      const auto height = static_cast<uint32_t>(std::countr_zero(size));
      const auto found = hashes_.find({height, begin >> height});
      if (found != hashes_.end()) return found->second;
    }
    if (size == 1) throw std::logic_error("the plan leaves a leaf out");
    const uint64_t middle = begin + std::bit_floor(size - 1);
    return NodeHash(Root(begin, middle), Root(middle, end));
  }

 private:
  std::mt19937_64 random_;
  std::map<Subtree, Hash> hashes_;
};

// Sizes about every power of two up to 2^63 and some between.
std::vector<uint64_t> LargeSizes() {
  std::mt19937_64 random(4);
  std::vector<uint64_t> sizes;
  for (uint32_t bit = 8; bit < 63; ++bit) {
    const uint64_t power = uint64_t{1} << bit;
    for (const uint64_t size : {power - 1, power, power + 1}) {
      sizes.push_back(size);
    }
    sizes.push_back(power + random() % power);
  }
  sizes.push_back(kMaxTreeSize - 1);
  sizes.push_back(kMaxTreeSize);
  return sizes;
}

// Places in [0, size): the ends, about the powers of two, and some drawn.
std::vector<uint64_t> PlacesIn(uint64_t size) {
  std::mt19937_64 random(size);
  std::vector<uint64_t> places = {0, 1, size / 2, size - 2, size - 1};
  for (uint64_t power = 2; power < size; power *= 2) {
    places.push_back(power - 1);
    places.push_back(power);
    places.push_back(size - power);
  }
  for (int i = 0; i < 10; ++i) places.push_back(random() % size);
  std::sort(places.begin(), places.end());
  places.erase(std::unique(places.begin(), places.end()), places.end());
  return places;
}

TEST_CASE("inclusion proofs hold at indices and sizes up to 2^63-1") {
  for (const uint64_t size : LargeSizes()) {
    for (const uint64_t index : PlacesIn(size)) {
      CAPTURE(index);
      CAPTURE(size);
      SyntheticTree tree(index ^ size);
      const Hash leaf = tree.Draw({0, index});
      const std::vector<Hash> read = tree.DrawAll(PlanInclusion(index, size));
      const std::vector<Hash> path = InclusionPath(index, size, read);
      const Hash root = tree.Root(0, size);
      REQUIRE(path.size() <= 63);
      REQUIRE(VerifyInclusion(index, size, leaf, path, root));
      REQUIRE_FALSE(VerifyInclusion(index, size, root, path, root));
      REQUIRE_FALSE(
          VerifyInclusion((index + 1) % size, size, leaf, path, root));
    }
  }
}

TEST_CASE("consistency proofs hold at sizes up to 2^63-1") {
  for (const uint64_t size : LargeSizes()) {
    for (const uint64_t old_size : PlacesIn(size)) {
      if (old_size == 0) continue;
      CAPTURE(old_size);
      CAPTURE(size);
      SyntheticTree tree(old_size ^ size);
      // The proof leaves out an old tree that is one full subtree.
      if (std::has_single_bit(old_size)) {
        tree.Draw({static_cast<uint32_t>(std::countr_zero(old_size)), 0});
      }
      const std::vector<Hash> read =
          tree.DrawAll(PlanConsistency(old_size, size));
      const std::vector<Hash> path = ConsistencyPath(old_size, size, read);
      const Hash old_root = tree.Root(0, old_size);
      const Hash root = tree.Root(0, size);
      REQUIRE(VerifyConsistency(old_size, size, old_root, root, path));
      REQUIRE_FALSE(VerifyConsistency(old_size, size, root, root, path));
      REQUIRE_FALSE(
          VerifyConsistency(old_size, size, old_root, old_root, path));
    }
  }
}

TEST_CASE("the longest paths have 63 hashes") {
  CHECK(InclusionPath(0, kMaxTreeSize,
                      std::vector<Hash>(PlanInclusion(0, kMaxTreeSize).size()))
            .size() == 63);
  CHECK(PlanInclusion(kMaxTreeSize - 1, kMaxTreeSize).size() == 62);
  CHECK(PlanConsistency(kMaxTreeSize - 1, kMaxTreeSize).size() == 63);
  CHECK(PlanInclusion(0, 1).empty());
  CHECK(PlanConsistency(kMaxTreeSize, kMaxTreeSize).empty());
}

}  // namespace
}  // namespace sealedger::ledger
