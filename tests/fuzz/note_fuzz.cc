// What is read as a note is written as the same bytes; so is each verifier key.

#include <cstdint>
#include <string_view>

#include "ledger/check.h"
#include "ledger/note.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sealedger::ledger;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Result<Note> note = ParseNote(bytes);
  if (note) {
    CHECK(FormatNote(*note) == bytes);
    CHECK(!VerifyNote(*note, {}));
    for (const NoteSignature& signature : note->signatures) {
      CHECK(IsKeyName(signature.name));
    }
  }
  const Result<VerifierKey> key = ParseVerifierKey(bytes);
  if (key) CHECK(FormatVerifierKey(*key) == bytes);
  return 0;
}
