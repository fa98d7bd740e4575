// A small ledger with a story, made from fixed keys and salts, so that its
// bytes are the same in every run, and the bundles of it.
//
//   0 ledger.created      1 party.registered operator
//   2 party.registered acme     4, 7 party.changed acme
//   6 party.registered bravo
//   3 evidence.recorded   5, 8, 9 links of the chain that begins with 3
//  10 disclosure.erased  11 evidence.recorded by bravo
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ledger/check.h"
#include "ledger/checkpoint.h"
#include "ledger/ed25519.h"
#include "ledger/encoding.h"
#include "ledger/hash.h"
#include "ledger/note.h"
#include "ledger/proof.h"
#include "ledger/tree.h"
#include "notary/bundle.h"
#include "notary/disclosure.h"
#include "notary/entry.h"
#include "notary/request_base.h"
#include "notary/trust.h"
#include "notary/verify.h"

namespace sealedger::testing {

inline constexpr std::string_view kSampleOrigin = "seal.example.com/ledger";
inline constexpr std::string_view kSampleDocument =
    "Contract no. 2026-0117\nAcme Contracts Ltd. and Bravo Ltd. agree.\n";
inline constexpr uint64_t kSampleSubject = 9;

inline ledger::Ed25519Key KeyOfSeed(char byte) {
  auto key = ledger::Ed25519Key::FromSeed(std::string(32, byte));
  CHECK(key);
  return *std::move(key);
}

inline ledger::VerifierKey SampleVkey(char seed = 1) {
  return ledger::MakeVerifierKey(kSampleOrigin, KeyOfSeed(seed).public_key());
}

inline notary::Trust SampleTrust() {
  notary::Trust trust;
  trust.logs.push_back(SampleVkey());
  return trust;
}

inline notary::DocumentAtHand SampleDocumentAtHand() {
  return {.sha256 = ledger::Sha256Of(kSampleDocument),
          .sm3 = ledger::Sm3Of(kSampleDocument)};
}

// Disclosures with fixed salts, in the order of their digests.
inline std::vector<std::string> SampleDisclosures(char salt) {
  std::vector<std::pair<std::string, std::string>> made;
  const std::pair<std::string, std::string> fields[] = {
      {"signatory", "张三"}, {"reviewer", "李四"}, {"file", "contract.pdf"}};
  for (const auto& [name, value] : fields) {
    std::string text = notary::EncodeDisclosure(
        {std::string(notary::kSaltSize, salt++), name, value});
    made.emplace_back(
        ledger::EncodeBase64Url(notary::DisclosureDigest(text).view()), text);
  }
  std::sort(made.begin(), made.end());
  std::vector<std::string> texts;
  for (const auto& [digest, text] : made) texts.push_back(text);
  return texts;
}

inline std::vector<std::string> DigestsOf(
    const std::vector<std::string>& disclosures) {
  std::vector<std::string> digests;
  for (const std::string& text : disclosures) {
    digests.push_back(
        ledger::EncodeBase64Url(notary::DisclosureDigest(text).view()));
  }
  return digests;
}

// An entry whose time is one second after another for each index.
inline notary::Entry EntryAt(uint64_t index, std::string by,
                             std::optional<uint64_t> by_entry,
                             decltype(notary::Entry::body) body) {
  constexpr int64_t kBegin = 1'795'339'800'123;  // 2026-11-22T09:30:00.123Z
  notary::Entry entry;
  entry.time_ms = kBegin + static_cast<int64_t>(index) * 1000;
  entry.by = std::move(by);
  entry.by_entry = by_entry;
  entry.body = std::move(body);
  return entry;
}

inline notary::PartyEntry PartyOf(std::string id, notary::Role role,
                                  std::optional<uint64_t> previous = {}) {
  notary::PartyEntry party;
  party.changed = previous.has_value();
  party.id = std::move(id);
  party.role = role;
  party.previous = previous;
  return party;
}

inline notary::EvidenceRecorded EvidenceOf(
    std::string_view document, std::optional<notary::ChainLink> chain = {}) {
  notary::EvidenceRecorded evidence;
  evidence.document.sha256 = ledger::Sha256Of(document);
  evidence.chain = chain;
  return evidence;
}

inline notary::LedgerCreated SampleCreated() {
  return {.origin = std::string(kSampleOrigin),
          .vkey = ledger::FormatVerifierKey(SampleVkey()),
          .software = "sealedger 0.1.0",
          .succeeds = std::nullopt};
}

// The request that made entry 9, signed by acme.
inline notary::SignedRequest SampleRequest() {
  notary::SignedRequest request;
  request.body =
      "{\"chain\":{\"after\":8,\"root\":3},\"document\":{\"media_type\":\"text/"
      "plain\",\"sha256\":\"" +
      ledger::ToHex(ledger::Sha256Of(kSampleDocument)) +
      "\",\"size\":" + std::to_string(kSampleDocument.size()) + ",\"sm3\":\"" +
      ledger::ToHex(ledger::Sm3Of(kSampleDocument)) +
      "\"},\"label\":\"2026-0117\",\"private\":{\"file\":\"contract.pdf\","
      "\"reviewer\":\"李四\",\"signatory\":\"张三\"}}";
  notary::RequestBase base;
  base.method = "POST";
  base.path = "/v1/evidence";
  base.content_sha256 = ledger::Sha256Of(request.body);
  base.idempotency_key = "contract-2026-0117";
  base.created_s = 1'795'339'807;
  base.keyid = "acme";
  request.base = notary::FormatRequestBase(base);
  request.signature = *KeyOfSeed(3).Sign(request.base);
  return request;
}

inline std::vector<std::string> SampleEntries() {
  using notary::Role;
  const auto acme = [](std::optional<uint64_t> previous) {
    notary::PartyEntry party = PartyOf("acme", Role::kPlatform, previous);
    party.name = "Acme 合同平台有限公司";
    // RFC 8410: the same twelve bytes before every Ed25519 key.
    const auto prefix = ledger::DecodeHex("302a300506032b6570032100");
    party.key =
        notary::PartyKey{"ed25519", *prefix + KeyOfSeed(3).public_key()};
    return party;
  };
  std::vector<notary::Entry> entries;
  const auto add = [&entries](std::string by, std::optional<uint64_t> by_entry,
                              decltype(notary::Entry::body) body) {
    entries.push_back(
        EntryAt(entries.size(), std::move(by), by_entry, std::move(body)));
  };
  add("operator", std::nullopt, SampleCreated());
  add("operator", std::nullopt, PartyOf("operator", Role::kAdmin));
  add("operator", 1, acme(std::nullopt));
  add("acme", 2, EvidenceOf("first draft"));
  add("operator", 1, acme(2));
  add("acme", 4, EvidenceOf("second draft", {{3, 3}}));
  add("operator", 1, PartyOf("bravo", Role::kPlatform));
  notary::PartyEntry signing = acme(4);
  signing.signed_only = true;
  add("operator", 1, signing);
  add("acme", 7, EvidenceOf("third draft", {{3, 5}}));
  notary::EvidenceRecorded last = EvidenceOf(kSampleDocument, {{3, 8}});
  last.document.sm3 = ledger::Sm3Of(kSampleDocument);
  last.document.size = kSampleDocument.size();
  last.document.media_type = "text/plain";
  last.label = "2026-0117";
  add("acme", 7, last);
  add("acme", 7, notary::DisclosureErased{3, "person_request"});
  add("bravo", 6, EvidenceOf("other"));

  entries[2].sd = DigestsOf(SampleDisclosures('x'));
  entries[3].sd = DigestsOf(SampleDisclosures('a'));
  entries[9].sd = DigestsOf(SampleDisclosures('k'));
  entries[9].request = ledger::Sha256Of(SampleRequest().base);
  std::vector<std::string> texts;
  for (const notary::Entry& entry : entries) {
    texts.push_back(notary::FormatEntry(entry));
  }
  return texts;
}

class LeafReader : public ledger::HashReader {
 public:
  explicit LeafReader(const std::vector<std::string>& entries)
      : entries_(entries) {}

