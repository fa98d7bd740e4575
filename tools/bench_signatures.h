// What benchmarks of seals in use ask for over HTTP, and what they hold the
// answers to.
//
// Thread rule: one thread at a time; SealingCheck is immutable.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/note.h"
#include "ledger/result.h"
#include "tools/bench_custody.h"
#include "tools/bench_http.h"

namespace sealedger::tools {

// Holds what was made to what was ordered. kVerificationFailed "wrong-answer".
class SealingCheck {
 public:
  // `custody` outlives it.
  SealingCheck(const BenchCustody& custody, ledger::VerifierKey vkey);

  const ledger::VerifierKey& vkey() const { return vkey_; }

  // An SES_Signature of document n, with the seal in custody.
  ledger::Result<void> Holds(uint64_t n, std::string_view signature) const;
  // The receipt of the entry of that signature.
  ledger::Result<void> Entered(std::string_view receipt,
                               std::string_view signature) const;

 private:
  const BenchCustody& custody_;
  const ledger::VerifierKey vkey_;
};

// POST /v1/seals/{code}/signatures, each of another document.
class OrderSource : public BenchSource {
 public:
  OrderSource(const BenchCustody& custody, const SealingCheck& check);

 private:
  uint64_t Pick() override { return next_++; }
  std::string_view RequestFor(uint64_t number) override;
  ledger::Result<void> Verify(uint64_t number,
                              const std::string& body) override;

  const SealingCheck& check_;
  const std::string head_;
  std::string request_;
  uint64_t next_ = 0;
};

// POST /v1/seal-signatures of those of documents 0 and on, over and over.
class GivenSource : public BenchSource {
 public:
  // `signatures` outlives it.
  GivenSource(const BenchCustody& custody, const SealingCheck& check,
              const std::vector<std::string>& signatures);

 private:
  uint64_t Pick() override { return next_++ % requests_.size(); }
  std::string_view RequestFor(uint64_t number) override;
  ledger::Result<void> Verify(uint64_t number,
                              const std::string& body) override;

  const SealingCheck& check_;
  const std::vector<std::string>& signatures_;
  std::vector<std::string> requests_;
  uint64_t next_ = 0;
};

}  // namespace sealedger::tools
