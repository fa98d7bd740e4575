#include "ledger/schema.h"

#include <vector>

#include "ledger/check.h"
#include "ledger/encoding.h"

namespace sealedger::ledger {
namespace {

constexpr char kHeadVersion = 1;
constexpr size_t kHeadSize = 1 + 8 + kHashSize + 8;
constexpr uint32_t kGroupHeight = 4;

uint64_t LastLeafOf(uint32_t level, uint64_t index) {
  const uint32_t height = kTileHeight * (level + 1);
  CHECK(height < 63 && index < (kMaxTreeSize >> height));
  return ((index + 1) << height) - 1;
}

}  // namespace

std::string LedgerKey(uint64_t index, uint8_t part) {
  std::string key;
  key.reserve(10);
  key.push_back('e');
  AppendBigEndian64(&key, index);
  key.push_back(static_cast<char>(part));
  return key;
}

std::string TileKey(uint32_t level, uint64_t index) {
  return LedgerKey(LastLeafOf(level, index),
                   static_cast<uint8_t>(kPartTile + level));
}

std::string RowKey(uint32_t level, uint64_t index) {
  return LedgerKey(LastLeafOf(level, index),
                   static_cast<uint8_t>(kPartRow + level));
}

std::optional<LedgerKeyParts> ParseLedgerKey(std::string_view key) {
  if (key.size() != 10 || key[0] != 'e') return std::nullopt;
  return LedgerKeyParts{ReadBigEndian64(key.substr(1)),
                        static_cast<uint8_t>(key[9])};
}

bool IsImmutableKey(std::string_view key) {
  const std::optional<LedgerKeyParts> parts = ParseLedgerKey(key);
  return parts && parts->part != kPartHead;
}

std::string EncodeHead(const Head& head) {
  std::string bytes;
  bytes.reserve(kHeadSize);
  bytes.push_back(kHeadVersion);
  AppendBigEndian64(&bytes, head.tree.size);
  bytes += head.tree.root.view();
  AppendBigEndian64(&bytes, static_cast<uint64_t>(head.time_ms));
  return bytes;
}

std::optional<Head> DecodeHead(std::string_view bytes) {
  if (bytes.size() != kHeadSize || bytes[0] != kHeadVersion) {
    return std::nullopt;
  }
  Head head;
  head.tree.size = ReadBigEndian64(bytes.substr(1));
  head.tree.root = *HashFromBytes(bytes.substr(9, kHashSize));
  head.time_ms = static_cast<int64_t>(ReadBigEndian64(bytes.substr(41)));
  if (head.tree.size == 0 || head.tree.size > kMaxTreeSize) {
    return std::nullopt;
  }
  return head;
}

std::string EncodeStoredTile(uint32_t level, const TileNodes& nodes) {
  CHECK(nodes.full());
  std::string bytes = EncodeTile(nodes.hashes());
  if (level == 0) {
    for (uint32_t group = 0; group < kTileGroups; ++group) {
      bytes += nodes.Node(kGroupHeight, group).view();
    }
  }
  return bytes;
}

Hash RootOfStoredTile(uint32_t level, std::string_view bytes) {
  // Of the group roots, where they are there.
  std::string_view hashes = level == 0 ? bytes.substr(kTileBytes) : bytes;
  std::vector<Hash> row;
  for (; !hashes.empty(); hashes.remove_prefix(kHashSize)) {
    row.push_back(*HashFromBytes(hashes.substr(0, kHashSize)));
  }
  for (; row.size() > 1; row.resize(row.size() / 2)) {
    for (size_t i = 0; i < row.size() / 2; ++i) {
      row[i] = NodeHash(row[2 * i], row[2 * i + 1]);
    }
  }
  return row[0];
}

bool IsStoredTileSize(uint32_t level, size_t size) {
  return size == kTileBytes + (level == 0 ? kTileGroups * kHashSize : 0);
}

}  // namespace sealedger::ledger
