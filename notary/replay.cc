#include "notary/replay.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "notary/entry.h"
#include "notary/index.h"
#include "notary/key_sums.h"
#include "notary/register_rows.h"
#include "notary/row_fold.h"
#include "notary/state.h"

namespace sealedger::notary {
namespace {

using ledger::Store;

constexpr size_t kMaxProblems = 100;
constexpr size_t kMaxPendingState = 4096;
constexpr size_t kMaxPendingRowBytes = 8 << 20;
// Of the keys without values.
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

// What is said of a range where two stores differ in it.
struct RangeWords {
  std::string_view missing;
  std::string_view unknown;
  std::string_view other;
  std::string (*describe)(std::string_view key);
};
constexpr RangeWords kStateWords = {
    "the state lacks a key that the entries give: ",
    "the state holds a key that no entry gives: ",
    "the state differs from what the entries give: ", [](std::string_view key) {
      return std::string(key);
    }};
constexpr RangeWords kRowWords = {
    "the indexes lack a row that the entries give: ",
    "the indexes hold a row that no entry gives: ",
    "a row of the indexes differs from what the entries give: ",
    &DescribeRowKey};

// Compares what two stores hold under a prefix; counts the keys of `found`.
Result<uint64_t> CompareRange(Store& due, Store& found, std::string_view prefix,
                              const RangeWords& words,
                              std::vector<std::string>* problems) {
  const auto report = [&](std::string_view sentence, std::string_view key) {
    Report(problems, std::string(sentence) + words.describe(key));
  };
  const auto at_due = due.NewCursor();
  const auto at_found = found.NewCursor();
  const std::string end = ledger::PrefixEnd(prefix);
  const auto in_range = [&end](const ledger::Cursor& cursor) {
    return cursor.Valid() && cursor.key() < end;
  };
  uint64_t count = 0;
  at_due->Seek(prefix);
  at_found->Seek(prefix);
  while (in_range(*at_due) || in_range(*at_found)) {
    const int order = !in_range(*at_due) ? 1
                      : !in_range(*at_found)
                          ? -1
                          : at_due->key().compare(at_found->key());
    if (order < 0) {
      report(words.missing, at_due->key());
    } else if (order > 0) {
      report(words.unknown, at_found->key());
    } else if (at_due->value() != at_found->value()) {
      report(words.other, at_due->key());
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

Result<uint64_t> CompareRows(Store& due, Store& found,
                             std::vector<std::string>* problems) {
  uint64_t count = 0;
  for (const char range : kRowRanges) {
    Result<uint64_t> some =
        CompareRange(due, found, {&range, 1}, kRowWords, problems);
    if (!some) return some;
    count += *some;
  }
  return count;
}

// Folds entry after entry.
class Fold {
 public:
  Fold(Store& scratch, uint64_t indexed, ReplayReport* report)
      : scratch_(scratch),
        indexed_(indexed),
        report_(report),
        state_(scratch),
        rows_(scratch),
        keys_(indexed) {}

  void Add(uint64_t index, std::string_view text) {
    if (failure_) return;
    Result<Entry> entry = ParseEntry(text);
    if (!entry) {
      Report(index, "cannot be read: " + entry.error().detail);
      return;
    }
    if (entry->time_ms < last_time_) {
      Report(index, "is before the one below it");
    }
    last_time_ = entry->time_ms;
    if (entry->by_entry && !IsNewestParty(*entry)) {
      Report(index, "names a wrong party entry");
    }
    const bool follows = FoldState(*entry, index);
    if (failure_ || index >= indexed_) return;
    ledger::WriteBatch batch;
    IndexEntry(*entry, index, &batch);
    batch.ForEach([this](std::string_view key, const std::string_view*) {
      keys_.AddDue(key);
    });
    FoldRows(*entry, index, follows);
  }

  // All state and rows are in the scratch store afterwards. A scratch store
  // that failed meanwhile says so here.
  Result<void> Finish() {
    if (failure_) return *failure_;
    if (Result<void> flushed = state_.Flush(); !flushed) return flushed;
    return FlushRows();
  }
  KeySums& keys() { return keys_; }

 private:
  void Report(uint64_t index, const std::string& what) {
    notary::Report(&report_->problems,
                   "entry " + std::to_string(index) + " " + what);
  }

  // What cannot be read from the scratch store ends the replay.
  Result<std::optional<std::string>> GetState(std::string_view key) {
    Result<std::optional<std::string>> value = state_.Get(key);
    if (!value) Fail(value.error());
    return value;
  }

  void Fail(const Error& error) {
    if (!failure_) failure_ = error;
  }

  bool IsNewestParty(const Entry& entry) {
    const Result<std::optional<PartyState>> party = ReadPartyState(
        [this](std::string_view key) { return GetState(key); }, entry.by);
    return party && *party && (*party)->entry == *entry.by_entry;
  }

  // False where the entry does not follow; it is then as if it were not there.
  bool FoldState(const Entry& entry, uint64_t index) {
    StateFold fold([this](std::string_view key) { return GetState(key); });
    const Result<void> folded = FoldEntry(entry, index, &fold);
    if (failure_) return false;
    if (!folded) {
      Report(index, "does not follow from the ledger before it: " +
                        folded.error().detail);
      return false;
    }
    for (ledger::KeyWrite& write : fold.Take()) {
      if (Result<void> set = state_.Set(std::move(write)); !set) {
        Fail(set.error());
        return false;
      }
    }
    return true;
  }

  // An entry that does not follow was folded by the index all the same, if it
  // fits the rows.
  void FoldRows(const Entry& entry, uint64_t index, bool follows) {
    if (const Result<void> folded = rows_.Fold(entry, index); !folded) {
      if (folded.error().name != kViewsCorrupt) {
        Fail(folded.error());
      } else if (follows) {
        notary::Report(&report_->problems, folded.error().detail);
      }
    }
    if (rows_.pending_bytes() < kMaxPendingRowBytes) return;
    if (const Result<void> flushed = FlushRows(); !flushed) {
      Fail(flushed.error());
    }
  }

  Result<void> FlushRows() {
    ledger::WriteBatch batch;
    rows_.Take(&batch);
    return scratch_.Write(batch, Store::Durability::kBuffered);
  }

  Store& scratch_;
  const uint64_t indexed_;
  ReplayReport* const report_;
  int64_t last_time_ = 0;
  ScratchState state_;
  RowFold rows_;
  KeySums keys_;
  std::optional<Error> failure_;
};

void ScanIndexKey(const ledger::Cursor& cursor, KeySums* keys,
                  std::vector<std::string>* problems) {
  const std::string_view key = cursor.key();
  if (key == kFoldedSizeKey) return;
  if (key.size() < kShortestIndexKey || !cursor.value().empty() ||
      kIndexRanges.find(key[0]) == std::string_view::npos) {
    Report(problems, "the indexes hold what is no index key");
    return;
  }
  keys->AddFound(key);
}

// Adds the keys without values to what was found, and names what is no key of
// the indexes at all. Rows are passed over.
Result<void> ScanIndexes(Store& views, KeySums* keys,
                         std::vector<std::string>* problems) {
  const std::unique_ptr<ledger::Cursor> cursor = views.NewCursor();
  cursor->Seek("");
  while (cursor->Valid()) {
    const std::string_view key = cursor->key();
    if (!key.empty() && kRowRanges.find(key[0]) != std::string_view::npos) {
      cursor->Seek(ledger::PrefixEnd(key.substr(0, 1)));
      continue;
    }
    ScanIndexKey(*cursor, keys, problems);
    cursor->Next();
  }
  return cursor->status();
}

std::string KeySentence(const KeySums::Difference& difference) {
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

  Result<uint64_t> state = CompareRange(scratch, ledger, kStatePrefix,
                                        kStateWords, &report.problems);
  if (!state) return std::move(state).error();
  report.state_keys = *state;
  if (views == nullptr) return report;
  if (Result<void> scanned =
          ScanIndexes(*views, &fold.keys(), &report.problems);
      !scanned) {
    return std::move(scanned).error();
  }
  Result<uint64_t> rows = CompareRows(scratch, *views, &report.problems);
  if (!rows) return std::move(rows).error();
  report.index_keys = fold.keys().found() + *rows;
  for (const KeySums::Difference& difference : fold.keys().Differences()) {
    Report(&report.problems, KeySentence(difference));
  }
  return report;
}

}  // namespace sealedger::notary
