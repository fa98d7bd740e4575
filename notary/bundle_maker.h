// BundleMaker: collects the entries that a bundle's checks need, each with its
// path in one published tree.
//
// Thread rule: one thread at a time; the ledger outlives it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "ledger/ledger.h"
#include "notary/bundle.h"
#include "notary/entry.h"

namespace sealedger::notary {

class BundleMaker {
 public:
  BundleMaker(const ledger::Ledger& ledger, ledger::PublishedPtr published)
      : ledger_(ledger), published_(std::move(published)) {}

  // The entry at `index`, parsed; it is part of the bundle from here on.
  // kVerificationFailed "bundle-too-large" where a verifier would not read it.
  Result<Entry> Take(uint64_t index);
  // All that the checks of this subject need. `full_chain`: the links of its
  // evidence chain, too.
  Result<void> TakeNeeded(const Entry& subject, bool full_chain);

  // What was taken, the subject first. Once.
  Bundle Finish(uint64_t subject, std::vector<std::string> disclosures);

 private:
  // The party entry and those before it, to the first.
  Result<void> TakeParty(uint64_t by_entry);
  Result<void> TakeChain(const ChainLink& link);
  // What the entry stands on in the register, to the first of each subject.
  Result<void> TakeRegister(const Entry& subject);
  // What the register has learned of the seal until now.
  Result<void> TakeNewestOfSeal(const std::string& code);

  const ledger::Ledger& ledger_;
  const ledger::PublishedPtr published_;
  std::map<uint64_t, BundledEntry> entries_;
  size_t bytes_ = 0;
};

}  // namespace sealedger::notary
