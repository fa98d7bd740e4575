// What request_story.cc and request_story_seals.cc share, and nobody else.
#pragma once

#include <doctest/doctest.h>

#include <string_view>
#include <utility>

#include "ledger/result.h"
#include "tests/notary/request_story.h"

namespace sealedger::testing {

template <typename T>
T Taken(ledger::Result<T> result) {
  if (!result) FAIL(result.error().name << " " << result.error().field);
  return *std::move(result);
}

inline Json EventOf(const char* event) { return ObjectOf({{"event", event}}); }

inline Json DocumentOf(std::string_view text) {
  return ObjectOf({{"sha256", Sha256Hex(text)},
                   {"sm3", Sm3Hex(text)},
                   {"size", static_cast<uint64_t>(text.size())},
                   {"media_type", "text/plain"}});
}

}  // namespace sealedger::testing
