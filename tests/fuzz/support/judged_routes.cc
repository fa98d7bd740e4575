// AnswerJudge, route by route.
#include <algorithm>
#include <string>
#include <utility>

#include "api/inputs.h"
#include "ledger/encoding.h"
#include "ledger/proof.h"
#include "ledger/tlog_proof.h"
#include "notary/bundle.h"
#include "notary/disclosure.h"
#include "notary/text.h"
#include "notary/verify.h"
#include "tests/fuzz/support/answer_judge.h"
#include "tests/fuzz/support/holds.h"

namespace sealedger::fuzzing {

namespace {

constexpr size_t kPage = 100;

std::optional<std::string> Copy(const std::string* text) {
  return text == nullptr ? std::nullopt : std::optional<std::string>(*text);
}

notary::EntryFilter FilterOf(const api::Request& request) {
  notary::EntryFilter filter;
  filter.kind = Copy(api::FindParameter(request, "kind"));
  filter.by = Copy(api::FindParameter(request, "by"));
  filter.cursor = Copy(api::FindParameter(request, "cursor"));
  if (const std::string* chain = api::FindParameter(request, "chain")) {
    filter.chain = ledger::ParseDecimal(*chain);
  }
  if (const std::string* from = api::FindParameter(request, "from")) {
    filter.from_ms = notary::ParseTime(*from);
  }
  if (const std::string* to = api::FindParameter(request, "to")) {
    filter.to_ms = notary::ParseTime(*to);
  }
  return filter;
}

notary::DocumentDigest DigestOf(std::string_view text) {
  notary::DocumentDigest digest;
  if (text.starts_with("sm3:")) {
    digest.algorithm = notary::DocumentDigest::Algorithm::kSm3;
    text.remove_prefix(4);
  }
  digest.hash = ledger::HashFromHex(text).value();
  return digest;
}

}  // namespace

const LedgerModel::Write* AnswerJudge::FindWrite() const {
  const auto key = api::ReadIdempotencyKey(exchange_->request.headers);
  HOLDS(key.has_value());
  if (!*key) return nullptr;
  HOLDS(caller_.has_value());
  const auto found = model_.writes.find({caller_->party, **key});
  if (found == model_.writes.end()) return nullptr;
  const int64_t keep_ms =
      static_cast<int64_t>(settings_.idempotency_keep_days) * 24 * 3600 * 1000;
  // A record lives in its generation and the one after it.
  const int64_t age =
      exchange_->now_ms / keep_ms - found->second.commit_ms / keep_ms;
  return age <= 1 ? &found->second : nullptr;
}

bool AnswerJudge::JudgeIdempotency(uint64_t first, uint64_t count) {
  const api::Request& request = exchange_->request;
  const bool replayed = api::FindHeader(exchange_->response.headers,
                                        "Idempotency-Replayed") != nullptr;
  const LedgerModel::Write* known = FindWrite();
  HOLDS(replayed == (known != nullptr));
  if (known != nullptr) {
    HOLDS(known->method == request.method && known->target == request.target &&
          known->body == request.body);
    HOLDS(known->first == first && known->count == count);
    return true;
  }
  const auto key = *api::ReadIdempotencyKey(request.headers);
  if (key) {
    model_.writes[{caller_->party, *key}] = {request.method, request.target,
                                             request.body,   first,
                                             count,          exchange_->now_ms};
  }
  return false;
}

void AnswerJudge::JudgeDisclosures(const std::vector<std::string>& given,
                                   const notary::Json* fields,
                                   uint64_t index) const {
  HOLDS(given.size() == (fields == nullptr ? 0 : fields->if_object()->size()));
  const std::vector<std::string>& lines = model_.items()[index].entry.sd;
  HOLDS(lines.size() == given.size());
  for (size_t i = 0; i < given.size(); ++i) {
    const auto digest = notary::DisclosureDigest(given[i]);
    HOLDS(ledger::EncodeBase64Url(digest.view()) == lines[i]);
    const auto disclosure = notary::DecodeDisclosure(given[i]);
    HOLDS(disclosure.has_value());
    HOLDS(TextIn(*fields, disclosure->name) == disclosure->value);
  }
}

void AnswerJudge::JudgeEvidence(const notary::Json& sent,
                                uint64_t index) const {
  const auto* evidence =
      std::get_if<notary::EvidenceRecorded>(&model_.items()[index].entry.body);
  HOLDS(evidence != nullptr);
  const notary::Json& document = Member(sent, "document");
  HOLDS(ToHex(evidence->document.sha256) == TextIn(document, "sha256"));
  HOLDS(evidence->document.sm3.has_value() ==
        (document.Find("sm3") != nullptr));
  HOLDS(evidence->document.size.has_value() ==
        (document.Find("size") != nullptr));
  HOLDS(evidence->label.has_value() == (sent.Find("label") != nullptr));
  if (evidence->label) HOLDS(*evidence->label == TextIn(sent, "label"));
  const notary::Json* chain = sent.Find("chain");
  HOLDS(evidence->chain.has_value() == (chain != nullptr));
  if (chain == nullptr) return;
  const uint64_t root = chain->if_integer() != nullptr
                            ? static_cast<uint64_t>(*chain->if_integer())
                            : IndexIn(*chain, "root");
  HOLDS(evidence->chain->root == root);
  // The link before it is the newest of that chain.
  uint64_t newest = root;
  for (uint64_t i = root + 1; i < index; ++i) {
    const auto* other =
        std::get_if<notary::EvidenceRecorded>(&model_.items()[i].entry.body);
    if (other != nullptr && other->chain && other->chain->root == root) {
      newest = i;
    }
  }
  HOLDS(evidence->chain->previous == newest);
  HOLDS(model_.items()[root].entry.by == model_.items()[index].entry.by);
}

uint64_t AnswerJudge::JudgeReceipt(const notary::Json& receipt,
                                   bool with_proof) const {
  const uint64_t index = IndexIn(receipt, "index");
  HOLDS(index < model_.size());
  const LedgerModel::Item& item = model_.items()[index];
  HOLDS(TextIn(receipt, "entry") == item.text);
  HOLDS(TextIn(receipt, "kind") == notary::KindOf(item.entry));
  HOLDS(TextIn(receipt, "leaf_hash") == ToHex(item.leaf_hash));
  HOLDS(TextsIn(receipt, "anchors").empty());
  HOLDS(TextsIn(receipt, "disclosures") ==
        model_.DisclosuresFor(caller(), index));
  const bool with_also = !item.also.empty();
  const bool with_file = with_proof &&
                         exchange_->response.route == "/v1/seals" &&
                         model_.erased.count(index) == 0;
  HOLDS(receipt.if_object()->size() ==
        (with_proof ? 7u : 6u) + (with_also ? 1 : 0) + (with_file ? 1 : 0));
  if (with_also) HOLDS(IndicesIn(receipt, "also") == item.also);
  if (with_file) {
    HOLDS(TextIn(receipt, "seseal") ==
          ledger::EncodeBase64(model_.seal_files.at(index)));
  }
  if (!with_proof) return index;
  const auto proof = ledger::ParseTlogProof(TextIn(receipt, "proof"));
  HOLDS(proof.has_value());
  HOLDS(proof->index == index && !proof->extra);
  const auto verified =
      ledger::VerifyTlogProof(*proof, item.leaf_hash, {&vkey_, 1});
  HOLDS(verified.has_value());
  HOLDS(verified->head() == after_);
  return index;
}

void AnswerJudge::JudgeRecorded() {
  const notary::Json receipt = Answered();
  const uint64_t index = IndexIn(receipt, "index");
  // With what else the request made, a run without a gap.
  std::vector<uint64_t> run;
  if (receipt.Find("also") != nullptr) run = IndicesIn(receipt, "also");
  run.insert(std::lower_bound(run.begin(), run.end(), index), index);
  for (size_t i = 0; i < run.size(); ++i) HOLDS(run[i] == run[0] + i);
  const bool replayed = JudgeIdempotency(run[0], run.size());
  if (replayed) {
    JudgeReceipt(receipt, true);
    return;
  }
  HOLDS(exchange_->response.status == 201);
  HOLDS(run[0] == before_.size);
  HOLDS(exchange_->added.size() == run.size());
  HOLDS(exchange_->added[index - run[0]] == TextIn(receipt, "entry"));
  const RegisterModel register_before(model_);
  for (const uint64_t i : run) {
    model_.Add(exchange_->added[i - run[0]],
               i == index ? TextsIn(receipt, "disclosures")
                          : std::vector<std::string>());
  }
  model_.TieRun(run[0], run.size());
  JudgeAuthor(index, caller_->party);

  const notary::Json sent = Sent();
  const std::string_view route = exchange_->response.route;
  if (route == "/v1/evidence") {
    JudgeEvidence(sent, index);
  } else if (route.starts_with("/v1/parties")) {
    JudgePartyEntry(sent, index);
  } else if (route.ends_with("/erasure")) {
    JudgeErasure(sent, index);
  } else {
    JudgeRegisterEntry(register_before, sent, index);
  }
  const std::optional<notary::Json> fields = PrivateFieldsOf(sent, index);
  JudgeDisclosures(model_.items()[index].disclosures,
                   fields ? &*fields : nullptr, index);
  HOLDS(JudgeReceipt(receipt, true) == index);
}

void AnswerJudge::JudgeAuthor(uint64_t index, std::string_view by) const {
  const notary::Entry& entry = model_.items()[index].entry;
  HOLDS(entry.by == by);
  HOLDS(entry.time_ms == exchange_->now_ms);
  const auto party = model_.FindParty(by);
  HOLDS(party.has_value());
  // A party that changes itself acts as what it was before.
  const std::vector<uint64_t>& acts = party->entries;
  const bool itself = acts.back() == index;
  HOLDS(entry.by_entry == acts[acts.size() - (itself ? 2 : 1)]);
}

void AnswerJudge::JudgeErasure(const notary::Json& sent, uint64_t index) {
  const auto& erased =
      std::get<notary::DisclosureErased>(model_.items()[index].entry.body);
  HOLDS(std::to_string(erased.index) == PathSegment(2));
  HOLDS(TextIn(sent, "reason") == erased.reason);
  HOLDS(model_.OwnsPrivate(*caller_, erased.index));
  HOLDS(!model_.items().at(erased.index).disclosures.empty());
  HOLDS(model_.erased.insert(erased.index).second);
}

void AnswerJudge::JudgeBatch() {
  const notary::Json answer = Answered();
  HOLDS(TextIn(answer, "checkpoint") == exchange_->note_after);
  const notary::Json sent = Sent();
  const notary::Json::Array& items = *Member(sent, "items").if_array();
  const notary::Json::Array& receipts = *Member(answer, "receipts").if_array();
  HOLDS(receipts.size() == items.size() && !items.empty());
  const uint64_t first = IndexIn(receipts[0], "index");
  const bool replayed = JudgeIdempotency(first, items.size());
  HOLDS(replayed || first == before_.size);
  for (size_t i = 0; i < receipts.size(); ++i) {
    const notary::Json& receipt = receipts[i];
    const uint64_t index = first + i;
    HOLDS(IndexIn(receipt, "index") == index);
    const std::vector<std::string> given = TextsIn(receipt, "disclosures");
    if (!replayed) {
      model_.Add(TextIn(receipt, "entry"), given);
      HOLDS(model_.items()[index].entry.by == caller_->party);
      HOLDS(model_.items()[index].entry.time_ms == exchange_->now_ms);
      JudgeEvidence(items[i], index);
      JudgeDisclosures(given, items[i].Find("private"), index);
    }
    const LedgerModel::Item& item = model_.items().at(index);
    HOLDS(TextIn(receipt, "entry") == item.text);
    HOLDS(TextIn(receipt, "leaf_hash") == ToHex(item.leaf_hash));
    HOLDS(given == model_.DisclosuresFor(caller(), index));
    std::vector<ledger::Hash> path;
    for (const std::string& hash : TextsIn(receipt, "path")) {
      path.push_back(ledger::HashFromBase64(hash).value());
    }
    HOLDS(ledger::VerifyInclusion(index, after_.size, item.leaf_hash, path,
                                  after_.root));
  }
}

void AnswerJudge::JudgeEntry() const {
  HOLDS(std::to_string(JudgeReceipt(Answered(), true)) == PathSegment(2));
}

void AnswerJudge::JudgeBundle() const {
  const std::string& text = exchange_->response.body;
  const auto bundle = notary::ParseBundle(text);
  HOLDS(bundle.has_value());
  HOLDS(bundle->checkpoint == exchange_->note_after);
  const notary::BundledEntry& subject = bundle->entries.at(0);
  HOLDS(std::to_string(subject.index) == PathSegment(2));
  HOLDS(subject.entry == model_.items()[subject.index].text);
  HOLDS(subject.disclosures == model_.DisclosuresFor(caller(), subject.index));
  notary::Trust trust;
  trust.logs.push_back(vkey_);
  notary::DocumentAtHand document;
  const auto* evidence = std::get_if<notary::EvidenceRecorded>(
      &model_.items()[subject.index].entry.body);
  if (evidence != nullptr) document.sha256 = evidence->document.sha256;
  const notary::Verdict verdict = notary::VerifyBundle(text, trust, document);
  HOLDS(verdict.overall() == notary::Overall::kPassed);
}

void AnswerJudge::JudgeListPage(const notary::Json& list,
                                const std::vector<uint64_t>& matching) const {
  HOLDS(TextIn(list, "checkpoint") == exchange_->note_after);
  std::vector<uint64_t> listed;
  const notary::Json::Array* items = Member(list, "items").if_array();
  HOLDS(items != nullptr && items->size() <= kPage);
  for (const notary::Json& item : *items) {
    listed.push_back(JudgeReceipt(item, false));
  }
  // Up to where the next page begins, nothing is left out.
  uint64_t end = model_.size();
  if (const notary::Json& next = Member(list, "next"); !next.is_null()) {
    const auto begin = ledger::ParseDecimal(TextIn(list, "next"));
    HOLDS(begin && *begin < model_.size());
    HOLDS(listed.empty() || *begin > listed.back());
    end = *begin;
  }
  std::vector<uint64_t> due;
  for (const uint64_t index : matching) {
    if (index < end) due.push_back(index);
  }
  HOLDS(listed == due);
}

void AnswerJudge::JudgeEntryList() const {
  JudgeListPage(Answered(), model_.Matching(FilterOf(exchange_->request)));
}

void AnswerJudge::JudgeDocumentList() const {
  const notary::Json list = Answered();
  const std::string* cursor = api::FindParameter(exchange_->request, "cursor");
  const uint64_t begin =
      cursor == nullptr ? 0 : ledger::ParseDecimal(*cursor).value_or(0);
  const std::vector<uint64_t> found =
      model_.OfDocument(DigestOf(PathSegment(2)), begin);
  JudgeListPage(list, found);
  if (!Member(list, "next").is_null()) return;
  std::vector<uint64_t> related;
  for (const notary::Json& index : *Member(list, "related").if_array()) {
    related.push_back(static_cast<uint64_t>(*index.if_integer()));
  }
  HOLDS(related == model_.RelatedTo(found));
}

void AnswerJudge::JudgeVerdict() const {
  const notary::Json verdict = Answered();
  if (TextIn(verdict, "overall") != "passed") return;
  // What passes is what the ledger holds.
  const notary::Json sent = Sent();
  const auto bundle =
      notary::ParseBundle(notary::WriteJson(Member(sent, "bundle")));
  HOLDS(bundle.has_value());
  for (const notary::BundledEntry& entry : bundle->entries) {
    HOLDS(entry.index < model_.size());
    const LedgerModel::Item& item = model_.items()[entry.index];
    HOLDS(entry.entry == item.text);
    for (const std::string& disclosure : entry.disclosures) {
      HOLDS(std::count(item.disclosures.begin(), item.disclosures.end(),
                       disclosure) == 1);
    }
  }
}

void AnswerJudge::JudgeTile() const {
  const auto tile = ledger::ParseTilePath(
      std::string_view(exchange_->request.path).substr(1));
  HOLDS(tile.has_value());
  HOLDS(model_.TileBytes(*tile) == exchange_->response.body);
}

void AnswerJudge::JudgeStatusPage() const {
  const notary::Json status = Answered();
  HOLDS(IndexIn(status, "size") == after_.size);
  HOLDS(IndexIn(status, "indexed") <= after_.size);
  HOLDS(TextIn(status, "root") == ToHex(after_.root));
  HOLDS(TextIn(status, "vkey") == ledger::FormatVerifierKey(vkey_));
}

}  // namespace sealedger::fuzzing
