// The keys of the store `ledger` (table with examples: ledger/FORMAT.md).
//
// Entries, their side data, tiles and heads share one rising range, so that
// LevelDB moves whole tables down without rewriting them:
//
//   'e' ‖ index ‖ 00        entry, exact bytes                       immutable
//   'e' ‖ index ‖ 01        side data of the entry                   immutable
//   'e' ‖ index ‖ 10+L      tile of level L whose last leaf is index immutable
//   'e' ‖ index ‖ 20+L      row of level L at the tile that ends there
//   immutable 'e' ‖ size-1 ‖ ff       head; the one before goes in the same
//   write 's' ‖ …                 state: a fold over the entries 'i' ‖
//   generation ‖ …    idempotency records 'x' ‖ …                 side writes
//   of others (tokens, jobs) 'm' ‖ …                 about the store itself
//
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ledger/checkpoint.h"
#include "ledger/hash.h"
#include "ledger/tile.h"

namespace sealedger::ledger {

inline constexpr uint8_t kPartEntry = 0x00;
inline constexpr uint8_t kPartSide = 0x01;
inline constexpr uint8_t kPartTile = 0x10;
inline constexpr uint8_t kPartRow = 0x20;
inline constexpr uint8_t kPartHead = 0xff;

inline constexpr std::string_view kFormatKey = "mformat";
inline constexpr std::string_view kFormatValue = "sealedger-ledger/1";

std::string LedgerKey(uint64_t index, uint8_t part);
inline std::string EntryKey(uint64_t index) {
  return LedgerKey(index, kPartEntry);
}
inline std::string SideKey(uint64_t index) {
  return LedgerKey(index, kPartSide);
}
// Of the full tile `index` at `level`; its last leaf is below 2^63.
std::string TileKey(uint32_t level, uint64_t index);
// Of the row at that tile; a row is there where edge.h says so.
std::string RowKey(uint32_t level, uint64_t index);
inline std::string HeadKey(uint64_t size) {
  return LedgerKey(size - 1, kPartHead);
}

struct LedgerKeyParts {
  uint64_t index = 0;
  uint8_t part = 0;
};
// nullopt for keys of other ranges.
std::optional<LedgerKeyParts> ParseLedgerKey(std::string_view key);

// Never changed once written: what the in-memory store checks.
bool IsImmutableKey(std::string_view key);

// The head as stored, unsigned: u8 version 1 ‖ u64 size ‖ root 32 ‖ i64 time.
struct Head {
  TreeHead tree;
  int64_t time_ms = 0;  // of the last entry

  bool operator==(const Head&) const = default;
};
std::string EncodeHead(const Head& head);
std::optional<Head> DecodeHead(std::string_view bytes);

// A full tile as stored: 8,192 bytes of hashes, at level 0 followed by the 16
// roots of its groups of 16.
inline constexpr size_t kTileBytes = kTileWidth * kHashSize;
inline constexpr uint32_t kTileGroups = 16;
std::string EncodeStoredTile(uint32_t level, const TileNodes& nodes);
// The root over a stored tile of the right size.
Hash RootOfStoredTile(uint32_t level, std::string_view bytes);
// Level 0 alone has group roots.
bool IsStoredTileSize(uint32_t level, size_t size);

}  // namespace sealedger::ledger
