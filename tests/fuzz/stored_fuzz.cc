// What the ledger reads from its disk: head, keys, tiles, and the guard's two
// slots. A slot is tried as it is and with its checksum made good, since no
// mutation finds one.

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "ledger/check.h"
#include "ledger/encoding.h"
#include "ledger/guard.h"
#include "ledger/hash.h"
#include "ledger/schema.h"
#include "ledger/tile.h"

namespace {

using namespace sealedger::ledger;

constexpr size_t kSlotSize = 4096;

void TryGuard(std::string_view bytes) {
  const int fd = ::memfd_create("guard", MFD_CLOEXEC);
  CHECK(fd >= 0);
  CHECK(::write(fd, bytes.data(), bytes.size()) ==
        static_cast<ssize_t>(bytes.size()));
  const auto note = Guard::Peek("/proc/self/fd/" + std::to_string(fd));
  ::close(fd);
  if (!note) {
    CHECK(note.error().name == "guard-corrupt");
    return;
  }
  CHECK(note->has_value() && (*note)->size() <= 4000);
  // It stands there as it was read.
  CHECK(bytes.find(**note) != std::string_view::npos);
}

// A slot with this note length, counter and note, and their checksum.
std::string Slot(std::string_view header, std::string_view note) {
  std::string slot = "SLGUARD1";
  slot += header.substr(0, 8);
  AppendBigEndian32(&slot, static_cast<uint32_t>(note.size()));
  slot += note;
  slot += Sha256Of(slot).view();
  slot.resize(kSlotSize, '\0');
  return slot;
}

void TryGoodGuard(std::string_view input) {
  if (input.size() < 18) return;
  const size_t split = static_cast<uint8_t>(input[16]) % input.size();
  const std::string_view first = input.substr(0, split).substr(0, 4000);
  const std::string_view second = input.substr(split).substr(0, 4000);
  const std::string file = Slot(input, first) + Slot(input.substr(8), second);
  TryGuard(file);
  // Cut short or with one byte changed, it is the other slot or none.
  const size_t at = static_cast<uint8_t>(input[17]) * 32u;
  TryGuard(std::string_view(file).substr(0, at));
  std::string changed = file;
  changed[at] = static_cast<char>(changed[at] ^ 1);
  TryGuard(changed);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (const auto head = DecodeHead(input)) CHECK(EncodeHead(*head) == input);
  if (const auto parts = ParseLedgerKey(input)) {
    CHECK(LedgerKey(parts->index, parts->part) == input);
  }
  IsImmutableKey(input);
  const auto width = static_cast<uint32_t>(size / kHashSize);
  if (width >= 1 && width <= kTileWidth) {
    const auto hashes = DecodeTile(input, width);
    CHECK(hashes.has_value() == (size % kHashSize == 0));
    if (hashes) CHECK(EncodeTile(*hashes) == input);
  }
  TryGuard(input);
  TryGoodGuard(input);
  return 0;
}
