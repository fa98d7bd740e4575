// SoakSource: the mix of requests of a soak, for a LoadClient: single evidence,
// some with private fields, batches, entries with their proofs, tiles,
// documents, lists and checkpoints. Entries and documents are asked for that
// were acknowledged before, and must be found as they were.
//
// Thread rule: one thread, the LoadClient's; SoakSamples is safe for concurrent
// use.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "tools/bench_document.h"
#include "tools/load_client.h"
#include "tools/soak_memory.h"

namespace sealedger::tools {

inline constexpr uint64_t kSoakBatchItems = 100;

// Answers that are worth a whole verification, for another thread.
struct SoakSample {
  enum class Kind { kReceipt, kBatch };
  Kind kind = Kind::kReceipt;
  uint64_t document = 0;  // the first of a batch
  std::string body;
};

class SoakSamples {
 public:
  // Dropped where too many wait already.
  void Offer(SoakSample sample);
  std::optional<SoakSample> Take();

 private:
  std::mutex mu_;
  std::deque<SoakSample> waiting_;  // guarded by mu_
};

// Of one minute, or of the whole run.
struct SoakFigures {
  std::vector<float> append_us;  // single evidence without private fields
  uint64_t answers = 0;
  uint64_t unavailable = 0;  // 503
};

class SoakSource : public LoadSource {
 public:
  // All outlive the source. `first_document`: those from it on are its own.
  SoakSource(const std::string& token, uint64_t first_document, uint64_t seed,
             SoakMemory& memory, SoakSamples& samples, SoakFindings& findings);

  std::string_view Next(size_t connection) override;
  void Answered(size_t connection, int status, std::string_view body,
                std::chrono::nanoseconds latency) override;

  // What came since it was last asked.
  SoakFigures TakeFigures();

 private:
  enum class Kind {
    kEvidence,
    kPrivate,
    kBatch,
    kEntry,
    kTile,
    kDocument,
    kList,
    kCheckpoint,
  };
  struct Asked {
    Kind kind = Kind::kCheckpoint;
    Acknowledged known;     // kEntry, kDocument
    uint64_t document = 0;  // of what is written
  };

  Kind Draw();
  std::string_view Get(const std::string& path);
  std::string_view Batch(uint64_t first);
  void Remember(const Asked& asked, std::string_view body);
  void CheckKnown(const Asked& asked, std::string_view body);
  void Check(const Asked& asked, std::string_view body);

  const std::string token_;
  SoakMemory& memory_;
  SoakSamples& samples_;
  SoakFindings& findings_;
  std::mt19937_64 random_;
  BenchRequest evidence_;
  BenchRequest with_private_;
  std::string request_;
  uint64_t next_document_;
  uint64_t receipts_ = 0;
  std::vector<Asked> asked_;  // by connection
  SoakFigures figures_;
};

}  // namespace sealedger::tools
