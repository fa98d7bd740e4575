#include "notary/private_store.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <set>
#include <utility>

#include "ledger/encoding.h"

namespace sealedger::notary {
namespace {

using ledger::Code;
using ledger::MakeError;
using ledger::Store;
using ledger::WriteBatch;

constexpr size_t kSearchChunk = 1 << 20;
// Of a blob, what a search looks for: it covers the salt of a disclosure in
// the spelling in which the file holds it.
constexpr size_t kNeedleSize = 32;

std::string BlobKey(const Hash& digest) {
  return "b" + std::string(digest.view());
}

std::string PendingKey(const Hash& digest) {
  return "p" + std::string(digest.view());
}

Result<bool> FileHolds(const std::filesystem::path& path,
                       const std::vector<std::string>& needles) {
  std::ifstream file(path, std::ios::binary);
  // A table that LevelDB removed since the folder was listed holds nothing.
  if (!file && !std::filesystem::exists(path)) return false;
  std::string window;
  while (file) {
    const size_t kept = std::min(window.size(), kNeedleSize - 1);
    window.erase(0, window.size() - kept);
    window.resize(kept + kSearchChunk);
    file.read(window.data() + kept, kSearchChunk);
    window.resize(kept + static_cast<size_t>(file.gcount()));
    for (const std::string& needle : needles) {
      if (window.find(needle) != std::string::npos) return true;
    }
  }
  if (!file.eof()) {
    return MakeError(Code::kIo, "private-io",
                     "a file of the private store cannot be read");
  }
  return false;
}

}  // namespace

PrivateStore::PrivateStore(std::string folder, std::unique_ptr<Store> store)
    : folder_(std::move(folder)), store_(std::move(store)) {}

PrivateStore::~PrivateStore() {
  const WriteBatch batch = TakeSettled();
  // What fails here is found out by the next sweep.
  if (!batch.empty()) static_cast<void>(Write(batch));
}

Result<std::unique_ptr<PrivateStore>> PrivateStore::Open(
    const std::string& folder, std::shared_ptr<ledger::StoreFaults> faults) {
  ledger::LevelDbOptions options;
  options.faults = std::move(faults);
  options.create_if_missing = true;
  options.compress = false;
  options.write_buffer_bytes = 4 << 20;
  options.block_cache_bytes = 8 << 20;
  Result<std::unique_ptr<Store>> store = ledger::OpenLevelDb(folder, options);
  if (!store) return std::move(store).error();
  return std::unique_ptr<PrivateStore>(
      new PrivateStore(folder, *std::move(store)));
}

Result<void> PrivateStore::Put(const std::vector<std::string>& blobs,
                               uint64_t tree_size) {
  WriteBatch batch = TakeSettled();
  std::string size;
  ledger::AppendBigEndian64(&size, tree_size);
  for (const std::string& blob : blobs) {
    const Hash digest = ledger::Sha256Of(blob);
    batch.Put(BlobKey(digest), blob);
    batch.Put(PendingKey(digest), size);
  }
  const std::shared_lock<std::shared_mutex> lock(mu_);
  return Write(batch);
}

void PrivateStore::Settle(std::span<const Hash> digests) {
  const std::lock_guard<std::mutex> lock(state_mu_);
  settled_.insert(settled_.end(), digests.begin(), digests.end());
}

WriteBatch PrivateStore::TakeSettled() {
  WriteBatch batch;
  const std::lock_guard<std::mutex> lock(state_mu_);
  for (const Hash& digest : settled_) batch.Delete(PendingKey(digest));
  settled_.clear();
  return batch;
}

Result<void> PrivateStore::Write(const WriteBatch& batch) {
  const Result<void> written = store_->Write(batch, Store::Durability::kSynced);
  if (written) return {};
  return Stopped(written.error());
}

Result<void> PrivateStore::Compact(std::string_view first,
                                   std::string_view last) {
  const Result<void> done = store_->Compact(first, last);
  if (done) return {};
  return Stopped(done.error());
}

Result<void> PrivateStore::Stopped(const ledger::Error& failure) {
  const std::lock_guard<std::mutex> lock(state_mu_);
  if (!failure_) {
    failure_ = MakeError(Code::kUnavailable, "sequencer-stopped",
                         "the store of private fields takes nothing until a "
                         "restart: " +
                             failure.detail);
  }
  return *failure_;
}

std::optional<ledger::Error> PrivateStore::trouble() const {
  const std::lock_guard<std::mutex> lock(state_mu_);
  return failure_;
}

Result<std::optional<std::string>> PrivateStore::Get(const Hash& digest) {
  const std::shared_lock<std::shared_mutex> lock(mu_);
  return store_->Get(BlobKey(digest));
}

Result<void> PrivateStore::Erase(std::span<const Hash> digests) {
  const std::unique_lock<std::shared_mutex> lock(mu_);
  WriteBatch batch;
  std::vector<std::string> needles;
  bool all_known = true;
  std::vector<std::string> keys;
  for (const Hash& digest : digests) {
    keys.push_back(BlobKey(digest));
    Result<std::optional<std::string>> blob = store_->Get(keys.back());
    if (!blob) return std::move(blob).error();
    if (blob->has_value()) {
      needles.push_back((*blob)->substr(0, kNeedleSize));
    } else {
      all_known = false;
    }
    batch.Delete(keys.back());
    batch.Delete(PendingKey(digest));
  }
  // Delete alone leaves the value in the log or in a table. The first pass
  // moves it out of memory and log, the second merges it with its deletion.
  const auto compact = [&]() -> Result<void> {
    // A blob that is gone already cannot be searched for: an earlier erasure
    // may have been cut short, so everything that is deleted is dropped.
    if (!all_known) return Compact("", "\xff");
    for (const std::string& key : keys) {
      Result<void> done = Compact(key, key);
      if (!done) return done;
    }
    return {};
  };
  if (Result<void> done = compact(); !done) return done;
  if (Result<void> written = Write(batch); !written) return written;
  if (Result<void> done = compact(); !done) return done;
  return SearchFiles(needles);
}

Result<void> PrivateStore::SearchFiles(
    const std::vector<std::string>& needles) {
  std::error_code failed;
  std::filesystem::directory_iterator folder(folder_, failed);
  if (failed) return MakeError(Code::kIo, "private-io", failed.message());
  for (const std::filesystem::directory_entry& file : folder) {
    Result<bool> holds = FileHolds(file.path(), needles);
    if (!holds) return std::move(holds).error();
    if (*holds) {
      return MakeError(Code::kIo, "erasure-incomplete",
                       "a file still holds what was to be erased");
    }
  }
  return {};
}

Result<std::vector<PrivateStore::Pending>> PrivateStore::ListPending() {
  std::vector<Pending> pending;
  std::set<Hash> settled;
  {
    const std::lock_guard<std::mutex> lock(state_mu_);
    settled.insert(settled_.begin(), settled_.end());
  }
  const std::shared_lock<std::shared_mutex> lock(mu_);
  Result<void> scanned = ledger::Scan(
      *store_, "p", "q", [&](std::string_view key, std::string_view value) {
        const std::optional<Hash> digest = ledger::HashFromBytes(key.substr(1));
        if (digest && value.size() == 8 && !settled.contains(*digest)) {
          pending.push_back({*digest, ledger::ReadBigEndian64(value)});
        }
        return true;
      });
  if (!scanned) return std::move(scanned).error();
  return pending;
}

}  // namespace sealedger::notary
