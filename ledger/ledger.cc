#include "ledger/ledger.h"

#include <algorithm>
#include <utility>

#include "ledger/check.h"
#include "ledger/entry_bundle.h"
#include "ledger/proof.h"

namespace sealedger::ledger {
namespace {

Error Corrupt(std::string_view detail) {
  return MakeError(Code::kCorruption, "ledger-corrupt", detail);
}

Error NoSuchEntry() {
  return MakeError(Code::kNotFound, "no-such-entry",
                   "the ledger has no entry of this index");
}

Result<std::optional<Head>> ReadHead(Store& store) {
  const std::unique_ptr<Cursor> cursor = store.NewCursor();
  cursor->SeekBelow(PrefixEnd("e"));
  if (Result<void> status = cursor->status(); !status) {
    return std::move(status).error();
  }
  if (!cursor->Valid() || cursor->key() < "e") return std::optional<Head>();
  const std::optional<Head> head = DecodeHead(cursor->value());
  if (!head || cursor->key() != HeadKey(head->tree.size)) {
    return Corrupt("the newest key of the ledger is not a head");
  }
  return head;
}

}  // namespace

Ledger::Ledger(std::unique_ptr<Store> store)
    : store_(std::move(store)), cache_(*store_) {}

Result<std::unique_ptr<Ledger>> Ledger::Open(std::unique_ptr<Store> store,
                                             const SignHead& sign_head) {
  std::unique_ptr<Ledger> ledger(new Ledger(std::move(store)));
  if (Result<void> loaded = ledger->Load(sign_head); !loaded) {
    return std::move(loaded).error();
  }
  return ledger;
}

Result<void> Ledger::Load(const SignHead& sign_head) {
  Result<std::optional<std::string>> format = store_->Get(kFormatKey);
  if (!format) return std::move(format).error();
  Result<std::optional<Head>> head = ReadHead(*store_);
  if (!head) return std::move(head).error();
  if (!format->has_value()) {
    if (head->has_value()) return Corrupt("the ledger names no format");
    WriteBatch batch;
    batch.Put(kFormatKey, kFormatValue);
    Result<void> written = store_->Write(batch, Store::Durability::kSynced);
    if (!written) return written;
  } else if (**format != kFormatValue) {
    return Corrupt("the ledger has the format " + **format +
                   ", which this program does not know");
  }

  auto published = std::make_shared<Published>();
  published->head = {0, EmptyRoot()};
  if (head->has_value()) {
    Result<TreeEdge> edge = LoadEdge(**head);
    if (!edge) return std::move(edge).error();
    published->head = (*head)->tree;
    published->time_ms = (*head)->time_ms;
    published->edge = *std::move(edge);
  }
  Result<std::string> note = sign_head(published->head);
  if (!note) return std::move(note).error();
  published->note = *std::move(note);
  published_.Set(std::move(published));
  return {};
}

Result<std::vector<Hash>> Ledger::RehashTail(uint64_t begin, uint64_t end) {
  std::vector<Hash> leaves;
  bool gap = false;
  Result<void> scanned =
      Scan(*store_, EntryKey(begin), LedgerKey(end, 0),
           [&](std::string_view key, std::string_view value) {
             const std::optional<LedgerKeyParts> parts = ParseLedgerKey(key);
             if (!parts || parts->part != kPartEntry) return true;
             gap = parts->index != begin + leaves.size();
             leaves.push_back(LeafHash(value));
             return !gap;
           });
  if (!scanned) return std::move(scanned).error();
  if (gap || leaves.size() != end - begin) {
    return Corrupt("an entry below the head is missing");
  }
  return leaves;
}

// The hashes of a partial tile: the roots of the full tiles below it, from the
// newest row and the tiles behind it.
Result<std::vector<Hash>> Ledger::ReadRoots(uint32_t level, uint64_t size) {
  const uint64_t end = HashesAtLevel(level + 1, size);
  const uint64_t begin = end / kTileWidth * kTileWidth;
  const uint64_t in_row = (end - begin) / kTilesPerRow * kTilesPerRow;
  std::vector<Hash> roots;
  if (in_row > 0) {
    Result<std::optional<std::string>> row =
        store_->Get(RowKey(level, begin + in_row - 1));
    if (!row) return std::move(row).error();
    Result<std::vector<Hash>> decoded =
        DecodeTile(row->value_or(""), static_cast<uint32_t>(in_row));
    if (!decoded) return Corrupt("a row of tiles is missing or cut");
    roots = *std::move(decoded);
  }
  for (uint64_t index = begin + in_row; index < end; ++index) {
    Result<std::string> tile = ReadStoredTile(*store_, level, index);
    if (!tile) return std::move(tile).error();
    roots.push_back(RootOfStoredTile(level, *tile));
  }
  return roots;
}

Result<TreeEdge> Ledger::LoadEdge(const Head& head) {
  const uint64_t size = head.tree.size;
  const uint64_t tail_begin =
      size <= kRehashedAtOpening
          ? 0
          : (size - kRehashedAtOpening) / kTileWidth * kTileWidth;
  Result<std::vector<Hash>> tail = RehashTail(tail_begin, size);
  if (!tail) return std::move(tail).error();

  // Finished tiles of the tail must be what the entries hash to.
  const auto partial_begin =
      static_cast<std::ptrdiff_t>(size / kTileWidth * kTileWidth - tail_begin);
  for (uint64_t index = tail_begin / kTileWidth; index < size / kTileWidth;
       ++index) {
    const auto begin = tail->begin() + static_cast<std::ptrdiff_t>(
                                           index * kTileWidth - tail_begin);
    const TileNodes nodes = TileNodes::FromHashes(
        {begin, begin + static_cast<std::ptrdiff_t>(kTileWidth)});
    Result<std::string> stored = ReadStoredTile(*store_, 0, index);
    if (!stored) return std::move(stored).error();
    if (*stored != EncodeStoredTile(0, nodes)) {
      return Corrupt("a tile does not agree with its entries");
    }
  }

  std::vector<TileNodes> levels;
  levels.push_back(
      TileNodes::FromHashes({tail->begin() + partial_begin, tail->end()}));
  for (uint32_t level = 1; HashesAtLevel(level, size) > 0; ++level) {
    Result<std::vector<Hash>> hashes = ReadRoots(level - 1, size);
    if (!hashes) return std::move(hashes).error();
    levels.push_back(TileNodes::FromHashes(*hashes));
  }
  TreeEdge edge(size, std::move(levels));
  if (edge.Root() != head.tree.root) {
    return Corrupt("the entries and tiles do not lead to the head's root");
  }
  return edge;
}

Result<std::string> Ledger::ReadEntry(uint64_t index,
                                      const Published& published) const {
  if (index >= published.head.size) return NoSuchEntry();
  return ReadDurableEntry(index);
}

Result<std::string> Ledger::ReadDurableEntry(uint64_t index) const {
  Result<std::optional<std::string>> entry = store_->Get(EntryKey(index));
  if (!entry) return std::move(entry).error();
  if (!entry->has_value()) {
    return Corrupt("the store lacks entry " + std::to_string(index));
  }
  return std::move(**entry);
}

Result<std::optional<std::string>> Ledger::ReadSide(
    uint64_t index, const Published& published) const {
  if (index >= published.head.size) return NoSuchEntry();
  return store_->Get(SideKey(index));
}

Result<void> Ledger::VisitEntries(
    uint64_t begin, uint64_t end, const Published& published,
    const std::function<bool(uint64_t, std::string_view)>& visit) const {
  CHECK(end <= published.head.size);
  uint64_t next = begin;
  bool stopped = false;
  bool gap = false;
  Result<void> scanned =
      Scan(*store_, EntryKey(begin), EntryKey(end),
           [&](std::string_view key, std::string_view value) {
             const std::optional<LedgerKeyParts> parts = ParseLedgerKey(key);
             if (!parts || parts->part != kPartEntry) return true;
             gap = parts->index != next;
             if (gap) return false;
             ++next;
             stopped = !visit(parts->index, value);
             return !stopped;
           });
  if (!scanned) return scanned;
  if (gap || (!stopped && next < end)) {
    return Corrupt("the store lacks entry " + std::to_string(next));
  }
  return {};
}

Result<std::vector<Hash>> Ledger::ProveInclusion(
    uint64_t index, const PublishedPtr& published) const {
  if (index >= published->head.size) return NoSuchEntry();
  TreeReader reader(*store_, cache_, published);
  return ledger::ProveInclusion(index, published->head.size, reader);
}

Result<std::vector<Hash>> Ledger::ProveConsistency(
    uint64_t old_size, const PublishedPtr& published) const {
  if (old_size == 0 || old_size > published->head.size) {
    return MakeError(Code::kNotFound, "no-such-size",
                     "no consistency proof exists from this size");
  }
  TreeReader reader(*store_, cache_, published);
  return ledger::ProveConsistency(old_size, published->head.size, reader);
}

Result<Hash> Ledger::RootAt(uint64_t size,
                            const PublishedPtr& published) const {
  CHECK(size <= published->head.size);
  TreeReader reader(*store_, cache_, published);
  return ledger::RootAt(size, reader);
}

Result<Hash> Ledger::LeafHashAt(uint64_t index,
                                const PublishedPtr& published) const {
  if (index >= published->head.size) return NoSuchEntry();
  TreeReader reader(*store_, cache_, published);
  const Subtree leaf{0, index};
  Result<std::vector<Hash>> hashes = reader.Read({&leaf, 1});
  if (!hashes) return std::move(hashes).error();
  return hashes->front();
}

Result<std::string> Ledger::ReadTile(const TileId& tile,
                                     const PublishedPtr& published) const {
  if (!TileWithin(tile, published->head.size)) {
    return MakeError(Code::kNotFound, "no-such-tile",
                     "the tree has no such tile");
  }
  return tile.kind == TileId::Kind::kEntries ? EntryTile(tile, *published)
                                             : HashTile(tile, published);
}

Result<std::string> Ledger::HashTile(const TileId& tile,
                                     const PublishedPtr& published) const {
  const uint64_t full_tiles =
      HashesAtLevel(tile.level, published->head.size) / kTileWidth;
  if (tile.index < full_tiles) {
    Result<std::string> bytes = ReadStoredTile(*store_, tile.level, tile.index);
    if (bytes) bytes->resize(tile.width * kHashSize);
    return bytes;
  }
  const TileNodes* partial = published->edge.Partial(tile.level);
  CHECK(partial != nullptr);
  const std::vector<Hash>& hashes = partial->hashes();
  return EncodeTile({hashes.begin(), hashes.begin() + tile.width});
}

Result<std::string> Ledger::EntryTile(const TileId& tile,
                                      const Published& published) const {
  std::string bundle;
  const uint64_t begin = tile.index * kTileWidth;
  Result<void> visited =
      VisitEntries(begin, begin + tile.width, published,
                   [&bundle](uint64_t, std::string_view entry) {
                     AppendToEntryBundle(&bundle, entry);
                     return true;
                   });
  if (!visited) return std::move(visited).error();
  return bundle;
}

Result<std::optional<std::string>> Ledger::Get(std::string_view key) const {
  return store_->Get(key);
}

}  // namespace sealedger::ledger
