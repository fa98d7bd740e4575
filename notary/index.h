// Index: which entries speak of a document, a party, a kind, a chain, and what
// the register lists. Folded from the entries by a thread of its own into the
// store `views`, never on the way of an answer; rebuilt from the ledger when
// missing, damaged or of another format.
//
//   'm'                               u64 folded size; written with the rest
//   'a' ‖ sha256[:16] ‖ index         document or protected bytes, by SHA-256
//   'b' ‖ sm3[:16] ‖ index            likewise, by SM3
//   'k' ‖ kind ‖ 00 ‖ index           kind
//   'p' ‖ party ‖ 00 ‖ kind ‖ 00 ‖ index    party and kind
//   'c' ‖ root ‖ index                links of a chain
//
// and the rows of the register (register_rows.h). Digests are cut to 16 bytes;
// a reader compares the entry.
//
// Crash meaning: views may lag, never lead: each batch is synced and holds the
// folded size.
//
// Thread rule: safe for concurrent use.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "ledger/ledger.h"
#include "ledger/leveldb_store.h"
#include "ledger/result.h"
#include "notary/entry.h"
#include "notary/register_query.h"

namespace sealedger::notary {

// Index keys of one entry, appended to a batch: those without a value.
void IndexEntry(const Entry& entry, uint64_t index, ledger::WriteBatch* batch);

inline constexpr std::string_view kFoldedSizeKey = "m";

// As the store of views is opened.
ledger::LevelDbOptions ViewsStoreOptions();

// "index_rebuild_begin" and "index_rebuild_end", with the number of entries.
using IndexEvent =
    std::function<void(std::string_view event, uint64_t entries)>;

// How many entries a store of views was folded from; 0 for an empty one.
// kCorruption "views-corrupt" for another format.
Result<uint64_t> ReadFoldedSize(ledger::Store& views);

class Index {
 public:
  // Starts folding. A store that is damaged or ahead of the ledger is removed
  // and built anew; one that turns out to be damaged while it is read or folded
  // is condemned, and built anew at the next start. The ledger outlives the
  // index. `on_event` (may be null) is called when more has to be folded than a
  // service leaves behind: the first time before this returns, the second on
  // the index's thread. `faults` are for tests, and may be null.
  static Result<std::unique_ptr<Index>> Open(
      const std::string& folder, const ledger::Ledger& ledger,
      IndexEvent on_event = nullptr,
      std::shared_ptr<ledger::StoreFaults> faults = nullptr);
  ~Index();

  // Something was published.
  void Notify();
  uint64_t folded() const;
  // Until `size` entries are folded; kUnavailable "index-behind" when it takes
  // longer.
  Result<void> WaitFor(uint64_t size, std::chrono::milliseconds limit);
  // While the index lags by more than a second's work: until it does not.
  void WaitWhileLagging();
  // How long entries have waited to be folded; 0: none waits.
  std::chrono::milliseconds lag() const;
  // Why folding stopped, if it did.
  std::optional<Error> trouble() const;
  void Stop();

  // Rising indices in [begin, end), at most `limit` of them.
  struct Range {
    uint64_t begin = 0;
    uint64_t end = 0;
    size_t limit = 0;
  };
  Result<std::vector<uint64_t>> ByDocumentSha256(const Hash& digest,
                                                 const Range& range) const;
  Result<std::vector<uint64_t>> ByDocumentSm3(const Hash& digest,
                                              const Range& range) const;
  Result<std::vector<uint64_t>> ByKind(std::string_view kind,
                                       const Range& range) const;
  Result<std::vector<uint64_t>> ByParty(std::string_view party,
                                        const Range& range) const;
  Result<std::vector<uint64_t>> ByPartyAndKind(std::string_view party,
                                               std::string_view kind,
                                               const Range& range) const;
  // Links alone; the root is not among them.
  Result<std::vector<uint64_t>> ByChain(uint64_t root,
                                        const Range& range) const;

  // While there is a Reading, the rows of the register are those of this
  // published tree, and nothing is folded: not for long.
  struct Reading {
    ledger::PublishedPtr head;
    std::shared_lock<std::shared_mutex> lock;
  };
  // Of a tree of at least `size` entries; kUnavailable "index-behind" when that
  // takes longer.
  Result<Reading> Read(uint64_t size, std::chrono::milliseconds limit);

  // Lists of the register (register_query.h), within a Reading as of its tree.
  Result<SealRowsFound> FindSeals(const SealQuery& query) const;
  Result<ApplicationRowsFound> FindApplications(
      const ApplicationQuery& query) const;
  Result<std::optional<StoredSealRow>> FindSeal(std::string_view code) const;
  Result<std::optional<StoredApplicationRow>> FindApplication(
      std::string_view id) const;

  ledger::Store& store() const { return *store_; }

 private:
  Index(std::string folder, const ledger::Ledger& ledger,
        std::unique_ptr<ledger::Store> store, uint64_t folded,
        IndexEvent on_event);
  void Run();
  Result<void> FoldSome();
  Result<void> Await(std::unique_lock<std::mutex>& lock,
                     std::chrono::milliseconds limit,
                     const std::function<bool()>& reached);
  // Notes what a store's failure means for those who come later.
  Error Note(Error error) const;
  template <typename T>
  Result<T> Noted(Result<T> result) const;
  Result<std::vector<uint64_t>> Under(const std::string& prefix,
                                      const Range& range) const;

  const std::string folder_;
  const ledger::Ledger& ledger_;
  const std::unique_ptr<ledger::Store> store_;
  const IndexEvent on_event_;
  uint64_t rebuild_until_ = 0;  // of the thread; 0: not rebuilding

  // Held alone while rows change. Before mu_.
  std::shared_mutex rows_mu_;
  mutable std::mutex mu_;
  std::condition_variable work_;         // for the thread: something to fold
  std::condition_variable folded_more_;  // for readers and the sequencer
  // Guarded by mu_.
  uint64_t folded_ = 0;
  ledger::PublishedPtr head_;  // of folded_ entries; null: none was published
  int waiters_ = 0;
  bool stopping_ = false;
  mutable std::optional<Error> failure_;
  // The last time at which nothing was known to wait.
  std::chrono::steady_clock::time_point caught_up_;

  std::thread thread_;
};

}  // namespace sealedger::notary
