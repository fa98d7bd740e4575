#include "tools/bench_run.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <memory>
#include <thread>
#include <utility>

#include "notary/data_dir.h"
#include "notary/notary.h"
#include "tools/bench_document.h"
#include "tools/bench_http.h"
#include "tools/bench_ledger.h"
#include "tools/bench_steps.h"
#include "tools/control_server.h"
#include "tools/http_client.h"
#include "tools/progress.h"
#include "tools/served_ledger.h"
#include "version.h"

namespace sealedger::tools {

using ledger::Code;
using ledger::MakeError;
using ledger::Result;

namespace {

constexpr uint64_t kSmallLedger = 100000;
constexpr double kMiB = 1024.0 * 1024.0;

Budget AtLeast(double bound) { return {Budget::Kind::kAtLeast, bound}; }
Budget AtMost(double bound) { return {Budget::Kind::kAtMost, bound}; }

// Numbers of documents that were not used before in this run. Those below
// `entries` fill the ledgers.
class Documents {
 public:
  explicit Documents(uint64_t first) : next_(first) {}
  uint64_t Take(uint64_t count) { return std::exchange(next_, next_ + count); }

 private:
  uint64_t next_;
};

// How busy the machine was with other things before the run: figures of a busy
// one are worth little, and their reader shall see it.
std::string LoadBefore() {
  std::ifstream file("/proc/loadavg");
  std::string minute;
  if (!(file >> minute)) return "not known";
  return minute + " processes that ran or waited, in the minute before";
}

class Run {
 public:
  explicit Run(const BenchPlan& plan)
      : plan_(plan),
        small_entries_(plan.entries > kSmallLedger
                           ? kSmallLedger
                           : std::max<uint64_t>(plan.entries / 4, 256)),
        batch_commits_(std::clamp<uint64_t>(plan.entries / 16, 1024, 65536) /
                       kBenchCommitEntries),
        documents_(plan.entries) {}

  Result<BenchReport> Measure() {
    using Step = Result<void> (Run::*)();
    for (const Step step :
         {&Run::Prepare, &Run::MeasureBatches, &Run::MeasureHttp,
          &Run::MeasureSteps, &Run::MeasureOpening, &Run::MeasureDisk}) {
      if (Result<void> done = (this->*step)(); !done) {
        return std::move(done).error();
      }
    }
    return WriteReport();
  }

 private:
  // Samples by the name that the rows below know them by.
  void Add(const std::string& name, double sample) {
    samples_[name].push_back(sample);
  }
  void Say(const std::string& text) const {
    if (plan_.say) plan_.say(text);
  }

  Result<void> Prepare() {
    for (const auto& [dir, size] : {std::pair{large_dir_, plan_.entries},
                                    std::pair{small_dir_, small_entries_}}) {
      Say("filling a ledger with " + FormatAmount(size, Unit::kCount) +
          " entries");
      auto made =
          notary::InitDataDir(dir, "bench.example.com/ledger", std::nullopt);
      if (!made) return std::move(made).error();
      auto ledger = BenchLedger::Open(dir);
      if (!ledger) return std::move(ledger).error();
      if (Result<void> filled = (*ledger)->Fill(size); !filled) return filled;
      verified_ += (*ledger)->verified();
    }
    return {};
  }

  Result<void> TimeBatch(const std::string& name, BenchLedger& ledger,
                         size_t commits, Indexing indexing, size_t callers) {
    const uint64_t entries = commits * kBenchCommitEntries;
    const auto seconds = ledger.TimeAppends(
        PrepareCommits(documents_.Take(entries), commits), indexing, callers);
    if (!seconds) return seconds.error();
    Add(name, static_cast<double>(entries) / *seconds);
    return {};
  }

  Result<void> TimeBare(const std::string& name, BareStore& bare,
                        size_t commits, size_t callers) {
    const uint64_t entries = commits * kBenchCommitEntries;
    const auto seconds =
        bare.TimeWrites(documents_.Take(entries), commits, callers);
    if (!seconds) return seconds.error();
    Add(name, static_cast<double>(entries) / *seconds);
    return {};
  }

