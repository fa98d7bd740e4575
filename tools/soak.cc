#include "tools/soak.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "notary/canonical_json.h"
#include "notary/data_dir.h"
#include "tools/bench_http.h"
#include "tools/bench_ledger.h"
#include "tools/bench_report.h"
#include "tools/control_server.h"
#include "tools/progress.h"
#include "tools/served_ledger.h"
#include "tools/soak_auditor.h"
#include "tools/soak_source.h"

namespace sealedger::tools {

using ledger::Code;
using ledger::MakeError;
using ledger::Result;

namespace {

constexpr double kShareOfCapacity = 0.7;
// Few requests: they ask what a write costs just now, and are no load.
constexpr double kControlRate = 50;
constexpr size_t kControlConnections = 4;
// Near a receipt's.
constexpr size_t kControlAnswer = 2000;

std::string Count(uint64_t count) { return FormatAmount(count, Unit::kCount); }

std::string LineOf(size_t number, const SoakMinute& minute,
                   const SoakFindings::Counts& findings) {
  char text[256];
  std::snprintf(text, sizeof(text),
                "minute %zu: append p50 %.2f ms, p99 %.2f ms; control p50 %.2f "
                "ms, p99 %.2f ms; %.0f answers/s; wrong %llu, lost %llu, 503 "
                "%llu; memory %.1f MiB",
                number, minute.append_p50_us / 1000,
                minute.append_p99_us / 1000, minute.control_p50_us / 1000,
                minute.control_p99_us / 1000, minute.rate,
                static_cast<unsigned long long>(findings.wrong),
                static_cast<unsigned long long>(findings.lost),
                static_cast<unsigned long long>(minute.unavailable),
                static_cast<double>(minute.memory_bytes) / (1024.0 * 1024.0));
  return text;
}

class Soak {
 public:
  explicit Soak(const SoakPlan& plan)
      : plan_(plan),
        memory_(plan.seed),
        rate_(static_cast<double>(plan.rate)) {}

  Result<SoakReport> Run() {
    using Step = Result<void> (Soak::*)();
    for (const Step step : {&Soak::Prepare, &Soak::Serve, &Soak::SearchAll}) {
      if (Result<void> done = (this->*step)(); !done) {
        return std::move(done).error();
      }
    }
    report_.acknowledged = memory_.acknowledged();
    report_.findings = findings_.counts();
    return std::move(report_);
  }

 private:
  void Say(const std::string& text) const {
    if (plan_.say) plan_.say(text);
  }

  Result<void> Prepare() {
    auto made =
        notary::InitDataDir(data_dir_, "soak.example.com/ledger", std::nullopt);
    if (!made) return std::move(made).error();
    if (plan_.entries == 0) return {};
    Say("filling a ledger with " + Count(plan_.entries) + " entries");
    auto ledger = BenchLedger::Open(data_dir_);
    if (!ledger) return std::move(ledger).error();
    return (*ledger)->Fill(plan_.entries);
  }

  Result<void> Serve() {
    const notary::DataPaths paths(data_dir_);
    auto token = notary::ReadSecretFile(paths.admin_token);
    if (!token) return std::move(token).error();
    while (token->ends_with('\n')) token->pop_back();
    const auto vkey = notary::ReadVkey(paths);
    if (!vkey) return vkey.error();
    auto served = ServedLedger::Start(data_dir_, "/dev/null");
    if (!served) return std::move(served).error();
    auto control = ControlServer::Start(plan_.dir + "/control", kControlAnswer);
    if (!control) return std::move(control).error();
    auto client = LoadClient::Connect((*served)->port(), plan_.connections);
    if (!client) return std::move(client).error();
    SoakSource source(*token, plan_.entries, plan_.seed, memory_, samples_,
                      findings_);
    auto auditor = SoakAuditor::Start((*served)->url(), *token, *vkey,
                                      plan_.seed, memory_, samples_, findings_);
    if (!auditor) return std::move(auditor).error();
    if (rate_ == 0) {
      Result<void> measured = MeasureCapacity(**client, source);
      if (!measured) return measured;
    }
    Say(Count(static_cast<uint64_t>(rate_)) + " requests a second over " +
        Count(plan_.connections) + " connections");
    for (uint64_t number = 1; number <= plan_.minutes; ++number) {
      Result<void> done =
          OneMinute(number, **client, source, **served, (*control)->port());
      if (!done) return done;
    }
    Say("proving the checkpoints consistent");
    (*auditor)->Finish();
    report_.rate = rate_;
    report_.checkpoints = (*auditor)->checkpoints();
    report_.erasures = (*auditor)->erasures();
    return (*served)->Stop();
  }

