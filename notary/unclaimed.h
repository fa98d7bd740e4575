// UnclaimedWatch: cancels seals that were not activated in time, one entry by
// `operator` for each, as the commit decides it (AdmitUnclaimed).
//
// Thread rule: one thread of its own; construct and destroy from one thread.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "ledger/clock.h"
#include "ledger/ledger.h"
#include "ledger/sequencer.h"
#include "notary/settings.h"

namespace sealedger::notary {

class UnclaimedWatch {
 public:
  // All of them outlive it.
  UnclaimedWatch(const ledger::Ledger& ledger, ledger::Sequencer& sequencer,
                 ledger::Clock& clock, const RouteSettings& routes);
  ~UnclaimedWatch();
  void Stop();

 private:
  void Run();
  void Look();

  const ledger::Ledger& ledger_;
  ledger::Sequencer& sequencer_;
  ledger::Clock& clock_;
  const RouteSettings& routes_;
  std::mutex mu_;
  std::condition_variable wake_;
  bool stopping_ = false;  // guarded by mu_
  std::thread thread_;
};

}  // namespace sealedger::notary
