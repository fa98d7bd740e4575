// Bounds on the texts that entries hold, and the spelling of times.
//
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ledger/result.h"

namespace sealedger::notary {

using ledger::Result;

inline constexpr size_t kMaxLabel = 128;
inline constexpr size_t kMaxMediaType = 127;
inline constexpr size_t kMaxName = 256;

// Each gives kInvalidArgument with the name in brackets; `field` is put into
// the error as it is.

// UTF-8 [not-utf8] without control characters (below U+0020, U+007F to U+009F)
// [control-character], at least one byte [empty-text] and at most `max_bytes`
// [too-long].
Result<void> CheckText(std::string_view text, size_t max_bytes,
                       std::string_view field);
// A name of a legal person: CheckText at 256 bytes, NFC, without bidi marks,
// zero-width (all format and default-ignorable code points, variation selectors
// among them), private-use, surrogate and unassigned code points, and line and
// paragraph separators [bad-name]. Unicode's version is utf8proc's.
Result<void> CheckName(std::string_view name, std::string_view field);
// 1..127 printable ASCII characters [bad-media-type].
Result<void> CheckMediaType(std::string_view text, std::string_view field);
// [a-z0-9][a-z0-9._-]{0,63}: ids of parties and applications.
bool IsId(std::string_view id);

// Times are milliseconds since 1970-01-01T00:00:00Z, in years 1970..9999,
// spelled "2026-11-22T09:30:00.123Z" and in no other way.
std::string FormatTime(int64_t unix_ms);
std::optional<int64_t> ParseTime(std::string_view text);

}  // namespace sealedger::notary
