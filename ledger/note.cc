#include "ledger/note.h"

#include <algorithm>

#include "ledger/check.h"
#include "ledger/encoding.h"
#include "ledger/hash.h"

namespace sealedger::ledger {
namespace {

constexpr std::string_view kSignaturePrefix = "\u2014 ";
constexpr size_t kKeyIdSize = 4;

// The characters above U+007F that Unicode counts as white space.
constexpr std::string_view kWideSpaces[] = {
    "\u0085", "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003",
    "\u2004", "\u2005", "\u2006", "\u2007", "\u2008", "\u2009", "\u200a",
    "\u2028", "\u2029", "\u202f", "\u205f", "\u3000"};

bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20; }

bool HasWideSpace(std::string_view text) {
  // Most names are ASCII, and then nothing is searched for.
  if (std::all_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x80;
      })) {
    return false;
  }
  return std::any_of(std::begin(kWideSpaces), std::end(kWideSpaces),
                     [text](std::string_view space) {
                       return text.find(space) != std::string_view::npos;
                     });
}

// What may stand in a note at all, signature lines among it.
bool IsNoteContent(std::string_view bytes) {
  return std::none_of(bytes.begin(), bytes.end(),
                      [](char c) { return IsControl(c) && c != '\n'; }) &&
         IsUtf8(bytes);
}

Error MalformedNote(std::string_view detail) {
  return MakeError(Code::kMalformed, "note", detail);
}

Error UnverifiedNote(std::string_view detail) {
  return MakeError(Code::kVerificationFailed, "note-signature", detail);
}

uint32_t KeyId(std::string_view name, std::string_view type_and_key) {
  Digest digest(Digest::Algorithm::kSha256);
  digest.Update(name);
  digest.Update("\n");
  digest.Update(type_and_key);
  return ReadBigEndian32(digest.Finish().view());
}

std::string TypeAndKey(std::string_view public_key) {
  std::string bytes(1, static_cast<char>(kNoteEd25519));
  bytes += public_key;
  return bytes;
}

// One signature line without its newline.
Result<NoteSignature> ParseSignatureLine(std::string_view line) {
  if (!line.starts_with(kSignaturePrefix)) {
    return MalformedNote("a signature line does not begin with a dash");
  }
  line.remove_prefix(kSignaturePrefix.size());
  const size_t space = line.find(' ');
  if (space == std::string_view::npos || !IsKeyName(line.substr(0, space))) {
    return MalformedNote("a signature line has no valid key name");
  }
  const auto blob = DecodeBase64(line.substr(space + 1));
  if (!blob || blob->size() <= kKeyIdSize) {
    return MalformedNote("a signature is not base64 of five bytes or more");
  }
  return NoteSignature{std::string(line.substr(0, space)),
                       ReadBigEndian32(*blob), blob->substr(kKeyIdSize)};
}

}  // namespace

bool IsKeyName(std::string_view name) {
  return !name.empty() &&
         std::none_of(
             name.begin(), name.end(),
             [](char c) { return IsControl(c) || c == ' ' || c == '+'; }) &&
         IsUtf8(name) && !HasWideSpace(name);
}

VerifierKey MakeVerifierKey(std::string_view name,
                            std::string_view public_key) {
  CHECK(IsKeyName(name) && public_key.size() == kEd25519KeySize);
  return {std::string(name), KeyId(name, TypeAndKey(public_key)),
          std::string(public_key)};
}

std::string FormatVerifierKey(const VerifierKey& key) {
  std::string key_id;
  AppendBigEndian32(&key_id, key.key_id);
  return key.name + '+' + EncodeHex(key_id) + '+' +
         EncodeBase64(TypeAndKey(key.public_key));
}

