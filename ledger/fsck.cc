#include "ledger/fsck.h"

#include <map>
#include <optional>
#include <utility>

#include "ledger/edge.h"
#include "ledger/schema.h"

namespace sealedger::ledger {
namespace {

constexpr size_t kMaxProblems = 100;
constexpr uint64_t kProgressEvery = 4096;

// One pass over the keys 'e': entries build the tree again, and each stored
// tile and row must be the one that the entries so far have just finished.
class Pass {
 public:
  explicit Pass(const FsckHooks& hooks) : hooks_(hooks) {}

  void Visit(std::string_view key, std::string_view value) {
    const std::optional<LedgerKeyParts> parts = ParseLedgerKey(key);
    if (!parts) return Problem("a key of the ledger has a wrong length");
    if (parts->part == kPartEntry) return VisitEntry(parts->index, value);
    if (parts->index + 1 != edge_.size()) {
      return Problem("a key stands at index " + std::to_string(parts->index) +
                     ", which has no entry");
    }
    if (parts->part == kPartSide) return;
    if (parts->part == kPartHead) return VisitHead(parts->index, value);
    VisitTree(parts->part, value);
  }

  FsckReport Finish() {
    MissExpected();
    report_.head = {edge_.size(), edge_.Root()};
    if (edge_.size() > 0 && !head_) Problem("the ledger has no head");
    if (head_ && (head_->tree != report_.head)) {
      Problem("the head is of size " + std::to_string(head_->tree.size) +
              " and the entries lead to another one");
    }
    return std::move(report_);
  }

  void SetTotal(uint64_t total) { total_ = total; }

 private:
  void Problem(std::string sentence) {
    if (report_.problems.size() < kMaxProblems) {
      report_.problems.push_back(std::move(sentence));
    }
  }

  void VisitEntry(uint64_t index, std::string_view entry) {
    if (head_) Problem("a head stands before the end");
    MissExpected();
    if (index != edge_.size()) {
      Problem("entry " + std::to_string(edge_.size()) + " is missing");
      // Go on behind the gap, so that one loss gives one line.
      while (edge_.size() < index && index - edge_.size() < kTileWidth) {
        edge_.Append(Hash{}, &finished_);
      }
    }
    edge_.Append(LeafHash(entry), &finished_);
    for (const FinishedTile& tile : finished_) {
      const auto level = static_cast<uint8_t>(tile.level);
      expected_[kPartTile + level] = EncodeStoredTile(tile.level, *tile.nodes);
      if (!tile.row.empty()) expected_[kPartRow + level] = EncodeTile(tile.row);
    }
    finished_.clear();
    if (hooks_.on_entry) hooks_.on_entry(index, entry);
    if (hooks_.on_progress && edge_.size() % kProgressEvery == 0) {
      hooks_.on_progress(edge_.size(), total_);
    }
  }

  // "the tile of level 0", "the row of level 1".
  static std::string NameOf(uint8_t part) {
    if (part >= kPartTile && part < kPartRow) {
      return "the tile of level " + std::to_string(part - kPartTile);
    }
    if (part >= kPartRow && part < kPartRow + 8) {
      return "the row of level " + std::to_string(part - kPartRow);
    }
    return "a key of the unknown part " + std::to_string(part);
  }

  void MissExpected() {
    for (const auto& [part, bytes] : expected_) {
      Problem(NameOf(part) + " that entry " + std::to_string(edge_.size() - 1) +
              " finishes is missing");
    }
    expected_.clear();
  }

  void VisitTree(uint8_t part, std::string_view bytes) {
    const auto expected = expected_.find(part);
    if (expected == expected_.end()) {
      return Problem(NameOf(part) + " stands at entry " +
                     std::to_string(edge_.size() - 1) +
                     ", which finishes none");
    }
    if (bytes != expected->second) {
      Problem(NameOf(part) + " at entry " + std::to_string(edge_.size() - 1) +
              " does not agree with the entries");
    }
    if (part < kPartRow) ++report_.tiles;
    expected_.erase(expected);
  }

  void VisitHead(uint64_t index, std::string_view bytes) {
    const std::optional<Head> head = DecodeHead(bytes);
    if (!head || head->tree.size != index + 1) {
      return Problem("the head at index " + std::to_string(index) +
                     " cannot be read");
    }
    head_ = head;
  }

  const FsckHooks& hooks_;
  FsckReport report_;
  TreeEdge edge_;
  std::vector<FinishedTile> finished_;
  // By part: the tiles and rows that the newest entry finished and that were
  // not seen yet.
  std::map<uint8_t, std::string> expected_;
  std::optional<Head> head_;
  uint64_t total_ = 0;
};

}  // namespace

Result<FsckReport> Fsck(Store& store, const FsckHooks& hooks) {
  Result<std::optional<std::string>> format = store.Get(kFormatKey);
  if (!format) return std::move(format).error();
  if (*format != kFormatValue) {
    FsckReport report;
    report.problems.push_back("the store has no known ledger format");
    return report;
  }
  Pass pass(hooks);
  {
    const std::unique_ptr<Cursor> cursor = store.NewCursor();
    cursor->SeekBelow(PrefixEnd("e"));
    if (cursor->Valid()) {
      if (const auto parts = ParseLedgerKey(cursor->key())) {
        pass.SetTotal(parts->index + 1);
      }
    }
  }
  Result<void> scanned =
      Scan(store, "e", PrefixEnd("e"),
           [&pass](std::string_view key, std::string_view value) {
             pass.Visit(key, value);
             return true;
           });
  if (!scanned) return std::move(scanned).error();
  return pass.Finish();
}

}  // namespace sealedger::ledger
