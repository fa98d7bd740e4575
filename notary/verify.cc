#include "notary/verify.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "ledger/checkpoint.h"
#include "ledger/encoding.h"
#include "ledger/note.h"
#include "ledger/proof.h"
#include "notary/bundle_reasons.h"
#include "notary/disclosure.h"
#include "notary/entry.h"
#include "notary/register_chain.h"
#include "notary/requested_entry.h"
#include "notary/text.h"
#include "notary/verify_register.h"
#include "notary/verify_request.h"
#include "notary/verify_sealed.h"

namespace sealedger::notary {

namespace {

using Evidence = std::map<std::string, std::string>;

Check Conclude(std::string_view id, std::string_view reason,
               Evidence evidence = {}) {
  return ConcludeBundleCheck(id, reason, std::move(evidence));
}

std::string ListOf(const std::vector<std::string>& items) {
  std::string list;
  for (const std::string& item : items) {
    if (!list.empty()) list += ", ";
    list += item;
  }
  return list;
}

std::string KeyIdText(uint32_t key_id) {
  std::string bytes;
  ledger::AppendBigEndian32(&bytes, key_id);
  return ledger::EncodeHex(bytes);
}

// One bundle under its checks. Each CheckX may be called once; those that need
// what another found out say so.
class BundleChecker {
 public:
  BundleChecker(const Bundle& bundle, const Trust& trust,
                const DocumentAtHand& document);

  std::vector<Check> Checks();
  // After Checks.
  std::vector<Claim> Claims() const;
  const std::vector<IntervalEnd>& ends() const { return sealed_.ends; }

 private:
  Check CheckCheckpoint();
  Check CheckInclusion() const;  // after CheckCheckpoint
  Check CheckParty();
  Check CheckChain();
  // nullopt: the subject stands on no entry of the register.
  std::optional<Check> CheckRegisterChain();
  // Those beside the subject; null: one that was not read.
  std::map<uint64_t, const Entry*> Others() const;
  // After CheckRegisterChain.
  void CheckSealed(std::vector<Check>* checks);
  void UseWhatRequestStandsOn();
  // nullopt: the request was not signed.
  std::optional<Check> CheckRequest() const;
  bool HasUnneededPart() const;
  // After those that need other entries: CheckParty to CheckRegisterChain.
  Check CheckEntries(bool all_used) const;
  Check CheckDisclosures() const;
  std::optional<Check> FindDisclosureFault(size_t position) const;

  uint64_t subject_index() const { return bundle_.entries[0].index; }
  // Null where the subject was not read.
  const Entry* subject() const { return entries_[0] ? &*entries_[0] : nullptr; }
  // The place of an entry other than the subject.
  std::optional<size_t> Find(uint64_t index) const;

