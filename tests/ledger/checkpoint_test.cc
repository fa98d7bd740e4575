#include "ledger/checkpoint.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/support/aborts.h"
#include "tests/support/files.h"
#include "tests/support/reference_tree.h"

namespace sealedger::ledger {
namespace {

using testing::Aborts;
using testing::NumberedLeaves;
using testing::ReadFile;
using testing::ReferenceRoot;
using testing::VectorPath;

constexpr std::string_view kOrigin = "seal.example.com/ledger";

Ed25519Key LogKey() {
  return Ed25519Key::FromSeed(std::string(32, '\x01')).value();
}

VerifierKey LogVerifier() {
  return MakeVerifierKey(kOrigin, LogKey().public_key());
}

Checkpoint TwoEntries() {
  return {std::string(kOrigin), {2, ReferenceRoot(NumberedLeaves(2))}};
}

void CheckRefused(const std::string& text) {
  CAPTURE(text);
  const auto checkpoint = ParseCheckpoint(text);
  REQUIRE_FALSE(checkpoint);
  CHECK(checkpoint.error().code == Code::kMalformed);
}

TEST_CASE("the checkpoint of the vectors is read and written again") {
  const std::string bytes = ReadFile(VectorPath("two_entries.checkpoint"));
  const auto note = ParseNote(bytes);
  REQUIRE(note);
  CHECK(FormatNote(*note) == bytes);
  const auto checkpoint = ParseCheckpoint(note->text);
  REQUIRE(checkpoint);
  CHECK(*checkpoint == TwoEntries());
  CHECK(FormatCheckpoint(*checkpoint) == note->text);
}

TEST_CASE("the vector's log signature is made anew from its seed") {
  const auto vector = ParseNote(ReadFile(VectorPath("two_entries.checkpoint")));
  const auto made = SignCheckpoint(TwoEntries(), LogKey());
  REQUIRE(vector);
  REQUIRE(made);
  const auto parsed = ParseNote(*made);
  REQUIRE(parsed);
  REQUIRE(parsed->signatures.size() == 1);
  CHECK(parsed->signatures[0] == vector->signatures[0]);
}

TEST_CASE("the vector's checkpoint verifies with the log's key") {
  const std::string bytes = ReadFile(VectorPath("two_entries.checkpoint"));
  const auto verified = VerifyCheckpoint(bytes, std::vector{LogVerifier()});
  REQUIRE(verified);
  CHECK(verified->origin() == kOrigin);
  CHECK(verified->head() == TwoEntries().head);
  CHECK(verified->note() == bytes);
  CHECK(verified->key() == LogVerifier());
}

TEST_CASE("checkpoints of all sizes are read back") {
  const Hash root = Sha256Of("root");
  for (const uint64_t size : {uint64_t{1}, uint64_t{10}, kMaxTreeSize}) {
    const Checkpoint checkpoint{"电子印章", {size, root}};
    const auto read = ParseCheckpoint(FormatCheckpoint(checkpoint));
    REQUIRE(read);
    CHECK(*read == checkpoint);
  }
  const Checkpoint empty{"a", {0, EmptyRoot()}};
  CHECK(FormatCheckpoint(empty) ==
        "a\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
  CHECK(ParseCheckpoint(FormatCheckpoint(empty)).value() == empty);
}

TEST_CASE("every other spelling of a checkpoint is refused") {
  const std::string origin = "seal.example.com/ledger\n";
  const std::string root = "LyelCCwdQq+kiKw1Cp/EOQwIT1T3Hs3/hZ6Y24QptHk=\n";
  REQUIRE(ParseCheckpoint(origin + "2\n" + root));
  for (const char* size :
       {"", "02", "+2", "-2", " 2", "2 ", "2.0", "0x2", "two", "2\r",
        "9223372036854775808", "18446744073709551618"}) {
    CheckRefused(origin + size + "\n" + root);
  }
  CHECK(ParseCheckpoint(origin + "9223372036854775807\n" + root));
  for (const char* name :
       {"", "a b", "a+b", "a\tb", "a\u00a0b", "\xff", " a", "a "}) {
    CheckRefused(std::string(name) + "\n2\n" + root);
  }
  for (const char* hash : {"", "LyelCCwdQq+kiKw1Cp/EOQwIT1T3Hs3/hZ6Y24QptHk",
                           "LyelCCwdQq+kiKw1Cp/EOQwIT1T3Hs3/hZ6Y24QptHl=",
                           "LyelCCwdQq-kiKw1Cp_EOQwIT1T3Hs3_hZ6Y24QptHk=",
                           "LyelCCwdQq+kiKw1Cp/EOQwIT1T3Hs3/hZ6Y24Qp",
                           "LyelCCwdQq+kiKw1Cp/EOQwIT1T3Hs3/hZ6Y24QptHkA",
                           " LyelCCwdQq+kiKw1Cp/EOQwIT1T3Hs3/hZ6Y24QptHk=",
                           "LyelCCwdQq+kiKw1Cp/EOQwIT1T3Hs3/hZ6Y24QptHk= "}) {
    CheckRefused(origin + "2\n" + hash + "\n");
  }
}

TEST_CASE("a checkpoint with lines too many or too few is refused") {
  const std::string text = FormatCheckpoint(TwoEntries());
  for (size_t size = 0; size < text.size(); ++size) {
    CheckRefused(text.substr(0, size));
  }
  CheckRefused(text + "extension\n");
  CheckRefused(text + "\n");
  CheckRefused(text + "x");
  CheckRefused("\n" + text);
}

TEST_CASE("an empty tree has the empty root and no other") {
  CheckRefused("a\n0\nLyelCCwdQq+kiKw1Cp/EOQwIT1T3Hs3/hZ6Y24QptHk=\n");
  CHECK(Aborts([] { FormatCheckpoint({"a", {0, Hash()}}); }));
}

TEST_CASE("an origin is a key name of at most 255 bytes") {
  CHECK(IsOrigin(kOrigin));
  CHECK(IsOrigin(std::string(255, 'a')));
  CHECK_FALSE(IsOrigin(std::string(256, 'a')));
  CHECK_FALSE(IsOrigin(""));
  CHECK_FALSE(IsOrigin("a b"));
  CHECK_FALSE(IsOrigin("a\nb"));
  CHECK(Aborts([] { FormatCheckpoint({"a b", {1, Hash()}}); }));
  CHECK(Aborts([] { FormatCheckpoint({"a", {kMaxTreeSize + 1, Hash()}}); }));
}

TEST_CASE("a checkpoint is verified by a key of its own origin only") {
  const std::string note = SignCheckpoint(TwoEntries(), LogKey()).value();
  REQUIRE(VerifyCheckpoint(note, std::vector{LogVerifier()}));
  const VerifierKey renamed =
      MakeVerifierKey("other.example.com", LogKey().public_key());
  const VerifierKey other = MakeVerifierKey(
      kOrigin,
      Ed25519Key::FromSeed(std::string(32, '\x02')).value().public_key());
  for (const std::vector<VerifierKey>& known :
       {std::vector<VerifierKey>(), {renamed}, {other}, {renamed, other}}) {
    const auto verified = VerifyCheckpoint(note, known);
    REQUIRE_FALSE(verified);
    CHECK(verified.error().code == Code::kVerificationFailed);
  }
}

TEST_CASE("a known key of another name does not stand for the log") {
  const Ed25519Key other =
      Ed25519Key::FromSeed(std::string(32, '\x02')).value();
  const std::string text = FormatCheckpoint(TwoEntries());
  const std::string note =
      FormatNote({text, {SignNote(text, "other.example.com", other).value()}});
  const VerifierKey key =
      MakeVerifierKey("other.example.com", other.public_key());
  REQUIRE(VerifyNote(ParseNote(note).value(), std::vector{key}));
  const auto verified = VerifyCheckpoint(note, std::vector{key, LogVerifier()});
  REQUIRE_FALSE(verified);
  CHECK(verified.error().code == Code::kVerificationFailed);
}

TEST_CASE("a wrong signature of another known key spoils the checkpoint") {
  const Ed25519Key other =
      Ed25519Key::FromSeed(std::string(32, '\x02')).value();
  Note note = ParseNote(SignCheckpoint(TwoEntries(), LogKey()).value()).value();
  note.signatures.push_back(
      SignNote("x\n", "other.example.com", other).value());
  const std::vector known = {
      LogVerifier(), MakeVerifierKey("other.example.com", other.public_key())};
  CHECK_FALSE(VerifyCheckpoint(FormatNote(note), known));
  CHECK(VerifyCheckpoint(FormatNote(note), std::vector{LogVerifier()}));
}

TEST_CASE("a checkpoint with a flipped bit is refused") {
  const std::string note = SignCheckpoint(TwoEntries(), LogKey()).value();
  const std::vector known = {LogVerifier()};
  for (size_t bit = 0; bit < 8 * note.size(); ++bit) {
    std::string changed = note;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    REQUIRE_FALSE(VerifyCheckpoint(changed, known));
  }
}

}  // namespace
}  // namespace sealedger::ledger
