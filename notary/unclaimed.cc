#include "notary/unclaimed.h"

#include <chrono>
#include <string>
#include <vector>

#include "notary/register_state.h"
#include "notary/seal.h"

namespace sealedger::notary {
namespace {

constexpr std::chrono::seconds kPause{1};
// Of one look: what is left is found by the next.
constexpr size_t kAtOnce = 1000;

}  // namespace

UnclaimedWatch::UnclaimedWatch(const ledger::Ledger& ledger,
                               ledger::Sequencer& sequencer,
                               ledger::Clock& clock,
                               const RouteSettings& routes)
    : ledger_(ledger),
      sequencer_(sequencer),
      clock_(clock),
      routes_(routes),
      thread_([this] { Run(); }) {}

UnclaimedWatch::~UnclaimedWatch() { Stop(); }

void UnclaimedWatch::Stop() {
  {
    const std::lock_guard<std::mutex> lock(mu_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void UnclaimedWatch::Run() {
  std::unique_lock<std::mutex> lock(mu_);
  while (!wake_.wait_for(lock, kPause, [this] { return stopping_; })) {
    lock.unlock();
    Look();
    lock.lock();
  }
}

void UnclaimedWatch::Look() {
  const int64_t now_ms = clock_.WallMs();
  for (const Route route :
       {Route::kPublicSecurity, Route::kAgency, Route::kPlatform}) {
    const std::string prefix = UnclaimedPrefix(route);
    std::vector<std::string> due;
    const Result<void> scanned = ledger::Scan(
        ledger_.store(), prefix, ledger::PrefixEnd(prefix),
        [&](std::string_view key, std::string_view) {
          const auto seal = ParseUnclaimedKey(route, key);
          if (!seal ||
              now_ms <= UnclaimedLimitMs(seal->issued_ms, routes_.of(route))) {
            return false;
          }
          due.push_back(seal->code);
          return due.size() < kAtOnce;
        });
    // A store that fails here fails for all, and the service says so.
    if (!scanned) return;
    for (const std::string& code : due) {
      const auto done = sequencer_.Append([&](ledger::AdmitView& view) {
        return AdmitUnclaimed(code, routes_, view);
      });
      // Claimed meanwhile; or nothing is sequenced just now, and the next look
      // tries again.
      if (!done && done.error().code == ledger::Code::kUnavailable) return;
    }
  }
}

}  // namespace sealedger::notary
