#include "tools/bench_steps.h"

#include <algorithm>
#include <mutex>

#include "api/service.h"
#include "notary/data_dir.h"
#include "tools/bench_http.h"
#include "tools/open_notary.h"

namespace sealedger::tools {

using ledger::Result;

namespace {

// Sums over commits. Safe for concurrent use.
class StepSums {
 public:
  void Add(const ledger::CommitFigures& commit) {
    const std::lock_guard<std::mutex> lock(mu_);
    ++commits_;
    sum_.entries += commit.entries;
    sum_.admit += commit.admit;
    sum_.write += commit.write;
    sum_.sign += commit.sign;
    sum_.guard += commit.guard;
    sum_.publish += commit.publish;
  }

  // `total_us`: the time between two answers, `http_us` likewise of requests
  // that do nothing.
  std::vector<std::pair<std::string, double>> PerEntry(double total_us,
                                                       double http_us) const {
    const std::lock_guard<std::mutex> lock(mu_);
    const auto entries = static_cast<double>(std::max<size_t>(1, sum_.entries));
    const auto each = [&](std::chrono::nanoseconds sum) {
      return static_cast<double>(sum.count()) / 1000 / entries;
    };
    return {{"admit", each(sum_.admit)},
            {"write", each(sum_.write)},
            {"sign", each(sum_.sign)},
            {"guard", each(sum_.guard)},
            {"publish", each(sum_.publish)},
            {"gather", std::max(0.0, total_us - each(sum_.admit + sum_.write))},
            {"http", http_us},
            {"total", total_us},
            {"commit",
             entries / static_cast<double>(std::max<uint64_t>(1, commits_))}};
  }

 private:
  mutable std::mutex mu_;
  uint64_t commits_ = 0;
  ledger::CommitFigures sum_;
};

}  // namespace

Result<std::vector<std::pair<std::string, double>>> TimeSteps(
    const std::string& data_dir, const std::string& log_file,
    size_t connections, std::chrono::nanoseconds duration,
    uint64_t first_document, uint64_t* verified) {
  const notary::DataPaths paths(data_dir);
  const auto vkey = notary::ReadVkey(paths);
  if (!vkey) return vkey.error();
  auto token = notary::ReadSecretFile(paths.admin_token);
  if (!token) return std::move(token).error();
  while (token->ends_with('\n')) token->pop_back();
  auto settings = ReadSettingsOf(data_dir, std::nullopt);
  if (!settings) return std::move(settings).error();
  StepSums sums;
  notary::NotaryOptions opening;
  opening.data_dir = data_dir;
  opening.settings = *std::move(settings);
  opening.on_commit = [&sums](const ledger::CommitFigures& commit) {
    sums.Add(commit);
  };
  auto notary = notary::Notary::Open(opening);
  if (!notary) return std::move(notary).error();
  api::ServerOptions serving;
  serving.listen = "127.0.0.1:0";
  serving.log_file = log_file;
  auto server = api::StartService(**notary, serving);
  if (!server) return std::move(server).error();

  HealthSource health;
  const auto bare =
      RunRound((*server)->port(), connections, duration, health, verified);
  if (!bare) return bare.error();
  EvidenceSource evidence(*token, *vkey, first_document, PrivateFields::kNone);
  const auto round =
      RunRound((*server)->port(), connections, duration, evidence, verified);
  if (!round) return round.error();
  (*server)->Stop();
  (*notary)->Stop();
  return sums.PerEntry(1e6 / round->rate, 1e6 / bare->rate);
}

}  // namespace sealedger::tools
