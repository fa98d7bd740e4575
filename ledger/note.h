// C2SP signed note: a text, an empty line, and signature lines.
//
//   example.com/log\n
//   2\n
//   LyelCCwdQq+kiKw1Cp/EOQwIT1T3Hs3/hZ6Y24QptHk=\n
//   \n
//   — example.com/log UeeyNjdR5awO…\n          (U+2014, name, base64 of
//                                               4-byte key ID ‖ signature)
//
// Read strictly, as Go's sumdb/note does: one malformed line spoils the note,
// the last empty line divides text from signatures, no control characters
// below U+0020 but newline, at most 100 signatures, at most 1,000,000 bytes.
//
// Verifier key (vkey): NAME+HHHHHHHH+base64(type ‖ key), where HHHHHHHH is the
// key ID, SHA-256(name ‖ 0x0A ‖ type ‖ key)[:4], in lower-case hex. We sign
// with type 01, Ed25519, alone.
//
// Thread rule: pure functions and values.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/ed25519.h"
#include "ledger/result.h"

namespace sealedger::ledger {

inline constexpr uint8_t kNoteEd25519 = 0x01;
inline constexpr size_t kMaxNoteSize = 1000000;
inline constexpr size_t kMaxNoteSignatures = 100;

// A key name: not empty, no Unicode space, no '+', UTF-8, no control characters
// below U+0020.
bool IsKeyName(std::string_view name);

struct VerifierKey {
  std::string name;
  uint32_t key_id = 0;
  std::string public_key;  // 32 bytes, Ed25519

  bool operator==(const VerifierKey&) const = default;
};

// A key name and 32 bytes (CHECK).
VerifierKey MakeVerifierKey(std::string_view name, std::string_view public_key);
std::string FormatVerifierKey(const VerifierKey& key);
// kMalformed for a wrong key ID, another type, another spelling.
Result<VerifierKey> ParseVerifierKey(std::string_view vkey);

struct NoteSignature {
  std::string name;
  uint32_t key_id = 0;
  std::string signature;  // the bytes after the key ID

  bool operator==(const NoteSignature&) const = default;
};

struct Note {
  std::string text;  // ends in a newline
  std::vector<NoteSignature> signatures;
};

// FormatNote(ParseNote(x)) == x for every x that is accepted. What is formatted
// has a text that ends in a newline and at least one signature (CHECK).
std::string FormatNote(const Note& note);
Result<Note> ParseNote(std::string_view bytes);

// A note whose text at least one of the known keys has signed.
class VerifiedNote {
 public:
  const std::string& text() const { return text_; }
  const std::vector<VerifierKey>& signed_by() const { return signed_by_; }

 private:
  friend Result<VerifiedNote> VerifyNote(const Note&,
                                         std::span<const VerifierKey>);
  VerifiedNote() = default;

  std::string text_;
  std::vector<VerifierKey> signed_by_;
};

// kVerificationFailed when no known key (name and ID) signed it, or when a
// known key's signature is wrong. Unknown signatures are passed over; a second
// line by the same key is ignored.
Result<VerifiedNote> VerifyNote(const Note& note,
                                std::span<const VerifierKey> known);

// One signature line over `text`, which must end in a newline; `name` is a key
// name (CHECK both). Fails only where the key's Sign does.
Result<NoteSignature> SignNote(std::string_view text, std::string_view name,
                               const Ed25519Key& key);

}  // namespace sealedger::ledger
