// sealedger bench: the costs of this ledger on this machine, as ratios.

#include <memory>

#include "ledger/encoding.h"
#include "tools/bench_lists.h"
#include "tools/bench_run.h"
#include "tools/bench_sealing.h"
#include "tools/commands.h"
#include "tools/files.h"
#include "tools/scratch_folder.h"
#include "tools/soak.h"

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

Exit ExitOf(const Error& error) {
  if (error.code == ledger::Code::kVerificationFailed) return Exit::kFailed;
  if (error.name == "usage") return Exit::kUsage;
  return Exit::kNotDone;
}

struct SoakOptions {
  std::optional<uint64_t> minutes;
  std::optional<uint64_t> seconds;
  std::optional<std::string> rate;
  std::optional<uint64_t> connections;
  std::optional<uint64_t> entries;
  std::optional<uint64_t> seed;
  std::optional<std::string> dir;
};

Exit RunSoakCommand(const SoakOptions& options, Output& output) {
  SoakPlan plan;
  if (options.rate && *options.rate != "auto") {
    plan.rate = ledger::ParseDecimal(*options.rate).value_or(0);
    if (plan.rate == 0) return output.Usage("--rate is a number or auto");
  }
  const auto folder = ScratchFolder::Make(options.dir);
  if (!folder) return output.Fail(folder.error());
  plan.dir = (*folder)->path();
  plan.minutes = options.minutes.value_or(plan.minutes);
  plan.minute = std::chrono::seconds(options.seconds.value_or(60));
  plan.connections = options.connections.value_or(plan.connections);
  plan.entries = options.entries.value_or(plan.entries);
  plan.seed = options.seed.value_or(plan.seed);
  plan.say = [&output](std::string_view text) { output.Note(text); };
  output.Note("working in " + plan.dir + ", which is removed at the end");
  const auto report = RunSoak(plan);
  if (!report) return output.Fail(report.error(), ExitOf(report.error()));
  for (const std::string& line : report->Table()) output.Line(line);
  output.JsonText(report->Json());
  return report->passed() ? Exit::kPassed : Exit::kFailed;
}

void AddSoak(Command& bench) {
  Command& soak = bench.Sub(
      "soak", "Load a service for long, and find again what it acknowledged",
      "sealedger bench soak --minutes 60 --rate auto");
  soak.Explain(
      "Writers, batches, readers of entries, proofs, tiles, documents and "
      "lists at a set rate, and an auditor that verifies what was "
      "acknowledged, proves each checkpoint that it saw consistent with the "
      "newest, and erases private fields. A line a minute on standard error, "
      "with the latency of a POST without a ledger in the same minute. Ends "
      "with 1 where anything was lost or wrong.");
  const auto options = std::make_shared<SoakOptions>();
  soak.Number("--minutes", "N", &options->minutes, "how long (10)");
  soak.Number("--seconds", "N", &options->seconds, "of one minute (60)");
  soak.Optional("--rate", "N|auto", &options->rate,
                "requests a second; auto: 70 % of what is measured first "
                "(auto)");
  soak.Number("--connections", "N", &options->connections,
              "keep-alive connections (64)");
  soak.Number("--entries", "N", &options->entries,
              "entries of the ledger before it begins (0)");
  soak.Number("--seed", "N", &options->seed, "of the mix (1)");
  soak.Optional("--dir", "DIR", &options->dir,
                "folder for the files, which are removed at the end");
  soak.Run(
      [options](Output& output) { return RunSoakCommand(*options, output); });
}

Exit RunCommand(const BenchOptions& options, Output& output,
                ledger::Result<BenchReport> (*run)(const BenchPlan& plan)) {
  const auto folder = ScratchFolder::Make(options.dir);
  if (!folder) return output.Fail(folder.error());
  BenchPlan plan;
  plan.dir = (*folder)->path();
  plan.entries = options.entries.value_or(plan.entries);
  plan.rounds = options.rounds.value_or(plan.rounds);
  plan.round = std::chrono::milliseconds(options.milliseconds.value_or(2000));
  plan.connections = options.connections.value_or(plan.connections);
  plan.seed = options.seed.value_or(plan.seed);
  plan.say = [&output](std::string_view text) { output.Note(text); };
  output.Note("working in " + plan.dir + ", which is removed at the end");
  const auto report = run(plan);
  if (!report) return output.Fail(report.error(), ExitOf(report.error()));
  if (options.markdown) {
    const auto written = ReplaceFile(*options.markdown, report->Markdown());
    if (!written) return output.Fail(written.error());
  }
  for (const std::string& line : report->Table()) output.Line(line);
  output.JsonText(report->Json());
  return Exit::kPassed;
}

void AddBenchOptions(Command& command,
                     const std::shared_ptr<BenchOptions>& options) {
  command.Number("--rounds", "N", &options->rounds, "rounds of each row (5)");
  command.Number("--milliseconds", "N", &options->milliseconds,
                 "of each timed row in a round (2000)");
  command.Number("--connections", "N", &options->connections,
                 "keep-alive connections (64)");
  command.Number("--seed", "N", &options->seed,
                 "of what is asked at random (1)");
  command.Optional("--dir", "DIR", &options->dir,
                   "folder for the files, which are removed at the end");
  command.Optional("--markdown", "FILE", &options->markdown,
                   "write the rows to FILE as Markdown, too");
}

void AddLists(Command& bench) {
  Command& lists = bench.Sub(
      "lists", "Measure a regulator's lists of seals, against an empty GET",
      "sealedger bench lists --seals 1000000");
  lists.Explain(
      "Makes a ledger of seals without files, and asks for pages of 100 from "
      "places at random, first without names, then with them. Needs no other "
      "work on the machine, "
      "and about 4 KB of disk for a seal.");
  const auto options = std::make_shared<BenchOptions>();
  lists.Number("--seals", "N", &options->entries,
               "seals of the ledger, 10,000 to 90,000,000 (100000)");
  AddBenchOptions(lists, options);
  lists.Run([options](Output& output) {
    return RunCommand(*options, output, RunBenchLists);
  });
}

void AddSealing(Command& bench) {
  Command& sealing = bench.Sub(
      "sealing", "Measure seals in use, against what SM2 alone costs OpenSSL",
      "sealedger bench sealing");
  sealing.Explain(
      "Issues a seal whose key is in custody, has documents sealed with it, "
      "and enters signatures as if they were made elsewhere: in process and "
      "over HTTP. What it is held against is EVP_DigestSign and "
      "EVP_DigestVerify on all processors, as `openssl speed sm2` does them. "
      "Needs no other work on the machine.");
  const auto options = std::make_shared<BenchOptions>();
  AddBenchOptions(sealing, options);
  sealing.Run([options](Output& output) {
    return RunCommand(*options, output, RunBenchSealing);
  });
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
  AddBenchOptions(bench, options);
  bench.Run([options](Output& output) {
    return RunCommand(*options, output, RunBench);
  });
  AddLists(bench);
  AddSealing(bench);
  AddSoak(bench);
}

}  // namespace sealedger::tools
