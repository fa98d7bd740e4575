#include "ledger/checkpoint.h"

#include <algorithm>

#include "ledger/check.h"
#include "ledger/encoding.h"

namespace sealedger::ledger {
namespace {

constexpr size_t kMaxOriginSize = 255;

bool IsTreeHead(const TreeHead& head) {
  return head.size <= kMaxTreeSize &&
         (head.size != 0 || head.root == EmptyRoot());
}

Error MalformedCheckpoint(std::string_view detail) {
  return MakeError(Code::kMalformed, "checkpoint", detail);
}

// Cuts the first line off, without its newline; nullopt where there is none.
std::optional<std::string_view> TakeLine(std::string_view* text) {
  const size_t end = text->find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = text->substr(0, end);
  text->remove_prefix(end + 1);
  return line;
}

}  // namespace

bool IsOrigin(std::string_view origin) {
  return origin.size() <= kMaxOriginSize && IsKeyName(origin);
}

std::string FormatCheckpoint(const Checkpoint& checkpoint) {
  CHECK(IsOrigin(checkpoint.origin) && IsTreeHead(checkpoint.head));
  return checkpoint.origin + '\n' + std::to_string(checkpoint.head.size) +
         '\n' + ToBase64(checkpoint.head.root) + '\n';
}

Result<Checkpoint> ParseCheckpoint(std::string_view text) {
  const auto origin = TakeLine(&text);
  if (!origin || !IsOrigin(*origin)) {
    return MalformedCheckpoint("the first line is not an origin");
  }
  const auto size_line = TakeLine(&text);
  const auto size =
      size_line ? ParseDecimal(*size_line, kMaxTreeSize) : std::nullopt;
  if (!size) return MalformedCheckpoint("the second line is not a tree size");
  const auto root_line = TakeLine(&text);
  const auto root = root_line ? HashFromBase64(*root_line) : std::nullopt;
  if (!root) return MalformedCheckpoint("the third line is not a root hash");
  if (!text.empty()) {
    return MalformedCheckpoint("there are lines after the root hash");
  }
  Checkpoint checkpoint{std::string(*origin), {*size, *root}};
  if (!IsTreeHead(checkpoint.head)) {
    return MalformedCheckpoint("the root hash is not that of an empty tree");
  }
  return checkpoint;
}

Result<std::string> SignCheckpoint(const Checkpoint& checkpoint,
                                   const Ed25519Key& key) {
  std::string text = FormatCheckpoint(checkpoint);
  Result<NoteSignature> signature = SignNote(text, checkpoint.origin, key);
  if (!signature) return std::move(signature).error();
  return FormatNote({std::move(text), {*std::move(signature)}});
}

Result<VerifiedCheckpoint> VerifyCheckpoint(
    std::string_view note, std::span<const VerifierKey> known) {
  Result<Note> parsed = ParseNote(note);
  if (!parsed) return std::move(parsed).error();
  Result<Checkpoint> checkpoint = ParseCheckpoint(parsed->text);
  if (!checkpoint) return std::move(checkpoint).error();
  // All known keys, not the log's alone: a wrong signature of any of them
  // spoils the note.
  Result<VerifiedNote> verified_note = VerifyNote(*parsed, known);
  if (!verified_note) return std::move(verified_note).error();
  const std::vector<VerifierKey>& signed_by = verified_note->signed_by();
  const auto key = std::find_if(signed_by.begin(), signed_by.end(),
                                [&checkpoint](const VerifierKey& candidate) {
                                  return candidate.name == checkpoint->origin;
                                });
  if (key == signed_by.end()) {
    return MakeError(Code::kVerificationFailed, "note-signature",
                     "no known key of the origin has signed the checkpoint");
  }
  VerifiedCheckpoint verified;
  verified.checkpoint_ = *std::move(checkpoint);
  verified.note_ = std::string(note);
  verified.key_ = *key;
  return verified;
}

}  // namespace sealedger::ledger
