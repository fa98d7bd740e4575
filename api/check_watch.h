// CheckWatch: tells the log when a check of /readyz begins to fail and when it
// is passed again, whether or not anybody asks.
//
//   {"time":…,"event":"check_failed","check":"clock","name":"clock-unsure",…}
//   {"time":…,"event":"check_passed","check":"clock"}
//
// Thread rule: construction and destruction from one thread.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "api/log.h"
#include "notary/notary.h"

namespace sealedger::api {

using ReadChecks = std::function<std::vector<notary::ReadyLine>()>;

class CheckWatch {
 public:
  // Looks every second, for the first time at once.
  CheckWatch(ReadChecks read, std::shared_ptr<Log> log);
  ~CheckWatch();
  CheckWatch(const CheckWatch&) = delete;
  CheckWatch& operator=(const CheckWatch&) = delete;

 private:
  void Run();

  const ReadChecks read_;
  const std::shared_ptr<Log> log_;

  std::mutex mu_;
  std::condition_variable wake_;
  bool stopping_ = false;  // guarded by mu_

  std::thread thread_;
};

}  // namespace sealedger::api
