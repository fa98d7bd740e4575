#include "tools/soak_memory.h"

namespace sealedger::tools {

namespace {

constexpr size_t kErasable = 1000;
constexpr size_t kFirst = 10;

}  // namespace

void SoakMemory::Add(const Acknowledged& entry) {
  const std::lock_guard<std::mutex> lock(mu_);
  ++acknowledged_;
  if (kept_.size() < kMaxRemembered) {
    kept_.push_back(entry);
    return;
  }
  // The n-th takes a random place of n: each has the same chance to stay.
  const uint64_t place = random_() % acknowledged_;
  if (place < kept_.size()) kept_[place] = entry;
}

void SoakMemory::AddErasable(const Acknowledged& entry) {
  const std::lock_guard<std::mutex> lock(mu_);
  if (erasable_.size() < kErasable) {
    erasable_.push_back(entry);
  } else {
    erasable_[random_() % kErasable] = entry;
  }
}

std::optional<Acknowledged> SoakMemory::Pick() {
  const std::lock_guard<std::mutex> lock(mu_);
  if (kept_.empty()) return std::nullopt;
  return kept_[random_() % kept_.size()];
}

std::optional<Acknowledged> SoakMemory::TakeErasable() {
  const std::lock_guard<std::mutex> lock(mu_);
  if (erasable_.empty()) return std::nullopt;
  std::swap(erasable_[random_() % erasable_.size()], erasable_.back());
  const Acknowledged taken = erasable_.back();
  erasable_.pop_back();
  return taken;
}

uint64_t SoakMemory::acknowledged() const {
  const std::lock_guard<std::mutex> lock(mu_);
  return acknowledged_;
}

std::vector<Acknowledged> SoakMemory::remembered() const {
  const std::lock_guard<std::mutex> lock(mu_);
  return kept_;
}

void SoakFindings::Count(uint64_t* counter, const std::string& what) {
  const std::lock_guard<std::mutex> lock(mu_);
  ++*counter;
  if (!what.empty() && first_.size() < kFirst) first_.push_back(what);
}

SoakFindings::Counts SoakFindings::counts() const {
  const std::lock_guard<std::mutex> lock(mu_);
  return {verified_, lost_, wrong_, first_};
}

}  // namespace sealedger::tools
