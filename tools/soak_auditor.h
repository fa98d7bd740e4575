// SoakAuditor: looks over a service's shoulder while it is under load, at a
// pace that does not matter beside it. It verifies the sampled receipts and
// batches whole, asks again for entries that were acknowledged, proves
// checkpoints that it saw consistent with a newer one, and erases private
// fields now and then.
//
// Consistency is proved from tiles that the service hands out; the two signed
// roots authenticate them.
//
// Thread rule: one thread at a time; it works on a thread of its own.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>

#include "ledger/checkpoint.h"
#include "ledger/note.h"
#include "ledger/proof.h"
#include "tools/http_client.h"
#include "tools/soak_memory.h"
#include "tools/soak_source.h"

namespace sealedger::tools {

class SoakAuditor {
 public:
  // Starts. All outlive the auditor.
  static ledger::Result<std::unique_ptr<SoakAuditor>> Start(
      const std::string& url, const std::string& token,
      const ledger::VerifierKey& vkey, uint64_t seed, SoakMemory& memory,
      SoakSamples& samples, SoakFindings& findings);
  ~SoakAuditor();

  // Ends the thread, and proves each checkpoint that it saw consistent with
  // the newest.
  void Finish();

  uint64_t checkpoints() const { return checkpoints_.size(); }
  uint64_t erasures() const { return erasures_; }

 private:
  SoakAuditor(HttpClient client, const ledger::VerifierKey& vkey, uint64_t seed,
              SoakMemory& memory, SoakSamples& samples, SoakFindings& findings);
  void Run();
  void VerifySample(const SoakSample& sample);
  void VerifyReceipt(const SoakSample& sample);
  void VerifyBatch(const SoakSample& sample);
  void ReadAgain();
  void SeeCheckpoint(const std::string& note);
  void FetchCheckpoint();
  void ProveConsistent(const ledger::TreeHead& from, const ledger::TreeHead& to,
                       ledger::HashReader& tiles);
  void EraseOne();

  const ledger::VerifierKey vkey_;
  SoakMemory& memory_;
  SoakSamples& samples_;
  SoakFindings& findings_;
  std::atomic<bool> stopping_{false};
  std::atomic<uint64_t> erasures_{0};

  // Touched by the thread, and by Finish once it has ended.
  HttpClient client_;
  std::mt19937_64 random_;
  std::map<uint64_t, ledger::Hash> checkpoints_;  // root by size

  std::thread thread_;
};

}  // namespace sealedger::tools
