// LevelDbStore: the Store on disk. The only file pair that knows LevelDB.
//
// Opened with paranoid_checks, every read verifies checksums: with default
// options a hole in a log that was never synced opens as "OK". Tables are read
// by pread, so that a disk that fails gives an error and not a signal. A new
// file's name is made durable (its folder synced) before the first sync of its
// content counts.
//
// A store keeps at most a twelfth of the files open that the process may have
// (RLIMIT_NOFILE when it is opened), 74 to 1,000: the three stores of a folder
// take a quarter of them.
//
// Crash meaning: what Write(kSynced) returned from is there after any crash.
// Opening cuts off the last record where a power cut has torn it (log_tail.h).
// What a failed Write left is unknown until the store is opened again.
//
// Thread rule: safe for concurrent use; StoreFaults too.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "ledger/store.h"

namespace sealedger::ledger {

// Makes one file operation fail, for tests: the countdown falls with each
// append and each sync of a file of this store.
struct StoreFaults {
  enum class Mode : int {
    kNotPersisted,     // the bytes do not reach the file
    kPersistedAnyway,  // they do, and the caller is told otherwise
  };

  // The operation that takes it from 1 to 0 fails; negative: never.
  std::atomic<int64_t> countdown{-1};
  std::atomic<Mode> mode{Mode::kNotPersisted};
  // Since the store was opened.
  std::atomic<uint64_t> appends{0};
  std::atomic<uint64_t> syncs{0};
};

struct LevelDbOptions {
  bool create_if_missing = false;
  // An erasable store searches its raw files for what it erased: they must
  // hold the bytes as they are.
  bool compress = true;
  size_t write_buffer_bytes = 8 << 20;
  size_t block_cache_bytes = 32 << 20;
  size_t table_bytes = 2 << 20;
  // What is read and checked for the sake of one key.
  size_t block_bytes = 4 << 10;
  // Off for a store that is read by ranges: filters answer Get alone.
  bool bloom_filter = true;
  std::shared_ptr<StoreFaults> faults;  // may be null
};

// Errors: kUnavailable "locked" (another process has it open), kNotFound
// (missing and not to be made), kCorruption (also where there are files of a
// store and no CURRENT: none is made over them), kIo.
Result<std::unique_ptr<Store>> OpenLevelDb(const std::string& path,
                                           const LevelDbOptions& options);

// For a store that was found damaged while it is open: it will not open again
// (kCorruption), and whoever can builds it anew.
Result<void> CondemnLevelDb(const std::string& path);

// Removes a store that is not open. What is no store stays.
Result<void> DestroyLevelDb(const std::string& path);

}  // namespace sealedger::ledger
