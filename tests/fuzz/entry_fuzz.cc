// What is read as an entry is written back to the same bytes. The input is
// tried as it is and, where it is JSON, as the canonical text of its value,
// since few mutations leave a text canonical.

#include <cstdint>
#include <string_view>

#include "ledger/check.h"
#include "ledger/sequencer.h"
#include "notary/canonical_json.h"
#include "notary/entry.h"

namespace {

using sealedger::notary::Entry;
using sealedger::notary::Json;
using sealedger::notary::Result;

void Try(std::string_view text) {
  const Result<Entry> entry = sealedger::notary::ParseEntry(text);
  if (!entry) return;
  CHECK(text.size() <= sealedger::ledger::kMaxEntrySize);
  CHECK(sealedger::notary::FormatEntry(*entry) == text);
  CHECK(sealedger::notary::IsKind(sealedger::notary::KindOf(*entry)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  Try(input);
  const Result<Json> json = sealedger::notary::ParseJson(input);
  if (json) Try(sealedger::notary::WriteJson(*json));
  return 0;
}
