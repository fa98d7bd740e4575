#include "ledger/sequencer.h"

#include <doctest/doctest.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "ledger/fsck.h"
#include "ledger/memory_store.h"
#include "tests/ledger/sample_log.h"
#include "tests/support/files.h"
#include "tests/support/reference_tree.h"

namespace sealedger::ledger {
namespace {

using namespace sample;

TEST_CASE("every answered entry is in the published tree, at any batching") {
  for (const uint64_t step : {1, 7, 256, 300}) {
    CAPTURE(step);
    MemoryStore store(IsImmutableKey);
    Log log(store);
    log.Start();
    std::vector<std::pair<TreeHead, uint64_t>> seen;
    const uint64_t total = 700;
    for (uint64_t i = 0; i < total; i += step) {
      const uint64_t end = std::min(total, i + step);
      auto done = log.sequencer->Append(Entries(Numbered(i, end)));
      REQUIRE(done.has_value());
      CHECK(done->first == i);
      REQUIRE(done->published->head.size >= end);
      REQUIRE(done->leaf_hashes.size() == end - i);
      CHECK(done->leaf_hashes[0] == LeafHash(done->entries[0].bytes));
      seen.emplace_back(done->published->head, end);
    }
    CheckWhole(*log.ledger, total);
    const PublishedPtr newest = log.ledger->published();
    for (const auto& [head, end] : seen) {
      const auto path = log.ledger->ProveConsistency(head.size, newest);
      REQUIRE(path.has_value());
      CHECK(VerifyConsistency(head.size, total, head.root, newest->head.root,
                              *path)
                .has_value());
    }
    log.sequencer.reset();
    const auto report = Fsck(store);
    REQUIRE(report.has_value());
    CHECK(report->problems.empty());
    CHECK(report->head == newest->head);
  }
}

TEST_CASE("what was published stays as it was while the tree grows") {
  MemoryStore store(IsImmutableKey);
  Log log(store);
  log.Start();
  std::vector<PublishedPtr> kept;
  for (uint64_t i = 0; i < 300; ++i) {
    auto done = log.sequencer->Append(Entries(Numbered(i, i + 1)));
    REQUIRE(done.has_value());
    kept.push_back(done->published);
  }
  for (const PublishedPtr& published : kept) {
    const uint64_t size = published->head.size;
    CHECK(published->edge.size() == size);
    CHECK(published->edge.Root() == published->head.root);
    for (const uint64_t index : {uint64_t{0}, size / 2, size - 1}) {
      const auto path = log.ledger->ProveInclusion(index, published);
      REQUIRE(path.has_value());
      CHECK(VerifyInclusion(index, size,
                            LeafHash("entry " + std::to_string(index)), *path,
                            published->head.root)
                .has_value());
    }
    CHECK(log.ledger
              ->ReadTile({TileId::Kind::kHashes, 0, size / kTileWidth,
                          static_cast<uint32_t>(size % kTileWidth + 1)},
                         published)
              .error()
              .code == Code::kNotFound);
  }
}

TEST_CASE("a request sees what the same commit admitted before it") {
  MemoryStore store(IsImmutableKey);
  Log log(store);
  log.Start();
  // Sixteen callers want the same name; whatever commits they fall into,
  // exactly one gets it.
  std::atomic<int> got{0};
  std::atomic<int> refused{0};
  std::vector<std::thread> callers;
  for (int i = 0; i < 16; ++i) {
    callers.emplace_back([&] {
      const auto done =
          log.sequencer->Append([](AdmitView& view) -> Result<Admission> {
            const auto taken = view.State("sname");
            if (!taken) return taken.error();
            if (taken->has_value()) {
              return MakeError(Code::kConflict, "taken", "");
            }
            Admission admission;
            admission.entries.push_back({"entry 0", ""});
            admission.state.push_back({"sname", "mine"});
            return admission;
          });
      done.has_value() ? ++got : ++refused;
    });
  }
  for (std::thread& caller : callers) caller.join();
  CHECK(got == 1);
  CHECK(refused == 15);
  CheckWhole(*log.ledger, 1);
}

TEST_CASE("a refusal leaves no trace and a side write needs no entry") {
  MemoryStore store(IsImmutableKey);
  Log log(store);
  log.Start();
  const std::string before = log.ledger->published()->note;
  const auto refused = log.sequencer->Append([](AdmitView&) {
    return Result<Admission>(MakeError(Code::kConflict, "no", ""));
  });
  CHECK(refused.error().name == "no");
  REQUIRE(log.sequencer
              ->Append([](AdmitView&) -> Result<Admission> {
                Admission admission;
                admission.side.push_back({"xtoken", "1"});
                return admission;
              })
              .has_value());
  CHECK(**store.Get("xtoken") == "1");
  CHECK(log.ledger->published()->note == before);
  CHECK(log.ledger->published()->head.size == 0);
}

TEST_CASE("times never go back and an unsure clock refuses without a trace") {
  MemoryStore store(IsImmutableKey);
  Log log(store);
  log.Start();
  auto first = log.sequencer->Append(Entries({"entry 0"}));
  REQUIRE(first.has_value());
  log.clock.SetBy(-1500);
  auto second = log.sequencer->Append(Entries({"entry 1"}));
  REQUIRE(second.has_value());
  CHECK(second->time_ms == first->time_ms);
  log.clock.SetBy(-3600000);
  const auto refused = log.sequencer->Append(Entries({"entry 2"}));
  CHECK(refused.error().name == "clock-unsure");
  REQUIRE(log.sequencer->trouble().has_value());
  log.clock.SetBy(3600000);
  CHECK(log.sequencer->Append(Entries({"entry 2"})).has_value());
  CHECK(!log.sequencer->trouble().has_value());
  CheckWhole(*log.ledger, 3);
}

TEST_CASE("a clock that was unsure is believed again though nobody asks") {
  MemoryStore store(IsImmutableKey);
  Log log(store);
  log.Start();
  REQUIRE(log.sequencer->Append(Entries({"entry 0"})).has_value());
  log.clock.SetBy(3000);
  CHECK(log.sequencer->Append(Entries({"entry 1"})).error().name ==
        "clock-unsure");
  log.clock.Advance(31000);
  while (log.sequencer->trouble()) std::this_thread::yield();
  CHECK(log.sequencer->Append(Entries({"entry 1"})).has_value());
}

TEST_CASE("a failed write stops the sequencer and opening finds the truth") {
  for (const bool persisted : {false, true}) {
    CAPTURE(persisted);
    MemoryStore store(IsImmutableKey);
    {
      Log log(store);
      log.Start();
      REQUIRE(log.sequencer->Append(Entries({"entry 0"})).has_value());
      store.FailNextWrite(persisted);
      const auto unknown = log.sequencer->Append(Entries({"entry 1"}));
      CHECK(unknown.error().name == "outcome-unknown");
      const auto stopped = log.sequencer->Append(Entries({"entry 1"}));
      CHECK(stopped.error().name == "sequencer-stopped");
      REQUIRE(log.sequencer->trouble().has_value());
      // Reads go on, from what was published.
      CheckWhole(*log.ledger, 1);
    }
    store.Reopen();
    Log log(store);
    CheckWhole(*log.ledger, persisted ? 2 : 1);
    log.Start();
    const uint64_t size = log.ledger->published()->head.size;
    REQUIRE(log.sequencer->Append(Entries({"entry " + std::to_string(size)}))
                .has_value());
    CheckWhole(*log.ledger, size + 1);
  }
}

TEST_CASE("a signature that fails publishes nothing") {
  MemoryStore store(IsImmutableKey);
  Log log(store);
  SequencerOptions options;
  options.sign_head = [](const TreeHead&) -> Result<std::string> {
    return MakeError(Code::kIo, "signer", "no signature");
  };
  log.Start(std::move(options));
  CHECK(log.sequencer->Append(Entries({"entry 0"})).error().name ==
        "outcome-unknown");
  CHECK(log.ledger->published()->head.size == 0);
  // It is durable all the same, as after a crash before the answer.
  CheckWhole(*Log(store).ledger, 1);
}

TEST_CASE("the guard holds each head before it is published") {
  const testing::TempDir dir;
  const std::string path = (dir.path() / "guard").string();
  MemoryStore store(IsImmutableKey);
  Log log(store);
  SequencerOptions options;
  auto guard = Guard::Open(path);
  REQUIRE(guard.has_value());
  options.guard.emplace(*std::move(guard));
  log.Start(std::move(options));
  for (int i = 0; i < 3; ++i) {
    auto done = log.sequencer->Append(Entries({"entry " + std::to_string(i)}));
    REQUIRE(done.has_value());
    CHECK(**Guard::Peek(path) == done->published->note);
  }
}

TEST_CASE("a guard that is written at intervals is written at rest, too") {
  const testing::TempDir dir;
  const std::string path = (dir.path() / "guard").string();
  MemoryStore store(IsImmutableKey);
  Log log(store);
  SequencerOptions options;
  auto guard = Guard::Open(path);
  REQUIRE(guard.has_value());
  options.guard.emplace(*std::move(guard));
  options.guard_every_ms = 50;
  log.Start(std::move(options));
  const auto append = [&](const std::string& entry) {
    auto done = log.sequencer->Append(Entries({entry}));
    REQUIRE(done.has_value());
    return done->published->note;
  };
  const auto guarded = [&] { return **Guard::Peek(path); };
  const std::string first = append("entry 0");
  CHECK(guarded() == first);
  const std::string second = append("entry 1");
  log.clock.Advance(20);
  CHECK(guarded() == first);
  CHECK(log.sequencer->figures().guard_late_ms == 20);
  log.clock.Advance(30);
  while (log.sequencer->figures().guard_late_ms != 0) {
  }
  CHECK(guarded() == second);
  // And at the end, however young it is.
  const std::string third = append("entry 2");
  CHECK(guarded() == second);
  log.sequencer->Stop();
  CHECK(guarded() == third);
  CHECK(log.sequencer->figures().guard_late_ms == 0);
}

// Holds the signing of the first head until it is told how that ends.
class HeldSigning {
 public:
  Result<std::string> operator()(const TreeHead& head) {
    if (head.size == 1 && !released_.exchange(true)) {
      reached_.set_value();
      if (!ends_well_.get_future().get()) {
        return MakeError(Code::kIo, "no-signature", "");
      }
    }
    return Sign(head);
  }
  void AwaitReached() { reached_.get_future().wait(); }
  void End(bool well) { ends_well_.set_value(well); }

