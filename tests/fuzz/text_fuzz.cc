// Texts that entries, settings and targets hold: what is accepted keeps the
// bounds that are promised, and what has one spelling is written as it was
// read.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "api/client.h"
#include "api/http.h"
#include "api/server.h"
#include "ledger/check.h"
#include "ledger/checkpoint.h"
#include "ledger/encoding.h"
#include "ledger/note.h"
#include "notary/text.h"

namespace {

namespace api = sealedger::api;
namespace ledger = sealedger::ledger;
namespace notary = sealedger::notary;

void TryWords(std::string_view text) {
  if (notary::CheckText(text, notary::kMaxLabel, "/label")) {
    CHECK(!text.empty() && text.size() <= notary::kMaxLabel);
    CHECK(ledger::IsUtf8(text));
    for (const char c : text) {
      CHECK(static_cast<uint8_t>(c) >= 0x20 && c != 0x7f);
    }
  }
  if (notary::CheckName(text, "/name")) {
    CHECK(notary::CheckText(text, notary::kMaxName, "/name"));
    // U+200B to U+200F, U+202A to U+202E, U+2066 to U+2069, U+FEFF.
    for (const std::string_view hidden :
         {"\u200b", "\u200f", "\u202a", "\u202e", "\u2066", "\ufeff"}) {
      CHECK(text.find(hidden) == std::string_view::npos);
    }
  }
  if (notary::CheckMediaType(text, "/media_type")) {
    CHECK(notary::CheckText(text, notary::kMaxMediaType, "/media_type"));
  }
  if (notary::IsId(text)) {
    CHECK(notary::CheckName(text, "/id"));
    CHECK(text.size() <= 64);
  }
  if (ledger::IsOrigin(text)) {
    CHECK(ledger::IsKeyName(text) && text.size() <= 255);
  }
}

void TrySpellings(std::string_view text) {
  if (const auto time = notary::ParseTime(text)) {
    CHECK(notary::FormatTime(*time) == text);
  }
  const std::string address = api::NormalAddress(text);
  if (!address.empty()) {
    CHECK(api::NormalAddress(address) == address);
    const bool loopback = address.starts_with("127.") || address == "::1";
    CHECK(api::IsLoopback(address) == loopback);
  }
  if (const auto listen = api::ParseListenAddress(text)) {
    CHECK(text.ends_with(":" + std::to_string(listen->port)));
    CHECK(text.find(listen->host) != std::string_view::npos);
  }
}

void TryPercent(std::string_view text) {
  if (!api::IsPercentEncoded(text)) return;
  const std::string decoded = api::DecodePercent(text);
  CHECK(decoded.size() + 2 * static_cast<size_t>(
                                 std::count(text.begin(), text.end(), '%')) ==
        text.size());
  if (text.find('%') == std::string_view::npos) CHECK(decoded == text);
  size_t pairs = 0;
  for (const auto& [name, value] : api::ParseQuery(text)) {
    CHECK(name.size() + value.size() <= text.size());
    ++pairs;
  }
  CHECK(pairs <= text.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  TryWords(text);
  TrySpellings(text);
  TryPercent(text);
  return 0;
}
