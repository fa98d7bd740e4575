#include "ledger/memory_store.h"

#include <utility>

#include "ledger/check.h"

namespace sealedger::ledger {
namespace {

class MapCursor : public Cursor {
 public:
  using Map = std::map<std::string, std::string, std::less<>>;

  explicit MapCursor(std::shared_ptr<const Map> map)
      : map_(std::move(map)), at_(map_->end()) {}

  void Seek(std::string_view key) override { at_ = map_->lower_bound(key); }
  void SeekBelow(std::string_view key) override {
    at_ = map_->lower_bound(key);
    at_ = at_ == map_->begin() ? map_->end() : std::prev(at_);
  }
  bool Valid() const override { return at_ != map_->end(); }
  void Next() override { ++at_; }
  std::string_view key() const override { return at_->first; }
  std::string_view value() const override { return at_->second; }
  Result<void> status() const override { return {}; }

 private:
  const std::shared_ptr<const Map> map_;
  Map::const_iterator at_;
};

}  // namespace

MemoryStore::MemoryStore(IsImmutable is_immutable)
    : is_immutable_(std::move(is_immutable)), map_(std::make_shared<Map>()) {}

Result<std::optional<std::string>> MemoryStore::Get(std::string_view key) {
  const std::lock_guard<std::mutex> lock(mu_);
  const auto found = map_->find(key);
  if (found == map_->end()) return std::optional<std::string>();
  return std::optional<std::string>(found->second);
}

Result<void> MemoryStore::Write(const WriteBatch& batch, Durability) {
  const std::lock_guard<std::mutex> lock(mu_);
  if (refusing_) {
    return MakeError(Code::kIo, "store", "the store refuses writes");
  }
  const bool failing = std::exchange(fail_next_, false);
  refusing_ = failing;
  if (!failing || persist_failed_) {
    if (map_.use_count() > 1) map_ = std::make_shared<Map>(*map_);
    batch.ForEach([this](std::string_view key, const std::string_view* value) {
      const bool immutable = is_immutable_ && is_immutable_(key);
      CHECK(!immutable || (value != nullptr && map_->count(key) == 0));
      if (value != nullptr) {
        map_->insert_or_assign(std::string(key), std::string(*value));
      } else if (const auto found = map_->find(key); found != map_->end()) {
        map_->erase(found);
      }
    });
  }
  if (failing) return MakeError(Code::kIo, "store", "the write failed");
  return {};
}

std::unique_ptr<Cursor> MemoryStore::NewCursor() {
  const std::lock_guard<std::mutex> lock(mu_);
  return std::make_unique<MapCursor>(map_);
}

Result<void> MemoryStore::Compact(std::string_view, std::string_view) {
  return {};
}

void MemoryStore::FailNextWrite(bool persisted_anyway) {
  const std::lock_guard<std::mutex> lock(mu_);
  fail_next_ = true;
  persist_failed_ = persisted_anyway;
}

void MemoryStore::Reopen() {
  const std::lock_guard<std::mutex> lock(mu_);
  refusing_ = false;
}

}  // namespace sealedger::ledger