  ledger::Result<std::vector<ledger::Hash>> Read(
      std::span<const ledger::Subtree> wanted) override {
    std::vector<ledger::Hash> hashes;
    for (const ledger::Subtree& subtree : wanted) {
      ledger::RightEdge edge;
      for (uint64_t i = subtree.begin(); i < subtree.end(); ++i) {
        edge.Append(ledger::LeafHash(entries_[i]));
      }
      hashes.push_back(edge.Root());
    }
    return hashes;
  }

 private:
  const std::vector<std::string>& entries_;
};

// The bundle of entries of a ledger of these texts, the subject first, signed
// with the sample's key.
inline notary::Bundle BundleOf(const std::vector<std::string>& texts,
                               const std::vector<uint64_t>& indices) {
  LeafReader reader(texts);
  notary::Bundle bundle;
  for (uint64_t index : indices) {
    notary::BundledEntry entry;
    entry.index = index;
    entry.entry = texts[index];
    entry.path = *ledger::ProveInclusion(index, texts.size(), reader);
    bundle.entries.push_back(std::move(entry));
  }
  const ledger::TreeHead head{texts.size(),
                              *ledger::RootAt(texts.size(), reader)};
  bundle.checkpoint =
      *ledger::SignCheckpoint({std::string(kSampleOrigin), head}, KeyOfSeed(1));
  return bundle;
}

// Entry 9 with its chain, the three entries of its party, and disclosures of
// itself and of entry 2.
inline notary::Bundle SampleBundle() {
  notary::Bundle bundle =
      BundleOf(SampleEntries(), {kSampleSubject, 2, 3, 4, 5, 7, 8});
  bundle.entries[0].disclosures = SampleDisclosures('k');
  bundle.entries[1].disclosures = {SampleDisclosures('x')[1]};
  bundle.request = SampleRequest();
  return bundle;
}

}  // namespace sealedger::testing
