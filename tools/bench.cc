// sealedger bench: the costs of this ledger on this machine, as ratios.

#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <system_error>

#include "tools/bench_run.h"
#include "tools/commands.h"
#include "tools/files.h"

namespace sealedger::tools {

namespace {

struct BenchOptions {
  std::optional<uint64_t> entries;
  std::optional<uint64_t> rounds;
  std::optional<uint64_t> milliseconds;
  std::optional<uint64_t> connections;
  std::optional<uint64_t> seed;
  std::optional<std::string> dir;
  std::optional<std::string> markdown;
};

// A folder of the run's own below `parent`, gone with the object.
class BenchFolder {
 public:
  static Result<std::unique_ptr<BenchFolder>> Make(
      const std::optional<std::string>& parent) {
    std::error_code error;
    const std::filesystem::path where =
        parent ? std::filesystem::path(*parent)
               : std::filesystem::temp_directory_path(error);
    std::string path = (where / "sealedger-bench-XXXXXX").string();
    if (error || mkdtemp(path.data()) == nullptr) {
      return ledger::MakeError(ledger::Code::kIo, "no-scratch",
                               "no folder can be made in " + where.string());
    }
    return std::unique_ptr<BenchFolder>(new BenchFolder(std::move(path)));
  }
  ~BenchFolder() {
    // What stays behind is a temporary file; nothing can be done about it here.
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }
  BenchFolder(const BenchFolder&) = delete;
  BenchFolder& operator=(const BenchFolder&) = delete;

  const std::string& path() const { return path_; }

 private:
  explicit BenchFolder(std::string path) : path_(std::move(path)) {}

  const std::string path_;
};

Exit ExitOf(const Error& error) {
  if (error.code == ledger::Code::kVerificationFailed) return Exit::kFailed;
  if (error.name == "usage") return Exit::kUsage;
  return Exit::kNotDone;
}

Exit RunCommand(const BenchOptions& options, Output& output) {
  const auto folder = BenchFolder::Make(options.dir);
  if (!folder) return output.Fail(folder.error());
  BenchPlan plan;
  plan.dir = (*folder)->path();
  plan.entries = options.entries.value_or(plan.entries);
  plan.rounds = options.rounds.value_or(plan.rounds);
  plan.round = std::chrono::milliseconds(options.milliseconds.value_or(2000));
  plan.connections = options.connections.value_or(plan.connections);
  plan.seed = options.seed.value_or(plan.seed);
  plan.say = [&output](std::string_view text) { output.Note(text); };
  const auto report = RunBench(plan);
  if (!report) return output.Fail(report.error(), ExitOf(report.error()));
  if (options.markdown) {
    const auto written = ReplaceFile(*options.markdown, report->Markdown());
    if (!written) return output.Fail(written.error());
  }
  for (const std::string& line : report->Table()) output.Line(line);
  output.JsonText(report->Json());
  return Exit::kPassed;
}

}  // namespace

void AddBench(Command& program) {
  Command& bench = program.Sub(
      "bench",
      "Measure this ledger on this machine, against what it costs bare",
      "sealedger bench --entries 1000000 --rounds 5");
  bench.Explain(
      "Each row is a ratio of two things done in turn in the same run: appends "
      "against synced writes of LevelDB, HTTP requests against an empty GET or "
      "a POST without a ledger. A budget that is missed is said, and is no "
      "failure; an answer that is wrong is one. Needs no other work on the "
      "machine, and about 2 KB of disk for an entry.");
  const auto options = std::make_shared<BenchOptions>();
  bench.Number("--entries", "N", &options->entries,
               "entries of the ledger that is measured (100000)");
  bench.Number("--rounds", "N", &options->rounds, "rounds of each row (5)");
  bench.Number("--milliseconds", "N", &options->milliseconds,
               "of each HTTP row in a round (2000)");
  bench.Number("--connections", "N", &options->connections,
               "keep-alive connections (64)");
  bench.Number("--seed", "N", &options->seed, "of what is asked at random (1)");
  bench.Optional("--dir", "DIR", &options->dir,
                 "folder for the files, which are removed at the end");
  bench.Optional("--markdown", "FILE", &options->markdown,
                 "write the rows to FILE as Markdown, too");
  bench.Run([options](Output& output) { return RunCommand(*options, output); });
}

}  // namespace sealedger::tools
