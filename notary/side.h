// Side data of an entry, in the store `ledger`, for what answers need beside
// the entry and no proof does. It names no person.
//
//   {"blobs":["9f86…"],"request":"2c26…","run":{"count":2,"first":12}}
//
// Thread rule: values; pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/hash.h"
#include "ledger/result.h"

namespace sealedger::notary {

struct EntrySide {
  // The entries of one request, where it made several: [first, first + count).
  struct Run {
    uint64_t first = 0;
    uint64_t count = 0;
  };
  std::optional<Run> run;
  // SHA-256 of blobs in `private` that belong to the entry besides those of its
  // private fields: an SESeal, or a stored signature.
  std::vector<ledger::Hash> blobs;
  // Likewise, of the signed request that made the entry.
  std::optional<ledger::Hash> request;

  bool empty() const { return !run && blobs.empty() && !request; }
};

// "" for an empty one.
std::string FormatSide(const EntrySide& side);
// kCorruption "side-corrupt".
ledger::Result<EntrySide> ParseSide(std::string_view text);

}  // namespace sealedger::notary