  Result<void> MeasureCapacity(LoadClient& client, SoakSource& source) {
    Say("measuring the capacity");
    LoadOptions options;
    options.duration = std::min<std::chrono::nanoseconds>(
        plan_.minute, std::chrono::seconds(10));
    const auto figures = client.Run(options, source);
    if (!figures) return figures.error();
    static_cast<void>(source.TakeFigures());
    rate_ = std::max(1.0, figures->rate() * kShareOfCapacity);
    return {};
  }

  // Both are under way together: they meet the same disk and the same machine.
  Result<void> OneMinute(uint64_t number, LoadClient& client,
                         SoakSource& source, const ServedLedger& served,
                         uint16_t control_port) {
    std::optional<Result<HttpRound>> control;
    std::thread beside([&] { control = Control(control_port); });
    LoadOptions options;
    options.duration = plan_.minute;
    options.rate = rate_;
    const auto load = client.Run(options, source);
    beside.join();
    if (!load) return load.error();
    if (!*control) return control->error();
    SoakFigures figures = source.TakeFigures();
    const auto memory = served.AnonymousBytes();
    if (!memory) return memory.error();
    SoakMinute minute;
    minute.append_p50_us = QuantileOf(figures.append_us, 0.5);
    minute.append_p99_us = QuantileOf(std::move(figures.append_us), 0.99);
    minute.control_p50_us = (*control)->p50_us;
    minute.control_p99_us = (*control)->p99_us;
    minute.rate = load->rate();
    minute.unavailable = figures.unavailable;
    minute.memory_bytes = *memory;
    report_.answers += figures.answers;
    report_.minutes.push_back(minute);
    Say(LineOf(number, minute, findings_.counts()));
    return {};
  }

  Result<HttpRound> Control(uint16_t port) {
    auto client = LoadClient::Connect(port, kControlConnections);
    if (!client) return std::move(client).error();
    ControlSource source(kControlAnswer);
    LoadOptions options;
    options.duration = plan_.minute;
    options.rate = kControlRate;
    const auto figures = (*client)->Run(options, source);
    if (!figures) return figures.error();
    return source.Round(*figures);
  }

  // In the ledger itself, once nobody serves it: all that is remembered.
  Result<void> SearchAll() {
    Say("searching the ledger for what was acknowledged");
    auto ledger = BenchLedger::Open(data_dir_);
    if (!ledger) return std::move(ledger).error();
    const auto remembered = memory_.remembered();
    report_.remembered = remembered.size();
    for (const Acknowledged& entry : remembered) {
      if ((*ledger)->Holds(entry.index, entry.leaf_hash)) {
        findings_.Verified();
      } else {
        findings_.Lost("entry " + std::to_string(entry.index) +
                       " is not in the ledger");
      }
    }
    return {};
  }

