// Sequencer: the one place that changes the tree and writes the store.
//
// A caller hands in an Admit and waits. The sequencer drains what waits, lets
// each Admit decide on the state that includes what the same commit admitted
// before it, appends, writes everything in ONE synced batch, signs, writes the
// guard, publishes, and only then wakes the callers. Two threads take turns at
// commits, one after the other in each step: while a commit is guarded and
// published, the next may already be admitted and written.
//
// Crash meaning: a Sequenced that was returned is on disk, in the tree, and in
// the guard (with guard.every = "commit"). A caller that got an error with the
// name outcome-unknown does not know; the same request sent again with the
// same idempotency key tells.
//
// Failure: a failed write, sync, signature or guard stops the sequencer until
// the ledger is opened again; reads go on.
//
// Thread rule: safe for concurrent use.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "ledger/clock.h"
#include "ledger/guard.h"
#include "ledger/ledger.h"
#include "ledger/published.h"
#include "ledger/result.h"

namespace sealedger::ledger {

inline constexpr size_t kMaxEntrySize = 4095;

// What Admit may look at: the store's state under what this commit has already
// admitted. Lives for one call of Admit.
class AdmitView {
 public:
  virtual ~AdmitView() = default;
  // A key of the state range.
  virtual Result<std::optional<std::string>> State(std::string_view key) = 0;
  // An entry below next_index(), those admitted in this commit among them.
  virtual Result<std::string> Entry(uint64_t index) = 0;
  // Where the first entry of this admission will stand.
  virtual uint64_t next_index() const = 0;
  // All entries below it were there before this commit.
  virtual uint64_t commit_begin() const = 0;
  // The time of the commit: what every entry's `time` must say.
  virtual int64_t time_ms() const = 0;
};

struct NewEntry {
  std::string bytes;  // at most 4,095
  std::string side;   // side data; empty: none
};

struct KeyWrite {
  std::string key;
  std::optional<std::string> value;  // nullopt: delete
};

// What an Admit decided to do: entries in order, the state keys they change,
// and side writes. No entries: a side write alone.
struct Admission {
  std::vector<NewEntry> entries;
  std::vector<KeyWrite> state;
  std::vector<KeyWrite> side;
};

// Runs on a sequencer thread, one at a time; must not block. An error refuses
// the request and leaves no trace.
using Admit = std::function<Result<Admission>(AdmitView& view)>;

struct Sequenced {
  uint64_t first = 0;
  std::vector<NewEntry> entries;  // as admitted
  std::vector<Hash> leaf_hashes;  // one for each entry
  int64_t time_ms = 0;
  PublishedPtr published;  // a head that holds them
};

// What one commit did and how long each of its steps took.
struct CommitFigures {
  size_t requests = 0;  // admitted and refused
  size_t entries = 0;
  size_t bytes = 0;  // of the synced write
  std::chrono::nanoseconds admit{};
  std::chrono::nanoseconds write{};  // with its sync
  std::chrono::nanoseconds sign{};
  std::chrono::nanoseconds guard{};  // with its sync; 0: not due
  std::chrono::nanoseconds publish{};
};

struct SequencerOptions {
  SignHead sign_head;
  Clock* clock = nullptr;  // outlives the sequencer
  ClockBounds clock_bounds;
  bool accept_clock = false;
  std::optional<Guard> guard;
  // Write the guard when this long has passed since it was last written and
  // it lacks the newest head, and at the end; 0: with every commit.
  int64_t guard_every_ms = 0;
  // While requests keep coming in, wait this long for more of them.
  int64_t gather_us = 300;
  // Requests that wait; beyond it they are refused with "overloaded".
  size_t max_queue = 4096;
  // The callbacks run on the sequencer's threads, one commit after the other.
  // Called before a commit is gathered; waits while followers lag too much.
  std::function<void()> wait_for_followers;
  // Called right after a head was published.
  std::function<void(const PublishedPtr&)> on_publish;
  // Called after each commit that succeeded, once its callers were woken.
  std::function<void(const CommitFigures&)> on_commit;
};

class Sequencer {
 public:
  // Checks the clock (kUnavailable "clock-unsure") and writes the guard with
  // the newest head, then starts its threads. The ledger outlives the
  // sequencer.
  static Result<std::unique_ptr<Sequencer>> Start(Ledger& ledger,
                                                  SequencerOptions options);
  // Finishes what waits, then ends its threads.
  ~Sequencer();
  Sequencer(const Sequencer&) = delete;
  Sequencer& operator=(const Sequencer&) = delete;

  // Blocks until the request is durable and published, or refused. Errors:
  // what Admit said; kUnavailable "overloaded", "clock-unsure",
  // "sequencer-stopped" (nothing happened) or "outcome-unknown".
  Result<Sequenced> Append(Admit admit);

  // Why the sequencer takes nothing just now, or nothing (healthy).
  std::optional<Error> trouble() const;

  struct Figures {
    uint64_t commits = 0;
    uint64_t entries = 0;
    size_t queued = 0;
    // How long the guard has lacked the newest head; 0: it holds it.
    int64_t guard_late_ms = 0;
  };
  Figures figures() const;

  // No more is taken; what waits is finished. Safe to call twice.
  void Stop();

 private:
  class View;
  struct Request;
  struct Commit;

  Sequencer(Ledger& ledger, SequencerOptions options);
  void Run();
  std::vector<Request*> Gather();
  void SequenceBatch(std::vector<Request*> requests,
                     std::unique_lock<std::mutex> writing);
  void AdmitAll(std::vector<Request*>* requests, Commit* commit);
  void PutBack(std::vector<Request*>* requests, size_t from);
  Result<void> MakeDurable(Commit* commit);
  void Fail(const std::vector<Request*>& requests, Error error);
  void Finish(const std::vector<Request*>& requests, const Commit& commit);
  void Wake(const std::vector<Request*>& requests);
  std::optional<Error> FailureSoFar() const;
  bool GuardIsDue() const;
  // While the guard is late, under mu_.
  std::chrono::milliseconds UntilGuardIsDue() const;
  Result<void> WriteGuard(const std::string& note);
  bool RestIsOver();
  std::optional<std::chrono::milliseconds> UntilNextLook() const;
  // The commit's time; under writing_. What it hesitates at, trouble() tells.
  Result<int64_t> TakeTime();

  // Constant after construction.
  Ledger& ledger_;
  SequencerOptions options_;

  // Held from gathering a commit until it is durable and the commit before it
  // is published. Taken before publishing_.
  std::mutex writing_;
  // Guarded by writing_.
  ClockWatch clock_;
  TreeEdge edge_;                        // of what is durable
  std::optional<int64_t> last_time_ms_;  // of its last entry
  std::map<std::string, std::optional<std::string>, std::less<>> state_cache_;

  // Held while a durable commit is signed, guarded, published and answered.
  std::mutex publishing_;
  // Guarded by publishing_.
  int64_t guard_written_boot_ms_ = 0;

  mutable std::mutex mu_;
  std::condition_variable wake_;
  // Guarded by mu_.
  std::deque<Request*> queue_;
  size_t last_batch_ = 0;  // requests of the commit before
  bool stopping_ = false;
  // Since when the guard has lacked the newest head.
  std::optional<int64_t> guard_late_boot_ms_;
  std::optional<Error> failure_;     // final
  std::optional<Error> hesitation_;  // the clock is unsure just now
  Figures figures_;

  std::array<std::thread, 2> threads_;
};

}  // namespace sealedger::ledger
