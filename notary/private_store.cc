#include "notary/private_store.h"

#include <algorithm>
#include <bitset>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <set>
#include <unordered_set>
#include <utility>

#include "ledger/encoding.h"

namespace sealedger::notary {
namespace {

using ledger::Code;
using ledger::MakeError;
using ledger::Store;
using ledger::WriteBatch;

constexpr size_t kSearchChunk = 1 << 20;
// Of a blob, what a search looks for: at its beginning it covers the salt of a
// disclosure, or of a stored signature, in the spelling in which the file holds
// it; at its end a number of the signature that a seal's file, or a stored
// request, ends with.
constexpr size_t kNeedleSize = 32;
// No disclosure and no stored signature begins so.
constexpr char kDerSequence = 0x30;
constexpr char kStoredRequest = '{';
constexpr size_t kCompactedOneByOne = 16;

std::string BlobKey(const Hash& digest) {
  return "b" + std::string(digest.view());
}

std::string PendingKey(const Hash& digest) {
  return "p" + std::string(digest.view());
}

// What is looked for in files, all of it in one pass.
class Needles {
 public:
  void Add(std::string_view blob) {
    if (blob.size() < kNeedleSize) {
      shorter_.emplace_back(blob);
      return;
    }
    // Seals begin alike, down to the digits of their codes, and so do requests.
    const bool ends_unlike =
        blob.front() == kDerSequence || blob.front() == kStoredRequest;
    const size_t at = ends_unlike ? blob.size() - kNeedleSize : 0;
    std::string needle(blob.substr(at, kNeedleSize));
    begins_.set(Slot(needle.data()));
    whole_.insert(std::move(needle));
  }

  bool In(std::string_view window) const {
    for (const std::string& needle : shorter_) {
      if (window.find(needle) != std::string_view::npos) return true;
    }
    for (size_t at = 0; at + kNeedleSize <= window.size(); ++at) {
      if (begins_.test(Slot(window.data() + at)) &&
          whole_.contains(std::string(window.substr(at, kNeedleSize)))) {
        return true;
      }
    }
    return false;
  }

 private:
  static constexpr size_t kSlots = size_t{1} << 20;

  // Of a needle: the bytes in its middle, since all disclosures begin with the
  // same few.
  static size_t Slot(const char* p) {
    uint64_t bytes = 0;
    std::memcpy(&bytes, p + kNeedleSize / 2, sizeof bytes);
    return static_cast<size_t>((bytes * 0x9e3779b97f4a7c15U) >> 44);
  }

  std::bitset<kSlots> begins_;
  std::unordered_set<std::string> whole_;
  std::vector<std::string> shorter_;
};

Result<bool> FileHolds(const std::filesystem::path& path,
                       const Needles& needles) {
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
    if (needles.In(window)) return true;
  }
  if (!file.eof()) {
    return MakeError(Code::kIo, "private-io",
                     "a file of the private store cannot be read");
  }
  return false;
}

// Whether one of the blobs stands in a file of the folder.
Result<bool> FolderHolds(const std::string& folder,
                         const std::vector<std::string>& blobs) {
  const auto needles = std::make_unique<Needles>();
  for (const std::string& blob : blobs) needles->Add(blob);
  std::error_code failed;
  std::filesystem::directory_iterator files(folder, failed);
  if (failed) return MakeError(Code::kIo, "private-io", failed.message());
  for (const std::filesystem::directory_entry& file : files) {
    Result<bool> holds = FileHolds(file.path(), *needles);
    if (!holds || *holds) return holds;
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

ledger::LevelDbOptions PrivateStoreOptions() {
  ledger::LevelDbOptions options;
  options.compress = false;
  options.write_buffer_bytes = 4 << 20;
  options.block_cache_bytes = 8 << 20;
  // Keys are digests: two that are asked for one after the other share no
  // block, and a block's checksum costs more than the rest of a read.
  options.block_bytes = 512;
  return options;
}

Result<std::unique_ptr<PrivateStore>> PrivateStore::Open(
    const std::string& folder, std::shared_ptr<ledger::StoreFaults> faults) {
  ledger::LevelDbOptions options = PrivateStoreOptions();
  options.faults = std::move(faults);
  options.create_if_missing = true;
  Result<std::unique_ptr<Store>> store = ledger::OpenLevelDb(folder, options);
  if (!store) return std::move(store).error();
  // It holds what names people, in the clear.
  std::error_code failed;
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all,
                               failed);
  if (failed) return MakeError(Code::kIo, "private-io", failed.message());
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
  std::vector<std::string> blobs;
  bool all_known = true;
  for (const Hash& digest : digests) {
    Result<std::optional<std::string>> blob = store_->Get(BlobKey(digest));
    if (!blob) return std::move(blob).error();
    if (blob->has_value()) {
      blobs.push_back(std::move(**blob));
    } else {
      all_known = false;
    }
    batch.Delete(BlobKey(digest));
    batch.Delete(PendingKey(digest));
  }
  // Delete alone leaves the value in the log or in a table. The first pass
  // moves it out of memory and log, the second merges it with its deletion.
  const auto compact = [&]() -> Result<void> {
    // A blob that is gone already cannot be searched for: an earlier erasure
    // may have been cut short, so everything that is deleted is dropped. Many
    // blobs are everywhere, and one pass over all is less than one for each.
    if (!all_known || digests.size() > kCompactedOneByOne) {
      return Compact("", "\xff");
    }
    for (const Hash& digest : digests) {
      const std::string key = BlobKey(digest);
      Result<void> done = Compact(key, key);
      if (!done) return done;
    }
    return {};
  };
  if (Result<void> done = compact(); !done) return done;
  if (Result<void> written = Write(batch); !written) return written;
  if (Result<void> done = compact(); !done) return done;
  const Result<bool> holds = FolderHolds(folder_, blobs);
  if (!holds) return holds.error();
  if (!*holds) return {};
  return MakeError(Code::kIo, "erasure-incomplete",
                   "a file still holds what was to be erased");
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