  const SoakPlan& plan_;
  const std::string data_dir_ = plan_.dir + "/data";
  SoakMemory memory_;
  SoakSamples samples_;
  SoakFindings findings_;
  double rate_;
  SoakReport report_;
};

// What the minutes had, by one of their figures.
Spread Over(const std::vector<SoakMinute>& minutes,
            double (*figure)(const SoakMinute&)) {
  std::vector<double> samples;
  for (const SoakMinute& minute : minutes) samples.push_back(figure(minute));
  return SpreadOf(std::move(samples));
}

double AppendP50(const SoakMinute& minute) {
  return minute.append_p50_us / 1000;
}
double AppendP99(const SoakMinute& minute) {
  return minute.append_p99_us / 1000;
}
double ControlP50(const SoakMinute& minute) {
  return minute.control_p50_us / 1000;
}
double ControlP99(const SoakMinute& minute) {
  return minute.control_p99_us / 1000;
}
double RatioP99(const SoakMinute& minute) {
  return minute.control_p99_us > 0
             ? minute.append_p99_us / minute.control_p99_us
             : 0;
}
double Rate(const SoakMinute& minute) { return minute.rate; }
double Memory(const SoakMinute& minute) {
  return static_cast<double>(minute.memory_bytes) / (1024.0 * 1024.0);
}
double Unavailable(const SoakMinute& minute) {
  return static_cast<double>(minute.unavailable);
}

struct SoakFigure {
  std::string_view name;
  std::string_view what;
  double (*of)(const SoakMinute&);
};

constexpr SoakFigure kFigures[] = {
    {"append_p50_ms", "append p50, ms", AppendP50},
    {"append_p99_ms", "append p99, ms", AppendP99},
    {"control_p50_ms", "POST without a ledger p50, ms", ControlP50},
    {"control_p99_ms", "POST without a ledger p99, ms", ControlP99},
    {"memory_mib", "anonymous memory of the service, MiB", Memory},
    {"p99_ratio", "append p99 to POST without a ledger p99", RatioP99},
    {"rate", "answers/s", Rate},
    {"unavailable", "answers 503", Unavailable},
};

std::string Decimal(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.3f", value);
  return text;
}

}  // namespace

std::string SoakReport::Json() const {
  std::string out = "{";
  const auto add = [&out](std::string_view name, uint64_t value) {
    out += "\"" + std::string(name) + "\":" + std::to_string(value) + ",";
  };
  add("acknowledged", acknowledged);
  add("answers", answers);
  add("checkpoints", checkpoints);
  add("erasures", erasures);
  out += "\"findings\":[";
  for (size_t i = 0; i < findings.first.size(); ++i) {
    if (i > 0) out.push_back(',');
    notary::AppendJsonString(&out, findings.first[i]);
  }
  out += "],";
  add("lost", findings.lost);
  out += "\"minutes\":[";
  for (size_t i = 0; i < minutes.size(); ++i) {
    out += i > 0 ? ",{" : "{";
    for (const SoakFigure& figure : kFigures) {
      out += "\"" + std::string(figure.name) +
             "\":" + Decimal(figure.of(minutes[i])) + ",";
    }
    out.back() = '}';
  }
  out += "],";
  add("remembered", remembered);
  out += "\"set_rate\":" + Decimal(rate) + ",";
  add("verified", findings.verified);
  add("wrong", findings.wrong);
  out.back() = '}';
  return out;
}

std::vector<std::string> SoakReport::Table() const {
  std::vector<std::string> lines;
  lines.push_back(Count(minutes.size()) + " minutes at " +
                  Count(static_cast<uint64_t>(rate)) +
                  " requests/s: " + Count(answers) + " answers");
  if (!minutes.empty()) {
    lines.push_back("least, median and greatest of the minutes:");
    for (const SoakFigure& figure : kFigures) {
      const Spread spread = Over(minutes, figure.of);
      lines.push_back("  " + std::string(figure.what) + ": " +
                      Decimal(spread.min) + " " + Decimal(spread.median) + " " +
                      Decimal(spread.max));
    }
  }
  lines.push_back("acknowledged entries: " + Count(acknowledged) +
                  ", of them " + Count(remembered) +
                  " searched for in the end");
  lines.push_back("verified: " + Count(findings.verified) +
                  ", checkpoints proved consistent: " + Count(checkpoints) +
                  ", erasures: " + Count(erasures));
  lines.push_back("lost: " + Count(findings.lost));
  lines.push_back("wrong: " + Count(findings.wrong));
  for (const std::string& what : findings.first) lines.push_back("  " + what);
  return lines;
}

Result<SoakReport> RunSoak(const SoakPlan& plan) {
  if (plan.minutes == 0 || plan.minute.count() <= 0 || plan.connections == 0) {
    return MakeError(Code::kInvalidArgument, "usage",
                     "a soak has at least one minute and one connection");
  }
  return Soak(plan).Run();
}

}  // namespace sealedger::tools
