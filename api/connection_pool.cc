#include "api/connection_pool.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

namespace sealedger::api {

ConnectionPool::ConnectionPool(size_t threads, size_t capacity,
                               ServerLoad& load,
                               std::function<void(int fd)> serve)
    : size_(threads),
      capacity_(capacity),
      load_(load),
      serve_(std::move(serve)) {
  threads_.reserve(size_);
  try {
    while (threads_.size() < size_) {
      threads_.emplace_back([this] { Run(); });
    }
  } catch (...) {
    // The destructor does not run; those that did start must end.
    Finish();
    throw;
  }
}

ConnectionPool::~ConnectionPool() { Finish(); }

void ConnectionPool::AwaitRoom() {
  std::unique_lock<std::mutex> lock(mu_);
  room_.wait(lock, [this] { return live_ < capacity_ || closed_; });
}

void ConnectionPool::Add(int fd) {
  {
    const std::lock_guard<std::mutex> lock(mu_);
    if (live_ >= capacity_) {
      close(fd);
      return;
    }
    ++live_;
    queue_.push_back(fd);
    load_.waiting = Unserved();
  }
  work_.notify_one();
}

void ConnectionPool::Close() {
  {
    const std::lock_guard<std::mutex> lock(mu_);
    closed_ = true;
  }
  room_.notify_all();
}

void ConnectionPool::Finish() {
  {
    const std::lock_guard<std::mutex> lock(mu_);
    closed_ = true;
    finishing_ = true;
  }
  room_.notify_all();
  work_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

// A free thread may take a while to wake up: what it will take waits for
// nobody's place.
size_t ConnectionPool::Unserved() const {
  const size_t served = live_ - queue_.size();
  const size_t free = size_ - std::min(served, size_);
  return queue_.size() - std::min(free, queue_.size());
}

void ConnectionPool::Run() {
  for (;;) {
    int fd = -1;
    {
      std::unique_lock<std::mutex> lock(mu_);
      work_.wait(lock, [this] { return !queue_.empty() || finishing_; });
      if (queue_.empty()) return;
      fd = queue_.front();
      queue_.pop_front();
      load_.waiting = Unserved();
    }
    load_.active.fetch_add(1);
    serve_(fd);
    load_.active.fetch_sub(1);
    {
      const std::lock_guard<std::mutex> lock(mu_);
      --live_;
      load_.waiting = Unserved();
    }
    room_.notify_one();
  }
}

}  // namespace sealedger::api
