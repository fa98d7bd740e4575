// RowFold: folds entries into the rows of the register (register_rows.h), over
// a store and under what is not written to it yet.
//
// The index and a replay of the ledger go through it alike, so that both give
// the same bytes.
//
// A new name of an organisation rewrites the rows of all its seals: for as long
// as that takes they are in memory.
//
// Thread rule: one thread at a time; nobody else writes the rows of the store,
// which outlives the fold.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "ledger/result.h"
#include "ledger/store.h"
#include "notary/entry.h"
#include "notary/register_rows.h"

namespace sealedger::notary {

class RowFold {
 public:
  explicit RowFold(ledger::Store& store) : store_(store) {}

  // Entries of other kinds change nothing. Errors: kCorruption "views-corrupt"
  // where the entry does not fit the rows (a seal that is not there, say), or a
  // row cannot be read: then it changes nothing; and what the store said.
  Result<void> Fold(const Entry& entry, uint64_t index);

  // Bytes of keys and values that the next Take gives.
  size_t pending_bytes() const { return pending_bytes_; }
  // Appends to the batch what changed; nothing is left in the fold. Until the
  // batch is written, the fold must not be used.
  void Take(ledger::WriteBatch* batch);

 private:
  Result<void> FoldBody(const OrganizationEntry& organization);
  Result<void> FoldBody(const ApplicationEntry& application);
  Result<void> FoldBody(const SealIssued& issued);
  Result<void> FoldBody(const SealEventEntry& event);

  Result<std::optional<std::string>> Get(std::string_view key) const;
  // nullopt: there is no such key.
  Result<std::optional<uint64_t>> GetIndex(std::string_view key) const;
  // A row that an index key leads to.
  Result<std::string> GetRow(std::string prefix, uint64_t index) const;
  Result<std::map<uint64_t, std::string>> SealsOf(std::string_view uscc) const;
  // An organisation's public name, if it has one; it must be there.
  Result<std::optional<std::string>> NameOf(std::string_view uscc) const;
  // nullopt: delete.
  void Set(std::string key, std::optional<std::string> value);
  void PutSeal(const SealRow& row, uint64_t index);
  void PutApplication(const ApplicationRow& row, uint64_t index);
  Error Misfit(std::string_view detail) const;

  ledger::Store& store_;
  std::map<std::string, std::optional<std::string>, std::less<>> pending_;
  size_t pending_bytes_ = 0;
  // The entry that is being folded.
  const Entry* entry_ = nullptr;
  uint64_t index_ = 0;
};

}  // namespace sealedger::notary
