#include "tools/receipt_check.h"

#include <doctest/doctest.h>

#include <string>

#include "ledger/checkpoint.h"
#include "ledger/proof.h"
#include "ledger/tlog_proof.h"
#include "notary/canonical_json.h"
#include "notary/entry.h"

namespace sealedger::tools {
namespace {

using notary::Json;

FileDigests DigestsOf(std::string_view document) {
  return {ledger::Sha256Of(document), ledger::Sm3Of(document), document.size()};
}

// A receipt for entry 1 of a tree of two, as a service would give it.
struct Sample {
  Sample() {
    notary::Entry written;
    written.time_ms = 1700000000000;
    written.by = "acme";
    written.by_entry = 0;
    notary::EvidenceRecorded evidence;
    const FileDigests digests = DigestsOf("the document");
    evidence.document = {digests.sha256, digests.sm3, digests.size,
                         std::nullopt};
    written.body = evidence;
    entry = notary::FormatEntry(written);
    const ledger::Hash first = ledger::LeafHash("another entry");
    root = ledger::NodeHash(first, ledger::LeafHash(entry));
    proof = {std::nullopt, 1, {first}, ""};
  }

  std::string Text() {
    proof.checkpoint =
        *ledger::SignCheckpoint({"example.com/log", {2, root}}, key);
    return notary::WriteJson(
        Json(Json::Object{{"entry", entry},
                          {"index", index},
                          {"proof", ledger::FormatTlogProof(proof)}}));
  }

  ledger::Ed25519Key key =
      *ledger::Ed25519Key::FromSeed(std::string(ledger::kEd25519KeySize, 'k'));
  std::string entry;
  uint64_t index = 1;
  ledger::Hash root;
  ledger::TlogProof proof;
};

template <typename T>
void CheckRefused(const ledger::Result<T>& result) {
  REQUIRE(!result);
  CHECK(result.error().name == "bad-receipt");
}

TEST_CASE("a true receipt gives its index, with and without a key") {
  Sample sample;
  const auto vkey =
      ledger::MakeVerifierKey("example.com/log", sample.key.public_key());
  const auto known =
      CheckReceipt(sample.Text(), DigestsOf("the document"), vkey);
  REQUIRE(known);
  CHECK(*known == 1);
  CHECK(CheckReceipt(sample.Text(), DigestsOf("the document"), std::nullopt));
}

TEST_CASE("a receipt gives the entry that it proves, whatever its kind") {
  Sample sample;
  notary::Entry written;
  written.time_ms = 1700000000000;
  written.by = "office";
  written.by_entry = 0;
  written.body = notary::OrganizationEntry{
      notary::OrganizationEvent::kEstablished, "91350100M000100Y43", "Acme",
      std::nullopt, std::nullopt};
  sample.entry = notary::FormatEntry(written);
  // The proof is still that of the first entry.
  CheckRefused(CheckReceipt(sample.Text(), std::nullopt));
  sample.root =
      ledger::NodeHash(sample.proof.path[0], ledger::LeafHash(sample.entry));
  const auto received = CheckReceipt(sample.Text(), std::nullopt);
  REQUIRE(received);
  CHECK(received->index == 1);
  CHECK(received->entry == written);
  CheckRefused(
      CheckReceipt(sample.Text(), DigestsOf("the document"), std::nullopt));
}

TEST_CASE("a receipt of another document is refused") {
  CheckRefused(
      CheckReceipt(Sample().Text(), DigestsOf("the document "), std::nullopt));
}

TEST_CASE("each of the document's members is compared") {
  FileDigests sha256 = DigestsOf("the document");
  sha256.sha256.bytes[0] ^= 1;
  CheckRefused(CheckReceipt(Sample().Text(), sha256, std::nullopt));
  FileDigests sm3 = DigestsOf("the document");
  sm3.sm3.bytes[0] ^= 1;
  CheckRefused(CheckReceipt(Sample().Text(), sm3, std::nullopt));
  FileDigests size = DigestsOf("the document");
  ++size.size;
  CheckRefused(CheckReceipt(Sample().Text(), size, std::nullopt));
}

TEST_CASE("a receipt signed by another key is refused") {
  const auto other = ledger::MakeVerifierKey(
      "example.com/log",
      ledger::Ed25519Key::FromSeed(std::string(32, 'o'))->public_key());
  CheckRefused(CheckReceipt(Sample().Text(), DigestsOf("the document"), other));
}

TEST_CASE("a proof that does not lead to the root is refused") {
  Sample path;
  path.proof.path[0].bytes[7] ^= 1;
  CheckRefused(
      CheckReceipt(path.Text(), DigestsOf("the document"), std::nullopt));
  Sample root;
  root.root.bytes[31] ^= 1;
  CheckRefused(
      CheckReceipt(root.Text(), DigestsOf("the document"), std::nullopt));
}

TEST_CASE("an index that is not the proof's is refused") {
  Sample sample;
  sample.index = 0;
  CheckRefused(
      CheckReceipt(sample.Text(), DigestsOf("the document"), std::nullopt));
}

TEST_CASE("what is no receipt is refused") {
  for (const char* text : {"", "{}", "[]", R"({"entry":"x","index":1})",
                           R"({"entry":7,"index":"1","proof":[]})"}) {
    CAPTURE(text);
    CheckRefused(CheckReceipt(text, DigestsOf("x"), std::nullopt));
  }
}

}  // namespace
}  // namespace sealedger::tools
