// What is read as an entry is written back to the same bytes, and holds no null
// and no empty list but the one that may be empty. The input is tried as it is
// and, where it is JSON, as the canonical text of its value, since few
// mutations leave a text canonical.

#include <algorithm>
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

// What is absent is left out, here and in all that is inside.
bool HoldsNothingEmpty(const Json& value) {
  if (value.is_null()) return false;
  if (const Json::Array* array = value.if_array()) {
    return std::all_of(array->begin(), array->end(), HoldsNothingEmpty);
  }
  const Json::Object* object = value.if_object();
  if (object == nullptr) return true;
  return std::all_of(object->begin(), object->end(),
                     [](const Json::Member& member) {
                       const Json::Array* array = member.second.if_array();
                       const bool empty = array != nullptr && array->empty();
                       return HoldsNothingEmpty(member.second) &&
                              (!empty || member.first == "signers_sha256");
                     });
}

void Try(std::string_view text) {
  const Result<Entry> entry = sealedger::notary::ParseEntry(text);
  if (!entry) return;
  CHECK(text.size() <= sealedger::ledger::kMaxEntrySize);
  CHECK(sealedger::notary::FormatEntry(*entry) == text);
  CHECK(sealedger::notary::IsKind(sealedger::notary::KindOf(*entry)));
  CHECK(HoldsNothingEmpty(sealedger::notary::EntryJson(*entry)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  Try(input);
  const Result<Json> json = sealedger::notary::ParseJson(input);
  if (json) Try(sealedger::notary::WriteJson(*json));
  return 0;
}