  Result<void> BatchRound(BenchLedger& large, BenchLedger& small,
                          BareStore& bare) {
    const size_t all = batch_commits_;
    Result<void> done = TimeBare("bare-batches", bare, all, kBatchCallers);
    if (done) done = TimeBare("bare-batches-alone", bare, all, 1);
    if (!done) return done;
    // Few, so that the small ledger stays one.
    const size_t few = std::min<size_t>(all, 40);
    constexpr Indexing kOff = Indexing::kOff;
    done = TimeBatch("batches", large, all, kOff, kBatchCallers);
    if (done) done = TimeBatch("batches-alone", large, all, kOff, 1);
    if (done)
      done = TimeBatch("batches-small", small, few, kOff, kBatchCallers);
    if (done)
      done = TimeBatch("batches-large", large, few, kOff, kBatchCallers);
    return done;
  }

  Result<void> MeasureBatches() {
    Say("appending batches");
    auto large = BenchLedger::Open(large_dir_);
    if (!large) return std::move(large).error();
    auto small = BenchLedger::Open(small_dir_);
    if (!small) return std::move(small).error();
    auto bare = BareStore::Open(bare_dir_);
    if (!bare) return std::move(bare).error();
    for (size_t round = 0; round < plan_.rounds; ++round) {
      Result<void> done = BatchRound(**large, **small, **bare);
      if (!done) return done;
    }
    for (BenchLedger* ledger : {large->get(), small->get()}) {
      if (Result<void> done = ledger->CatchUp(); !done) return done;
    }
    // Rounds of their own: what the rounds above left to fold would be folded,
    // and its tables sorted, within these figures.
    for (size_t round = 0; round < plan_.rounds; ++round) {
      Result<void> done = TimeBare("bare-batches-indexed", **bare,
                                   batch_commits_, kBatchCallers);
      if (done) {
        done = TimeBatch("batches-indexed", **large, batch_commits_,
                         Indexing::kCaughtUp, kBatchCallers);
      }
      if (!done) return done;
    }
    bare_entries_ = (*bare)->entries();
    verified_ += (*large)->verified() + (*small)->verified();
    return {};
  }

  Result<void> TimeHttp(const std::string& name, uint16_t port,
                        BenchSource& source) {
    const auto round =
        RunRound(port, plan_.connections, plan_.round, source, &verified_);
    if (!round) return round.error();
    Add(name, round->rate);
    Add(name + "-p50", round->p50_us);
    Add(name + "-p99", round->p99_us);
    return {};
  }

  // The size of a receipt, from the service itself.
  Result<size_t> ReceiptBytes(const std::string& url,
                              const std::string& token) {
    auto client = HttpClient::Open(url, token);
    if (!client) return std::move(client).error();
    HttpClient::Request request;
    request.method = "POST";
    request.path = "/v1/evidence";
    request.body = BenchBody(documents_.Take(1), PrivateFields::kNone);
    const auto answer = client->Send(request);
    if (!answer) return answer.error();
    if (!answer->ok()) return ProblemOf(*answer);
    return answer->body.size();
  }

  Result<void> MeasureHttp() {
    Say("asking over HTTP, " + std::to_string(plan_.connections) +
        " connections");
    const notary::DataPaths paths(large_dir_);
    auto token = notary::ReadSecretFile(paths.admin_token);
    if (!token) return std::move(token).error();
    while (token->ends_with('\n')) token->pop_back();
    const auto vkey = notary::ReadVkey(paths);
    if (!vkey) return vkey.error();
    const auto small_vkey = notary::ReadVkey(notary::DataPaths(small_dir_));
    if (!small_vkey) return small_vkey.error();
    auto large = ServedLedger::Start(large_dir_, "/dev/null");
    if (!large) return std::move(large).error();
    auto small = ServedLedger::Start(small_dir_, "/dev/null");
    if (!small) return std::move(small).error();
    const auto receipt_bytes = ReceiptBytes((*large)->url(), *token);
    if (!receipt_bytes) return receipt_bytes.error();
    auto control = ControlServer::Start(control_dir_, *receipt_bytes);
    if (!control) return std::move(control).error();

    // Far apart: how many are used depends on how fast the machine is.
    constexpr uint64_t kMany = uint64_t{1} << 40;
    HealthSource health;
    EvidenceSource evidence(*token, *vkey, documents_.Take(kMany),
                            PrivateFields::kNone);
    EvidenceSource with_private(*token, *vkey, documents_.Take(kMany),
                                PrivateFields::kTwo);
    ControlSource bare_post(*receipt_bytes);
    EntrySource entry(*vkey, plan_.entries, plan_.seed);
    EntrySource small_entry(*small_vkey, small_entries_, plan_.seed);
    TileSource tile((*large)->url(), *vkey, plan_.entries, plan_.seed);
    struct Turn {
      std::string name;
      uint16_t port;
      BenchSource* source;
    };
    const Turn turns[] = {
        {"health", (*large)->port(), &health},
        {"evidence", (*large)->port(), &evidence},
        {"bare-post", (*control)->port(), &bare_post},
        {"private", (*large)->port(), &with_private},
        {"entry", (*large)->port(), &entry},
        {"entry-small", (*small)->port(), &small_entry},
        {"tile", (*large)->port(), &tile},
    };
    for (size_t round = 0; round < plan_.rounds; ++round) {
      for (const Turn& turn : turns) {
        Result<void> done = TimeHttp(turn.name, turn.port, *turn.source);
        if (!done) return done;
      }
      const auto memory = (*large)->AnonymousBytes();
      if (!memory) return memory.error();
      Add("memory", static_cast<double>(*memory) / kMiB);
    }
    if ((*control)->written() != bare_post.answers()) {
      return MakeError(Code::kVerificationFailed, "wrong-answer",
                       "the control server lost a write");
    }
    if (Result<void> stopped = (*small)->Stop(); !stopped) return stopped;
    return (*large)->Stop();
  }

