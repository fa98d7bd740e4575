#include "notary/replay.h"

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "notary/entry.h"
#include "notary/index.h"
#include "notary/state.h"

namespace sealedger::notary {
namespace {

constexpr size_t kMaxProblems = 100;

using Keys = std::map<std::string, std::string, std::less<>>;

void Report(std::vector<std::string>* problems, std::string sentence) {
  if (problems->size() < kMaxProblems) problems->push_back(std::move(sentence));
}

// Compares a stored range with what it should hold.
ledger::Result<uint64_t> Compare(ledger::Store& store, std::string_view begin,
                                 std::string_view end, Keys expected,
                                 const std::string& what,
                                 std::vector<std::string>* problems) {
  uint64_t count = 0;
  ledger::Result<void> scanned = ledger::Scan(
      store, begin, end, [&](std::string_view key, std::string_view value) {
        ++count;
        const auto found = expected.find(key);
        if (found == expected.end()) {
          Report(problems, what + " holds a key that no entry gives");
        } else {
          if (found->second != value) {
            Report(problems, what + " differs from what the entries give");
          }
          expected.erase(found);
        }
        return true;
      });
  if (!scanned) return std::move(scanned).error();
  if (!expected.empty()) {
    Report(problems, what + " lacks " + std::to_string(expected.size()) +
                         " keys that the entries give");
  }
  return count;
}

// Folds entry after entry.
class Fold {
 public:
  Fold(uint64_t indexed, ReplayReport* report)
      : indexed_(indexed), report_(report) {}

  void Add(uint64_t index, std::string_view text) {
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
      if (write.value) {
        state_.insert_or_assign(std::move(write.key), *std::move(write.value));
      } else {
        state_.erase(write.key);
      }
    }
    if (index >= indexed_) return;
    ledger::WriteBatch batch;
    IndexEntry(*entry, index, &batch);
    batch.ForEach([this](std::string_view key, const std::string_view*) {
      indexes_.emplace(key, "");
    });
  }

  Keys& state() { return state_; }
  Keys& indexes() { return indexes_; }

 private:
  bool IsNewestParty(const Entry& entry) const {
    const ReadState read =
        [this](std::string_view key) -> Result<std::optional<std::string>> {
      const auto found = state_.find(key);
      if (found == state_.end()) return std::optional<std::string>();
      return std::optional<std::string>(found->second);
    };
    const Result<std::optional<PartyState>> party =
        ReadPartyState(read, entry.by);
    return party && *party && (*party)->entry == *entry.by_entry;
  }

  const uint64_t indexed_;
  ReplayReport* const report_;
  int64_t last_time_ = 0;
  Keys state_;
  Keys indexes_;
};

}  // namespace

ledger::Result<ReplayReport> Replay(
    ledger::Store& ledger, ledger::Store* views,
    const std::function<void(uint64_t, uint64_t)>& on_progress) {
  ReplayReport report;
  uint64_t indexed = 0;
  if (views != nullptr) {
    Result<uint64_t> folded = ReadFoldedSize(*views);
    if (!folded) return std::move(folded).error();
    indexed = *folded;
  }
  Fold fold(indexed, &report);
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

  Result<uint64_t> state =
      Compare(ledger, kStatePrefix, ledger::PrefixEnd(kStatePrefix),
              std::move(fold.state()), "the state", &report.problems);
  if (!state) return std::move(state).error();
  report.state_keys = *state;
  if (views == nullptr) return report;
  // All ranges but 'm', the folded size.
  for (const char range : {'a', 'b', 'c', 'k', 'p'}) {
    const std::string begin(1, range);
    Keys expected;
    auto& all = fold.indexes();
    for (auto at = all.lower_bound(begin);
         at != all.end() && at->first.starts_with(begin);) {
      expected.insert(all.extract(at++));
    }
    Result<uint64_t> keys =
        Compare(*views, begin, ledger::PrefixEnd(begin), std::move(expected),
                "the index '" + begin + "'", &report.problems);
    if (!keys) return std::move(keys).error();
    report.index_keys += *keys;
  }
  return report;
}

}  // namespace sealedger::notary
