#include "notary/replay.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "notary/entry.h"
#include "notary/index.h"
#include "notary/key_sums.h"
#include "notary/state.h"

namespace sealedger::notary {
namespace {

using ledger::Store;

constexpr size_t kMaxProblems = 100;
constexpr size_t kMaxPendingState = 4096;
constexpr std::string_view kIndexRanges = "abckp";
constexpr size_t kShortestIndexKey = 9;

void Report(std::vector<std::string>* problems, std::string sentence) {
  if (problems->size() < kMaxProblems) problems->push_back(std::move(sentence));
}

// State keys in a scratch store, the newest of them still in memory.
class ScratchState {
 public:
  explicit ScratchState(Store& store) : store_(store) {}

  Result<std::optional<std::string>> Get(std::string_view key) {
    if (const auto found = pending_.find(key); found != pending_.end()) {
      return found->second;
    }
    return store_.Get(key);
  }

  Result<void> Set(ledger::KeyWrite write) {
    pending_.insert_or_assign(std::move(write.key), std::move(write.value));
    return pending_.size() < kMaxPendingState ? Result<void>() : Flush();
  }

  Result<void> Flush() {
    ledger::WriteBatch batch;
    for (const auto& [key, value] : pending_) {
      if (value) {
        batch.Put(key, *value);
      } else {
        batch.Delete(key);
      }
    }
    pending_.clear();
    return store_.Write(batch, Store::Durability::kBuffered);
  }

 private:
  Store& store_;
  std::map<std::string, std::optional<std::string>, std::less<>> pending_;
};

// Compares the state of two stores; counts the keys of `found`.
Result<uint64_t> CompareState(Store& due, Store& found,
                              std::vector<std::string>* problems) {
  const auto at_due = due.NewCursor();
  const auto at_found = found.NewCursor();
  const std::string end = ledger::PrefixEnd(kStatePrefix);
  const auto in_range = [&end](const ledger::Cursor& cursor) {
    return cursor.Valid() && cursor.key() < end;
  };
  uint64_t count = 0;
  at_due->Seek(kStatePrefix);
  at_found->Seek(kStatePrefix);
  while (in_range(*at_due) || in_range(*at_found)) {
    const int order = !in_range(*at_due) ? 1
                      : !in_range(*at_found)
                          ? -1
                          : at_due->key().compare(at_found->key());
    if (order < 0) {
      Report(problems, "the state lacks a key that the entries give: " +
                           std::string(at_due->key()));
    } else if (order > 0) {
      Report(problems, "the state holds a key that no entry gives: " +
                           std::string(at_found->key()));
    } else if (at_due->value() != at_found->value()) {
      Report(problems, "the state differs from what the entries give: " +
                           std::string(at_due->key()));
    }
    if (order <= 0) at_due->Next();
    if (order >= 0) {
      at_found->Next();
      ++count;
    }
  }
  if (Result<void> read = at_due->status(); !read) {
    return std::move(read).error();
  }
  if (Result<void> read = at_found->status(); !read) {
    return std::move(read).error();
  }
  return count;
}

// Folds entry after entry.
class Fold {
 public:
  Fold(Store& scratch, uint64_t indexed, ReplayReport* report)
      : indexed_(indexed), report_(report), state_(scratch), keys_(indexed) {}

  void Add(uint64_t index, std::string_view text) {
    if (failure_) return;
    Result<Entry> entry = ParseEntry(text);
    if (!entry) {
      Report(&report_->problems,
             "entry " + std::to_string(index) +
                 " cannot be read: " + entry.error().detail);
      return;
    }
    if (entry->time_ms < last_time_) {
      Report(&report_->problems,
             "entry " + std::to_string(index) + " is before the one below it");
    }
    last_time_ = entry->time_ms;
    if (entry->by_entry && !IsNewestParty(*entry)) {
      Report(&report_->problems,
             "entry " + std::to_string(index) + " names a wrong party entry");
    }
    std::vector<ledger::KeyWrite> writes;
    FoldEntry(*entry, index, &writes);
    for (ledger::KeyWrite& write : writes) {
      if (Result<void> set = state_.Set(std::move(write)); !set) {
        failure_ = std::move(set).error();
        return;
      }
    }
    if (index >= indexed_) return;
    ledger::WriteBatch batch;
    IndexEntry(*entry, index, &batch);
    batch.ForEach([this](std::string_view key, const std::string_view*) {
      keys_.AddDue(key);
    });
  }