 private:
  std::atomic<bool> released_{false};
  std::promise<void> reached_;
  std::promise<bool> ends_well_;
};

TEST_CASE("a commit is decided on one that is durable and not yet published") {
  for (const bool well : {true, false}) {
    MemoryStore store;
    {
      Log log(store);
      HeldSigning signing;
      SequencerOptions options;
      options.sign_head = std::ref(signing);
      log.Start(std::move(options));
      std::future<Result<Sequenced>> first =
          std::async(std::launch::async, [&log] {
            return log.sequencer->Append([](AdmitView&) -> Result<Admission> {
              return Admission{{{"one", ""}}, {{"sx", "1"}}, {}};
            });
          });
      signing.AwaitReached();
      CHECK(log.ledger->published()->head.size == 0);

      std::promise<std::string> seen;
      std::future<Result<Sequenced>> second =
          std::async(std::launch::async, [&log, &seen] {
            return log.sequencer->Append(
                [&seen](AdmitView& view) -> Result<Admission> {
                  seen.set_value(*view.Entry(0) + **view.State("sx") +
                                 std::to_string(view.next_index()));
                  return Admission{{{"two", ""}}, {}, {}};
                });
          });
      CHECK(seen.get_future().get() == "one11");
      CHECK(log.ledger->published()->head.size == 0);
      signing.End(well);
      const Result<Sequenced> a = first.get();
      const Result<Sequenced> b = second.get();
      REQUIRE(a.has_value() == well);
      REQUIRE(b.has_value() == well);
      if (well) {
        CHECK(a->first == 0);
        CHECK(b->first == 1);
        CHECK(a->published->head.size == 1);
        CHECK(b->published->head.size == 2);
      } else {
        CHECK(a.error().name == "outcome-unknown");
        CHECK((b.error().name == "outcome-unknown" ||
               b.error().name == "sequencer-stopped"));
        CHECK(log.ledger->published()->head.size == 0);
        CHECK(log.sequencer->Append(Entries({"three"})).error().name ==
              "sequencer-stopped");
      }
    }
    // Whatever became of the answers, what was durable is a prefix.
    const Log again(store);
    const PublishedPtr published = again.ledger->published();
    REQUIRE(published->head.size >= 1);
    CHECK(*again.ledger->ReadEntry(0, *published) == "one");
    if (well) CHECK(published->head.size == 2);
    if (published->head.size == 2) {
      CHECK(*again.ledger->ReadEntry(1, *published) == "two");
    }
  }
}

TEST_CASE("each commit tells what it did") {
  MemoryStore store;
  Log log(store);
  std::vector<CommitFigures> commits;
  SequencerOptions options;
  options.on_commit = [&commits](const CommitFigures& figures) {
    commits.push_back(figures);
  };
  log.Start(std::move(options));
  REQUIRE(log.sequencer->Append(Entries(Numbered(0, 3))).has_value());
  REQUIRE(!log.sequencer
               ->Append([](AdmitView&) -> Result<Admission> {
                 return MakeError(Code::kConflict, "refused", "");
               })
               .has_value());
  log.sequencer->Stop();
  REQUIRE(commits.size() == 2);
  CHECK(commits[0].requests == 1);
  CHECK(commits[0].entries == 3);
  CHECK(commits[0].bytes > 3 * std::string("entry 0").size());
  CHECK(commits[0].write.count() > 0);
  CHECK(commits[0].sign.count() > 0);
  CHECK(commits[0].guard.count() == 0);
  CHECK(commits[1].requests == 1);
  CHECK(commits[1].entries == 0);
  CHECK(commits[1].bytes == 0);
}

TEST_CASE("a queue that is full answers at once") {
  MemoryStore store(IsImmutableKey);
  Log log(store);
  SequencerOptions options;
  options.max_queue = 1;
  std::mutex mu;
  std::condition_variable changed;
  bool inside = false;
  bool release = false;
  log.Start(std::move(options));
  std::thread holder([&] {
    const auto done =
        log.sequencer->Append([&](AdmitView&) -> Result<Admission> {
          std::unique_lock<std::mutex> lock(mu);
          inside = true;
          changed.notify_all();
          changed.wait(lock, [&] { return release; });
          return Admission{};
        });
    CHECK(done.has_value());
  });
  {
    std::unique_lock<std::mutex> lock(mu);
    changed.wait(lock, [&] { return inside; });
  }
  std::thread waiter(
      [&] { CHECK(log.sequencer->Append(Entries({"entry 0"})).has_value()); });
  while (log.sequencer->figures().queued == 0) std::this_thread::yield();
  CHECK(log.sequencer->Append(Entries({"entry 1"})).error().name ==
        "overloaded");
  {
    const std::lock_guard<std::mutex> lock(mu);
    release = true;
  }
  changed.notify_all();
  holder.join();
  waiter.join();
  CheckWhole(*log.ledger, 1);
}

TEST_CASE("a commit that is large enough leaves the rest to the next one") {
  MemoryStore store(IsImmutableKey);
  Log log(store);
  std::atomic<bool> open{false};
  std::vector<CommitFigures> commits;  // of one thread at a time
  SequencerOptions options;
  options.wait_for_followers = [&] {
    while (!open) std::this_thread::yield();
  };
  options.on_commit = [&](const CommitFigures& commit) {
    commits.push_back(commit);
  };
  log.Start(std::move(options));
  std::vector<std::future<Result<Sequenced>>> answers;
  const auto append = [&](const std::vector<std::string>& texts) {
    const size_t before = log.sequencer->figures().queued;
    answers.push_back(std::async(std::launch::async, [&log, texts] {
      return log.sequencer->Append(Entries(texts));
    }));
    while (log.sequencer->figures().queued == before) {
      std::this_thread::yield();
    }
  };
  const std::string large(kMaxEntrySize, 'x');
  append(std::vector<std::string>(2100, large));  // more than 8 MiB
  append({"small"});
  append({"last"});
  open = true;
  for (size_t i = 0; i < answers.size(); ++i) {
    const Result<Sequenced> answer = answers[i].get();
    REQUIRE(answer.has_value());
    CHECK(answer->first == (i == 0 ? 0 : 2099 + i));
    CHECK(answer->published->head.size == (i == 0 ? 2100 : 2102));
  }
  log.sequencer->Stop();
  REQUIRE(commits.size() == 2);
  CHECK(commits[0].requests == 1);
  CHECK(commits[1].requests == 2);
}

TEST_CASE("a guard that fails answers nobody, however many wait") {
  const testing::TempDir dir;
  const std::string path = (dir.path() / "guard").string();
  std::filesystem::create_symlink("/dev/full", path);
  MemoryStore store(IsImmutableKey);
  {
    Log log(store);
    SequencerOptions options;
    auto guard = Guard::Open(path);
    REQUIRE(guard.has_value());
    options.guard.emplace(*std::move(guard));
    log.Start(std::move(options));
    std::vector<std::future<Result<Sequenced>>> answers;
    for (int i = 0; i < 8; ++i) {
      answers.push_back(std::async(std::launch::async, [&log, i] {
        return log.sequencer->Append(Entries({"entry " + std::to_string(i)}));
      }));
    }
    int unknown = 0;
    for (auto& answer : answers) {
      const Result<Sequenced> sequenced = answer.get();
      REQUIRE(!sequenced.has_value());
      const std::string& name = sequenced.error().name;
      unknown += name == "outcome-unknown" ? 1 : 0;
      CHECK((name == "outcome-unknown" || name == "sequencer-stopped"));
    }
    CHECK(unknown > 0);
    CHECK(log.sequencer->trouble()->name == "guard-io");
    CHECK(log.ledger->published()->head.size == 0);
  }
  // They are durable, and nobody was told that they are not.
  CHECK(Log(store).ledger->published()->head.size > 0);
}

}  // namespace
}  // namespace sealedger::ledger
