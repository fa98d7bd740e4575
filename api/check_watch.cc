#include "api/check_watch.h"

#include <chrono>
#include <set>
#include <string>
#include <utility>

namespace sealedger::api {

namespace {

constexpr std::chrono::seconds kEvery{1};

}  // namespace

CheckWatch::CheckWatch(ReadChecks read, std::shared_ptr<Log> log)
    : read_(std::move(read)),
      log_(std::move(log)),
      thread_([this] { Run(); }) {}

CheckWatch::~CheckWatch() {
  {
    const std::lock_guard<std::mutex> lock(mu_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void CheckWatch::Run() {
  std::set<std::string> failing;
  for (;;) {
    for (const notary::ReadyLine& line : read_()) {
      if (line.ok && failing.erase(line.check) > 0) {
        log_->Event("check_passed", {{"check", line.check}});
      }
      if (!line.ok && failing.insert(line.check).second) {
        log_->Event("check_failed", {{"check", line.check},
                                     {"name", line.name},
                                     {"detail", line.detail}});
      }
    }
    std::unique_lock<std::mutex> lock(mu_);
    if (wake_.wait_for(lock, kEvery, [this] { return stopping_; })) return;
  }
}

}  // namespace sealedger::api
