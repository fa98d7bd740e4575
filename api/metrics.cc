#include "api/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <mutex>
#include <unordered_map>

#include "ledger/check.h"

namespace sealedger::api {

namespace {

constexpr int kFirstStatus = 100;
constexpr size_t kStatuses = 500;

// A counter for each status that was answered so far.
struct RouteCounters {
  std::array<std::atomic<prometheus::Counter*>, kStatuses> by_status{};
};

prometheus::Gauge& AddGauge(prometheus::Registry& registry,
                            const std::string& name, const std::string& help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add(
      {});
}

prometheus::Counter& AddCounter(prometheus::Registry& registry,
                                const std::string& name,
                                const std::string& help) {
  return prometheus::BuildCounter()
      .Name(name)
      .Help(help)
      .Register(registry)
      .Add({});
}

// Counters only go up by steps; the notary tells totals.
void RaiseTo(prometheus::Counter& counter, uint64_t total) {
  const double step = static_cast<double>(total) - counter.Value();
  if (step > 0) counter.Increment(step);
}

}  // namespace

struct Metrics::Parts {
  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& requests =
      prometheus::BuildCounter()
          .Name("sealedger_http_requests_total")
          .Help("Requests answered, by route and status.")
          .Register(registry);
  prometheus::Gauge& tree_size = AddGauge(registry, "sealedger_tree_size",
                                          "Entries in the published tree.");
  prometheus::Gauge& indexed_size =
      AddGauge(registry, "sealedger_indexed_size",
               "Entries that the indexes have been folded to.");
  prometheus::Gauge& queue = AddGauge(registry, "sealedger_sequencer_queue",
                                      "Requests that wait for a commit.");
  prometheus::Counter& commits = AddCounter(registry, "sealedger_commits_total",
                                            "Synced commits since the start.");
  prometheus::Counter& entries = AddCounter(
      registry, "sealedger_entries_total", "Entries appended since the start.");

  // Constant after Watch.
  std::unordered_map<std::string_view, std::unique_ptr<RouteCounters>> routes;
  std::mutex text_mu;  // one caller at a time raises the totals
};

Metrics::Metrics() : parts_(std::make_unique<Parts>()) { Watch({}); }

Metrics::~Metrics() = default;

void Metrics::Watch(const std::vector<Route>& routes) {
  const auto add = [this](std::string_view pattern) {
    std::unique_ptr<RouteCounters>& counters = parts_->routes[pattern];
    if (counters == nullptr) counters = std::make_unique<RouteCounters>();
  };
  add({});
  for (const Route& route : routes) add(route.pattern);
}

void Metrics::Count(std::string_view route, int status) {
  const auto found = parts_->routes.find(route);
  CHECK(found != parts_->routes.end());
  CHECK(status >= kFirstStatus &&
        status < kFirstStatus + static_cast<int>(kStatuses));
  auto& slot = found->second->by_status[static_cast<size_t>(status) -
                                        static_cast<size_t>(kFirstStatus)];
  prometheus::Counter* counter = slot.load(std::memory_order_acquire);
  if (counter == nullptr) {
    // The same labels give the same counter, whoever asks first.
    counter = &parts_->requests.Add(
        {{"route", route.empty() ? "none" : std::string(route)},
         {"status", std::to_string(status)}});
    slot.store(counter, std::memory_order_release);
  }
  counter->Increment();
}

std::string Metrics::Text(const notary::Notary& notary) {
  const std::lock_guard<std::mutex> lock(parts_->text_mu);
  const ledger::Sequencer::Figures figures = notary.SequencerFigures();
  const notary::Json status = notary.Status();
  if (const notary::Json* size = status.Find("size")) {
    parts_->tree_size.Set(static_cast<double>(*size->if_integer()));
  }
  parts_->indexed_size.Set(static_cast<double>(notary.indexed_size()));
  parts_->queue.Set(static_cast<double>(figures.queued));
  RaiseTo(parts_->commits, figures.commits);
  RaiseTo(parts_->entries, figures.entries);
  return prometheus::TextSerializer().Serialize(parts_->registry.Collect());
}

}  // namespace sealedger::api
