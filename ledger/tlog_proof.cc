#include "ledger/tlog_proof.h"

#include <algorithm>

#include "ledger/check.h"
#include "ledger/encoding.h"
#include "ledger/proof.h"

namespace sealedger::ledger {
namespace {

constexpr std::string_view kFirstLine = "c2sp.org/tlog-proof@v1\n";
constexpr size_t kMaxPathSize = 63;

Error MalformedProof(std::string_view detail) {
  return MakeError(Code::kMalformed, "tlog-proof", detail);
}

bool Consume(std::string_view* text, std::string_view prefix) {
  if (!text->starts_with(prefix)) return false;
  text->remove_prefix(prefix.size());
  return true;
}

// Cuts the first line off, without its newline. A text without any newline is
// one line that no reader of a line accepts here: the checkpoint must follow.
std::string_view TakeLine(std::string_view* text) {
  const std::string_view line = text->substr(0, text->find('\n'));
  text->remove_prefix(std::min(line.size() + 1, text->size()));
  return line;
}

// The path's lines and the empty line after them.
Result<std::vector<Hash>> TakePath(std::string_view* text) {
  std::vector<Hash> path;
  while (!Consume(text, "\n")) {
    if (path.size() == kMaxPathSize) {
      return MalformedProof("the inclusion path is too long");
    }
    const auto hash = HashFromBase64(TakeLine(text));
    if (!hash) {
      return MalformedProof("a line of the inclusion path is not a hash");
    }
    path.push_back(*hash);
  }
  return path;
}

}  // namespace

std::string FormatTlogProof(const TlogProof& proof) {
  CHECK(proof.index < kMaxTreeSize && proof.path.size() <= kMaxPathSize);
  std::string text;
  text.reserve(64 + 45 * proof.path.size() + proof.checkpoint.size());
  text += kFirstLine;
  if (proof.extra) {
    CHECK(!proof.extra->empty() && proof.extra->size() <= kMaxTlogProofExtra);
    text += "extra " + EncodeBase64(*proof.extra) + '\n';
  }
  text += "index " + std::to_string(proof.index) + '\n';
  for (const Hash& hash : proof.path) text += ToBase64(hash) + '\n';
  text += '\n';
  text += proof.checkpoint;
  return text;
}

Result<TlogProof> ParseTlogProof(std::string_view text) {
  if (!Consume(&text, kFirstLine)) {
    return MalformedProof("the first line does not name the format");
  }
  TlogProof proof;
  if (Consume(&text, "extra ")) {
    proof.extra = DecodeBase64(TakeLine(&text));
    if (!proof.extra || proof.extra->empty() ||
        proof.extra->size() > kMaxTlogProofExtra) {
      return MalformedProof("the extra data is not base64 within its bounds");
    }
  }
  if (!Consume(&text, "index ")) {
    return MalformedProof("the line of the index is missing");
  }
  const auto index = ParseDecimal(TakeLine(&text), kMaxTreeSize - 1);
  if (!index) return MalformedProof("the index is not a number");
  proof.index = *index;
  Result<std::vector<Hash>> path = TakePath(&text);
  if (!path) return std::move(path).error();
  proof.path = *std::move(path);
  const Result<Note> note = ParseNote(text);
  if (!note) return note.error();
  const Result<Checkpoint> checkpoint = ParseCheckpoint(note->text);
  if (!checkpoint) return checkpoint.error();
  if (proof.index >= checkpoint->head.size) {
    return MalformedProof("the index is not below the tree size");
  }
  proof.checkpoint = std::string(text);
  return proof;
}

Result<VerifiedCheckpoint> VerifyTlogProof(const TlogProof& proof,
                                           const Hash& leaf_hash,
                                           std::span<const VerifierKey> known) {
  Result<VerifiedCheckpoint> checkpoint =
      VerifyCheckpoint(proof.checkpoint, known);
  if (!checkpoint) return checkpoint;
  const TreeHead& head = checkpoint->head();
  Result<void> included =
      VerifyInclusion(proof.index, head.size, leaf_hash, proof.path, head.root);
  if (!included) return std::move(included).error();
  return checkpoint;
}

}  // namespace sealedger::ledger