  Result<void> MeasureSteps() {
    Say("looking where the time of an append goes");
    for (size_t round = 0; round < plan_.rounds; ++round) {
      const auto steps =
          TimeSteps(large_dir_, "/dev/null", plan_.connections, plan_.round,
                    documents_.Take(uint64_t{1} << 40), &verified_);
      if (!steps) return steps.error();
      for (const auto& [name, us] : *steps) Add("step-" + name, us);
    }
    return {};
  }

  Result<void> MeasureOpening() {
    Say("opening");
    // Once each without the time: it replays what the log of the store holds,
    // and warms the cache.
    if (auto warm = TimeOpeningLedger(large_dir_); !warm) return warm.error();
    for (size_t round = 0; round < plan_.rounds; ++round) {
      const auto store = TimeOpeningStore(large_dir_);
      if (!store) return store.error();
      const auto ledger = TimeOpeningLedger(large_dir_);
      if (!ledger) return ledger.error();
      Add("opening-store", *store * 1000);
      Add("opening-ledger", *ledger * 1000);
    }
    return {};
  }

  Result<void> MeasureDisk() {
    Say("compacting");
    auto ledger = BenchLedger::Open(large_dir_);
    if (!ledger) return std::move(ledger).error();
    const auto entries = static_cast<double>((*ledger)->size());
    const auto entry_bytes = (*ledger)->EntryBytes();
    if (!entry_bytes) return entry_bytes.error();
    ledger->reset();
    const auto bytes = CompactedBytes(notary::DataPaths(large_dir_).ledger,
                                      notary::LedgerStoreOptions());
    if (!bytes) return bytes.error();
    const auto bare = CompactedBytes(bare_dir_, notary::LedgerStoreOptions());
    if (!bare) return bare.error();
    const double each = static_cast<double>(*bytes) / entries;
    Add("disk", each);
    Add("disk-entry", static_cast<double>(*entry_bytes) / entries);
    Add("disk-beyond",
        each - static_cast<double>(*bare) / static_cast<double>(bare_entries_));
    return {};
  }

  void Row(const std::string& id, const std::string& what,
           const std::string& unit, const std::string& measured,
           const std::string& against, const std::string& reference,
           std::optional<Budget> budget) {
    BenchRow row;
    row.id = id;
    row.what = what;
    row.unit = unit;
    row.measured = samples_.at(measured);
    row.against = against;
    if (!reference.empty()) row.reference = samples_.at(reference);
    row.budget = budget;
    report_.rows.push_back(std::move(row));
  }

  BenchReport WriteReport() {
    const std::string small = FormatAmount(small_entries_, Unit::kCount);
    const std::string large = FormatAmount(plan_.entries, Unit::kCount);
    report_.setting = {
        {"version", std::string(kVersion)},
        {"entries", large + " of " + std::to_string(kBenchEntryBytes) +
                        " bytes before the first round"},
        {"processors", std::to_string(std::thread::hardware_concurrency())},
        {"other load", load_before_},
        {"rounds",
         std::to_string(plan_.rounds) + ", the two sides of a ratio in turn"},
        {"HTTP", std::to_string(plan_.connections) +
                     " keep-alive connections on loopback; the client runs on "
                     "the same processors"},
    };
    report_.verified = verified_;
    WriteAppendRows();
    WriteReadRows();
    Row("growth-appends", "batches of 256 with " + large + " entries",
        "entries/s", "batches-large", "with " + small, "batches-small",
        AtLeast(0.8));
    Row("growth-proofs", "proofs over HTTP with " + large + " entries",
        "answers/s", "entry", "with " + small, "entry-small", AtLeast(0.8));
    WriteRestRows();
    return report_;
  }

