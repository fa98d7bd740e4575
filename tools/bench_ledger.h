// BenchLedger: a folder's ledger in this process, appended to in commits of
// prepared drafts as a service would, without HTTP: real disk, real sync, real
// signature, real guard. BareStore: the same bytes into LevelDB alone.
//
// What it appends it verifies, outside of the time it takes: sampled entries
// are read back and proved up to the signed checkpoint.
//
// Thread rule: one thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ledger/ledger.h"
#include "ledger/leveldb_store.h"
#include "ledger/result.h"
#include "ledger/sequencer.h"
#include "ledger/store.h"
#include "notary/evidence.h"
#include "notary/index.h"

namespace sealedger::tools {

inline constexpr size_t kBenchCommitEntries = 256;
// As many as the service takes at once.
inline constexpr size_t kBatchCallers = 2;

// Commits of kBenchCommitEntries documents each, from number `first` on.
using PreparedCommits = std::vector<std::vector<notary::PreparedEvidence>>;
PreparedCommits PrepareCommits(uint64_t first, size_t commits);

enum class Indexing {
  kOff,       // nothing is folded
  kCaughtUp,  // the time ends once the last entry is in the indexes
};

class BenchLedger {
 public:
  // The folder is not served meanwhile. Errors: as of opening a service.
  static ledger::Result<std::unique_ptr<BenchLedger>> Open(
      const std::string& data_dir);
  ~BenchLedger();
  BenchLedger(const BenchLedger&) = delete;
  BenchLedger& operator=(const BenchLedger&) = delete;

  uint64_t size() const { return ledger_->published()->head.size; }

  // True where the entry of this index is there, whole, with this leaf hash.
  bool Holds(uint64_t index, const ledger::Hash& leaf_hash) const;
  // Of all entries, without keys.
  ledger::Result<uint64_t> EntryBytes() const;

  // Appends documents, numbered by where they will stand, until there are
  // `size` entries, all in the indexes. Shows progress on a terminal.
  ledger::Result<void> Fill(uint64_t size);
  // What admits entries [first, end). With one caller they stand where they are
  // said to.
  using Supply = std::function<ledger::Result<ledger::Admit>(uint64_t first,
                                                             uint64_t end)>;
  // The same with entries of any kind.
  ledger::Result<void> FillWith(uint64_t size, size_t callers,
                                const Supply& supply);
  // The seconds that the commits took from so many callers, each with the next
  // commit as soon as its last one is answered.
  ledger::Result<double> TimeAppends(const PreparedCommits& commits,
                                     Indexing indexing, size_t callers);
  // All entries are in the indexes when it returns.
  ledger::Result<void> CatchUp();
  // Entries and proofs verified so far.
  uint64_t verified() const { return verified_; }

 private:
  explicit BenchLedger(std::string data_dir) : data_dir_(std::move(data_dir)) {}
  ledger::Result<std::unique_ptr<ledger::Sequencer>> StartSequencer();
  ledger::Result<void> OpenIndex();
  ledger::Result<void> VerifySample(uint64_t begin, uint64_t end);
  ledger::Result<void> VerifyIndexed(uint64_t index);

  const std::string data_dir_;
  ledger::SystemClock clock_;
  ledger::VerifierKey vkey_;
  ledger::SignHead sign_;
  std::unique_ptr<ledger::Ledger> ledger_;
  std::unique_ptr<notary::Index> index_;
  uint64_t verified_ = 0;
};

class BareStore {
 public:
  // Opened with the settings of the store `ledger`.
  static ledger::Result<std::unique_ptr<BareStore>> Open(
      const std::string& folder);

  // The seconds that synced writes of kBenchCommitEntries entries took, from so
  // many callers: the entries of documents from `first` on, under keys as the
  // ledger's.
  ledger::Result<double> TimeWrites(uint64_t first, size_t writes,
                                    size_t callers);
  uint64_t entries() const { return entries_; }

 private:
  BareStore() = default;

  std::unique_ptr<ledger::Store> store_;
  uint64_t entries_ = 0;
};

// Bytes of the files of a store that nobody has open, after it was compacted.
ledger::Result<uint64_t> CompactedBytes(const std::string& folder,
                                        const ledger::LevelDbOptions& options);

// Seconds that opening took: of the store alone, and of the ledger in it.
ledger::Result<double> TimeOpeningStore(const std::string& data_dir);
ledger::Result<double> TimeOpeningLedger(const std::string& data_dir);

}  // namespace sealedger::tools