  // All of the state is in the scratch store afterwards. A scratch store that
  // failed meanwhile says so here.
  Result<void> Finish() {
    if (failure_) return *failure_;
    return state_.Flush();
  }
  KeySums& keys() { return keys_; }

 private:
  bool IsNewestParty(const Entry& entry) {
    const Result<std::optional<PartyState>> party = ReadPartyState(
        [this](std::string_view key) { return state_.Get(key); }, entry.by);
    return party && *party && (*party)->entry == *entry.by_entry;
  }

  const uint64_t indexed_;
  ReplayReport* const report_;
  int64_t last_time_ = 0;
  ScratchState state_;
  KeySums keys_;
  std::optional<Error> failure_;
};

// Adds the keys of the indexes to what was found, and names what is none.
Result<void> ScanIndexes(Store& views, KeySums* keys,
                         std::vector<std::string>* problems) {
  const std::unique_ptr<ledger::Cursor> cursor = views.NewCursor();
  for (cursor->Seek(""); cursor->Valid(); cursor->Next()) {
    const std::string_view key = cursor->key();
    if (key == kFoldedSizeKey) continue;
    if (key.size() < kShortestIndexKey || !cursor->value().empty() ||
        kIndexRanges.find(key[0]) == std::string_view::npos) {
      Report(problems, "the indexes hold what is no index key");
      continue;
    }
    keys->AddFound(key);
  }
  return cursor->status();
}

std::string Sentence(const KeySums::Difference& difference) {
  return std::string("the index '") + difference.range +
         "' differs from what entries " + std::to_string(difference.begin) +
         " to " + std::to_string(difference.end - 1) +
         " give: " + std::to_string(difference.found) + " keys stand where " +
         std::to_string(difference.due) + " are due";
}

}  // namespace

Result<ReplayReport> Replay(
    Store& ledger, Store* views, Store& scratch,
    const std::function<void(uint64_t, uint64_t)>& on_progress) {
  ReplayReport report;
  uint64_t indexed = 0;
  if (views != nullptr) {
    Result<uint64_t> folded = ReadFoldedSize(*views);
    if (!folded) return std::move(folded).error();
    indexed = *folded;
  }
  Fold fold(scratch, indexed, &report);
  ledger::FsckHooks hooks;
  hooks.on_entry = [&fold](uint64_t index, std::string_view entry) {
    fold.Add(index, entry);
  };
  hooks.on_progress = on_progress;
  Result<ledger::FsckReport> checked = ledger::Fsck(ledger, hooks);
  if (!checked) return std::move(checked).error();
  report.ledger = *std::move(checked);
  if (indexed > report.ledger.head.size) {
    Report(&report.problems, "the indexes are ahead of the ledger");
  }
  if (Result<void> folded = fold.Finish(); !folded) {
    return std::move(folded).error();
  }

  Result<uint64_t> state = CompareState(scratch, ledger, &report.problems);
  if (!state) return std::move(state).error();
  report.state_keys = *state;
  if (views == nullptr) return report;
  if (Result<void> scanned =
          ScanIndexes(*views, &fold.keys(), &report.problems);
      !scanned) {
    return std::move(scanned).error();
  }
  report.index_keys = fold.keys().found();
  for (const KeySums::Difference& difference : fold.keys().Differences()) {
    Report(&report.problems, Sentence(difference));
  }
  return report;
}

}  // namespace sealedger::notary
