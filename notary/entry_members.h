// What the readers and checks of all kinds of entries share (entry.h,
// register_entry.h), besides what requests have too (request_members.h).
// ParseEntry gives every fault the name "entry".
//
// Thread rule: as Members.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/hash.h"
#include "ledger/result.h"
#include "notary/json_members.h"

namespace sealedger::notary {

// kMalformed "entry", with the place in `field`.
Error BadEntry(std::string_view detail, std::string_view field);

template <typename Words>
bool Contains(const Words& words, std::string_view word) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

// True for times that have a spelling: what FormatTime takes.
bool IsTime(int64_t time_ms);

// The child has read all its members: its fault, an unknown member too, is the
// parent's.
void TakeFault(Members& parent, Members& child);

std::optional<std::string> TextOf(const std::string* text);

// SHA-256 or SM3 in hex; a list may be empty [bad-digest].
ledger::Hash ReadDigest(Members& members, std::string_view name);
std::vector<ledger::Hash> ReadDigests(Members& members, std::string_view name);
// made "here" | "elsewhere", of seals and of signatures.
inline constexpr std::string_view kMadeHere = "here";
inline constexpr std::string_view kMadeElsewhere = "elsewhere";
bool ReadMadeHere(Members& members);
// `true`, or absent: nothing is written as false.
bool ReadTrue(Members& members, std::string_view name);

}  // namespace sealedger::notary
