// Idempotency keys: the same request sent again gives the same entry.
//
// A record is an HMAC of party and key → HMAC of method, target and body, and
// where the entries stand. No key, body or plain digest of a body is kept. Two
// generations live at a time, each `keep_days` long by ledger time; older ones
// are dropped.
//
//   'i' ‖ u32 generation ‖ HMAC[:16]   HMAC(request) 32 ‖ u64 first ‖ u32 count
//                                      ‖ u32 subject (offset from first)
//
// A request whose key is in flight waits for the first.
//
// Thread rule: safe for concurrent use; a Ticket belongs to one thread.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/hash.h"
#include "ledger/ledger.h"
#include "ledger/sequencer.h"

namespace sealedger::notary {

using ledger::Result;

// Where the entries of a request stand.
struct EntryRun {
  uint64_t first = 0;
  uint32_t count = 0;
  uint32_t subject = 0;  // below count

  bool operator==(const EntryRun&) const = default;
};

class IdempotencyKeys {
 public:
  // `secret`: keys/idempotency.key. `keep_ms` > 0. The ledger outlives it.
  IdempotencyKeys(std::string secret, int64_t keep_ms,
                  const ledger::Ledger& ledger);

  // Holds a key while its request is under way.
  class Ticket {
   public:
    Ticket(Ticket&& other) noexcept;
    Ticket& operator=(Ticket&&) = delete;
    ~Ticket();

    // What the same request made before, if it did.
    const std::optional<EntryRun>& replay() const { return replay_; }
    // The record to write in the commit of the request's entries.
    ledger::KeyWrite Record(const EntryRun& run, int64_t commit_ms) const;

   private:
    friend class IdempotencyKeys;
    Ticket(IdempotencyKeys* keys, std::string name, std::string request);

    IdempotencyKeys* keys_;
    std::string name_;     // 16 bytes
    std::string request_;  // 32 bytes
    std::optional<EntryRun> replay_;
  };

  // kConflict "idempotency-key-reused" when the key stood for another request.
  Result<Ticket> Begin(std::string_view party, std::string_view key,
                       std::string_view method, std::string_view target,
                       std::string_view body, int64_t now_ms);

  // Deletes of some records that are older than two generations: to ride in a
  // commit, once however many of its requests ask. Cheap when there are none.
  // Sequencer thread only.
  void SweepOld(int64_t commit_ms, std::vector<ledger::KeyWrite>* writes);

 private:
  uint32_t Generation(int64_t ms) const;
  Result<std::optional<EntryRun>> Find(const Ticket& ticket, int64_t now_ms);

  const std::string secret_;
  const int64_t keep_ms_;
  const ledger::Ledger& ledger_;
  // Sequencer thread only.
  std::optional<uint32_t> swept_generation_;
  std::optional<int64_t> swept_ms_;  // the commit that swept last

  std::mutex mu_;
  std::condition_variable released_;
  std::set<std::string> in_flight_;  // guarded by mu_
};

}  // namespace sealedger::notary
