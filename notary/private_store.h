// PrivateStore: what may name a person, erasable. Blobs (disclosures) under
// their own SHA-256 in a LevelDB of its own, uncompressed, so that a search of
// its raw files is exact. What is there is returned to its owner and needed
// for no proof.
//
//   'b' ‖ SHA-256   blob
//   'p' ‖ SHA-256   pending: u64 tree size when it was put, until its entry is
//                   known to be sequenced
//
// Crash meaning: blobs are synced before their entry is sequenced. A crash in
// between leaves orphans, which SweepOrphans erases at the next start. After
// Erase returned no file of the folder holds the blob.
//
// Thread rule: safe for concurrent use; Erase keeps the others out while it
// works, since an open read would keep old tables on the disk.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/hash.h"
#include "ledger/leveldb_store.h"
#include "ledger/result.h"
#include "ledger/store.h"

namespace sealedger::notary {

using ledger::Hash;
using ledger::Result;

// As the store is opened.
ledger::LevelDbOptions PrivateStoreOptions();

class PrivateStore {
 public:
  // Makes the folder when it is not there. Errors: as OpenLevelDb. `faults`
  // are for tests, and may be null.
  static Result<std::unique_ptr<PrivateStore>> Open(
      const std::string& folder,
      std::shared_ptr<ledger::StoreFaults> faults = nullptr);

  ~PrivateStore();

  // On disk when it returns; kUnavailable "sequencer-stopped" where it failed
  // or one before it did: then nothing is taken until a restart. `tree_size`:
  // published at the time, so that a sweep knows from where on to look for the
  // entry.
  Result<void> Put(const std::vector<std::string>& blobs, uint64_t tree_size);
  // The entry of these blobs is sequenced. It is written with the next Put, or
  // at the end: a record of its own that is not synced could be torn, and more
  // than the last may not be (ledger/log_tail.h). A crash costs a longer sweep.
  void Settle(std::span<const Hash> digests);

  Result<std::optional<std::string>> Get(const Hash& digest);

  // Removes the blobs from the disk and searches the raw files for them. Safe
  // to repeat after a crash inside it. kIo "erasure-incomplete" when a file
  // still holds one; kUnavailable "sequencer-stopped" as for Put.
  Result<void> Erase(std::span<const Hash> digests);

  // Why nothing is taken any more, if so.
  std::optional<ledger::Error> trouble() const;

  struct Pending {
    Hash digest;
    uint64_t tree_size;
  };
  Result<std::vector<Pending>> ListPending();

 private:
  PrivateStore(std::string folder, std::unique_ptr<ledger::Store> store);
  Result<void> Write(const ledger::WriteBatch& batch);
  Result<void> Compact(std::string_view first, std::string_view last);
  Result<void> Stopped(const ledger::Error& failure);
  ledger::WriteBatch TakeSettled();

  const std::string folder_;
  const std::unique_ptr<ledger::Store> store_;
  std::shared_mutex mu_;  // held alone by Erase

  mutable std::mutex state_mu_;
  // Guarded by state_mu_.
  std::vector<Hash> settled_;
  std::optional<ledger::Error> failure_;
};

}  // namespace sealedger::notary
