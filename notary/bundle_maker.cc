#include "notary/bundle_maker.h"

#include <optional>
#include <utility>

#include "notary/register_chain.h"
#include "notary/requested_entry.h"
#include "notary/subject_chain.h"

namespace sealedger::notary {
namespace {

using ledger::Code;
using ledger::MakeError;

// 32 hashes: a tree of four thousand million entries.
constexpr size_t kMaxPathBytes = 32 * 32;

}  // namespace

Result<Entry> BundleMaker::Take(uint64_t index) {
  Result<std::string> text = ledger_.ReadEntry(index, *published_);
  if (!text) return std::move(text).error();
  Result<Entry> entry = ParseEntry(*text);
  if (!entry) return entry;
  if (entries_.count(index) == 0) {
    // Half: quotes and digits in base64 take room, too.
    bytes_ += text->size() + kMaxPathBytes;
    if (bytes_ > kMaxBundleSize / 2) {
      return MakeError(Code::kVerificationFailed, "bundle-too-large",
                       "the bundle would be larger than a verifier reads");
    }
    Result<std::vector<Hash>> path = ledger_.ProveInclusion(index, published_);
    if (!path) return std::move(path).error();
    entries_[index] = {index, *std::move(text), *std::move(path), {}};
  }
  return entry;
}

Result<void> BundleMaker::TakeNeeded(const Entry& subject, bool full_chain) {
  if (subject.by_entry) {
    Result<void> taken = TakeParty(*subject.by_entry);
    if (!taken) return taken;
  }
  if (StandsOnRegister(subject)) {
    Result<void> taken = TakeRegister(subject);
    if (!taken) return taken;
  }
  if (const auto* sealed = std::get_if<DocumentSealed>(&subject.body)) {
    Result<void> taken = TakeNewestOfSeal(sealed->seal_code);
    if (!taken) return taken;
  }
  const std::optional<uint64_t> before =
      subject.request ? RequestStandsOn(subject) : std::nullopt;
  if (before) {
    Result<Entry> taken = Take(*before);
    if (!taken) return std::move(taken).error();
  }
  const auto* evidence = std::get_if<EvidenceRecorded>(&subject.body);
  if (!full_chain || evidence == nullptr || !evidence->chain) return {};
  return TakeChain(*evidence->chain);
}

Result<void> BundleMaker::TakeParty(uint64_t by_entry) {
  std::optional<uint64_t> next = by_entry;
  while (next) {
    Result<Entry> entry = Take(*next);
    if (!entry) return std::move(entry).error();
    const PartyEntry* party = std::get_if<PartyEntry>(&entry->body);
    if (party == nullptr) {
      return MakeError(Code::kCorruption, "ledger-corrupt",
                       "by_entry names no party entry");
    }
    next = party->previous;
  }
  return {};
}

Result<void> BundleMaker::TakeChain(const ChainLink& link) {
  uint64_t next = link.previous;
  while (next != link.root) {
    Result<Entry> entry = Take(next);
    if (!entry) return std::move(entry).error();
    next = std::get<EvidenceRecorded>(entry->body).chain->previous;
  }
  Result<Entry> root = Take(link.root);
  if (!root) return std::move(root).error();
  return {};
}

Result<void> BundleMaker::TakeRegister(const Entry& subject) {
  std::vector<uint64_t> links = RegisterLinks(subject);
  while (!links.empty()) {
    const uint64_t next = links.back();
    links.pop_back();
    if (entries_.contains(next)) continue;
    Result<Entry> entry = Take(next);
    if (!entry) return std::move(entry).error();
    for (uint64_t before : RegisterLinks(*entry)) links.push_back(before);
  }
  return {};
}

Result<void> BundleMaker::TakeNewestOfSeal(const std::string& code) {
  Result<SealChain> chain = ReadSealChain(ledger_, code, published_->head.size);
  if (!chain) return std::move(chain).error();
  for (const KnownEntry& known : chain->entries) {
    if (entries_.contains(known.index)) continue;
    Result<Entry> entry = Take(known.index);
    if (!entry) return std::move(entry).error();
  }
  return {};
}

Bundle BundleMaker::Finish(uint64_t subject,
                           std::vector<std::string> disclosures) {
  Bundle bundle;
  bundle.checkpoint = published_->note;
  entries_[subject].disclosures = std::move(disclosures);
  bundle.entries.push_back(std::move(entries_[subject]));
  entries_.erase(subject);
  for (auto& [index, entry] : entries_) {
    bundle.entries.push_back(std::move(entry));
  }
  return bundle;
}

}  // namespace sealedger::notary
