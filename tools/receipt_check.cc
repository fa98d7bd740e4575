#include "tools/receipt_check.h"

#include <string>
#include <utility>

#include "ledger/checkpoint.h"
#include "ledger/proof.h"
#include "ledger/tlog_proof.h"
#include "notary/canonical_json.h"
#include "notary/entry.h"

namespace sealedger::tools {

using ledger::Code;
using ledger::Error;
using ledger::MakeError;

namespace {

Error Bad(Code code, std::string_view detail) {
  return MakeError(code, "bad-receipt",
                   "the receipt is refused: " + std::string(detail));
}

const std::string* TextOf(const notary::Json& json, std::string_view name) {
  const notary::Json* member = json.Find(name);
  return member ? member->if_string() : nullptr;
}

ledger::Result<void> CheckDocument(const notary::Entry& entry,
                                   const FileDigests& document) {
  const auto* evidence = std::get_if<notary::EvidenceRecorded>(&entry.body);
  if (evidence == nullptr) return BadReceipt("its entry records no evidence");
  if (evidence->document.sha256 != document.sha256 ||
      evidence->document.sm3 != document.sm3 ||
      evidence->document.size != document.size) {
    return BadReceipt("its entry is of another document");
  }
  return {};
}

ledger::Result<void> CheckProof(
    const ledger::TlogProof& proof, const ledger::Hash& leaf_hash,
    const std::optional<ledger::VerifierKey>& vkey) {
  if (vkey) {
    const auto verified =
        ledger::VerifyTlogProof(proof, leaf_hash, {&*vkey, 1});
    if (!verified) return verified.error();
    return {};
  }
  const auto note = ledger::ParseNote(proof.checkpoint);
  if (!note) return note.error();
  const auto checkpoint = ledger::ParseCheckpoint(note->text);
  if (!checkpoint) return checkpoint.error();
  return ledger::VerifyInclusion(proof.index, checkpoint->head.size, leaf_hash,
                                 proof.path, checkpoint->head.root);
}

}  // namespace

ledger::Error BadReceipt(std::string_view detail) {
  return Bad(Code::kVerificationFailed, detail);
}

ledger::Result<ReceivedEntry> CheckReceipt(
    std::string_view receipt, const std::optional<ledger::VerifierKey>& vkey) {
  const auto json = notary::ParseJson(receipt);
  if (!json) return Bad(Code::kMalformed, "it is no JSON of ours");
  const notary::Json* index = json->Find("index");
  const std::string* text = TextOf(*json, "entry");
  const std::string* proof_text = TextOf(*json, "proof");
  if (index == nullptr || index->if_integer() == nullptr || text == nullptr ||
      proof_text == nullptr) {
    return Bad(Code::kMalformed, "it lacks index, entry or proof");
  }
  auto entry = notary::ParseEntry(*text);
  if (!entry) return Bad(Code::kMalformed, "its entry cannot be read");
  const auto proof = ledger::ParseTlogProof(*proof_text);
  if (!proof) return Bad(Code::kMalformed, "its proof cannot be read");
  if (static_cast<int64_t>(proof->index) != *index->if_integer()) {
    return BadReceipt("its proof is of another entry");
  }
  const auto proved = CheckProof(*proof, ledger::LeafHash(*text), vkey);
  if (!proved) return BadReceipt(proved.error().detail);
  return ReceivedEntry{proof->index, *std::move(entry)};
}

ledger::Result<uint64_t> CheckReceipt(
    std::string_view receipt, const FileDigests& document,
    const std::optional<ledger::VerifierKey>& vkey) {
  const auto received = CheckReceipt(receipt, vkey);
  if (!received) return received.error();
  const auto about = CheckDocument(received->entry, document);
  if (!about) return about.error();
  return received->index;
}

}  // namespace sealedger::tools
