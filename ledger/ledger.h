// Ledger: an append-only Merkle log in a Store, as its readers see it, and its
// opening. Appending is the sequencer's (sequencer.h).
//
// Opening reads the head and the right edge (a row and at most 15 tiles a
// level) and hashes the last 1,024 entries again; they must lead to the head's
// root. It never reads all leaves.
//
// Thread rule: safe for concurrent use once open.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/checkpoint.h"
#include "ledger/ed25519.h"
#include "ledger/published.h"
#include "ledger/result.h"
#include "ledger/schema.h"
#include "ledger/store.h"
#include "ledger/tile.h"
#include "ledger/tree_reader.h"

namespace sealedger::ledger {

// Signs the text of a checkpoint into a note. Called by the opening and by the
// sequencer, never by two threads at once.
using SignHead = std::function<Result<std::string>(const TreeHead& head)>;

inline constexpr uint64_t kRehashedAtOpening = 1024;

class Ledger {
 public:
  // An empty store becomes an empty ledger (kFormatKey is written). Errors:
  // kCorruption "ledger-corrupt" where head, tiles and entries do not agree or
  // the format is another one; what the store says.
  static Result<std::unique_ptr<Ledger>> Open(std::unique_ptr<Store> store,
                                              const SignHead& sign_head);

  // The newest published head. Never null.
  PublishedPtr published() const { return published_.Get(); }

  // Reads below take what the caller got from published(). An index at or
  // above its size is kNotFound "no-such-entry".
  Result<std::string> ReadEntry(uint64_t index,
                                const Published& published) const;
  Result<std::optional<std::string>> ReadSide(uint64_t index,
                                              const Published& published) const;
  // [begin, end) in order, until `visit` gives false. end <= size (CHECK).
  Result<void> VisitEntries(
      uint64_t begin, uint64_t end, const Published& published,
      const std::function<bool(uint64_t index, std::string_view entry)>& visit)
      const;

  // Inclusion of the entry in the published tree.
  Result<std::vector<Hash>> ProveInclusion(uint64_t index,
                                           const PublishedPtr& published) const;
  // 0 < old_size <= size, else kNotFound.
  Result<std::vector<Hash>> ProveConsistency(
      uint64_t old_size, const PublishedPtr& published) const;
  // The root of the first `size` leaves, size <= published size (CHECK).
  Result<Hash> RootAt(uint64_t size, const PublishedPtr& published) const;
  // Leaf hash of an entry, without reading the entry.
  Result<Hash> LeafHashAt(uint64_t index, const PublishedPtr& published) const;

  // The served bytes of a tile or entry bundle of any width within the
  // published size. kNotFound otherwise.
  Result<std::string> ReadTile(const TileId& tile,
                               const PublishedPtr& published) const;

  // State, idempotency records and side writes: as the store has them now.
  Result<std::optional<std::string>> Get(std::string_view key) const;
  Store& store() const { return *store_; }

 private:
  friend class Sequencer;

  explicit Ledger(std::unique_ptr<Store> store);
  // Of an entry that is in the store, published or not.
  Result<std::string> ReadDurableEntry(uint64_t index) const;
  Result<void> Load(const SignHead& sign_head);
  Result<TreeEdge> LoadEdge(const Head& head);
  Result<std::vector<Hash>> RehashTail(uint64_t begin, uint64_t end);
  Result<std::vector<Hash>> ReadRoots(uint32_t level, uint64_t size);
  Result<std::string> HashTile(const TileId& tile,
                               const PublishedPtr& published) const;
  Result<std::string> EntryTile(const TileId& tile,
                                const Published& published) const;

  const std::unique_ptr<Store> store_;
  mutable TileCache cache_;
  PublishedSlot published_;
};

}  // namespace sealedger::ledger
