#include "api/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "api/problem.h"
#include "api/process_figures.h"
#include "ledger/check.h"
#include "version.h"

namespace sealedger::api {

namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Histogram;
using prometheus::Registry;
using Bounds = Histogram::BucketBoundaries;

constexpr int kFirstStatus = 100;
constexpr size_t kStatuses = 500;

const Bounds& RequestSeconds() {
  static const Bounds bounds = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                0.1,    0.25,  0.5,    1,     2.5,  5,     10};
  return bounds;
}

// A step of a commit: from memory to a disk that is about to fail.
const Bounds& StepSeconds() {
  static const Bounds bounds = {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005,
                                0.01,   0.025,   0.05,   0.1,   0.25,   1};
  return bounds;
}

const Bounds& Entries() {
  static const Bounds bounds = {0,  1,   2,   4,   8,    16,   32,
                                64, 128, 256, 512, 1024, 4096, 16384};
  return bounds;
}

template <typename Builder>
auto& AddFamily(Registry& registry, Builder builder, const char* name,
                const char* help) {
  return builder.Name(std::string("sealedger_") + name)
      .Help(help)
      .Register(registry);
}

Family<Gauge>& Gauges(Registry& registry, const char* name, const char* help) {
  return AddFamily(registry, prometheus::BuildGauge(), name, help);
}

Family<Counter>& Counters(Registry& registry, const char* name,
                          const char* help) {
  return AddFamily(registry, prometheus::BuildCounter(), name, help);
}

Family<Histogram>& Histograms(Registry& registry, const char* name,
                              const char* help) {
  return AddFamily(registry, prometheus::BuildHistogram(), name, help);
}

// Counters only go up by steps; others tell totals.
void RaiseTo(Counter& counter, uint64_t total) {
  const double step = static_cast<double>(total) - counter.Value();
  if (step > 0) counter.Increment(step);
}

double Seconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

void Set(Family<Gauge>& family, std::string_view label,
         std::optional<uint64_t> value) {
  if (!value) return;
  family.Add({{"folder", std::string(label)}}).Set(static_cast<double>(*value));
}

// What a route has had so far.
struct RouteFigures {
  std::array<std::atomic<Counter*>, kStatuses> by_status{};
  std::atomic<Histogram*> duration{nullptr};
};

}  // namespace

struct Metrics::Parts {
  Registry registry;
  Family<Counter>& requests =
      Counters(registry, "http_requests_total", "Requests answered.");
  Family<Counter>& problems = Counters(registry, "http_problems_total",
                                       "Requests refused, by problem.");
  Family<Histogram>& durations =
      Histograms(registry, "http_request_duration_seconds",
                 "From the whole head of a request to its answer's last byte.");
  Family<Gauge>& connections =
      Gauges(registry, "connections", "Connections served, and waiting.");

  Gauge& tree_size =
      Gauges(registry, "tree_size", "Entries in the published tree.").Add({});
  Gauge& head_age =
      Gauges(registry, "head_age_seconds", "Since the newest entry.").Add({});
  Gauge& indexed_size =
      Gauges(registry, "indexed_size", "Entries in the indexes.").Add({});
  Gauge& index_lag_entries =
      Gauges(registry, "index_lag_entries", "Entries not yet in the indexes.")
          .Add({});
  Gauge& index_lag_seconds =
      Gauges(registry, "index_lag_seconds", "How long they have waited.")
          .Add({});
  Gauge& guard_age = Gauges(registry, "guard_age_seconds",
                            "How long the guard has lacked the newest head.")
                         .Add({});
  Gauge& queue =
      Gauges(registry, "sequencer_queue", "Requests that wait for a commit.")
          .Add({});
  Counter& commits =
      Counters(registry, "commits_total", "Synced commits.").Add({});
  Counter& entries =
      Counters(registry, "entries_total", "Entries appended.").Add({});
  Histogram& commit_duration =
      Histograms(registry, "commit_duration_seconds",
                 "A commit, from its first request to its publication.")
          .Add({}, StepSeconds());
  Histogram& commit_entries =
      Histograms(registry, "commit_entries", "Entries of a commit.")
          .Add({}, Entries());
  Histogram& commit_write = Histograms(registry, "store_write_duration_seconds",
                                       "The synced write of a commit.")
                                .Add({}, StepSeconds());
  Histogram& guard_write = Histograms(registry, "guard_write_duration_seconds",
                                      "The synced write of the guard.")
                               .Add({}, StepSeconds());

  Family<Gauge>& ready =
      Gauges(registry, "ready", "1 for each check of /readyz that is passed.");
  Family<Gauge>& disk_free =
      Gauges(registry, "disk_free_bytes", "Free for the service.");
  Counter& log_lines_dropped =
      Counters(registry, "log_lines_dropped_total",
               "Log lines that the sink was too slow or too full for.")
          .Add({});
  Gauge& anonymous_memory = Gauges(registry, "process_anonymous_memory_bytes",
                                   "Memory in use that is no file's.")
                                .Add({});
  Gauge& open_files =
      Gauges(registry, "process_open_files", "Open files.").Add({});
  Gauge& max_open_files =
      Gauges(registry, "process_max_open_files", "How many may be open.")
          .Add({});

