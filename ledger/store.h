// Store: the ordered key-value engine under the ledger, its views and its
// private blobs. Two implementations: leveldb_store.h on disk, memory_store.h
// for tests, which also refuses to change what must never change.
//
// Keys and values are byte strings, keys ordered as unsigned bytes.
//
// Thread rule: a Store is safe for concurrent use; a Cursor serves one thread
// at a time and must not outlive its Store.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "ledger/result.h"

namespace sealedger::ledger {

// Puts and deletes that become visible, and durable, all at once or not at all.
// Later operations on a key win over earlier ones.
class WriteBatch {
 public:
  void Put(std::string_view key, std::string_view value);
  void Delete(std::string_view key);
  void Clear() { operations_.clear(); }
  bool empty() const { return operations_.empty(); }
  // Bytes held: a bound on what the write adds to the engine's log.
  size_t size() const { return operations_.size(); }

  // In the order in which they were added; `value` is nullptr for a delete.
  void ForEach(
      const std::function<void(std::string_view key,
                               const std::string_view* value)>& visit) const;

 private:
  std::string
      operations_;  // (u8 kind ‖ u32 length ‖ key ‖ u32 length ‖ value)*
};

// A position in the keys, over the state of the store at its creation.
class Cursor {
 public:
  virtual ~Cursor() = default;
  // At the first key not below `key`; not valid when there is none.
  virtual void Seek(std::string_view key) = 0;
  // At the last key below `key`; not valid when there is none.
  virtual void SeekBelow(std::string_view key) = 0;
  virtual bool Valid() const = 0;
  virtual void Next() = 0;  // Valid()
  // Views that live until the cursor moves.
  virtual std::string_view key() const = 0;
  virtual std::string_view value() const = 0;
  // A cursor that met a fault is not valid and says here why (kCorruption,
  // kIo): whoever reads to the end must ask.
  virtual Result<void> status() const = 0;
};

class Store {
 public:
  enum class Durability {
    kSynced,    // on disk before Write returns
    kBuffered,  // a crash of the machine may lose it, and no later one before
                // it
  };

  virtual ~Store() = default;

  // nullopt: there is no such key. kCorruption: a checksum failed.
  virtual Result<std::optional<std::string>> Get(std::string_view key) = 0;

  // kIo: the outcome is unknown (a failed sync may have persisted): the store
  // refuses every later write, and only reopening tells what is there.
  virtual Result<void> Write(const WriteBatch& batch,
                             Durability durability) = 0;

  virtual std::unique_ptr<Cursor> NewCursor() = 0;

  // Rewrites the tables that hold keys in [first, last], after flushing what
  // is in memory, so that what was deleted there leaves the disk. No cursor
  // may be open meanwhile and no Get under way (the caller sees to it): either
  // would keep the old tables. Durable when it returns. An error is as of
  // Write: what is deleted may still be on the disk.
  virtual Result<void> Compact(std::string_view first,
                               std::string_view last) = 0;
};

// Visits the keys in [begin, end) in rising order until `visit` gives false.
Result<void> Scan(Store& store, std::string_view begin, std::string_view end,
                  const std::function<bool(std::string_view key,
                                           std::string_view value)>& visit);

// The first key above every key that begins with `prefix`.
std::string PrefixEnd(std::string_view prefix);

}  // namespace sealedger::ledger
