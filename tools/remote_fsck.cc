#include "tools/remote_fsck.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "ledger/edge.h"
#include "ledger/entry_bundle.h"
#include "ledger/hash.h"
#include "ledger/tile.h"

namespace sealedger::tools {

using ledger::Result;
using ledger::TileId;

namespace {

constexpr size_t kMaxProblems = 100;

class Walk {
 public:
  Walk(const ledger::TreeHead& head, const FetchPath& fetch) : fetch_(fetch) {
    report_.head = head;
  }

  Result<RemoteFsckReport> Run(
      const std::function<void(uint64_t, uint64_t)>& on_progress) {
    const uint64_t size = report_.head.size;
    for (uint64_t begin = 0; begin < size && !Enough();
         begin += ledger::kTileWidth) {
      const auto read = ReadEntries(begin / ledger::kTileWidth);
      if (!read) return read.error();
      if (!*read) return std::move(report_);
      auto compared = CompareFinished();
      if (!compared) return compared.error();
      on_progress(edge_.size(), size);
    }
    if (Enough()) return std::move(report_);
    auto compared = ComparePartials();
    if (!compared) return compared.error();
    if (edge_.Root() != report_.head.root) {
      Problem("the entries lead to the root " + ToBase64(edge_.Root()) +
              ", the checkpoint says " + ToBase64(report_.head.root));
    }
    return std::move(report_);
  }

 private:
  bool Enough() const { return report_.problems.size() >= kMaxProblems; }
  void Problem(std::string text) {
    report_.problems.push_back(std::move(text));
  }

  // nullopt, with a problem, where it is not served.
  Result<std::optional<std::string>> Fetch(const TileId& tile) {
    const std::string path = FormatTilePath(tile);
    auto bytes = fetch_(path);
    if (bytes) return std::optional<std::string>(std::move(*bytes));
    if (bytes.error().code != ledger::Code::kNotFound) {
      return std::move(bytes).error();
    }
    Problem(path + " is not served");
    return std::optional<std::string>();
  }

  // Appends the entries of one bundle. False, with a problem, where they
  // cannot be read: no later hash would mean anything.
  Result<bool> ReadEntries(uint64_t index) {
    const uint64_t left = report_.head.size - index * ledger::kTileWidth;
    TileId tile;
    tile.kind = TileId::Kind::kEntries;
    tile.index = index;
    tile.width = static_cast<uint32_t>(std::min(left, ledger::kTileWidth));
    auto bytes = Fetch(tile);
    if (!bytes) return bytes.error();
    if (!*bytes) return false;
    const auto entries = ledger::DecodeEntryBundle(**bytes, tile.width);
    if (!entries) {
      Problem(FormatTilePath(tile) + " is no entry bundle of its width");
      return false;
    }
    for (const std::string_view entry : *entries) {
      edge_.Append(ledger::LeafHash(entry), &finished_);
    }
    if (tile.full()) return true;
    last_entries_ = std::move(**bytes);
    last_width_ = tile.width;
    return true;
  }

  Result<void> Compare(const TileId& tile, std::string_view expected) {
    const auto bytes = Fetch(tile);
    if (!bytes) return bytes.error();
    if (!*bytes) return {};
    ++report_.tiles;
    if (**bytes != expected) {
      Problem(FormatTilePath(tile) + " does not agree with the entries");
    }
    return {};
  }

  Result<void> CompareFinished() {
    for (const ledger::FinishedTile& finished : finished_) {
      TileId tile;
      tile.level = finished.level;
      tile.index = finished.index;
      auto compared =
          Compare(tile, ledger::EncodeTile(finished.nodes->hashes()));
      if (!compared) return compared;
    }
    finished_.clear();
    return {};
  }

  // What a mirror that came earlier fetched must still be served.
  Result<void> ComparePartials() {
    for (uint32_t level = 0; level < ledger::kMaxTileLevel; ++level) {
      const ledger::TileNodes* partial = edge_.Partial(level);
      if (partial == nullptr) continue;
      TileId tile;
      tile.level = level;
      tile.index =
          ledger::HashesAtLevel(level, edge_.size()) / ledger::kTileWidth;
      const std::string whole = ledger::EncodeTile(partial->hashes());
      for (tile.width = 1; tile.width <= partial->width() && !Enough();
           ++tile.width) {
        auto compared = Compare(tile, std::string_view(whole).substr(
                                          0, tile.width * ledger::kHashSize));
        if (!compared) return compared;
      }
    }
    return ComparePartialEntries();
  }

  Result<void> ComparePartialEntries() {
    if (last_width_ == 0) return {};
    const auto entries = ledger::DecodeEntryBundle(last_entries_, last_width_);
    CHECK(entries.has_value());
    TileId tile;
    tile.kind = TileId::Kind::kEntries;
    tile.index = edge_.size() / ledger::kTileWidth;
    tile.width = 0;
    std::string expected;
    for (const std::string_view entry : *entries) {
      ledger::AppendToEntryBundle(&expected, entry);
      ++tile.width;
      if (Enough()) break;
      auto compared = Compare(tile, expected);
      if (!compared) return compared;
    }
    return {};
  }

  const FetchPath& fetch_;
  RemoteFsckReport report_;
  ledger::TreeEdge edge_;
  std::vector<ledger::FinishedTile> finished_;
  std::string last_entries_;  // of the partial bundle
  uint32_t last_width_ = 0;
};

}  // namespace

Result<RemoteFsckReport> RemoteFsck(
    const ledger::VerifiedCheckpoint& checkpoint, const FetchPath& fetch,
    const std::function<void(uint64_t done, uint64_t total)>& on_progress) {
  return Walk(checkpoint.head(), fetch).Run(on_progress);
}

}  // namespace sealedger::tools
