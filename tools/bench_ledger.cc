#include "tools/bench_ledger.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <system_error>
#include <thread>
#include <utility>

#include "ledger/proof.h"
#include "notary/data_dir.h"
#include "notary/notary.h"
#include "tools/bench_document.h"
#include "tools/progress.h"

namespace sealedger::tools {

using ledger::Code;
using ledger::MakeError;
using ledger::Result;
using std::chrono::steady_clock;

namespace {

constexpr uint64_t kFillCommit = 2048;
constexpr size_t kFillCallers = 2;
constexpr size_t kSample = 16;
constexpr std::chrono::hours kPatience{4};

double SecondsSince(steady_clock::time_point begin) {
  return std::chrono::duration<double>(steady_clock::now() - begin).count();
}

ledger::Error Wrong(std::string_view what) {
  return MakeError(Code::kVerificationFailed, "wrong-answer",
                   "what was measured is wrong: " + std::string(what));
}

Result<ledger::SignHead> ReadSigner(const notary::DataPaths& paths,
                                    const std::string& origin) {
  auto key = notary::ReadLogKey(paths);
  if (!key) return std::move(key).error();
  return ledger::SignHead(
      [key = *std::move(key), origin](const ledger::TreeHead& head) {
        return ledger::SignCheckpoint({origin, head}, key);
      });
}

Result<std::unique_ptr<ledger::Ledger>> OpenLedger(
    const notary::DataPaths& paths, const ledger::SignHead& sign) {
  auto store = ledger::OpenLevelDb(paths.ledger, notary::LedgerStoreOptions());
  if (!store) return std::move(store).error();
  return ledger::Ledger::Open(*std::move(store), sign);
}

Result<ledger::Sequenced> Append(
    ledger::Sequencer& sequencer,
    const std::vector<notary::PreparedEvidence>& items) {
  return sequencer.Append([&items](ledger::AdmitView& view) {
    return notary::AdmitEvidence(BenchCaller(), items, view);
  });
}

// The seconds that work(0) to work(count - 1) took, each done by whichever of
// the callers is free. The first error ends it.
Result<double> TimeCalls(size_t count, size_t callers,
                         const std::function<Result<void>(size_t)>& work) {
  std::atomic<size_t> next{0};
  std::vector<Result<void>> outcomes(callers, Result<void>());
  const auto call = [&](size_t caller) {
    for (size_t i = next++; i < count; i = next++) {
      outcomes[caller] = work(i);
      if (!outcomes[caller]) next = count;
    }
  };
  const auto started = steady_clock::now();
  std::vector<std::thread> others;
  for (size_t i = 1; i < callers; ++i) others.emplace_back(call, i);
  call(0);
  for (std::thread& other : others) other.join();
  const double seconds = SecondsSince(started);
  for (Result<void>& outcome : outcomes) {
    if (!outcome) return std::move(outcome).error();
  }
  return seconds;
}

}  // namespace

PreparedCommits PrepareCommits(uint64_t first, size_t commits) {
  PreparedCommits prepared(commits);
  for (auto& commit : prepared) {
    commit.reserve(kBenchCommitEntries);
    for (size_t i = 0; i < kBenchCommitEntries; ++i) {
      commit.push_back(PrepareBenchEvidence(first++));
    }
  }
  return prepared;
}

Result<std::unique_ptr<BenchLedger>> BenchLedger::Open(
    const std::string& data_dir) {
  std::unique_ptr<BenchLedger> bench(new BenchLedger(data_dir));
  const notary::DataPaths paths(data_dir);
  auto vkey = notary::ReadVkey(paths);
  if (!vkey) return std::move(vkey).error();
  bench->vkey_ = *std::move(vkey);
  auto sign = ReadSigner(paths, bench->vkey_.name);
  if (!sign) return std::move(sign).error();
  bench->sign_ = *std::move(sign);
  auto opened = OpenLedger(paths, bench->sign_);
  if (!opened) return std::move(opened).error();
  bench->ledger_ = *std::move(opened);
  return bench;
}

BenchLedger::~BenchLedger() = default;

bool BenchLedger::Holds(uint64_t index, const ledger::Hash& leaf_hash) const {
  const auto entry = ledger_->ReadEntry(index, *ledger_->published());
  return entry && ledger::LeafHash(*entry) == leaf_hash;
}

Result<uint64_t> BenchLedger::EntryBytes() const {
  const ledger::PublishedPtr published = ledger_->published();
  uint64_t bytes = 0;
  const Result<void> visited =
      ledger_->VisitEntries(0, published->head.size, *published,
                            [&bytes](uint64_t, std::string_view entry) {
                              bytes += entry.size();
                              return true;
                            });
  if (!visited) return visited.error();
  return bytes;
}

Result<std::unique_ptr<ledger::Sequencer>> BenchLedger::StartSequencer() {
  auto guard = ledger::Guard::Open(notary::DataPaths(data_dir_).guard);
  if (!guard) return std::move(guard).error();
  ledger::SequencerOptions options;
  options.sign_head = sign_;
  options.clock = &clock_;
  options.guard.emplace(*std::move(guard));
  if (index_ != nullptr) {
    options.wait_for_followers = [this] { index_->WaitWhileLagging(); };
    options.on_publish = [this](const ledger::PublishedPtr&) {
      index_->Notify();
    };
  }
  return ledger::Sequencer::Start(*ledger_, std::move(options));
}

Result<void> BenchLedger::OpenIndex() {
  auto index =
      notary::Index::Open(notary::DataPaths(data_dir_).views, *ledger_);
  if (!index) return std::move(index).error();
  index_ = *std::move(index);
  return index_->WaitFor(size(), kPatience);
}

Result<void> BenchLedger::CatchUp() {
  Result<void> caught_up = OpenIndex();
  index_.reset();
  return caught_up;
}

Result<void> BenchLedger::Fill(uint64_t target) {
  const uint64_t begin = size();
  const Supply documents = [](uint64_t first, uint64_t end) {
    std::vector<notary::PreparedEvidence> items;
    for (uint64_t n = first; n < end; ++n) {
      items.push_back(PrepareBenchEvidence(n));
    }
    return Result<ledger::Admit>(
        [items = std::move(items)](ledger::AdmitView& view) {
          return notary::AdmitEvidence(BenchCaller(), items, view);
        });
  };
  Result<void> filled = FillWith(target, kFillCallers, documents);
  if (!filled || begin >= target) return filled;
  return VerifySample(begin, target);
}

Result<void> BenchLedger::FillWith(uint64_t target, size_t callers,
                                   const Supply& supply) {
  const uint64_t begin = size();
  if (begin >= target) return CatchUp();
  if (Result<void> opened = OpenIndex(); !opened) return opened;
  auto sequencer = StartSequencer();
  if (!sequencer) return std::move(sequencer).error();
  std::atomic<uint64_t> next{begin};
  std::atomic<bool> failed{false};
  std::vector<Result<void>> outcomes(callers, Result<void>());
  const auto work = [&](size_t caller) {
    while (!failed) {
      const uint64_t first = next.fetch_add(kFillCommit);
      if (first >= target) return;
      auto admit = supply(first, std::min(first + kFillCommit, target));
      if (admit) {
        auto done = (*sequencer)->Append(*admit);
        if (done) continue;
        outcomes[caller] = std::move(done).error();
      } else {
        outcomes[caller] = std::move(admit).error();
      }
      failed = true;
    }
  };
  std::vector<std::thread> threads;
  for (size_t i = 0; i < callers; ++i) threads.emplace_back(work, i);
  {
    Progress progress("filling " + data_dir_, target, Unit::kCount);
    while (!failed && size() < target) {
      progress.Update(size());
      // Indexing is behind the entries; whoever waits for it sleeps.
      static_cast<void>(
          index_->WaitFor(std::min(target, index_->folded() + 4 * kFillCommit),
                          std::chrono::milliseconds(500)));
    }
  }
  for (std::thread& thread : threads) thread.join();
  sequencer->reset();
  for (Result<void>& outcome : outcomes) {
    if (!outcome) return outcome;
  }
  Result<void> folded = index_->WaitFor(target, kPatience);
  index_.reset();
  return folded;
}

Result<double> BenchLedger::TimeAppends(const PreparedCommits& commits,
                                        Indexing indexing, size_t callers) {
  if (indexing == Indexing::kCaughtUp) {
    if (Result<void> opened = OpenIndex(); !opened) return opened.error();
  }
  auto sequencer = StartSequencer();
  if (!sequencer) return std::move(sequencer).error();
  const uint64_t begin = size();
  Result<double> seconds =
      TimeCalls(commits.size(), callers, [&](size_t i) -> Result<void> {
        auto done = Append(**sequencer, commits[i]);
        if (!done) return std::move(done).error();
        return {};
      });
  if (!seconds) return seconds;
  if (index_ != nullptr) {
    const auto waiting = steady_clock::now();
    Result<void> folded = index_->WaitFor(size(), kPatience);
    if (!folded) return std::move(folded).error();
    seconds = *seconds + SecondsSince(waiting);
  }
  sequencer->reset();
  if (size() != begin + commits.size() * kBenchCommitEntries) {
    return Wrong("the ledger has not grown by what was appended");
  }
  Result<void> holds = VerifySample(begin, size());
  if (holds && index_ != nullptr) holds = VerifyIndexed(size() - 1);
  index_.reset();
  if (!holds) return std::move(holds).error();
  return seconds;
}

Result<void> BenchLedger::VerifySample(uint64_t begin, uint64_t end) {
  const ledger::PublishedPtr published = ledger_->published();
  const auto checkpoint =
      ledger::VerifyCheckpoint(published->note, {&vkey_, 1});
  if (!checkpoint || checkpoint->head() != published->head) {
    return Wrong("a checkpoint does not verify");
  }
  const uint64_t step = std::max<uint64_t>(1, (end - begin) / kSample);
  for (uint64_t index = begin; index < end; index += step) {
    const auto entry = ledger_->ReadEntry(index, *published);
    if (!entry) return entry.error();
    if (index > 1 && entry->size() != kBenchEntryBytes) {
      return Wrong("an entry has another size than it should");
    }
    const auto path = ledger_->ProveInclusion(index, published);
    if (!path) return path.error();
    const auto proved = ledger::VerifyInclusion(index, checkpoint->head().size,
                                                ledger::LeafHash(*entry), *path,
                                                checkpoint->head().root);
    if (!proved) return Wrong("an entry is not in the tree");
    ++verified_;
  }
  return {};
}

Result<void> BenchLedger::VerifyIndexed(uint64_t index) {
  const auto text = ledger_->ReadEntry(index, *ledger_->published());
  if (!text) return text.error();
  const auto entry = notary::ParseEntry(*text);
  if (!entry) return entry.error();
  const auto* evidence = std::get_if<notary::EvidenceRecorded>(&entry->body);
  if (evidence == nullptr) return Wrong("an entry is of another kind");
  const auto found = index_->ByDocumentSha256(evidence->document.sha256,
                                              {index, index + 1, 1});
  if (!found) return found.error();
  if (found->size() != 1 || found->front() != index) {
    return Wrong("the newest entry is not in the indexes");
  }
  ++verified_;
  return {};
}

Result<std::unique_ptr<BareStore>> BareStore::Open(const std::string& folder) {
  ledger::LevelDbOptions options = notary::LedgerStoreOptions();
  options.create_if_missing = true;
  auto store = ledger::OpenLevelDb(folder, options);
  if (!store) return std::move(store).error();
  std::unique_ptr<BareStore> bare(new BareStore());
  bare->store_ = *std::move(store);
  return bare;
}

Result<double> BareStore::TimeWrites(uint64_t first, size_t writes,
                                     size_t callers) {
  std::vector<std::string> bytes;
  for (size_t i = 0; i < writes * kBenchCommitEntries; ++i) {
    bytes.push_back(BenchEntry(first + i));
  }
  Result<double> seconds = TimeCalls(writes, callers, [&](size_t write) {
    ledger::WriteBatch batch;
    const size_t begin = write * kBenchCommitEntries;
    for (size_t i = begin; i < begin + kBenchCommitEntries; ++i) {
      batch.Put(ledger::EntryKey(entries_ + i), bytes[i]);
    }
    return store_->Write(batch, ledger::Store::Durability::kSynced);
  });
  if (!seconds) return seconds;
  entries_ += bytes.size();
  const auto last = store_->Get(ledger::EntryKey(entries_ - 1));
  if (!last) return last.error();
  if (*last != bytes.back()) return Wrong("LevelDB lost a write");
  return seconds;
}

Result<uint64_t> CompactedBytes(const std::string& folder,
                                const ledger::LevelDbOptions& options) {
  {
    auto store = ledger::OpenLevelDb(folder, options);
    if (!store) return std::move(store).error();
    const Result<void> done = (*store)->Compact("", "\xff");
    if (!done) return done.error();
  }
  uint64_t bytes = 0;
  std::error_code error;
  for (const auto& file : std::filesystem::directory_iterator(folder, error)) {
    const uint64_t size = file.file_size(error);
    if (!error) bytes += size;
  }
  if (error) return MakeError(Code::kIo, "unreadable-file", error.message());
  return bytes;
}

Result<double> TimeOpeningStore(const std::string& data_dir) {
  const notary::DataPaths paths(data_dir);
  const auto started = steady_clock::now();
  const auto store =
      ledger::OpenLevelDb(paths.ledger, notary::LedgerStoreOptions());
  if (!store) return store.error();
  return SecondsSince(started);
}

Result<double> TimeOpeningLedger(const std::string& data_dir) {
  const notary::DataPaths paths(data_dir);
  const auto vkey = notary::ReadVkey(paths);
  if (!vkey) return vkey.error();
  const auto sign = ReadSigner(paths, vkey->name);
  if (!sign) return sign.error();
  const auto started = steady_clock::now();
  const auto opened = OpenLedger(paths, *sign);
  if (!opened) return opened.error();
  const double seconds = SecondsSince(started);
  if ((*opened)->published()->head.size == 0) return Wrong("it opened empty");
  return seconds;
}

}  // namespace sealedger::tools