Result<VerifierKey> ParseVerifierKey(std::string_view vkey) {
  const auto malformed = [](std::string_view detail) {
    return MakeError(Code::kMalformed, "vkey", detail);
  };
  const size_t first = vkey.find('+');
  if (vkey.size() > kMaxNoteSize || first == std::string_view::npos ||
      !IsKeyName(vkey.substr(0, first))) {
    return malformed("the verifier key does not begin with a name and '+'");
  }
  // Base64 has a '+' of its own: the second one ends the key ID.
  const size_t second = vkey.find('+', first + 1);
  if (second == std::string_view::npos) {
    return malformed("the verifier key has no key ID");
  }
  const auto bytes = DecodeBase64(vkey.substr(second + 1));
  if (!bytes || bytes->size() != 1 + kEd25519KeySize ||
      static_cast<uint8_t>(bytes->front()) != kNoteEd25519) {
    return malformed("the verifier key is not base64 of an Ed25519 key");
  }
  VerifierKey key = MakeVerifierKey(vkey.substr(0, first), bytes->substr(1));
  if (FormatVerifierKey(key) != vkey) {
    return malformed("the key ID is not that of the name and the key");
  }
  return key;
}

std::string FormatNote(const Note& note) {
  CHECK(note.text.ends_with('\n') && !note.signatures.empty());
  std::string bytes = note.text;
  bytes += '\n';
  for (const NoteSignature& signature : note.signatures) {
    std::string blob;
    AppendBigEndian32(&blob, signature.key_id);
    blob += signature.signature;
    bytes += kSignaturePrefix;
    bytes += signature.name;
    bytes += ' ';
    bytes += EncodeBase64(blob);
    bytes += '\n';
  }
  return bytes;
}

Result<Note> ParseNote(std::string_view bytes) {
  if (bytes.size() > kMaxNoteSize) return MalformedNote("the note is too long");
  if (!IsNoteContent(bytes)) {
    return MalformedNote("the note is not UTF-8 or has a control character");
  }
  const size_t split = bytes.rfind("\n\n");
  if (split == std::string_view::npos) {
    return MalformedNote("the note has no empty line before its signatures");
  }
  Note note{std::string(bytes.substr(0, split + 1)), {}};
  std::string_view lines = bytes.substr(split + 2);
  if (!lines.ends_with('\n')) {
    return MalformedNote("the note does not end in a signature line");
  }
  while (!lines.empty()) {
    if (note.signatures.size() == kMaxNoteSignatures) {
      return MalformedNote("the note has too many signatures");
    }
    const size_t end = lines.find('\n');
    Result<NoteSignature> signature = ParseSignatureLine(lines.substr(0, end));
    if (!signature) return std::move(signature).error();
    note.signatures.push_back(*std::move(signature));
    lines.remove_prefix(end + 1);
  }
  return note;
}

Result<VerifiedNote> VerifyNote(const Note& note,
                                std::span<const VerifierKey> known) {
  VerifiedNote verified;
  std::vector<VerifierKey>& signed_by = verified.signed_by_;
  for (const NoteSignature& signature : note.signatures) {
    for (const VerifierKey& key : known) {
      if (key.name != signature.name || key.key_id != signature.key_id ||
          std::find(signed_by.begin(), signed_by.end(), key) !=
              signed_by.end()) {
        continue;
      }
      if (!VerifyEd25519(key.public_key, note.text, signature.signature)) {
        return UnverifiedNote("the signature of a known key is wrong");
      }
      signed_by.push_back(key);
    }
  }
  if (signed_by.empty()) {
    return UnverifiedNote("no known key has signed the note");
  }
  verified.text_ = note.text;
  return verified;
}

Result<NoteSignature> SignNote(std::string_view text, std::string_view name,
                               const Ed25519Key& key) {
  CHECK(text.ends_with('\n') && IsKeyName(name));
  Result<std::string> signature = key.Sign(text);
  if (!signature) return std::move(signature).error();
  return NoteSignature{std::string(name),
                       MakeVerifierKey(name, key.public_key()).key_id,
                       *std::move(signature)};
}

}  // namespace sealedger::ledger