  void WriteAppendRows() {
    const std::string leveldb =
        "synced LevelDB batches of the same entries, two callers";
    Row("batches", "batches of 256, two callers, indexes off the way",
        "entries/s", "batches", leveldb, "bare-batches", AtLeast(0.7));
    Row("batches-indexed",
        "batches of 256, two callers, until the indexes have them", "entries/s",
        "batches-indexed", leveldb, "bare-batches-indexed", AtLeast(0.35));
    Row("batches-alone", "batches of 256, one caller, indexes off the way",
        "entries/s", "batches-alone",
        "synced LevelDB batches of the same entries, one caller",
        "bare-batches-alone", std::nullopt);
    Row("evidence", "POST /v1/evidence", "answers/s", "evidence",
        "GET /healthz", "health", AtLeast(0.4));
    const std::string bare = "POST with one synced write, no ledger";
    Row("evidence-post", "POST /v1/evidence", "answers/s", "evidence", bare,
        "bare-post", std::nullopt);
    Row("evidence-p50", "POST /v1/evidence, p50", "µs", "evidence-p50", bare,
        "bare-post-p50", std::nullopt);
    Row("evidence-p99", "POST /v1/evidence, p99", "µs", "evidence-p99", bare,
        "bare-post-p99", AtMost(3));
    Row("private", "POST /v1/evidence with two private fields", "answers/s",
        "private", "without", "evidence", std::nullopt);
    Row("private-p99", "POST /v1/evidence with two private fields, p99", "µs",
        "private-p99", "without", "evidence-p99", std::nullopt);
  }

  void WriteReadRows() {
    Row("proofs", "GET /v1/entries/{i}, an entry with its proof", "answers/s",
        "entry", "GET /healthz", "health", AtLeast(0.7));
    Row("proofs-p99", "GET /v1/entries/{i}, p99", "µs", "entry-p99",
        "GET /healthz", "health-p99", std::nullopt);
    Row("tiles", "GET of a full tile", "answers/s", "tile", "GET /healthz",
        "health", std::nullopt);
  }

  void WriteRestRows() {
    Row("disk", "disk for an entry in `ledger`, compacted and compressed",
        "bytes", "disk", "the entry's own bytes", "disk-entry", std::nullopt);
    Row("disk-beyond",
        "disk for an entry beyond what LevelDB takes for the entry alone",
        "bytes", "disk-beyond", "", "", AtMost(48));
    Row("opening", "opening the ledger", "ms", "opening-ledger",
        "opening LevelDB on the same files", "opening-store", AtMost(3));
    Row("memory", "anonymous memory of the service under load", "MiB", "memory",
        "", "", AtMost(300));
    for (const BenchStep& step : kSteps) {
      const std::string name = "step-" + std::string(step.name);
      Row(name, std::string(step.what), std::string(step.unit), name, "", "",
          std::nullopt);
    }
  }

  const BenchPlan& plan_;
  const uint64_t small_entries_;
  const size_t batch_commits_;
  const std::string large_dir_ = plan_.dir + "/large";
  const std::string small_dir_ = plan_.dir + "/small";
  const std::string bare_dir_ = plan_.dir + "/bare";
  const std::string control_dir_ = plan_.dir + "/control";
  const std::string load_before_ = LoadBefore();
  Documents documents_;
  uint64_t bare_entries_ = 0;
  uint64_t verified_ = 0;
  std::map<std::string, std::vector<double>> samples_;
  BenchReport report_;
};

}  // namespace

Result<BenchReport> RunBench(const BenchPlan& plan) {
  if (plan.entries < kMinBenchEntries || plan.rounds == 0 ||
      plan.connections == 0) {
    return MakeError(Code::kInvalidArgument, "usage",
                     "a bench has at least 1,024 entries, one round and one "
                     "connection");
  }
  return Run(plan).Measure();
}

}  // namespace sealedger::tools
