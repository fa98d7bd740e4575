#include "ledger/sequencer.h"

#include <semaphore.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <unordered_map>

#include "ledger/check.h"
#include "ledger/schema.h"

namespace sealedger::ledger {
namespace {

constexpr size_t kMaxCommitRequests = 1024;
constexpr size_t kMaxCommitBytes = 8 << 20;
constexpr size_t kMaxCachedState = 65536;
// A wait that is rounded up does not end just before its time.
constexpr std::chrono::milliseconds kTick{1};
// How often an unsure clock is looked at while nobody asks for an entry.
constexpr std::chrono::milliseconds kClockLook{1000};

Error Stopped(const Error& failure) {
  return MakeError(
      Code::kUnavailable, "sequencer-stopped",
      "the ledger takes no entries until a restart: " + failure.detail);
}

Error OutcomeUnknown() {
  return MakeError(Code::kUnavailable, "outcome-unknown",
                   "the commit failed; send the request again with the same "
                   "Idempotency-Key after a restart");
}

// Gives the time since it was made or last asked.
class Stopwatch {
 public:
  std::chrono::nanoseconds Lap() {
    const auto now = std::chrono::steady_clock::now();
    return now - std::exchange(last_, now);
  }

 private:
  std::chrono::steady_clock::time_point last_ =
      std::chrono::steady_clock::now();
};

// Wakes one waiter once. A semaphore of the system's: its waiter needs no lock
// that the waker still holds, and may destroy it as soon as it woke.
class OneShot {
 public:
  OneShot() { CHECK(sem_init(&semaphore_, 0, 0) == 0); }
  ~OneShot() { sem_destroy(&semaphore_); }
  OneShot(const OneShot&) = delete;
  OneShot& operator=(const OneShot&) = delete;

  void Wake() { CHECK(sem_post(&semaphore_) == 0); }
  void Wait() {
    while (sem_wait(&semaphore_) != 0) CHECK(errno == EINTR);
  }

 private:
  sem_t semaphore_;
};

}  // namespace

// Lives on its caller's stack until it is woken.
struct Sequencer::Request {
  explicit Request(Admit a) : admit(std::move(a)) {}

  Admit admit;
  std::optional<Admission> admission;
  std::optional<Result<Sequenced>> result;
  uint64_t first = 0;

  OneShot done;
};

struct Sequencer::Commit {
  uint64_t begin = 0;
  int64_t time_ms = 0;
  TreeHead head;  // when it is durable; none without entries
  // In the order of their indices; they live in the requests' admissions.
  std::vector<const NewEntry*> entries;
  std::vector<Hash> leaf_hashes;
  std::vector<FinishedTile> finished;
  WriteBatch writes;
  // State keys that this commit changes, over the cache.
  std::unordered_map<std::string, std::optional<std::string>> state;
  CommitFigures figures;
};

class Sequencer::View : public AdmitView {
 public:
  View(Sequencer& sequencer, const Commit& commit)
      : sequencer_(sequencer), commit_(commit) {}

  Result<std::optional<std::string>> State(std::string_view key) override {
    if (const auto found = commit_.state.find(std::string(key));
        found != commit_.state.end()) {
      return found->second;
    }
    auto& cache = sequencer_.state_cache_;
    if (const auto found = cache.find(key); found != cache.end()) {
      return found->second;
    }
    Result<std::optional<std::string>> value =
        sequencer_.ledger_.store().Get(key);
    if (value) cache.emplace(key, *value);
    return value;
  }

  Result<std::string> Entry(uint64_t index) override {
    if (index >= next_index()) {
      return MakeError(Code::kNotFound, "no-such-entry",
                       "the ledger has no entry of this index");
    }
    if (index >= commit_.begin) {
      return commit_.entries[index - commit_.begin]->bytes;
    }
    // Durable, but perhaps not published yet.
    return sequencer_.ledger_.ReadDurableEntry(index);
  }

