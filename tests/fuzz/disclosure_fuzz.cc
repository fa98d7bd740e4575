// What decodes is encoded to the same bytes. The input is tried as the
// disclosure itself and as the text inside one, which is where mutations reach
// the inner JSON.

#include <cstdint>
#include <string>
#include <string_view>

#include "ledger/check.h"
#include "ledger/encoding.h"
#include "notary/disclosure.h"

namespace {

using sealedger::notary::DecodeDisclosure;
using sealedger::notary::Disclosure;
using sealedger::notary::EncodeDisclosure;
using sealedger::notary::Json;
using sealedger::notary::ParseJson;
using sealedger::notary::ReadPrivateFields;
using sealedger::notary::Result;

void Try(std::string_view text) {
  const Result<Disclosure> disclosure = DecodeDisclosure(text);
  if (!disclosure) return;
  CHECK(disclosure->salt.size() == sealedger::notary::kSaltSize);
  CHECK(disclosure->value.size() <= sealedger::notary::kMaxPrivateValue);
  CHECK(EncodeDisclosure(*disclosure) == text);
}

// What ReadPrivateFields accepts, MakeDisclosures takes.
void TryFields(std::string_view text) {
  const Result<Json> json = ParseJson(text);
  if (!json) return;
  const auto fields = ReadPrivateFields(*json, "/private");
  if (!fields) return;
  for (const std::string& made : sealedger::notary::MakeDisclosures(*fields)) {
    CHECK(DecodeDisclosure(made).has_value());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  Try(input);
  Try(sealedger::ledger::EncodeBase64Url(input));
  TryFields(input);
  return 0;
}
