// MemoryStore: the Store of tests. Keeps everything in a map and checks what a
// disk cannot: that a key of the immutable range is never written twice and
// never deleted.
//
// Thread rule: safe for concurrent use.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "ledger/store.h"

namespace sealedger::ledger {

class MemoryStore : public Store {
 public:
  using IsImmutable = std::function<bool(std::string_view key)>;

  // Without a predicate nothing is immutable.
  explicit MemoryStore(IsImmutable is_immutable = nullptr);

  Result<std::optional<std::string>> Get(std::string_view key) override;
  // CHECK-fails when the batch changes an immutable key.
  Result<void> Write(const WriteBatch& batch, Durability durability) override;
  std::unique_ptr<Cursor> NewCursor() override;
  Result<void> Compact(std::string_view first, std::string_view last) override;

  // The next `count` writes fail with kIo; each persists or not as told. As
  // with LevelDB, a failed write makes every later one fail until Reopen.
  void FailNextWrite(bool persisted_anyway);
  void Reopen();

 private:
  using Map = std::map<std::string, std::string, std::less<>>;

  std::mutex mu_;
  const IsImmutable is_immutable_;
  // Guarded by mu_. Shared with cursors and copied on write when one is open.
  std::shared_ptr<Map> map_;
  bool fail_next_ = false;
  bool persist_failed_ = false;
  bool refusing_ = false;
};

}  // namespace sealedger::ledger