  uint64_t next_index() const override {
    return commit_.begin + commit_.entries.size();
  }
  uint64_t commit_begin() const override { return commit_.begin; }
  int64_t time_ms() const override { return commit_.time_ms; }

 private:
  Sequencer& sequencer_;
  const Commit& commit_;
};

Sequencer::Sequencer(Ledger& ledger, SequencerOptions options)
    : ledger_(ledger),
      options_(std::move(options)),
      clock_(*options_.clock, options_.clock_bounds) {}

Result<std::unique_ptr<Sequencer>> Sequencer::Start(Ledger& ledger,
                                                    SequencerOptions options) {
  CHECK(options.clock != nullptr && options.sign_head != nullptr);
  std::unique_ptr<Sequencer> sequencer(
      new Sequencer(ledger, std::move(options)));
  const PublishedPtr published = ledger.published();
  const std::optional<int64_t> last_time =
      published->head.size == 0 ? std::nullopt
                                : std::optional<int64_t>(published->time_ms);
  Result<void> clock =
      sequencer->clock_.Start(last_time, sequencer->options_.accept_clock);
  if (!clock) return std::move(clock).error();
  // The thread grows an edge of its own; what is published stays as it is.
  Result<TreeEdge> edge = TreeEdge();
  if (published->head.size > 0) {
    std::vector<TileNodes> levels;
    for (uint32_t level = 0; HashesAtLevel(level, published->head.size) > 0;
         ++level) {
      const TileNodes* partial = published->edge.Partial(level);
      levels.push_back(partial != nullptr ? *partial : TileNodes());
    }
    edge = TreeEdge(published->head.size, std::move(levels));
  }
  sequencer->edge_ = *std::move(edge);
  if (published->head.size > 0) {
    Result<void> guarded = sequencer->WriteGuard(published->note);
    if (!guarded) return std::move(guarded).error();
  }
  sequencer->last_time_ms_ = last_time;
  for (std::thread& thread : sequencer->threads_) {
    thread = std::thread([raw = sequencer.get()] { raw->Run(); });
  }
  return sequencer;
}

Sequencer::~Sequencer() { Stop(); }

void Sequencer::Stop() {
  {
    const std::lock_guard<std::mutex> lock(mu_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

Result<Sequenced> Sequencer::Append(Admit admit) {
  Request request(std::move(admit));
  bool wake_now = false;
  {
    const std::lock_guard<std::mutex> lock(mu_);
    if (failure_) return Stopped(*failure_);
    if (stopping_) {
      return MakeError(Code::kUnavailable, "sequencer-stopped",
                       "the service is shutting down");
    }
    if (queue_.size() >= options_.max_queue) {
      return MakeError(Code::kUnavailable, "overloaded",
                       "too many requests wait to be sequenced");
    }
    queue_.push_back(&request);
    // While a thread gathers, it is woken when it has enough, not by each.
    wake_now = queue_.size() == 1 || queue_.size() == last_batch_;
  }
  if (wake_now) wake_.notify_one();
  request.done.Wait();
  return *std::move(request.result);
}

std::optional<Error> Sequencer::trouble() const {
  const std::lock_guard<std::mutex> lock(mu_);
  return failure_ ? failure_ : hesitation_;
}

Sequencer::Figures Sequencer::figures() const {
  const std::lock_guard<std::mutex> lock(mu_);
  Figures figures = figures_;
  figures.queued = queue_.size();
  if (guard_late_boot_ms_) {
    figures.guard_late_ms = options_.clock->BootMs() - *guard_late_boot_ms_;
  }
  return figures;
}

void Sequencer::Run() {
  for (;;) {
    std::unique_lock<std::mutex> writing(writing_);
    if (options_.wait_for_followers) options_.wait_for_followers();
    std::vector<Request*> requests = Gather();
    if (!requests.empty()) {
      SequenceBatch(std::move(requests), std::move(writing));
    } else if (RestIsOver()) {
      return;
    }
  }
}

// Nobody waits: time for a guard that is written at intervals, and for a look
// at a clock that was unsure. True when there is nothing left to do for ever.
// Under writing_.
bool Sequencer::RestIsOver() {
  const std::lock_guard<std::mutex> publishing(publishing_);
  bool stopping = false;
  bool guard_due = false;
  bool unsure = false;
  {
    const std::lock_guard<std::mutex> lock(mu_);
    stopping = stopping_;
    guard_due = guard_late_boot_ms_ && !failure_ &&
                (stopping || UntilGuardIsDue().count() == 0);
    unsure = hesitation_.has_value();
  }
  if (unsure) static_cast<void>(TakeTime());  // trouble() tells
  if (guard_due) {
    Result<void> guarded = WriteGuard(ledger_.published()->note);
    if (!guarded) Fail({}, std::move(guarded).error());
  }
  return stopping;
}

// When to look at guard and clock although nobody waits. Under mu_.
std::optional<std::chrono::milliseconds> Sequencer::UntilNextLook() const {
  if (failure_) return std::nullopt;
  if (hesitation_) return kClockLook;
  if (guard_late_boot_ms_) return UntilGuardIsDue() + kTick;
  return std::nullopt;
}

Result<int64_t> Sequencer::TakeTime() {
  Result<int64_t> now = clock_.Now(last_time_ms_);
  const std::lock_guard<std::mutex> lock(mu_);
  hesitation_ = now ? std::nullopt : std::optional<Error>(now.error());
  return now;
}

// Empty when the sequencer stops or failed, and when it is time for a look.
std::vector<Sequencer::Request*> Sequencer::Gather() {
  std::unique_lock<std::mutex> lock(mu_);
  const auto due = [this] { return stopping_ || !queue_.empty(); };
  wake_.wait(lock, [&] { return due() || UntilNextLook(); });
  if (!due() && !wake_.wait_for(lock, *UntilNextLook(), due)) return {};
  // Callers that were woken together come back together: waiting a little for
  // as many as last time makes commits of twenty out of commits of seven.
  if (last_batch_ > 1 && !stopping_ && options_.gather_us > 0) {
    wake_.wait_for(lock, std::chrono::microseconds(options_.gather_us), [this] {
      return stopping_ || queue_.size() >= last_batch_;
    });
  }
  const size_t count = std::min(queue_.size(), kMaxCommitRequests);
  const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(count);
  std::vector<Request*> requests(queue_.begin(), end);
  queue_.erase(queue_.begin(), end);
  last_batch_ = count;
  return requests;
}

// The commit. Read it aloud: what is durable where, and what a crash costs.
// Two threads take turns at it, so that one commit is being written while the
// one before it is being guarded; the two locks keep them in order.
void Sequencer::SequenceBatch(std::vector<Request*> requests,
                              std::unique_lock<std::mutex> writing) {
  Commit commit;
  commit.begin = edge_.size();
  Stopwatch watch;

  // 1. The time. Nothing has happened yet: a refusal here leaves no trace.
  const Result<int64_t> now = TakeTime();
  if (!now) {
    for (Request* request : requests) request->result = now.error();
    return Wake(requests);
  }
  commit.time_ms = *now;

  // 2. Each request is admitted or refused, on the state as the ones before it
  // leave it. All in memory; a crash costs nothing that anyone was told.
  AdmitAll(&requests, &commit);
  commit.figures.admit = watch.Lap();

  // 3. One synced write: entries, side data, state, idempotency, finished
  // tiles, head. Before it returns a crash loses all of it or keeps all of it;
  // when it returned, no crash loses any. When it failed, nobody knows: the
  // sequencer stops, and opening the ledger again finds out.
  if (Result<void> durable = MakeDurable(&commit); !durable) {
    return Fail(requests, std::move(durable).error());
  }
  commit.figures.write = watch.Lap();
  auto after = std::make_shared<Published>();
  if (!commit.entries.empty()) {
    last_time_ms_ = commit.time_ms;
    after->head = commit.head;
    after->time_ms = commit.time_ms;
    after->edge = edge_.Snapshot();
    after->finished = std::move(commit.finished);
  }

  // The commit before this one is published before the next one is written:
  // at most two are durable and not yet seen.
  const std::lock_guard<std::mutex> publishing(publishing_);
  writing.unlock();
  watch.Lap();
  if (const std::optional<Error> failure = FailureSoFar()) {
    return Fail(requests, *failure);
  }
  if (commit.entries.empty()) return Finish(requests, commit);

  // 4. Sign. The entries are durable and nobody has seen the new head; a crash
  // here leaves entries without an answer, as a crash before the answer does.
  Result<std::string> note = options_.sign_head(after->head);
  if (!note) return Fail(requests, std::move(note).error());
  after->note = *std::move(note);
  commit.figures.sign = watch.Lap();

  // 5. The guard, before the checkpoint leaves: from here on a ledger without
  // these entries does not open for writing. The guard is never ahead of what
  // step 3 made durable.
  if (GuardIsDue()) {
    if (Result<void> guarded = WriteGuard(after->note); !guarded) {
      return Fail(requests, std::move(guarded).error());
    }
    commit.figures.guard = watch.Lap();
  } else if (options_.guard) {
    const std::lock_guard<std::mutex> lock(mu_);
    if (!guard_late_boot_ms_) {
      guard_late_boot_ms_ = options_.clock->BootMs();
      wake_.notify_one();
    }
  }

  // 6. Publish, then wake: whoever is answered finds his entry in the
  // published tree, and so does everybody else.
  const PublishedPtr published = std::move(after);
  ledger_.published_.Set(published);
  if (options_.on_publish) options_.on_publish(published);
  for (Request* request : requests) {
    if (!request->admission || request->admission->entries.empty()) continue;
    Sequenced& sequenced = **request->result;
    const auto begin =
        commit.leaf_hashes.begin() +
        static_cast<std::ptrdiff_t>(request->first - commit.begin);
    sequenced.leaf_hashes.assign(
        begin, begin + static_cast<std::ptrdiff_t>(
                           request->admission->entries.size()));
    sequenced.entries = std::move(request->admission->entries);
    sequenced.published = published;
  }
  commit.figures.publish = watch.Lap();
  Finish(requests, commit);
}

void Sequencer::Finish(const std::vector<Request*>& requests,
                       const Commit& commit) {
  CommitFigures figures = commit.figures;
  figures.requests = requests.size();
  figures.entries = commit.entries.size();
  figures.bytes = commit.writes.size();
  Wake(requests);
  if (options_.on_commit) options_.on_commit(figures);
}

void Sequencer::PutBack(std::vector<Request*>* requests, size_t from) {
  const auto begin = requests->begin() + static_cast<std::ptrdiff_t>(from);
  const std::lock_guard<std::mutex> lock(mu_);
  queue_.insert(queue_.begin(), begin, requests->end());
  requests->erase(begin, requests->end());
}

void Sequencer::AdmitAll(std::vector<Request*>* requests, Commit* commit) {
  View view(*this, *commit);
  const PublishedPtr before = ledger_.published();
  for (size_t at = 0; at < requests->size(); ++at) {
    // A commit is bounded by what it has admitted, not by what it might.
    if (commit->writes.size() > kMaxCommitBytes) {
      return PutBack(requests, at);
    }
    Request* request = (*requests)[at];
    Result<Admission> admission = request->admit(view);
    if (!admission) {
      request->result = std::move(admission).error();
      continue;
    }
    request->admission = *std::move(admission);
    request->first = view.next_index();
    for (const NewEntry& entry : request->admission->entries) {
      CHECK(entry.bytes.size() <= kMaxEntrySize);
      const uint64_t index = view.next_index();
      commit->writes.Put(EntryKey(index), entry.bytes);
      if (!entry.side.empty()) commit->writes.Put(SideKey(index), entry.side);
      commit->entries.push_back(&entry);
      commit->leaf_hashes.push_back(LeafHash(entry.bytes));
      edge_.Append(commit->leaf_hashes.back(), &commit->finished);
    }
    for (KeyWrite& write : request->admission->state) {
      commit->state.insert_or_assign(write.key, write.value);
    }
    for (const KeyWrite& write : request->admission->side) {
      if (write.value) {
        commit->writes.Put(write.key, *write.value);
      } else {
        commit->writes.Delete(write.key);
      }
    }
    Sequenced sequenced;
    sequenced.first = request->first;
    sequenced.time_ms = commit->time_ms;
    sequenced.published = before;  // for who adds no entry
    request->result = std::move(sequenced);
  }
}

Result<void> Sequencer::MakeDurable(Commit* commit) {
  if (state_cache_.size() > kMaxCachedState) state_cache_.clear();
  for (const auto& [key, value] : commit->state) {
    if (value) {
      commit->writes.Put(key, *value);
    } else {
      commit->writes.Delete(key);
    }
  }
  for (const FinishedTile& tile : commit->finished) {
    commit->writes.Put(TileKey(tile.level, tile.index),
                       EncodeStoredTile(tile.level, *tile.nodes));
    if (!tile.row.empty()) {
      commit->writes.Put(RowKey(tile.level, tile.index), EncodeTile(tile.row));
    }
  }
  if (!commit->entries.empty()) {
    commit->head = {edge_.size(), edge_.Root()};
    if (commit->begin > 0) commit->writes.Delete(HeadKey(commit->begin));
    commit->writes.Put(HeadKey(edge_.size()),
                       EncodeHead({commit->head, commit->time_ms}));
  }
  if (commit->writes.empty()) return {};
  Result<void> written =
      ledger_.store().Write(commit->writes, Store::Durability::kSynced);
  if (!written) return written;
  for (auto& [key, value] : commit->state) {
    state_cache_.insert_or_assign(key, std::move(value));
  }
  const std::lock_guard<std::mutex> lock(mu_);
  ++figures_.commits;
  figures_.entries += commit->entries.size();
  return {};
}

std::optional<Error> Sequencer::FailureSoFar() const {
  const std::lock_guard<std::mutex> lock(mu_);
  return failure_;
}

void Sequencer::Fail(const std::vector<Request*>& requests, Error error) {
  std::vector<Request*> waiting;
  {
    const std::lock_guard<std::mutex> lock(mu_);
    if (!failure_) failure_ = std::move(error);
    waiting.assign(queue_.begin(), queue_.end());
    queue_.clear();
  }
  // Refusals of this commit too: they may rest on what it failed to keep.
  for (Request* request : requests) request->result = OutcomeUnknown();
  for (Request* request : waiting) request->result = Stopped(*failure_);
  Wake(requests);
  Wake(waiting);
}

void Sequencer::Wake(const std::vector<Request*>& requests) {
  for (Request* request : requests) request->done.Wake();
}

bool Sequencer::GuardIsDue() const {
  return options_.guard && (options_.guard_every_ms == 0 ||
                            options_.clock->BootMs() - guard_written_boot_ms_ >=
                                options_.guard_every_ms);
}

std::chrono::milliseconds Sequencer::UntilGuardIsDue() const {
  const int64_t due = *guard_late_boot_ms_ + options_.guard_every_ms;
  return std::chrono::milliseconds(
      std::max<int64_t>(due - options_.clock->BootMs(), 0));
}

Result<void> Sequencer::WriteGuard(const std::string& note) {
  if (!options_.guard) return {};
  guard_written_boot_ms_ = options_.clock->BootMs();
  Result<void> written = options_.guard->Write(note);
  if (!written) return written;
  const std::lock_guard<std::mutex> lock(mu_);
  guard_late_boot_ms_.reset();
  return {};
}

}  // namespace sealedger::ledger
