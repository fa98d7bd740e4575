// HTTP as benchmarks ask for it: sources of requests for a LoadClient, each
// with the check of its answers. Every answer's status counts; a sample of the
// answers is kept and verified once the time is over, by the same code that
// verifies for depositors.
//
// Thread rule: one thread at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "ledger/note.h"
#include "ledger/result.h"
#include "tools/bench_document.h"
#include "tools/load_client.h"

namespace sealedger::tools {

// What one round of one kind of request gave.
struct HttpRound {
  double rate = 0;    // answers a second
  double p50_us = 0;  // from request to answer
  double p99_us = 0;
};

// The value below which the share `quantile` (0 to 1) of the samples lies; 0
// of none.
double QuantileOf(std::vector<float> samples, double quantile);

class BenchSource : public LoadSource {
 public:
  std::string_view Next(size_t connection) final;
  void Answered(size_t connection, int status, std::string_view body,
                std::chrono::nanoseconds latency) final;

  // Verifies the sample and forgets it. kVerificationFailed "wrong-answer",
  // also where any answer had another status than it should.
  ledger::Result<uint64_t> VerifySample();
  HttpRound Round(const LoadFigures& figures) const;
  // Answers since the object was made.
  uint64_t answers() const { return answers_; }

 protected:
  explicit BenchSource(int status) : status_(status) {}

 private:
  // The request that `number` stands for; the numbers come from Pick.
  virtual uint64_t Pick() = 0;
  virtual std::string_view RequestFor(uint64_t number) = 0;
  virtual ledger::Result<void> Verify(uint64_t number,
                                      const std::string& body) = 0;

  const int status_;
  std::vector<uint64_t> asked_;   // by connection
  std::vector<float> latencies_;  // of this round, in µs
  std::vector<std::pair<uint64_t, std::string>> sample_;
  uint64_t answers_ = 0;
  uint64_t wrong_ = 0;  // of another status
};

// GET /healthz: HTTP and nothing else.
class HealthSource : public BenchSource {
 public:
  HealthSource() : BenchSource(200) {}

 private:
  uint64_t Pick() override { return 0; }
  std::string_view RequestFor(uint64_t number) override;
  ledger::Result<void> Verify(uint64_t number,
                              const std::string& body) override;
};

// POST /v1/evidence, each of another document.
class EvidenceSource : public BenchSource {
 public:
  EvidenceSource(const std::string& token, const ledger::VerifierKey& vkey,
                 uint64_t first, PrivateFields fields);

 private:
  uint64_t Pick() override { return next_++; }
  std::string_view RequestFor(uint64_t number) override;
  ledger::Result<void> Verify(uint64_t number,
                              const std::string& body) override;

  const ledger::VerifierKey vkey_;
  const PrivateFields fields_;
  BenchRequest request_;
  uint64_t next_;
};

// POST of the same bodies to a ControlServer.
class ControlSource : public BenchSource {
 public:
  explicit ControlSource(size_t answer_bytes);

 private:
  uint64_t Pick() override { return next_++; }
  std::string_view RequestFor(uint64_t number) override;
  ledger::Result<void> Verify(uint64_t number,
                              const std::string& body) override;

  const size_t answer_bytes_;
  BenchRequest request_;
  uint64_t next_ = 0;
};

// GET /v1/entries/{i} at random, below `size`: an entry with its proof.
class EntrySource : public BenchSource {
 public:
  EntrySource(const ledger::VerifierKey& vkey, uint64_t size, uint64_t seed);

 private:
  uint64_t Pick() override;
  std::string_view RequestFor(uint64_t number) override;
  ledger::Result<void> Verify(uint64_t number,
                              const std::string& body) override;

  const ledger::VerifierKey vkey_;
  std::mt19937_64 random_;
  std::uniform_int_distribution<uint64_t> index_;
  std::string request_;
};

// GET of full tiles of level 0 at random, of a tree of at least `size` >= 256.
class TileSource : public BenchSource {
 public:
  // `url`: of the service; the sample's leaves are held against its entries.
  TileSource(const std::string& url, const ledger::VerifierKey& vkey,
             uint64_t size, uint64_t seed);

 private:
  uint64_t Pick() override;
  std::string_view RequestFor(uint64_t number) override;
  ledger::Result<void> Verify(uint64_t number,
                              const std::string& body) override;

  const std::string url_;
  const ledger::VerifierKey vkey_;
  std::mt19937_64 random_;
  std::uniform_int_distribution<uint64_t> tile_;
  std::string request_;
};

// The receipt `body` of GET /v1/entries/{index}, verified; its leaf hash.
ledger::Result<ledger::Hash> VerifyEntryAnswer(std::string_view body,
                                               uint64_t index,
                                               const ledger::VerifierKey& vkey);

// Connects, runs one round, verifies its sample; `*verified` grows by it.
ledger::Result<HttpRound> RunRound(uint16_t port, size_t connections,
                                   std::chrono::nanoseconds duration,
                                   BenchSource& source, uint64_t* verified);

}  // namespace sealedger::tools
