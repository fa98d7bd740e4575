#include "notary/index.h"

#include <algorithm>
#include <utility>

#include "ledger/encoding.h"
#include "notary/row_fold.h"

namespace sealedger::notary {
namespace {

using ledger::Code;
using ledger::MakeError;
using ledger::Store;
using ledger::WriteBatch;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr uint64_t kFoldAtOnce = 4096;
// Of rows, where entries change more of them than is written at once.
constexpr size_t kRowBytesAtOnce = 8 << 20;
constexpr milliseconds kLagLimit{1000};
// Folding a few entries at a time would sync as often as the ledger does.
constexpr milliseconds kPause{20};
constexpr size_t kDigestPrefix = 16;
constexpr std::string_view kViewsFormat = "sealedger-views/4";

std::string WithIndex(std::string prefix, uint64_t index) {
  ledger::AppendBigEndian64(&prefix, index);
  return prefix;
}

std::string DigestPrefix(char range, const Hash& digest) {
  return range + std::string(digest.view().substr(0, kDigestPrefix));
}

std::string KindPrefix(std::string_view kind) {
  return "k" + std::string(kind) + '\0';
}

std::string PartyPrefix(std::string_view party) {
  return "p" + std::string(party) + '\0';
}

std::string ChainPrefix(uint64_t root) { return WithIndex("c", root); }

std::string EncodeFolded(uint64_t size) {
  return WithIndex(std::string(kViewsFormat), size);
}

Result<std::unique_ptr<Store>> OpenViews(
    const std::string& folder,
    const std::shared_ptr<ledger::StoreFaults>& faults) {
  ledger::LevelDbOptions options = ViewsStoreOptions();
  options.faults = faults;
  options.create_if_missing = true;
  return ledger::OpenLevelDb(folder, options);
}

// nullopt where it must be built anew.
std::optional<uint64_t> FoldedSize(Store& store, uint64_t ledger_size) {
  const Result<uint64_t> folded = ReadFoldedSize(store);
  if (!folded || *folded > ledger_size) return std::nullopt;
  return *folded;
}

}  // namespace

ledger::LevelDbOptions ViewsStoreOptions() {
  ledger::LevelDbOptions options;
  options.block_cache_bytes = 16 << 20;
  options.table_bytes = 16 << 20;
  options.bloom_filter = false;
  return options;
}

Result<uint64_t> ReadFoldedSize(Store& views) {
  Result<std::optional<std::string>> value = views.Get(kFoldedSizeKey);
  if (!value) return std::move(value).error();
  if (!value->has_value()) return uint64_t{0};
  if ((*value)->size() != kViewsFormat.size() + 8 ||
      !(*value)->starts_with(kViewsFormat)) {
    return CorruptViews("the views are of another format");
  }
  return ledger::ReadBigEndian64(
      std::string_view(**value).substr(kViewsFormat.size()));
}

void IndexEntry(const Entry& entry, uint64_t index, WriteBatch* batch) {
  const std::string kind(KindOf(entry));
  batch->Put(WithIndex(KindPrefix(kind), index), "");
  batch->Put(WithIndex(PartyPrefix(entry.by) + kind + '\0', index), "");
  const auto put_document = [&](const std::optional<Hash>& sha256,
                                const std::optional<Hash>& sm3) {
    if (sha256) batch->Put(WithIndex(DigestPrefix('a', *sha256), index), "");
    if (sm3) batch->Put(WithIndex(DigestPrefix('b', *sm3), index), "");
  };
  if (const auto* evidence = std::get_if<EvidenceRecorded>(&entry.body)) {
    put_document(evidence->document.sha256, evidence->document.sm3);
    if (evidence->chain) {
      batch->Put(WithIndex(ChainPrefix(evidence->chain->root), index), "");
    }
  } else if (const auto* sealed = std::get_if<DocumentSealed>(&entry.body)) {
    put_document(sealed->protected_bytes.sha256, sealed->protected_bytes.sm3);
    if (sealed->document) {
      put_document(sealed->document->sha256, sealed->document->sm3);
    }
  }
}

Index::Index(std::string folder, const ledger::Ledger& ledger,
             std::unique_ptr<Store> store, uint64_t folded, IndexEvent on_event)
    : folder_(std::move(folder)),
      ledger_(ledger),
      store_(std::move(store)),
      on_event_(std::move(on_event)),
      folded_(folded),
      head_(ledger.published()),
      caught_up_(steady_clock::now()) {}

Result<std::unique_ptr<Index>> Index::Open(
    const std::string& folder, const ledger::Ledger& ledger,
    IndexEvent on_event, std::shared_ptr<ledger::StoreFaults> faults) {
  const uint64_t size = ledger.published()->head.size;
  Result<std::unique_ptr<Store>> store = OpenViews(folder, faults);
  if (!store && store.error().name == "locked") {
    return std::move(store).error();
  }
  std::optional<uint64_t> folded;
  if (store) folded = FoldedSize(**store, size);
  if (!folded) {
    if (store) store->reset();
    if (Result<void> gone = ledger::DestroyLevelDb(folder); !gone) {
      return std::move(gone).error();
    }
    store = OpenViews(folder, faults);
    if (!store) return std::move(store).error();
    folded = 0;
  }
  std::unique_ptr<Index> index(new Index(folder, ledger, *std::move(store),
                                         *folded, std::move(on_event)));
  if (index->on_event_ && size - *folded >= kFoldAtOnce) {
    index->rebuild_until_ = size;
    index->on_event_("index_rebuild_begin", size - *folded);
  }
  if (index->head_->head.size != *folded) index->head_.reset();
  index->thread_ = std::thread([raw = index.get()] { raw->Run(); });
  return index;
}

Index::~Index() { Stop(); }

void Index::Stop() {
  {
    const std::lock_guard<std::mutex> lock(mu_);
    stopping_ = true;
  }
  work_.notify_all();
  folded_more_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Index::Notify() {
  // Not between the thread's look at what is published and its sleep.
  { const std::lock_guard<std::mutex> lock(mu_); }
  work_.notify_one();
}

uint64_t Index::folded() const {
  const std::lock_guard<std::mutex> lock(mu_);
  return folded_;
}

milliseconds Index::lag() const {
  const std::lock_guard<std::mutex> lock(mu_);
  if (folded_ == ledger_.published()->head.size) return milliseconds(0);
  return std::chrono::duration_cast<milliseconds>(steady_clock::now() -
                                                  caught_up_);
}

std::optional<Error> Index::trouble() const {
  const std::lock_guard<std::mutex> lock(mu_);
  return failure_;
}

Result<void> Index::WaitFor(uint64_t size, milliseconds limit) {
  std::unique_lock<std::mutex> lock(mu_);
  return Await(lock, limit, [&] { return folded_ >= size; });
}

Result<void> Index::Await(std::unique_lock<std::mutex>& lock,
                          milliseconds limit,
                          const std::function<bool()>& reached) {
  if (reached()) return {};
  ++waiters_;
  work_.notify_one();
  const bool woken = folded_more_.wait_for(lock, limit, [&] {
    return reached() || stopping_ || failure_.has_value();
  });
  --waiters_;
  if (reached()) return {};
  if (failure_) return *failure_;
  return MakeError(Code::kUnavailable, "index-behind",
                   woken ? "the service is shutting down"
                         : "the index has not reached the newest entries");
}

Result<Index::Reading> Index::Read(uint64_t size, milliseconds limit) {
  const auto deadline = steady_clock::now() + limit;
  for (;;) {
    {
      std::shared_lock<std::shared_mutex> rows(rows_mu_);
      const std::lock_guard<std::mutex> lock(mu_);
      if (head_ != nullptr && head_->head.size >= size) {
        return Reading{head_, std::move(rows)};
      }
    }
    std::unique_lock<std::mutex> lock(mu_);
    Result<void> reached = Await(
        lock,
        std::max(milliseconds(0), std::chrono::duration_cast<milliseconds>(
                                      deadline - steady_clock::now())),
        [&] { return head_ != nullptr && head_->head.size >= size; });
    if (!reached) return std::move(reached).error();
  }
}

void Index::WaitWhileLagging() {
  std::unique_lock<std::mutex> lock(mu_);
  if (steady_clock::now() - caught_up_ < kLagLimit ||
      folded_ == ledger_.published()->head.size) {
    return;
  }
  // Bounded, so that an index that is rebuilt from far behind slows writers
  // down and does not stop them.
  folded_more_.wait_for(lock, kPause, [&] {
    return stopping_ || failure_.has_value() ||
           folded_ == ledger_.published()->head.size;
  });
}

void Index::Run() {
  for (;;) {
    {
      std::unique_lock<std::mutex> lock(mu_);
      if (folded_ == ledger_.published()->head.size) {
        work_.wait(lock, [this] {
          return stopping_ || folded_ < ledger_.published()->head.size;
        });
        caught_up_ = steady_clock::now();
      }
      if (!stopping_ && waiters_ == 0 &&
          ledger_.published()->head.size - folded_ < kFoldAtOnce) {
        work_.wait_for(lock, kPause,
                       [this] { return stopping_ || waiters_ > 0; });
      }
      if (stopping_) return;
    }
    if (Result<void> done = FoldSome(); !done) {
      const std::lock_guard<std::mutex> lock(mu_);
      if (!failure_) failure_ = std::move(done).error();
      folded_more_.notify_all();
      return;
    }
  }
}

Error Index::Note(Error error) const {
  if (error.code != Code::kCorruption) return error;
  // Failing that, it is as damaged at the next start as now.
  static_cast<void>(ledger::CondemnLevelDb(folder_));
  error.detail += "; a restart builds the views anew";
  const std::lock_guard<std::mutex> lock(mu_);
  if (!failure_) failure_ = error;
  return error;
}

Result<void> Index::FoldSome() {
  const ledger::PublishedPtr published = ledger_.published();
  const uint64_t begin = folded();
  const uint64_t last = std::min(published->head.size, begin + kFoldAtOnce);
  uint64_t end = begin;
  WriteBatch batch;
  RowFold rows(*store_);
  std::optional<Error> bad;
  Result<void> visited = ledger_.VisitEntries(
      begin, last, *published, [&](uint64_t index, std::string_view text) {
        Result<Entry> entry = ParseEntry(text);
        if (!entry) {
          bad = std::move(entry).error();
          return false;
        }
        IndexEntry(*entry, index, &batch);
        if (Result<void> done = rows.Fold(*entry, index); !done) {
          bad = Note(std::move(done).error());
          return false;
        }
        end = index + 1;
        return rows.pending_bytes() < kRowBytesAtOnce;
      });
  if (!visited) return visited;
  if (bad) return *std::move(bad);
  rows.Take(&batch);
  batch.Put(kFoldedSizeKey, EncodeFolded(end));
  {
    const std::lock_guard<std::shared_mutex> alone(rows_mu_);
    Result<void> written = store_->Write(batch, Store::Durability::kSynced);
    if (!written) return Note(std::move(written).error());
    const std::lock_guard<std::mutex> lock(mu_);
    folded_ = end;
    head_ = end == published->head.size ? published : nullptr;
    if (end == ledger_.published()->head.size) {
      caught_up_ = steady_clock::now();
    }
  }
  folded_more_.notify_all();
  if (rebuild_until_ != 0 && end >= rebuild_until_) {
    on_event_("index_rebuild_end", std::exchange(rebuild_until_, 0));
  }
  return {};
}

Result<std::vector<uint64_t>> Index::Under(const std::string& prefix,
                                           const Range& range) const {
  std::vector<uint64_t> found;
  if (range.limit == 0) return found;
  Result<void> scanned = ledger::Scan(
      *store_, WithIndex(prefix, range.begin), WithIndex(prefix, range.end),
      [&](std::string_view key, std::string_view) {
        found.push_back(ledger::ReadBigEndian64(key.substr(prefix.size())));
        return found.size() < range.limit;
      });
  if (!scanned) return Note(std::move(scanned).error());
  return found;
}

Result<std::vector<uint64_t>> Index::ByDocumentSha256(
    const Hash& digest, const Range& range) const {
  return Under(DigestPrefix('a', digest), range);
}

Result<std::vector<uint64_t>> Index::ByDocumentSm3(const Hash& digest,
                                                   const Range& range) const {
  return Under(DigestPrefix('b', digest), range);
}

Result<std::vector<uint64_t>> Index::ByKind(std::string_view kind,
                                            const Range& range) const {
  return Under(KindPrefix(kind), range);
}

Result<std::vector<uint64_t>> Index::ByPartyAndKind(std::string_view party,
                                                    std::string_view kind,
                                                    const Range& range) const {
  return Under(PartyPrefix(party) + std::string(kind) + '\0', range);
}

// The kinds of one party are few: the first `limit` of each, merged.
Result<std::vector<uint64_t>> Index::ByParty(std::string_view party,
                                             const Range& range) const {
  const std::string prefix = PartyPrefix(party);
  std::vector<std::string> kinds;
  {
    const std::unique_ptr<ledger::Cursor> cursor = store_->NewCursor();
    for (cursor->Seek(prefix);
         cursor->Valid() && cursor->key().starts_with(prefix);
         cursor->Seek(ledger::PrefixEnd(prefix + kinds.back() + '\0'))) {
      std::string_view rest = cursor->key().substr(prefix.size());
      kinds.emplace_back(rest.substr(0, rest.find('\0')));
    }
    if (Result<void> status = cursor->status(); !status) {
      return Note(std::move(status).error());
    }
  }
  std::vector<uint64_t> merged;
  for (const std::string& kind : kinds) {
    Result<std::vector<uint64_t>> some = ByPartyAndKind(party, kind, range);
    if (!some) return some;
    merged.insert(merged.end(), some->begin(), some->end());
  }
  std::sort(merged.begin(), merged.end());
  if (merged.size() > range.limit) merged.resize(range.limit);
  return merged;
}

Result<std::vector<uint64_t>> Index::ByChain(uint64_t root,
                                             const Range& range) const {
  return Under(ChainPrefix(root), range);
}

template <typename T>
Result<T> Index::Noted(Result<T> result) const {
  if (!result) return Note(std::move(result).error());
  return result;
}

Result<SealRowsFound> Index::FindSeals(const SealQuery& query) const {
  return Noted(FindSealRows(*store_, query));
}

Result<ApplicationRowsFound> Index::FindApplications(
    const ApplicationQuery& query) const {
  return Noted(FindApplicationRows(*store_, query));
}

Result<std::optional<StoredSealRow>> Index::FindSeal(
    std::string_view code) const {
  return Noted(FindSealRow(*store_, code));
}

Result<std::optional<StoredApplicationRow>> Index::FindApplication(
    std::string_view id) const {
  return Noted(FindApplicationRow(*store_, id));
}

}  // namespace sealedger::notary