  // Constant after Watch.
  std::unordered_map<std::string_view, std::unique_ptr<RouteFigures>> routes;
  // By position in Problems().
  std::vector<std::atomic<Counter*>> by_problem =
      std::vector<std::atomic<Counter*>>(Problems().size());
  std::mutex text_mu;  // one caller at a time raises the totals

  void CountProblem(std::string_view name);
};

void Metrics::Parts::CountProblem(std::string_view name) {
  const Problem* problem = FindProblem(name);
  CHECK(problem != nullptr);
  auto& slot = by_problem[static_cast<size_t>(problem - Problems().data())];
  Counter* counter = slot.load(std::memory_order_acquire);
  if (counter == nullptr) {
    // The same labels give the same counter, whoever asks first.
    counter = &problems.Add({{"problem", std::string(name)}});
    slot.store(counter, std::memory_order_release);
  }
  counter->Increment();
}

Metrics::Metrics() : parts_(std::make_unique<Parts>()) {
  Gauges(parts_->registry, "build_info", "1, and which version this is.")
      .Add({{"version", std::string(kVersion)}})
      .Set(1);
  Watch({});
}

Metrics::~Metrics() = default;

void Metrics::Watch(const std::vector<Route>& routes) {
  const auto add = [this](std::string_view pattern) {
    std::unique_ptr<RouteFigures>& figures = parts_->routes[pattern];
    if (figures == nullptr) figures = std::make_unique<RouteFigures>();
  };
  add({});
  for (const Route& route : routes) add(route.pattern);
}

void Metrics::Answered(const Exchange& exchange) {
  const Response& response = exchange.response;
  const auto found = parts_->routes.find(response.route);
  CHECK(found != parts_->routes.end());
  CHECK(response.status >= kFirstStatus &&
        response.status < kFirstStatus + static_cast<int>(kStatuses));
  const auto route = [&] {
    return response.route.empty() ? "none" : std::string(response.route);
  };
  auto& slot = found->second->by_status[static_cast<size_t>(response.status) -
                                        static_cast<size_t>(kFirstStatus)];
  Counter* counter = slot.load(std::memory_order_acquire);
  if (counter == nullptr) {
    counter = &parts_->requests.Add(
        {{"route", route()}, {"status", std::to_string(response.status)}});
    slot.store(counter, std::memory_order_release);
  }
  counter->Increment();
  auto& duration = found->second->duration;
  Histogram* histogram = duration.load(std::memory_order_acquire);
  if (histogram == nullptr) {
    histogram = &parts_->durations.Add({{"route", route()}}, RequestSeconds());
    duration.store(histogram, std::memory_order_release);
  }
  histogram->Observe(Seconds(exchange.duration));
  if (!response.problem.empty()) parts_->CountProblem(response.problem);
}

void Metrics::Committed(const ledger::CommitFigures& figures) {
  parts_->commit_duration.Observe(Seconds(figures.admit + figures.write +
                                          figures.sign + figures.guard +
                                          figures.publish));
  parts_->commit_entries.Observe(static_cast<double>(figures.entries));
  parts_->commit_write.Observe(Seconds(figures.write));
  if (figures.guard.count() > 0) {
    parts_->guard_write.Observe(Seconds(figures.guard));
  }
}

std::string Metrics::Text(const Now& now) {
  Parts& parts = *parts_;
  const std::lock_guard<std::mutex> lock(parts.text_mu);
  const notary::NotaryFigures& notary = now.notary;
  parts.connections.Add({{"state", "active"}})
      .Set(static_cast<double>(now.connections_active));
  parts.connections.Add({{"state", "waiting"}})
      .Set(static_cast<double>(now.connections_waiting));
  parts.tree_size.Set(static_cast<double>(notary.size));
  parts.head_age.Set(Seconds(notary.head_age));
  parts.indexed_size.Set(static_cast<double>(notary.indexed));
  parts.index_lag_entries.Set(static_cast<double>(
      notary.size > notary.indexed ? notary.size - notary.indexed : 0));
  parts.index_lag_seconds.Set(Seconds(notary.index_lag));
  parts.guard_age.Set(
      Seconds(std::chrono::milliseconds(notary.sequencer.guard_late_ms)));
  parts.queue.Set(static_cast<double>(notary.sequencer.queued));
  RaiseTo(parts.commits, notary.sequencer.commits);
  RaiseTo(parts.entries, notary.sequencer.entries);
  for (const notary::ReadyLine& line : now.ready) {
    parts.ready.Add({{"check", line.check}}).Set(line.ok ? 1 : 0);
  }
  Set(parts.disk_free, "data", notary.data_free_bytes);
  Set(parts.disk_free, "guard", notary.guard_free_bytes);
  RaiseTo(parts.log_lines_dropped, now.log_lines_dropped);
  parts.anonymous_memory.Set(
      static_cast<double>(AnonymousMemoryBytes().value_or(0)));
  parts.open_files.Set(static_cast<double>(OpenFiles().value_or(0)));
  parts.max_open_files.Set(static_cast<double>(MaxOpenFiles()));
  return prometheus::TextSerializer().Serialize(parts.registry.Collect());
}

}  // namespace sealedger::api
