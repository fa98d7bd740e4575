#include "tests/fuzz/support/ledger_model.h"

#include <algorithm>

#include "ledger/check.h"
#include "ledger/encoding.h"

namespace sealedger::fuzzing {

namespace {

const notary::EvidenceRecorded* EvidenceOf(const notary::Entry& entry) {
  return std::get_if<notary::EvidenceRecorded>(&entry.body);
}

bool InChain(const notary::Entry& entry, uint64_t root) {
  const notary::EvidenceRecorded* evidence = EvidenceOf(entry);
  return evidence != nullptr && evidence->chain &&
         evidence->chain->root == root;
}

}  // namespace

void LedgerModel::Add(std::string text, std::vector<std::string> disclosures) {
  auto entry = notary::ParseEntry(text);
  CHECK(entry.has_value());
  const ledger::Hash leaf_hash = ledger::LeafHash(text);
  edge_.Append(leaf_hash);
  items_.push_back({std::move(text),
                    *std::move(entry),
                    leaf_hash,
                    std::move(disclosures),
                    {}});
}

void LedgerModel::TieRun(uint64_t first, uint64_t count) {
  for (uint64_t i = first; i < first + count; ++i) {
    for (uint64_t other = first; other < first + count; ++other) {
      if (other != i) items_.at(i).also.push_back(other);
    }
  }
}

bool LedgerModel::OwnsPrivate(const notary::Caller& caller,
                              uint64_t index) const {
  if (caller.role == notary::Role::kAdmin) return true;
  if (caller.role == notary::Role::kRegulator) return false;
  const notary::Entry& entry = items_.at(index).entry;
  const auto* seal = std::get_if<notary::SealIssued>(&entry.body);
  return caller.party == entry.by ||
         (seal != nullptr && caller.party == seal->custodian);
}

std::vector<std::string> LedgerModel::DisclosuresFor(
    const notary::Caller* caller, uint64_t index) const {
  if (caller == nullptr || erased.count(index) != 0) return {};
  return OwnsPrivate(*caller, index) ? items_.at(index).disclosures
                                     : std::vector<std::string>();
}

std::vector<uint64_t> LedgerModel::Matching(
    const notary::EntryFilter& filter) const {
  const uint64_t begin =
      filter.cursor ? ledger::ParseDecimal(*filter.cursor).value_or(UINT64_MAX)
                    : 0;
  std::vector<uint64_t> found;
  for (uint64_t i = begin; i < items_.size(); ++i) {
    const notary::Entry& entry = items_[i].entry;
    if (filter.kind && notary::KindOf(entry) != *filter.kind) continue;
    if (filter.by && entry.by != *filter.by) continue;
    if (filter.chain && i != *filter.chain && !InChain(entry, *filter.chain)) {
      continue;
    }
    if (filter.from_ms && entry.time_ms < *filter.from_ms) continue;
    if (filter.to_ms && entry.time_ms >= *filter.to_ms) continue;
    found.push_back(i);
  }
  return found;
}

std::vector<uint64_t> LedgerModel::OfDocument(
    const notary::DocumentDigest& digest, uint64_t begin) const {
  std::vector<uint64_t> found;
  for (uint64_t i = begin; i < items_.size(); ++i) {
    const notary::EvidenceRecorded* evidence = EvidenceOf(items_[i].entry);
    if (evidence == nullptr) continue;
    const bool same =
        digest.algorithm == notary::DocumentDigest::Algorithm::kSha256
            ? evidence->document.sha256 == digest.hash
            : evidence->document.sm3 == digest.hash;
    if (same) found.push_back(i);
  }
  return found;
}

std::vector<uint64_t> LedgerModel::RelatedTo(
    const std::vector<uint64_t>& indices) const {
  std::set<uint64_t> roots(indices.begin(), indices.end());
  for (const uint64_t index : indices) {
    const notary::EvidenceRecorded* evidence = EvidenceOf(items_[index].entry);
    if (evidence->chain) roots.insert(evidence->chain->root);
  }
  std::set<uint64_t> related = roots;
  for (uint64_t i = 0; i < items_.size(); ++i) {
    const notary::EvidenceRecorded* evidence = EvidenceOf(items_[i].entry);
    if (evidence != nullptr && evidence->chain &&
        roots.count(evidence->chain->root) != 0) {
      related.insert(i);
    }
  }
  for (const uint64_t index : indices) related.erase(index);
  return {related.begin(), related.end()};
}

std::optional<LedgerModel::Party> LedgerModel::FindParty(
    std::string_view id) const {
  std::optional<Party> party;
  for (uint64_t i = 0; i < items_.size(); ++i) {
    const auto* entry = std::get_if<notary::PartyEntry>(&items_[i].entry.body);
    if (entry == nullptr || entry->id != id) continue;
    if (!party) party.emplace();
    party->newest = *entry;
    party->entries.push_back(i);
  }
  return party;
}

std::optional<std::string> LedgerModel::TileBytes(
    const ledger::TileId& tile) const {
  const uint32_t height = 8 * tile.level;
  if (height > 24) return std::nullopt;  // no ledger of ours grows so large
  const uint64_t begin = tile.index << 8;
  if (tile.index > items_.size() ||
      begin + tile.width > (items_.size() >> height)) {
    return std::nullopt;
  }
  std::string bytes;
  for (uint64_t i = begin; i < begin + tile.width; ++i) {
    if (tile.kind == ledger::TileId::Kind::kEntries) {
      const std::string& text = items_[i].text;
      bytes.push_back(static_cast<char>(text.size() >> 8));
      bytes.push_back(static_cast<char>(text.size() & 0xff));
      bytes += text;
      continue;
    }
    ledger::RightEdge subtree;
    for (uint64_t leaf = i << height; leaf < (i + 1) << height; ++leaf) {
      subtree.Append(items_[leaf].leaf_hash);
    }
    bytes += subtree.Root().view();
  }
  return bytes;
}

void LedgerModel::AddToken(Token token) {
  tokens_made_.push_back(token);
  CHECK(tokens_.emplace(token.id, token).second);
}

void LedgerModel::DropToken(const std::string& id) {
  CHECK(tokens_.erase(id) == 1);
  std::erase_if(tokens_made_,
                [&id](const Token& token) { return token.id == id; });
}

std::optional<notary::Caller> LedgerModel::Authenticate(std::string_view secret,
                                                        int64_t now_ms) const {
  for (const auto& [id, token] : tokens_) {
    if (token.secret != secret) continue;
    if (token.expires_ms && *token.expires_ms <= now_ms) return std::nullopt;
    return notary::Caller{token.party, token.role};
  }
  return std::nullopt;
}

}  // namespace sealedger::fuzzing
