// SoakMemory: what a soak was told and must find again. Every acknowledged
// entry counts; up to kMaxRemembered of them are kept, each as likely as any
// other, so that hours of load fit into memory.
//
// Thread rule: safe for concurrent use.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "ledger/hash.h"

namespace sealedger::tools {

struct Acknowledged {
  uint64_t index = 0;     // of the entry
  uint64_t document = 0;  // its number, as in bench_document.h
  ledger::Hash leaf_hash;
};

class SoakMemory {
 public:
  static constexpr size_t kMaxRemembered = 1000000;

  explicit SoakMemory(uint64_t seed) : random_(seed) {}

  void Add(const Acknowledged& entry);
  // An entry with private fields, to be erased some day.
  void AddErasable(const Acknowledged& entry);
  // One of those kept; nullopt while there is none.
  std::optional<Acknowledged> Pick();
  // One that was not taken before.
  std::optional<Acknowledged> TakeErasable();

  uint64_t acknowledged() const;
  std::vector<Acknowledged> remembered() const;

 private:
  mutable std::mutex mu_;
  // Guarded by mu_.
  std::mt19937_64 random_;
  uint64_t acknowledged_ = 0;
  std::vector<Acknowledged> kept_;
  std::vector<Acknowledged> erasable_;  // the last few
};

// What went wrong, and how much was checked, from several threads.
class SoakFindings {
 public:
  void Verified() { Count(&verified_); }
  // An acknowledged entry is not there, or is another one.
  void Lost(const std::string& what) { Count(&lost_, what); }
  // Any other answer that is not what it should be.
  void Wrong(const std::string& what) { Count(&wrong_, what); }

  struct Counts {
    uint64_t verified = 0;
    uint64_t lost = 0;
    uint64_t wrong = 0;
    std::vector<std::string> first;  // what the first few were
  };
  Counts counts() const;

 private:
  void Count(uint64_t* counter, const std::string& what = {});

  mutable std::mutex mu_;
  // Guarded by mu_.
  uint64_t verified_ = 0;
  uint64_t lost_ = 0;
  uint64_t wrong_ = 0;
  std::vector<std::string> first_;
};

}  // namespace sealedger::tools
