#include "ledger/leveldb_store.h"

#include <fcntl.h>
#include <leveldb/cache.h>
#include <leveldb/db.h>
#include <leveldb/env.h>
#include <leveldb/filter_policy.h>
#include <leveldb/iterator.h>
#include <leveldb/write_batch.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "ledger/log_tail.h"

namespace sealedger::ledger {
namespace {

constexpr int kBloomBitsPerKey = 10;

// LevelDB takes 74 for less and has 1,000 for its default.
int MaxOpenFiles() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 74;
  return static_cast<int>(std::clamp<rlim_t>(limit.rlim_cur / 12, 74, 1000));
}

leveldb::Slice ToSlice(std::string_view bytes) {
  return {bytes.data(), bytes.size()};
}

std::string_view ToView(const leveldb::Slice& slice) {
  return {slice.data(), slice.size()};
}

leveldb::Status ErrnoStatus(const std::string& what) {
  return leveldb::Status::IOError(what, std::strerror(errno));
}

// LevelDB does not always say of which store it speaks.
Error ToError(const leveldb::Status& status, const std::string& path) {
  std::string detail = status.ToString();
  if (detail.find(path) == std::string::npos) detail = path + ": " + detail;
  return status.IsCorruption()
             ? MakeError(Code::kCorruption, "store-corrupt", detail)
             : MakeError(Code::kIo, "store-io", detail);
}

leveldb::Status SyncFolderOf(const std::string& file) {
  const std::string folder = file.substr(0, file.rfind('/') + 1);
  const int fd = ::open(folder.empty() ? "." : folder.c_str(),
                        O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return ErrnoStatus(folder);
  const bool failed = ::fsync(fd) != 0;
  leveldb::Status status = failed ? ErrnoStatus(folder) : leveldb::Status::OK();
  ::close(fd);
  return status;
}

class PreadFile : public leveldb::RandomAccessFile {
 public:
  PreadFile(std::string name, int fd) : name_(std::move(name)), fd_(fd) {}
  ~PreadFile() override { ::close(fd_); }

  leveldb::Status Read(uint64_t offset, size_t n, leveldb::Slice* result,
                       char* scratch) const override {
    size_t got = 0;
    while (got < n) {
      const ssize_t count = ::pread(fd_, scratch + got, n - got,
                                    static_cast<off_t>(offset + got));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return ErrnoStatus(name_);
      if (count == 0) break;
      got += static_cast<size_t>(count);
    }
    *result = leveldb::Slice(scratch, got);
    return leveldb::Status::OK();
  }

 private:
  const std::string name_;
  const int fd_;
};

// Counts and, when told to, fails. A file of which one operation failed takes
// no other: LevelDB lets a writer that waits go on behind a torn append, and
// would tell it that what nobody can read back is there. Syncs the folder
// before the first sync of the file, so that a synced record cannot vanish with
// its file's name.
class WatchedFile : public leveldb::WritableFile {
 public:
  WatchedFile(std::string name, std::unique_ptr<leveldb::WritableFile> file,
              std::shared_ptr<StoreFaults> faults)
      : name_(std::move(name)),
        file_(std::move(file)),
        faults_(std::move(faults)) {}

  leveldb::Status Append(const leveldb::Slice& data) override {
    faults_->appends.fetch_add(1, std::memory_order_relaxed);
    return Faulty([&] { return file_->Append(data); });
  }
  leveldb::Status Sync() override {
    faults_->syncs.fetch_add(1, std::memory_order_relaxed);
    return Faulty([&] {
      if (!name_is_durable_) {
        leveldb::Status status = SyncFolderOf(name_);
        if (!status.ok()) return status;
        name_is_durable_ = true;
      }
      return file_->Sync();
    });
  }
  leveldb::Status Flush() override {
    return Once([&] { return file_->Flush(); });
  }
  leveldb::Status Close() override { return file_->Close(); }

 private:
  template <typename Operation>
  leveldb::Status Once(Operation operation) {
    if (failed_) {
      return leveldb::Status::IOError(name_, "an earlier write of it failed");
    }
    leveldb::Status status = operation();
    failed_ = !status.ok();
    return status;
  }

  template <typename Operation>
  leveldb::Status Faulty(Operation operation) {
    return Once([&] { return Count(operation); });
  }

  template <typename Operation>
  leveldb::Status Count(Operation operation) {
    if (faults_->countdown.load(std::memory_order_relaxed) <= 0 ||
        faults_->countdown.fetch_sub(1) != 1) {
      return operation();
    }
    if (faults_->mode.load() == StoreFaults::Mode::kPersistedAnyway) {
      leveldb::Status status = operation();
      if (!status.ok()) return status;
    }
    return leveldb::Status::IOError(name_, "injected fault");
  }

  const std::string name_;
  const std::unique_ptr<leveldb::WritableFile> file_;
  const std::shared_ptr<StoreFaults> faults_;
  bool name_is_durable_ = false;
  bool failed_ = false;
};

leveldb::Status ToStatus(const Error& error) {
  return error.code == Code::kCorruption
             ? leveldb::Status::Corruption(error.detail)
             : leveldb::Status::IOError(error.detail);
}

class WatchedEnv : public leveldb::EnvWrapper {
 public:
  explicit WatchedEnv(std::shared_ptr<StoreFaults> faults)
      : EnvWrapper(leveldb::Env::Default()), faults_(std::move(faults)) {}

  // The first thing that opening does, and nobody else writes from then on.
  leveldb::Status LockFile(const std::string& name,
                           leveldb::FileLock** lock) override {
    leveldb::Status status = target()->LockFile(name, lock);
    if (!status.ok()) return status;
    const Result<void> cut = CutTornTails(name.substr(0, name.rfind('/')));
    if (cut) return status;
    static_cast<void>(target()->UnlockFile(*lock));
    *lock = nullptr;
    return ToStatus(cut.error());
  }

  // LevelDB puts a new CURRENT in the place of the old by renaming and then
  // removes what the old one named. Nothing is removed before the new name is
  // durable. Not synced where it is renamed: LevelDB takes a failure there for
  // a rename that did not happen, and removes what CURRENT now names.
  leveldb::Status RenameFile(const std::string& from,
                             const std::string& to) override {
    leveldb::Status status = target()->RenameFile(from, to);
    if (status.ok()) rename_pending_.store(true);
    return status;
  }
  leveldb::Status RemoveFile(const std::string& name) override {
    if (rename_pending_.load()) {
      leveldb::Status status = SyncFolderOf(name);
      if (!status.ok()) return status;
      rename_pending_.store(false);
    }
    return target()->RemoveFile(name);
  }

  leveldb::Status NewRandomAccessFile(
      const std::string& name, leveldb::RandomAccessFile** result) override {
    *result = nullptr;
    const int fd = ::open(name.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
      return errno == ENOENT
                 ? leveldb::Status::NotFound(name, std::strerror(errno))
                 : ErrnoStatus(name);
    }
    *result = new PreadFile(name, fd);
    return leveldb::Status::OK();
  }

  leveldb::Status NewWritableFile(const std::string& name,
                                  leveldb::WritableFile** result) override {
    return Watch(name, target()->NewWritableFile(name, result), result);
  }
  leveldb::Status NewAppendableFile(const std::string& name,
                                    leveldb::WritableFile** result) override {
    return Watch(name, target()->NewAppendableFile(name, result), result);
  }

 private:
  leveldb::Status Watch(const std::string& name, leveldb::Status status,
                        leveldb::WritableFile** result) {
    if (status.ok()) {
      *result = new WatchedFile(
          name, std::unique_ptr<leveldb::WritableFile>(*result), faults_);
    }
    return status;
  }

  const std::shared_ptr<StoreFaults> faults_;
  std::atomic<bool> rename_pending_{false};
};

leveldb::ReadOptions VerifyingRead() {
  leveldb::ReadOptions options;
  options.verify_checksums = true;
  return options;
}

class LevelDbCursor : public Cursor {
 public:
  LevelDbCursor(const std::string& path,
                std::unique_ptr<leveldb::Iterator> iterator)
      : path_(path), iterator_(std::move(iterator)) {}

  void Seek(std::string_view key) override { iterator_->Seek(ToSlice(key)); }
  void SeekBelow(std::string_view key) override {
    iterator_->Seek(ToSlice(key));
    if (iterator_->Valid()) {
      iterator_->Prev();
    } else if (iterator_->status().ok()) {
      iterator_->SeekToLast();
    }
  }
  // LevelDB passes over a block that it cannot read, and stays valid.
  bool Valid() const override {
    return iterator_->Valid() && iterator_->status().ok();
  }
  void Next() override { iterator_->Next(); }
  std::string_view key() const override { return ToView(iterator_->key()); }
  std::string_view value() const override { return ToView(iterator_->value()); }
  Result<void> status() const override {
    if (!iterator_->status().ok()) return ToError(iterator_->status(), path_);
    return {};
  }

 private:
  const std::string& path_;  // the store's
  const std::unique_ptr<leveldb::Iterator> iterator_;
};

class LevelDbStore : public Store {
 public:
  LevelDbStore(std::string path, std::unique_ptr<WatchedEnv> env,
               std::unique_ptr<leveldb::Cache> cache,
               std::unique_ptr<const leveldb::FilterPolicy> filter,
               std::unique_ptr<leveldb::DB> db)
      : path_(std::move(path)),
        env_(std::move(env)),
        cache_(std::move(cache)),
        filter_(std::move(filter)),
        db_(std::move(db)) {}

  Result<std::optional<std::string>> Get(std::string_view key) override {
    std::string value;
    const leveldb::Status status =
        db_->Get(VerifyingRead(), ToSlice(key), &value);
    if (status.IsNotFound()) return std::optional<std::string>();
    if (!status.ok()) return ToError(status, path_);
    return std::optional<std::string>(std::move(value));
  }

  Result<void> Write(const WriteBatch& batch, Durability durability) override {
    leveldb::WriteBatch writes;
    batch.ForEach([&](std::string_view key, const std::string_view* value) {
      if (value != nullptr) {
        writes.Put(ToSlice(key), ToSlice(*value));
      } else {
        writes.Delete(ToSlice(key));
      }
    });
    return Write(&writes, durability);
  }

  std::unique_ptr<Cursor> NewCursor() override {
    return std::make_unique<LevelDbCursor>(
        path_,
        std::unique_ptr<leveldb::Iterator>(db_->NewIterator(VerifyingRead())));
  }

  Result<void> Compact(std::string_view first, std::string_view last) override {
    const leveldb::Slice begin = ToSlice(first);
    const leveldb::Slice end = ToSlice(last);
    db_->CompactRange(&begin, &end);
    // It does not say whether it failed; LevelDB then refuses the next write.
    leveldb::WriteBatch nothing;
    Result<void> written = Write(&nothing, Durability::kSynced);
    if (!written) return written;
    // The old tables are gone from the folder; now for good.
    const leveldb::Status status = SyncFolderOf(path_ + "/");
    if (!status.ok()) return ToError(status, path_);
    return {};
  }

 private:
  Result<void> Write(leveldb::WriteBatch* writes, Durability durability) {
    // After a failed append LevelDB would write on behind a torn record, and
    // after a failed sync it reads as if nothing had been written.
    if (refusing_.load()) {
      return MakeError(Code::kIo, "store-stopped",
                       "an earlier write failed; the store must be reopened");
    }
    leveldb::WriteOptions options;
    options.sync = durability == Durability::kSynced;
    const leveldb::Status status = db_->Write(options, writes);
    if (status.ok()) return {};
    refusing_.store(true);
    return ToError(status, path_);
  }

  const std::string path_;
  // In the order in which they must outlive each other: the database last.
  const std::unique_ptr<WatchedEnv> env_;
  const std::unique_ptr<leveldb::Cache> cache_;
  const std::unique_ptr<const leveldb::FilterPolicy> filter_;
  const std::unique_ptr<leveldb::DB> db_;
  std::atomic<bool> refusing_{false};
};

// True where a store is to be made, false where there is one. LevelDB's own
// question takes a disk that gives no answer for a folder without a store, and
// makes one over what is there.
Result<bool> MustMake(const std::string& path) {
  const std::string current = path + "/CURRENT";
  if (::access(current.c_str(), F_OK) == 0) return false;
  if (errno != ENOENT) return ToError(ErrnoStatus(current), path);
  std::error_code failed;
  std::filesystem::directory_iterator files(path, failed);
  for (; !failed && files != std::filesystem::directory_iterator();
       files.increment(failed)) {
    // A making that was cut short leaves a MANIFEST and an empty log.
    const std::string extension = files->path().extension().string();
    if (extension == ".ldb" || extension == ".sst" ||
        (extension == ".log" && files->file_size(failed) > 0)) {
      return MakeError(Code::kCorruption, "store-corrupt",
                       path + ": the file CURRENT is missing");
    }
  }
  if (failed && failed != std::errc::no_such_file_or_directory) {
    return MakeError(Code::kIo, "store-io", path + ": " + failed.message());
  }
  return true;
}

}  // namespace

Result<std::unique_ptr<Store>> OpenLevelDb(const std::string& path,
                                           const LevelDbOptions& options) {
  auto env = std::make_unique<WatchedEnv>(
      options.faults ? options.faults : std::make_shared<StoreFaults>());
  std::unique_ptr<leveldb::Cache> cache(
      leveldb::NewLRUCache(options.block_cache_bytes));
  std::unique_ptr<const leveldb::FilterPolicy> filter(
      options.bloom_filter ? leveldb::NewBloomFilterPolicy(kBloomBitsPerKey)
                           : nullptr);
  const Result<bool> make = MustMake(path);
  if (!make) return make.error();
  if (*make && !options.create_if_missing) {
    return MakeError(Code::kNotFound, "store-missing", "no store at " + path);
  }
  leveldb::Options db_options;
  db_options.create_if_missing = *make;
  db_options.paranoid_checks = true;
  db_options.env = env.get();
  db_options.block_cache = cache.get();
  db_options.filter_policy = filter.get();
  db_options.write_buffer_size = options.write_buffer_bytes;
  db_options.max_file_size = options.table_bytes;
  db_options.block_size = options.block_bytes;
  db_options.max_open_files = MaxOpenFiles();
  db_options.compression =
      options.compress ? leveldb::kSnappyCompression : leveldb::kNoCompression;
  leveldb::DB* db = nullptr;
  const leveldb::Status status = leveldb::DB::Open(db_options, path, &db);
  if (!status.ok()) {
    if (status.IsIOError() &&
        status.ToString().starts_with("IO error: lock ")) {
      return MakeError(Code::kUnavailable, "locked",
                       path + " is open in another process");
    }
    return ToError(status, path);
  }
  return std::unique_ptr<Store>(std::make_unique<LevelDbStore>(
      path, std::move(env), std::move(cache), std::move(filter),
      std::unique_ptr<leveldb::DB>(db)));
}

Result<void> CondemnLevelDb(const std::string& path) {
  const std::string current = path + "/CURRENT";
  leveldb::Status status;
  if (::unlink(current.c_str()) != 0 && errno != ENOENT) {
    status = ErrnoStatus(current);
  } else {
    status = SyncFolderOf(current);
  }
  if (!status.ok()) return ToError(status, path);
  return {};
}

Result<void> DestroyLevelDb(const std::string& path) {
  const leveldb::Status status = leveldb::DestroyDB(path, leveldb::Options());
  if (!status.ok()) return ToError(status, path);
  return {};
}

}  // namespace sealedger::ledger
