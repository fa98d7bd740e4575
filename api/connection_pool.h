// ConnectionPool: threads that serve connections, and a queue before them.
//
// At most `capacity` connections are here at once, served or waiting: each is
// an open file, and the stores need files of their own at any moment.
//
// Thread rule: safe for concurrent use; the destructor is the last call.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "api/connection.h"

namespace sealedger::api {

class ConnectionPool {
 public:
  // `serve` owns the socket. Throws std::system_error where the system gives
  // no more threads.
  ConnectionPool(size_t threads, size_t capacity, ServerLoad& load,
                 std::function<void(int fd)> serve);
  // Finish.
  ~ConnectionPool();
  ConnectionPool(const ConnectionPool&) = delete;
  ConnectionPool& operator=(const ConnectionPool&) = delete;

  // Until there is room for one more; at once after Close.
  void AwaitRoom();
  // Beyond `capacity` the socket is closed.
  void Add(int fd);
  // Nobody waits for room any more.
  void Close();
  // Serves what was added, then ends the threads. Safe to call twice.
  void Finish();

 private:
  void Run();
  // Queued connections beyond those that free threads will take; under mu_.
  size_t Unserved() const;

  const size_t size_;
  const size_t capacity_;
  ServerLoad& load_;
  const std::function<void(int fd)> serve_;

  std::mutex mu_;
  std::condition_variable work_;
  std::condition_variable room_;
  // Guarded by mu_.
  std::deque<int> queue_;
  size_t live_ = 0;  // queued and being served
  bool closed_ = false;
  bool finishing_ = false;

  std::vector<std::thread> threads_;
};

}  // namespace sealedger::api
