#include "ledger/tlog_proof.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "ledger/encoding.h"
#include "ledger/proof.h"
#include "tests/support/aborts.h"
#include "tests/support/files.h"
#include "tests/support/reference_tree.h"

namespace sealedger::ledger {
namespace {

using testing::Aborts;
using testing::Leaves;
using testing::NumberedLeaves;
using testing::ReadFile;
using testing::ReferencePath;
using testing::ReferenceRoot;
using testing::VectorPath;

constexpr std::string_view kOrigin = "seal.example.com/ledger";
const std::string kFirstLine = "c2sp.org/tlog-proof@v1\n";

Ed25519Key LogKey() {
  return Ed25519Key::FromSeed(std::string(32, '\x01')).value();
}

std::vector<VerifierKey> Known() {
  return {MakeVerifierKey(kOrigin, LogKey().public_key())};
}

std::string SignedHead(uint64_t size, const Hash& root) {
  return SignCheckpoint({std::string(kOrigin), {size, root}}, LogKey()).value();
}

std::string Vector() { return ReadFile(VectorPath("two_entries.tlog-proof")); }

// The proof of the vectors, as a value.
TlogProof VectorProof() { return ParseTlogProof(Vector()).value(); }

void CheckRefused(const std::string& text) {
  CAPTURE(text);
  const auto proof = ParseTlogProof(text);
  REQUIRE_FALSE(proof);
  CHECK(proof.error().code == Code::kMalformed);
}

void CheckNotVerified(const TlogProof& proof, const Hash& leaf_hash) {
  const auto verified = VerifyTlogProof(proof, leaf_hash, Known());
  REQUIRE_FALSE(verified);
  CHECK(verified.error().code == Code::kVerificationFailed);
}

std::string Replaced(std::string text, std::string_view from,
                     std::string_view to) {
  const size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

TEST_CASE("the proof of the vectors is read, verified and written again") {
  const auto proof = ParseTlogProof(Vector());
  REQUIRE(proof);
  CHECK_FALSE(proof->extra);
  CHECK(proof->index == 0);
  CHECK(proof->path == std::vector{LeafHash("entry-1")});
  CHECK(proof->checkpoint == ReadFile(VectorPath("two_entries.checkpoint")));
  CHECK(FormatTlogProof(*proof) == Vector());
  const auto verified = VerifyTlogProof(*proof, LeafHash("entry-0"), Known());
  REQUIRE(verified);
  CHECK(verified->head().size == 2);
}

TEST_CASE("proofs of every shape are read back") {
  const std::string checkpoint = SignedHead(kMaxTreeSize, Sha256Of("root"));
  for (const uint64_t index : {uint64_t{0}, uint64_t{7}, kMaxTreeSize - 1}) {
    for (const size_t length : {0, 1, 63}) {
      TlogProof proof;
      proof.index = index;
      proof.path.assign(length, Sha256Of("sibling"));
      proof.checkpoint = checkpoint;
      CHECK(ParseTlogProof(FormatTlogProof(proof)).value() == proof);
      for (const size_t extra : {size_t{1}, size_t{100}, kMaxTlogProofExtra}) {
        proof.extra = std::string(extra, '\xfb');
        CHECK(ParseTlogProof(FormatTlogProof(proof)).value() == proof);
      }
    }
  }
}

TEST_CASE("the line of the longest extra data stays below 64 KiB") {
  TlogProof proof = VectorProof();
  proof.extra = std::string(kMaxTlogProofExtra, 'x');
  const std::string text = FormatTlogProof(proof);
  const size_t begin = text.find("extra ");
  CHECK(text.find('\n', begin) - begin < 64 * 1024);
}

TEST_CASE("proofs of all indices of a tree verify as text") {
  const std::vector<Hash> leaves = NumberedLeaves(11);
  for (uint64_t size = 1; size <= leaves.size(); ++size) {
    const Leaves tree = Leaves(leaves).first(size);
    const std::string checkpoint = SignedHead(size, ReferenceRoot(tree));
    for (uint64_t index = 0; index < size; ++index) {
      TlogProof proof;
      proof.index = index;
      proof.path = ReferencePath(index, tree);
      proof.checkpoint = checkpoint;
      const auto read = ParseTlogProof(FormatTlogProof(proof));
      REQUIRE(read);
      CHECK(VerifyTlogProof(*read, leaves[index], Known()));
      CheckNotVerified(*read, leaves[(index + 1) % 11]);
    }
  }
}

TEST_CASE("every other spelling of a proof is refused") {
  const std::string vector = Vector();
  const std::string hash = "6GiBGkgsJ9ULbUXd55xGXWrbmwZkUQBHepDPPYUYiYs=\n";
  for (const char* first :
       {"", "c2sp.org/tlog-proof@v2\n", "c2sp.org/tlog-proof@v1\r\n",
        "c2sp.org/tlog-proof@v1 \n", "\nc2sp.org/tlog-proof@v1\n",
        "c2sp.org/tlog-proof@v1\n\n"}) {
    CheckRefused(Replaced(vector, kFirstLine, first));
  }
  for (const char* line :
       {"", "index\n", "index \n", "index +0\n", "index 00\n", "index -0\n",
        "index 0 \n", "index  0\n", "index 0\r\n", "Index 0\n", "index 0x0\n",
        "index two\n", "index 0\nindex 0\n", "index 9223372036854775808\n",
        "index 18446744073709551616\n"}) {
    CheckRefused(Replaced(vector, "index 0\n", line));
  }
  for (const char* line :
       {"6GiBGkgsJ9ULbUXd55xGXWrbmwZkUQBHepDPPYUYiYs\n",
        "6GiBGkgsJ9ULbUXd55xGXWrbmwZkUQBHepDPPYUYiYt=\n",
        "6GiBGkgsJ9ULbUXd55xGXWrbmwZkUQBHepDPPYUYiYs=\r\n",
        " 6GiBGkgsJ9ULbUXd55xGXWrbmwZkUQBHepDPPYUYiYs=\n",
        "6GiBGkgsJ9ULbUXd55xGXWrbmwZkUQBHepDPPYUYiYs= \n",
        "6GiBGkgsJ9ULbUXd55xGXWrbmwZkUQBHepDPPYUY\n", "AA==\n", "\n", "x\n"}) {
    CheckRefused(Replaced(vector, hash, line));
  }
  CheckRefused(Replaced(vector, "\n\nseal", "\nseal"));
  CheckRefused(Replaced(vector, "\n\nseal", "\n\n\nseal"));
  CheckRefused(kFirstLine + "index 0\nx\n" + VectorProof().checkpoint);
  CheckRefused(vector + "\n");
  CheckRefused(vector + "x");
}

TEST_CASE("extra data in another spelling or beyond its bounds is refused") {
  const auto with = [](const std::string& line) {
    return Replaced(Vector(), "index", line + "index");
  };
  REQUIRE(ParseTlogProof(with("extra AA==\n")));
  CHECK(ParseTlogProof(with("extra AA==\n"))->extra == std::string(1, '\0'));
  for (const char* line :
       {"extra\n", "extra \n", "extra  AA==\n", "extra AA== \n", "extra AA=\n",
        "extra AA\n", "extra AB==\n", "extra AA==\r\n", "Extra AA==\n",
        "extra AA==\nextra AA==\n", "other AA==\n"}) {
    CheckRefused(with(line));
  }
  const std::string too_long(kMaxTlogProofExtra + 1, 'x');
  CHECK_FALSE(ParseTlogProof(with("extra " + EncodeBase64(too_long) + "\n")));
  CheckRefused(Replaced(Vector(), "index 0\n", "index 0\nextra AA==\n"));
}

TEST_CASE("a proof cut anywhere is refused") {
  const std::string vector = Vector();
  const size_t first_signature_end = vector.rfind("\u2014");
  for (size_t size = 0; size < vector.size(); ++size) {
    // At this place alone a whole proof ends: the witness's line is cut off.
    if (size == first_signature_end) continue;
    CheckRefused(vector.substr(0, size));
  }
  CHECK(ParseTlogProof(vector.substr(0, first_signature_end)));
}

TEST_CASE("an index that is not below the tree size is refused") {
  CHECK(ParseTlogProof(Replaced(Vector(), "index 0", "index 1")));
  CheckRefused(Replaced(Vector(), "index 0", "index 2"));
  CheckRefused(Replaced(Vector(), "index 0", "index 9223372036854775806"));
}

TEST_CASE("a path of more than 63 hashes is refused") {
  const std::string checkpoint = SignedHead(kMaxTreeSize, Hash());
  std::string text = kFirstLine + "index 0\n";
  for (int i = 0; i < 63; ++i) text += ToBase64(Hash()) + "\n";
  CHECK(ParseTlogProof(text + "\n" + checkpoint));
  CheckRefused(text + ToBase64(Hash()) + "\n\n" + checkpoint);
}

TEST_CASE("a proof whose checkpoint is none is refused") {
  const std::string head = kFirstLine + "index 0\n\n";
  const Hash root = LeafHash("entry-0");
  REQUIRE(ParseTlogProof(head + SignedHead(1, root)));
  CheckRefused(head + SignedHead(0, EmptyRoot()));
  CheckRefused(head);
  CheckRefused(head + FormatCheckpoint({std::string(kOrigin), {1, root}}));
  const std::string text = "not a checkpoint\n";
  CheckRefused(head +
               FormatNote({text, {SignNote(text, kOrigin, LogKey()).value()}}));
  TlogProof proof = VectorProof();
  proof.checkpoint = "not a note";
  const auto verified = VerifyTlogProof(proof, root, Known());
  REQUIRE_FALSE(verified);
  CHECK(verified.error().code == Code::kMalformed);
}

TEST_CASE("a proof with a flipped bit is never accepted") {
  const std::string vector = Vector();
  const size_t witness_line = vector.rfind("\u2014");
  for (size_t bit = 0; bit < 8 * witness_line; ++bit) {
    std::string changed = vector;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    const auto proof = ParseTlogProof(changed);
    if (!proof) continue;
    REQUIRE_FALSE(VerifyTlogProof(*proof, LeafHash("entry-0"), Known()));
  }
}

TEST_CASE("a proof for another entry, index, path or key is not accepted") {
  const TlogProof proof = VectorProof();
  const Hash leaf = LeafHash("entry-0");
  REQUIRE(VerifyTlogProof(proof, leaf, Known()));
  CheckNotVerified(proof, LeafHash("entry-1"));
  TlogProof changed = proof;
  changed.index = 1;
  CheckNotVerified(changed, leaf);
  changed.index = 2;
  CheckNotVerified(changed, leaf);
  changed = proof;
  changed.path.clear();
  CheckNotVerified(changed, leaf);
  changed.path.assign(2, proof.path[0]);
  CheckNotVerified(changed, leaf);
  CHECK_FALSE(VerifyTlogProof(proof, leaf, {}));
}

TEST_CASE("a proof that nobody could read is our own bug") {
  const auto aborts = [](auto change) {
    return Aborts([change] {
      TlogProof proof = VectorProof();
      change(&proof);
      FormatTlogProof(proof);
    });
  };
  CHECK_FALSE(aborts([](TlogProof*) {}));
  CHECK(aborts([](TlogProof* proof) { proof->extra = ""; }));
  CHECK(aborts([](TlogProof* proof) {
    proof->extra = std::string(kMaxTlogProofExtra + 1, 'x');
  }));
  CHECK(aborts([](TlogProof* proof) { proof->path.resize(64); }));
  CHECK(aborts([](TlogProof* proof) { proof->index = kMaxTreeSize; }));
}

}  // namespace
}  // namespace sealedger::ledger