  const Bundle& bundle_;
  const Trust& trust_;
  const DocumentAtHand& document_;
  // Beside bundle_.entries.
  std::vector<std::optional<Entry>> entries_;
  std::optional<Error> entry_error_;  // of the first that was not read
  size_t unread_ = 0;                 // its place
  std::vector<bool> used_;
  std::optional<ledger::Checkpoint> checkpoint_;
  std::vector<ChainEntry> seal_chain_;  // where register_chain passes
  SealedVerdict sealed_;
};

BundleChecker::BundleChecker(const Bundle& bundle, const Trust& trust,
                             const DocumentAtHand& document)
    : bundle_(bundle),
      trust_(trust),
      document_(document),
      used_(bundle.entries.size(), false) {
  used_[0] = true;
  for (const BundledEntry& bundled : bundle.entries) {
    Result<Entry> entry = ParseEntry(bundled.entry);
    if (entry) {
      entries_.emplace_back(*std::move(entry));
      continue;
    }
    if (!entry_error_) {
      entry_error_ = std::move(entry).error();
      unread_ = entries_.size();
    }
    entries_.emplace_back(std::nullopt);
  }
}

std::vector<Check> BundleChecker::Checks() {
  Check checkpoint = CheckCheckpoint();
  Check party = CheckParty();
  Check chain = CheckChain();
  std::optional<Check> stands = CheckRegisterChain();
  UseWhatRequestStandsOn();
  // What a broken walk did not reach is no fault of its own.
  const bool walked = party.result == CheckResult::kPass &&
                      chain.result != CheckResult::kFail &&
                      (!stands || stands->result == CheckResult::kPass);
  const bool all_used =
      std::find(used_.begin(), used_.end(), false) == used_.end();

  std::vector<Check> checks;
  checks.push_back(Conclude("format", "well_formed",
                            {{"format", std::string(kBundleFormat)}}));
  checks.push_back(CheckEntries(all_used || !walked));
  checks.push_back(CheckInclusion());
  checks.push_back(std::move(checkpoint));
  checks.push_back(std::move(party));
  checks.push_back(CheckDisclosures());
  checks.push_back(Conclude("consistency", "nothing_to_check"));
  if (auto document = CheckDocument(subject(), document_)) {
    checks.push_back(*std::move(document));
  }
  checks.push_back(std::move(chain));
  if (stands) checks.push_back(*std::move(stands));
  if (subject() != nullptr && StandsOnRegister(*subject())) {
    CheckSealed(&checks);
  }
  if (auto by = CheckRequest()) checks.push_back(*std::move(by));
  return checks;
}

void BundleChecker::CheckSealed(std::vector<Check>* checks) {
  const SealTrust seal_trust = trust_.seal_trust();
  sealed_ = CheckSealedSubject(
      {bundle_, *subject(), seal_trust, seal_chain_, checkpoint_});
  checks->insert(checks->end(), sealed_.checks.begin(), sealed_.checks.end());
}

void BundleChecker::UseWhatRequestStandsOn() {
  if (subject() == nullptr || !subject()->request) return;
  const std::optional<uint64_t> index = RequestStandsOn(*subject());
  const std::optional<size_t> place = index ? Find(*index) : std::nullopt;
  if (place) used_[*place] = true;
}

std::optional<Check> BundleChecker::CheckRequest() const {
  if (subject() == nullptr || !subject()->request) return std::nullopt;
  std::map<uint64_t, const Entry*> others = Others();
  std::erase_if(others,
                [](const auto& item) { return item.second == nullptr; });
  return CheckRequestedBy({bundle_, *subject(), others});
}

// A part that nothing looks at would be a value that may be changed.
bool BundleChecker::HasUnneededPart() const {
  if (subject() == nullptr) return false;
  const bool issued = std::holds_alternative<SealIssued>(subject()->body);
  const auto* sealed = std::get_if<DocumentSealed>(&subject()->body);
  if (bundle_.request && !subject()->request) return true;
  if (bundle_.seal && !(bundle_.seal->seseal ? issued : sealed != nullptr)) {
    return true;
  }
  if (!bundle_.certificates.empty() && !bundle_.seal) return true;
  return bundle_.signed_checkpoint &&
         (sealed == nullptr || !sealed->checkpoint_size || !bundle_.seal);
}

std::vector<Claim> BundleChecker::Claims() const {
  if (subject() == nullptr) return {};
  std::vector<Claim> claims = {
      {.id = "time", .text = FormatTime(subject()->time_ms)},
      {.id = "by", .text = subject()->by}};
  if (checkpoint_ && StandsOnRegister(*subject())) {
    claims.push_back({.id = "no_later_register_entry",
                      .text = std::to_string(checkpoint_->head.size)});
  }
  claims.insert(claims.end(), sealed_.claims.begin(), sealed_.claims.end());
  return claims;
}

std::optional<size_t> BundleChecker::Find(uint64_t index) const {
  const auto first = bundle_.entries.begin() + 1;
  const auto it =
      std::lower_bound(first, bundle_.entries.end(), index,
                       [](const BundledEntry& entry, uint64_t wanted) {
                         return entry.index < wanted;
                       });
  if (it == bundle_.entries.end() || it->index != index) return std::nullopt;
  return static_cast<size_t>(it - bundle_.entries.begin());
}

Check BundleChecker::CheckEntries(bool all_used) const {
  if (entry_error_) {
    const bool later = entry_error_->name == "unsupported-kind";
    return Conclude("entry", later ? "unsupported_kind" : "not_an_entry",
                    {{"index", std::to_string(bundle_.entries[unread_].index)},
                     {"at", entry_error_->field},
                     {"detail", entry_error_->detail}});
  }
  if (HasUnneededPart()) {
    return Conclude("entry", "unneeded_part",
                    {{"index", std::to_string(subject_index())}});
  }
  if (!all_used) {
    const auto place = std::find(used_.begin(), used_.end(), false);
    const auto& unused =
        bundle_.entries[static_cast<size_t>(place - used_.begin())];
    return Conclude("entry", "unneeded_entry",
                    {{"index", std::to_string(unused.index)}});
  }
  return Conclude("entry", "canonical",
                  {{"index", std::to_string(subject_index())},
                   {"kind", std::string(KindOf(*subject()))},
                   {"count", std::to_string(entries_.size())}});
}

Check BundleChecker::CheckInclusion() const {
  if (!checkpoint_) return Conclude("inclusion", "no_checkpoint");
  const ledger::TreeHead& head = checkpoint_->head;
  std::vector<std::string> indices;
  for (const BundledEntry& bundled : bundle_.entries) {
    const Evidence evidence = {{"index", std::to_string(bundled.index)},
                               {"size", std::to_string(head.size)},
                               {"root", ledger::ToHex(head.root)}};
    if (bundled.index >= head.size) {
      return Conclude("inclusion", "not_below_size", evidence);
    }
    if (!ledger::VerifyInclusion(bundled.index, head.size,
                                 ledger::LeafHash(bundled.entry), bundled.path,
                                 head.root)) {
      return Conclude("inclusion", "wrong_path", evidence);
    }
    indices.push_back(std::to_string(bundled.index));
  }
  return Conclude("inclusion", "leads_to_root",
                  {{"entries", ListOf(indices)},
                   {"size", std::to_string(head.size)},
                   {"root", ledger::ToHex(head.root)}});
}

Check BundleChecker::CheckCheckpoint() {
  constexpr std::string_view kId = "checkpoint_signature";
  const Result<ledger::Note> note = ledger::ParseNote(bundle_.checkpoint);
  if (!note || ledger::FormatNote(*note) != bundle_.checkpoint) {
    return Conclude(kId, "not_a_checkpoint");
  }
  Result<ledger::Checkpoint> checkpoint = ledger::ParseCheckpoint(note->text);
  if (!checkpoint) return Conclude(kId, "not_a_checkpoint");
  checkpoint_ = *std::move(checkpoint);
  const std::string& origin = checkpoint_->origin;

  std::vector<ledger::VerifierKey> keys;
  std::copy_if(trust_.logs.begin(), trust_.logs.end(), std::back_inserter(keys),
               [&](const auto& key) { return key.name == origin; });
  Evidence evidence = {{"origin", origin},
                       {"size", std::to_string(checkpoint_->head.size)},
                       {"root", ledger::ToHex(checkpoint_->head.root)}};
  if (keys.empty()) return Conclude(kId, "unknown_log", evidence);

  // Note readers pass over lines of keys that they do not know. Here such a
  // line would be a value that nothing checks.
  std::vector<std::string> key_ids;
  for (const ledger::NoteSignature& line : note->signatures) {
    evidence["key_id"] = KeyIdText(line.key_id);
    const bool known =
        std::any_of(keys.begin(), keys.end(), [&](const auto& key) {
          return key.name == line.name && key.key_id == line.key_id;
        });
    if (!known) return Conclude(kId, "foreign_signature", evidence);
    if (std::find(key_ids.begin(), key_ids.end(), evidence["key_id"]) !=
        key_ids.end()) {
      return Conclude(kId, "doubled_signature", evidence);
    }
    key_ids.push_back(evidence["key_id"]);
  }
  evidence["key_id"] = ListOf(key_ids);
  const bool verified =
      ledger::VerifyCheckpoint(bundle_.checkpoint, keys).has_value();
  return Conclude(kId, verified ? "signed_by_log" : "wrong_signature",
                  evidence);
}

Check BundleChecker::CheckParty() {
  if (subject() == nullptr) return Conclude("party", "entry_not_read");
  const std::string& by = subject()->by;
  Evidence evidence = {{"party", by},
                       {"index", std::to_string(subject_index())}};
  if (!subject()->by_entry) {
    // Entry 0 makes the ledger, entry 1 its operator; nobody was there before.
    const bool creates = std::holds_alternative<LedgerCreated>(subject()->body);
    const bool founds =
        by == kOperator && subject_index() == (creates ? 0U : 1U);
    return Conclude("party", founds ? "nothing_to_check" : "no_party_entry",
                    evidence);
  }
  std::vector<std::string> indices;
  uint64_t above = subject_index();
  for (std::optional<uint64_t> next = subject()->by_entry; next;) {
    evidence["index"] = std::to_string(*next);
    if (*next >= above) return Conclude("party", "not_falling", evidence);
    const std::optional<size_t> place = Find(*next);
    if (!place) return Conclude("party", "party_entry_missing", evidence);
    if (!entries_[*place]) return Conclude("party", "entry_not_read");
    const auto* party = std::get_if<PartyEntry>(&entries_[*place]->body);
    if (party == nullptr || party->id != by) {
      return Conclude("party", "not_that_party", evidence);
    }
    used_[*place] = true;
    if (indices.empty()) {
      evidence["role"] = RoleName(party->role);
      if (party->name) evidence["name"] = *party->name;
    }
    indices.push_back(evidence["index"]);
    above = *next;
    next = party->previous;
  }
  evidence["index"] = std::to_string(*subject()->by_entry);
  evidence["entries"] = ListOf(indices);
  return Conclude("party", "registered", evidence);
}

Check BundleChecker::CheckDisclosures() const {
  size_t given = 0;
  size_t digests = 0;
  for (size_t i = 0; i < entries_.size(); ++i) {
    given += bundle_.entries[i].disclosures.size();
    if (entries_[i]) {
      digests += entries_[i]->sd.size();
    } else if (!bundle_.entries[i].disclosures.empty()) {
      return Conclude("disclosures", "entry_not_read");
    }
    if (auto fault = FindDisclosureFault(i)) return *std::move(fault);
  }
  return Conclude(
      "disclosures", given == 0 ? "nothing_to_check" : "listed",
      {{"given", std::to_string(given)}, {"digests", std::to_string(digests)}});
}

std::optional<Check> BundleChecker::FindDisclosureFault(size_t position) const {
  const BundledEntry& bundled = bundle_.entries[position];
  if (bundled.disclosures.empty()) return std::nullopt;
  const std::vector<std::string>& sd = entries_[position]->sd;
  auto from = sd.begin();
  std::set<std::string> names;
  for (const std::string& disclosure : bundled.disclosures) {
    const std::string digest =
        ledger::EncodeBase64Url(DisclosureDigest(disclosure).view());
    const Evidence evidence = {{"index", std::to_string(bundled.index)},
                               {"digest", digest}};
    const Result<Disclosure> decoded = DecodeDisclosure(disclosure);
    if (!decoded) {
      return Conclude("disclosures", "not_a_disclosure", evidence);
    }
    const auto it = std::find(sd.begin(), sd.end(), digest);
    if (it == sd.end()) {
      return Conclude("disclosures", "not_listed", evidence);
    }
    if (it < from) return Conclude("disclosures", "out_of_order", evidence);
    from = it + 1;
    // RFC 9901 §7.1: of two values of one name nobody knows which holds.
    if (!names.insert(decoded->name).second) {
      return Conclude("disclosures", "named_twice", evidence);
    }
  }
  return std::nullopt;
}

Check BundleChecker::CheckChain() {
  if (subject() == nullptr) return Conclude("chain", "entry_not_read");
  const auto* link = std::get_if<EvidenceRecorded>(&subject()->body);
  if (link == nullptr || !link->chain) {
    return Conclude("chain", "nothing_to_check");
  }
  const uint64_t root = link->chain->root;
  Evidence evidence = {{"root", std::to_string(root)},
                       {"index", std::to_string(link->chain->previous)}};
  uint64_t above = subject_index();
  if (link->chain->previous < above && !Find(link->chain->previous) &&
      !Find(root)) {
    return Conclude("chain", "chain_not_included", evidence);
  }
  std::vector<std::string> indices;
  do {
    const uint64_t next = link->chain->previous;
    evidence["index"] = std::to_string(next);
    if (next >= above) return Conclude("chain", "not_falling", evidence);
    const std::optional<size_t> place = Find(next);
    if (!place) return Conclude("chain", "link_missing", evidence);
    const std::optional<Entry>& entry = entries_[*place];
    if (!entry) return Conclude("chain", "entry_not_read");
    link = std::get_if<EvidenceRecorded>(&entry->body);
    // A root may be a link of another chain; that one is not judged.
    const bool is_root =
        next == root && (link != nullptr ||
                         std::holds_alternative<DocumentSealed>(entry->body));
    const bool is_link =
        link != nullptr && link->chain && link->chain->root == root;
    const bool fits = entry->by == subject()->by && (is_root || is_link);
    if (!fits) return Conclude("chain", "not_that_chain", evidence);
    used_[*place] = true;
    indices.push_back(evidence["index"]);
    above = next;
  } while (above != root);
  evidence["index"] = std::to_string(subject_index());
  evidence["entries"] = ListOf(indices);
  return Conclude("chain", "leads_to_chain_root", evidence);
}

std::optional<Check> BundleChecker::CheckRegisterChain() {
  if (subject() == nullptr || !StandsOnRegister(*subject())) {
    return std::nullopt;
  }
  RegisterWalk walk = WalkRegister(subject_index(), *subject(), Others());
  for (const uint64_t index : walk.used) used_[*Find(index)] = true;
  seal_chain_ = std::move(walk.seal_chain);
  return std::move(walk.check);
}

std::map<uint64_t, const Entry*> BundleChecker::Others() const {
  std::map<uint64_t, const Entry*> others;
  for (size_t i = 1; i < entries_.size(); ++i) {
    others.emplace(bundle_.entries[i].index,
                   entries_[i] ? &*entries_[i] : nullptr);
  }
  return others;
}

}  // namespace

Verdict VerifyBundle(std::string_view bundle, const Trust& trust,
                     const DocumentAtHand& document) {
  Verdict verdict;
  // A bundle is final once it has a final anchor, and none is read here.
  verdict.interim = true;
  const Result<Bundle> parsed = ParseBundle(bundle);
  if (!parsed) {
    const Error& error = parsed.error();
    const bool later = error.name == "not-supported-yet";
    verdict.checks.push_back(
        Conclude("format", later ? "not_supported_yet" : "malformed",
                 {{"at", error.field}, {"detail", error.detail}}));
    return verdict;
  }
  BundleChecker checker(*parsed, trust, document);
  verdict.checks = checker.Checks();
  verdict.claims = checker.Claims();
  verdict.ends = checker.ends();
  return verdict;
}

std::optional<std::string> SubjectKind(std::string_view bundle) {
  const Result<Bundle> parsed = ParseBundle(bundle);
  if (!parsed) return std::nullopt;
  const Result<Entry> subject = ParseEntry(parsed->entries[0].entry);
  if (!subject) return std::nullopt;
  return std::string(KindOf(*subject));
}

}  // namespace sealedger::notary
