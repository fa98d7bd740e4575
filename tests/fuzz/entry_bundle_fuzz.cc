// The first byte is the number of entries less one, the rest the bundle. What
// is read as a bundle is written as the same bytes.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/check.h"
#include "ledger/entry_bundle.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sealedger::ledger;
  if (size == 0) return 0;
  const uint32_t count = uint32_t{data[0]} + 1;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1,
                               size - 1);
  const Result<std::vector<std::string_view>> entries =
      DecodeEntryBundle(bytes, count);
  if (!entries) return 0;
  CHECK(entries->size() == count);
  std::string encoded;
  for (const std::string_view entry : *entries) {
    AppendToEntryBundle(&encoded, entry);
  }
  CHECK(encoded == bytes);
  return 0;
}
