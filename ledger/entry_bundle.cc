#include "ledger/entry_bundle.h"

#include "ledger/check.h"
#include "ledger/tile.h"

namespace sealedger::ledger {

void AppendToEntryBundle(std::string* bundle, std::string_view entry) {
  CHECK(entry.size() <= kMaxBundledEntry);
  bundle->push_back(static_cast<char>(entry.size() >> 8));
  bundle->push_back(static_cast<char>(entry.size()));
  bundle->append(entry);
}

Result<std::vector<std::string_view>> DecodeEntryBundle(std::string_view bytes,
                                                        uint32_t count) {
  CHECK(count >= 1 && count <= kTileWidth);
  std::vector<std::string_view> entries;
  entries.reserve(count);
  while (entries.size() < count) {
    if (bytes.size() < 2) {
      return MakeError(Code::kMalformed, "entry-bundle",
                       "the entry bundle lacks entries");
    }
    const size_t size = static_cast<size_t>(
        static_cast<uint8_t>(bytes[0]) << 8 | static_cast<uint8_t>(bytes[1]));
    bytes.remove_prefix(2);
    if (bytes.size() < size) {
      return MakeError(Code::kMalformed, "entry-bundle",
                       "the entry bundle ends inside an entry");
    }
    entries.push_back(bytes.substr(0, size));
    bytes.remove_prefix(size);
  }
  if (!bytes.empty()) {
    return MakeError(Code::kMalformed, "entry-bundle",
                     "the entry bundle has bytes after its last entry");
  }
  return entries;
}

}  // namespace sealedger::ledger
