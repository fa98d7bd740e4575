// What parses is written, parsed again, and equal but for the order of members;
// the text written is a fixed point.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "ledger/check.h"
#include "notary/canonical_json.h"

namespace {

using sealedger::notary::IsCanonicalJson;
using sealedger::notary::Json;
using sealedger::notary::LessUtf16;
using sealedger::notary::ParseJson;
using sealedger::notary::Result;
using sealedger::notary::WriteJson;

// Equal, with members in any order.
bool Same(const Json& a, const Json& b) {
  if (const Json::Object* members = a.if_object()) {
    if (b.if_object() == nullptr || b.if_object()->size() != members->size()) {
      return false;
    }
    return std::all_of(members->begin(), members->end(),
                       [&](const Json::Member& member) {
                         const Json* other = b.Find(member.first);
                         return other != nullptr && Same(member.second, *other);
                       });
  }
  if (const Json::Array* elements = a.if_array()) {
    return b.if_array() != nullptr &&
           std::equal(elements->begin(), elements->end(), b.if_array()->begin(),
                      b.if_array()->end(), Same);
  }
  return a == b;
}

// Members rise strictly in every object, however deep.
bool Rises(const Json& json) {
  if (const Json::Object* members = json.if_object()) {
    const auto falls = [](const Json::Member& a, const Json::Member& b) {
      return !LessUtf16(a.first, b.first);
    };
    return std::adjacent_find(members->begin(), members->end(), falls) ==
               members->end() &&
           std::all_of(members->begin(), members->end(),
                       [](const Json::Member& m) { return Rises(m.second); });
  }
  if (const Json::Array* elements = json.if_array()) {
    return std::all_of(elements->begin(), elements->end(), Rises);
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Result<Json> first = ParseJson(text);
  if (!first) {
    CHECK(!IsCanonicalJson(text));
    return 0;
  }
  const std::string written = WriteJson(*first);
  const Result<Json> second = ParseJson(written);
  CHECK(second.has_value());
  CHECK(Same(*first, *second));
  CHECK(Rises(*second));
  CHECK(WriteJson(*second) == written);
  CHECK(IsCanonicalJson(written));
  CHECK(IsCanonicalJson(text) == (written == text));
  return 0;
}
