#include "ledger/tree.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/support/aborts.h"
#include "tests/support/reference_tree.h"

namespace sealedger::ledger {
namespace {

using testing::Aborts;
using testing::Leaves;
using testing::NumberedLeaves;
using testing::ReferenceRoot;

// Full subtrees of rising height, left to right, that touch and cover
// [begin, end), each where a subtree of its height can stand.
void CheckRow(const std::vector<Subtree>& row, uint64_t begin, uint64_t end) {
  uint64_t at = begin;
  uint32_t height_above = 63;
  for (const Subtree& subtree : row) {
    REQUIRE(subtree.begin() == at);
    REQUIRE(subtree.height < height_above);
    at = subtree.end();
    height_above = subtree.height;
  }
  REQUIRE(at == end);
}

TEST_CASE("the roots of transparency-dev's eight entries are its roots") {
  const std::string entries[] = {
      "",
      std::string(1, '\0'),
      "\x10",
      "\x20\x21",
      "\x30\x31",
      "\x40\x41\x42\x43",
      "\x50\x51\x52\x53\x54\x55\x56\x57",
      "\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f"};
  const char* const roots[] = {
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
      "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
      "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
      "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
  RightEdge edge;
  for (size_t i = 0; i < 8; ++i) {
    edge.Append(LeafHash(entries[i]));
    CHECK(ToHex(edge.Root()) == roots[i]);
  }
}

TEST_CASE("the right edge has the oracle's root at every size to 600") {
  const std::vector<Hash> leaves = NumberedLeaves(600);
  RightEdge edge;
  CHECK(edge.Root() == EmptyRoot());
  for (uint64_t size = 0; size <= leaves.size(); ++size) {
    REQUIRE(edge.size() == size);
    REQUIRE(edge.row().size() == SubtreesOf(0, size).size());
    REQUIRE(edge.Root() == ReferenceRoot(Leaves(leaves).first(size)));
    if (size < leaves.size()) edge.Append(leaves[size]);
  }
}

TEST_CASE("a right edge made from its row goes on as the one it came from") {
  const std::vector<Hash> leaves = NumberedLeaves(70);
  RightEdge grown;
  for (const Hash& leaf : leaves) {
    RightEdge resumed(grown.size(), grown.row());
    resumed.Append(leaf);
    grown.Append(leaf);
    REQUIRE(resumed.Root() == grown.Root());
    REQUIRE(resumed.row() == grown.row());
  }
}

TEST_CASE("a row of another length than its size's is our own bug") {
  CHECK(Aborts([] { RightEdge(3, {Hash()}); }));
  CHECK(Aborts([] { RightEdge(0, {Hash()}); }));
  CHECK(Aborts([] { RightEdge(kMaxTreeSize + 1, {Hash()}); }));
  CHECK(Aborts([] { FoldRight({}); }));
}

TEST_CASE("no leaf is appended to a tree of 2^63-1") {
  RightEdge edge(kMaxTreeSize - 1, std::vector<Hash>(62));
  edge.Append(Hash());
  CHECK(edge.size() == kMaxTreeSize);
  CHECK(edge.row().size() == 63);
  CHECK(Aborts([&edge] { edge.Append(Hash()); }));
}

TEST_CASE("the split point is the largest power of two below n") {
  CHECK(SplitPoint(2) == 1);
  CHECK(SplitPoint(3) == 2);
  CHECK(SplitPoint(4) == 2);
  CHECK(SplitPoint(5) == 4);
  CHECK(SplitPoint(kMaxTreeSize) == uint64_t{1} << 62);
  for (uint32_t bit = 1; bit < 63; ++bit) {
    const uint64_t power = uint64_t{1} << bit;
    REQUIRE(SplitPoint(power) == power / 2);
    REQUIRE(SplitPoint(power + 1) == power);
  }
  CHECK(Aborts([] { SplitPoint(1); }));
  CHECK(Aborts([] { SplitPoint(kMaxTreeSize + 1); }));
}

TEST_CASE("the subtrees of a tree follow the binary digits of its size") {
  CHECK(SubtreesOf(0, 0).empty());
  CHECK(SubtreesOf(0, 7) == std::vector<Subtree>{{2, 0}, {1, 2}, {0, 6}});
  CHECK(SubtreesOf(4, 7) == std::vector<Subtree>{{1, 2}, {0, 6}});
  CHECK(SubtreesOf(0, kMaxTreeSize).size() == 63);
  for (uint64_t size = 0; size <= 300; ++size) {
    CheckRow(SubtreesOf(0, size), 0, size);
  }
  for (uint32_t bit = 0; bit < 63; ++bit) {
    const uint64_t power = uint64_t{1} << bit;
    CheckRow(SubtreesOf(0, power - 1), 0, power - 1);
    CheckRow(SubtreesOf(0, power), 0, power);
    CheckRow(SubtreesOf(power, 2 * power - 1), power, 2 * power - 1);
  }
  CheckRow(SubtreesOf(uint64_t{1} << 62, kMaxTreeSize), uint64_t{1} << 62,
           kMaxTreeSize);
}

TEST_CASE("ranges that no proof asks for are our own bug") {
  CHECK(Aborts([] { SubtreesOf(1, 3); }));
  CHECK(Aborts([] { SubtreesOf(2, 1); }));
  CHECK(Aborts([] { SubtreesOf(0, kMaxTreeSize + 1); }));
}

TEST_CASE("the subtrees of a range fold to the oracle's root of it") {
  const std::vector<Hash> leaves = NumberedLeaves(128);
  testing::LeavesReader reader(leaves);
  for (uint64_t begin = 0; begin < 128; begin += 16) {
    for (uint64_t size = 1; size <= 16; ++size) {
      const auto row = reader.Read(SubtreesOf(begin, begin + size));
      REQUIRE(row);
      REQUIRE(FoldRight(*row) ==
              ReferenceRoot(Leaves(leaves).subspan(begin, size)));
    }
  }
}

}  // namespace
}  // namespace sealedger::ledger
