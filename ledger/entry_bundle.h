// C2SP tlog-tiles entry bundle: for each entry a big-endian uint16 length and
// the entry's bytes; nothing before, between or after.
//
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/result.h"

namespace sealedger::ledger {

inline constexpr size_t kMaxBundledEntry = 65535;

// Each entry at most 65,535 bytes (CHECK).
void AppendToEntryBundle(std::string* bundle, std::string_view entry);

// Exactly `count` (1..256) entries, all bytes used; kMalformed otherwise.
// The views point into `bytes`.
Result<std::vector<std::string_view>> DecodeEntryBundle(std::string_view bytes,
                                                        uint32_t count);

}  // namespace sealedger::ledger
