// Published: one tree head with everything that answers about it need. The
// sequencer makes one for every commit and swaps it in; a request takes the
// pointer once and answers from it alone.
//
// Thread rule: immutable, except PublishedSlot, which is safe for concurrent
// use.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "ledger/checkpoint.h"
#include "ledger/edge.h"

namespace sealedger::ledger {

struct Published {
  TreeHead head;
  int64_t time_ms = 0;  // of the last entry; 0 for an empty ledger
  std::string note;     // the signed checkpoint of `head`
  TreeEdge edge;
  // The tiles that the commit of this head finished: they are on disk too, and
  // its own waiters need not read them.
  std::vector<FinishedTile> finished;
};

using PublishedPtr = std::shared_ptr<const Published>;

class PublishedSlot {
 public:
  PublishedPtr Get() const {
    const std::lock_guard<std::mutex> lock(mu_);
    return published_;
  }
  void Set(PublishedPtr published) {
    const std::lock_guard<std::mutex> lock(mu_);
    published_.swap(published);
  }

 private:
  mutable std::mutex mu_;
  PublishedPtr published_;  // guarded by mu_
};

}  // namespace sealedger::ledger
