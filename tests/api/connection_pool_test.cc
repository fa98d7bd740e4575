#include "api/connection_pool.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>

namespace sealedger::api {
namespace {

int AnyFile() {
  const int fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  REQUIRE(fd >= 0);
  return fd;
}

// Holds the threads that serve until it opens.
class Gate {
 public:
  void Pass(int fd) {
    std::unique_lock<std::mutex> lock(mu_);
    ++inside_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
    ::close(fd);
  }
  void AwaitInside(int count) {
    std::unique_lock<std::mutex> lock(mu_);
    changed_.wait(lock, [&] { return inside_ >= count; });
  }
  void Open() {
    const std::lock_guard<std::mutex> lock(mu_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mu_;
  std::condition_variable changed_;
  int inside_ = 0;
  bool open_ = false;
};

TEST_CASE("a connection waits only where no thread is free for it") {
  ServerLoad load;
  Gate gate;
  ConnectionPool pool(2, 10, load, [&gate](int fd) { gate.Pass(fd); });
  // However long the threads take to wake up.
  pool.Add(AnyFile());
  CHECK(load.waiting == 0);
  pool.Add(AnyFile());
  CHECK(load.waiting == 0);
  pool.Add(AnyFile());
  CHECK(load.waiting == 1);
  gate.AwaitInside(2);
  CHECK(load.waiting == 1);
  pool.Add(AnyFile());
  CHECK(load.waiting == 2);
  gate.Open();
  pool.Finish();
  CHECK(load.waiting == 0);
}

}  // namespace
}  // namespace sealedger::api
