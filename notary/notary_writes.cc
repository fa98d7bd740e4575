#include <algorithm>
#include <utility>

#include "ledger/encoding.h"
#include "ledger/proof.h"
#include "ledger/tlog_proof.h"
#include "notary/disclosure.h"
#include "notary/evidence.h"
#include "notary/json_members.h"
#include "notary/notary.h"
#include "notary/notary_parts.h"
#include "notary/party.h"
#include "notary/state.h"
#include "notary/stored_request.h"
#include "notary/text.h"

namespace sealedger::notary {
namespace {

using ledger::Code;
using ledger::MakeError;

constexpr size_t kMaxBatchItems = 10000;
constexpr int kMaxBatches = 2;
constexpr size_t kTokensAtOnce = 100;

// The ledger as it is now, for a request that is asked about before it is
// sequenced. The commit decides again.
class PresentView : public ledger::AdmitView {
 public:
  PresentView(const ledger::Ledger& ledger, int64_t now_ms)
      : ledger_(ledger),
        published_(ledger.published()),
        time_ms_(std::max(now_ms, published_->time_ms)) {}

  Result<std::optional<std::string>> State(std::string_view key) override {
    return ledger_.Get(key);
  }
  Result<std::string> Entry(uint64_t index) override {
    return ledger_.ReadEntry(index, *published_);
  }
  uint64_t next_index() const override { return published_->head.size; }
  uint64_t commit_begin() const override { return published_->head.size; }
  int64_t time_ms() const override { return time_ms_; }

 private:
  const ledger::Ledger& ledger_;
  const ledger::PublishedPtr published_;
  const int64_t time_ms_;
};

// What the commit would refuse the request for, were it now. Nothing holds the
// state still while it is read, so that a commit in between can make a refusal
// that is true of no moment: one counts that is given twice running.
std::optional<Error> AskNow(const ledger::Ledger& ledger, ledger::Clock& clock,
                            const ledger::Admit& admit) {
  constexpr int kAsked = 8;
  std::optional<Error> before;
  for (int asked = 0; asked < kAsked; ++asked) {
    PresentView present(ledger, clock.WallMs());
    Result<ledger::Admission> likely = admit(present);
    if (likely) return std::nullopt;
    std::optional<Error> refusal = std::move(likely).error();
    const bool again = before && before->name == refusal->name &&
                       before->detail == refusal->detail;
    if (again) return refusal;
    before = std::move(refusal);
  }
  return before;
}

// What Append would say now to everyone, if anything.
std::optional<Error> RefusalOf(const ledger::Sequencer& sequencer) {
  std::optional<Error> trouble = sequencer.trouble();
  if (!trouble || trouble->code == Code::kUnavailable) return trouble;
  return MakeError(
      Code::kUnavailable, "sequencer-stopped",
      "the ledger takes no entries until a restart: " + trouble->detail);
}

// A place among the batches in work.
class BatchPlace {
 public:
  explicit BatchPlace(std::atomic<int>& count) : count_(count) {
    taken_ = count_.fetch_add(1) < kMaxBatches;
  }
  ~BatchPlace() { count_.fetch_sub(1); }
  bool taken() const { return taken_; }

 private:
  std::atomic<int>& count_;
  bool taken_;
};

Result<void> CheckNotErased(uint64_t index, const ReadState& read) {
  Result<std::optional<uint64_t>> erased = ReadErasure(read, index);
  if (!erased) return std::move(erased).error();
  if (!erased->has_value()) return {};
  return MakeError(Code::kConflict, "already-erased",
                   "the private fields of this entry were erased by entry " +
                       std::to_string(**erased));
}

Result<ledger::Admission> AdmitErasure(const Caller& caller, uint64_t index,
                                       const std::string& reason,
                                       ledger::AdmitView& view) {
  Result<Actor> actor = AdmitActor(caller, view);
  if (!actor) return std::move(actor).error();
  Result<void> may = CheckNotErased(
      index, [&view](std::string_view key) { return view.State(key); });
  if (!may) return std::move(may).error();
  Entry entry;
  entry.time_ms = view.time_ms();
  entry.by = caller.party;
  entry.by_entry = actor->by_entry;
  if (caller.signature) entry.request = caller.signature->base_sha256;
  entry.body = DisclosureErased{index, reason};
  ledger::Admission admission;
  StateFold state([&view](std::string_view key) { return view.State(key); });
  Result<void> done = FoldEntry(entry, view.next_index(), &state);
  if (!done) return std::move(done).error();
  admission.state = state.Take();
  admission.entries.push_back({FormatEntry(entry), ""});
  return admission;
}

// The blob of a signed request belongs to the entry that the request is about.
Result<void> NameRequest(const Hash& digest, std::string* side) {
  EntrySide named;
  if (!side->empty()) {
    Result<EntrySide> parsed = ParseSide(*side);
    if (!parsed) return std::move(parsed).error();
    named = *std::move(parsed);
  }
  named.request = digest;
  *side = FormatSide(named);
  return {};
}

}  // namespace

std::vector<Hash> DigestsOf(const std::vector<std::string>& blobs) {
  std::vector<Hash> digests;
  digests.reserve(blobs.size());
  for (const std::string& blob : blobs) {
    digests.push_back(ledger::Sha256Of(blob));
  }
  return digests;
}

std::vector<Hash> DigestsOf(const Entry& entry) {
  std::vector<Hash> digests;
  for (const std::string& line : entry.sd) {
    // ParseEntry took no other lines.
    digests.push_back(*ledger::HashFromBytes(*ledger::DecodeBase64Url(line)));
  }
  return digests;
}

Result<Notary::Parts::Outcome> Notary::Parts::Submit(
    const WriteContext& context, const std::vector<std::string>& own_blobs,
    const ledger::Admit& admit, const std::function<Result<void>()>& before,
    uint32_t subject, Before does) {
  std::optional<IdempotencyKeys::Ticket> ticket;
  if (context.idempotency_key) {
    Result<IdempotencyKeys::Ticket> begun = idempotency->Begin(
        context.caller.party, *context.idempotency_key, context.raw.method,
        context.raw.target, context.raw.body, clock->WallMs());
    if (!begun) return std::move(begun).error();
    ticket.emplace(*std::move(begun));
    if (ticket->replay()) return Outcome{*ticket->replay(), std::nullopt};
  }
  if (before) {
    if (Result<void> done = before(); !done) return std::move(done).error();
  }
  std::vector<std::string> blobs = own_blobs;
  std::optional<Hash> request;
  if (context.signed_request) {
    blobs.push_back(FormatStoredRequest(*context.signed_request));
    request = ledger::Sha256Of(blobs.back());
  }
  if (!blobs.empty()) {
    if (does != Before::kAsks) {
      if (std::optional<Error> refusal = AskNow(*ledger, *clock, admit)) {
        return *std::move(refusal);
      }
    }
    if (std::optional<Error> refusal = RefusalOf(*sequencer)) {
      return *std::move(refusal);
    }
    Result<void> put =
        private_store->Put(blobs, ledger->published()->head.size);
    if (!put) return std::move(put).error();
  }
  EntryRun run;
  Result<ledger::Sequenced> sequenced = sequencer->Append(
      [&](ledger::AdmitView& view) -> Result<ledger::Admission> {
        Result<ledger::Admission> admission = admit(view);
        if (!admission) return admission;
        run.first = view.next_index();
        run.count = static_cast<uint32_t>(admission->entries.size());
        run.subject = subject;
        if (request) {
          Result<void> named =
              NameRequest(*request, &admission->entries[subject].side);
          if (!named) return std::move(named).error();
        }
        if (ticket) {
          admission->side.push_back(ticket->Record(run, view.time_ms()));
        }
        idempotency->SweepOld(view.time_ms(), &admission->side);
        return admission;
      });
  if (!sequenced) {
    // A refusal leaves no trace; an outcome that nobody knows keeps its blobs
    // until the next start finds out.
    if (!blobs.empty() && sequenced.error().name != "outcome-unknown") {
      Result<void> erased = private_store->Erase(DigestsOf(blobs));
      if (!erased) return std::move(erased).error();
    }
    return std::move(sequenced).error();
  }
  if (!blobs.empty()) private_store->Settle(DigestsOf(blobs));
  return Outcome{run, *std::move(sequenced)};
}

Result<std::vector<Hash>> Notary::Parts::ProvenPath(
    uint64_t index, const Hash& leaf_hash,
    const ledger::PublishedPtr& published) const {
  Result<std::vector<Hash>> path = ledger->ProveInclusion(index, published);
  if (!path) return path;
  Result<void> holds = ledger::VerifyInclusion(
      index, published->head.size, leaf_hash, *path, published->head.root);
  if (holds) return path;
  return MakeError(Code::kCorruption, "ledger-corrupt",
                   "the proof of entry " + std::to_string(index) +
                       " does not lead to the root");
}

Result<Receipt> Notary::Parts::MakeReceipt(
    uint64_t index, std::string entry, const Hash& leaf_hash,
    std::string_view kind, std::vector<std::string> disclosures,
    const ledger::PublishedPtr& published) const {
  Result<std::vector<Hash>> path = ProvenPath(index, leaf_hash, published);
  if (!path) return std::move(path).error();
  Receipt receipt;
  receipt.leaf_hash = leaf_hash;
  receipt.index = index;
  receipt.kind = kind;
  receipt.entry = std::move(entry);
  receipt.proof = ledger::FormatTlogProof(
      {std::nullopt, index, *std::move(path), published->note});
  receipt.disclosures = std::move(disclosures);
  return receipt;
}

Result<Recorded> Notary::Parts::Answer(
    const WriteContext& context, Outcome outcome, std::string_view kind,
    const std::vector<std::string>& disclosures) const {
  const EntryRun& run = outcome.run;
  const uint64_t index = run.first + run.subject;
  const bool replayed = !outcome.sequenced;
  Result<Receipt> receipt =
      replayed
          ? ReadReceipt(&context.caller, index, ledger->published())
          : MakeReceipt(
                index, std::move(outcome.sequenced->entries[run.subject].bytes),
                outcome.sequenced->leaf_hashes[run.subject], kind, disclosures,
                outcome.sequenced->published);
  if (!receipt) return std::move(receipt).error();
  receipt->also.clear();
  for (uint32_t i = 0; i < run.count; ++i) {
    if (i != run.subject) receipt->also.push_back(run.first + i);
  }
  return Recorded{replayed, *std::move(receipt)};
}

Result<Recorded> Notary::Parts::SubmitOne(
    const WriteContext& context, std::string_view kind,
    const std::vector<std::string>& blobs, const ledger::Admit& admit,
    const std::function<Result<void>()>& before) {
  Result<Outcome> outcome = Submit(context, blobs, admit, before);
  if (!outcome) return std::move(outcome).error();
  return Answer(context, *std::move(outcome), kind, blobs);
}

Result<Recorded> Notary::RecordEvidence(const WriteContext& context,
                                        const Json& body) {
  Result<void> permitted = RequireRole(
      context.caller, {Role::kAdmin, Role::kIssuer, Role::kPlatform});
  if (!permitted) return std::move(permitted).error();
  Result<PreparedEvidence> prepared = PrepareEvidence(context.caller, body, "");
  if (!prepared) return std::move(prepared).error();
  return parts_->SubmitOne(
      context, kEvidenceRecorded, prepared->disclosures,
      [&](ledger::AdmitView& view) {
        return AdmitEvidence(context.caller, {&*prepared, 1}, view);
      });
}

Result<RecordedBatch> Notary::RecordEvidenceBatch(const WriteContext& context,
                                                  const Json& body) {
  Result<void> permitted = RequireRole(
      context.caller, {Role::kAdmin, Role::kIssuer, Role::kPlatform});
  if (!permitted) return std::move(permitted).error();
  const BatchPlace place(parts_->batches);
  if (!place.taken()) {
    return MakeError(Code::kUnavailable, "busy",
                     "two batches are in work; send it again later");
  }
  Members request(body, "");
  const Json::Array& items = request.Array("items");
  if (!request.Finish()) return request.error();
  if (items.empty() || items.size() > kMaxBatchItems) {
    return MakeError(Code::kInvalidArgument, "batch-size",
                     "a batch has 1 to 10,000 items", "/items");
  }
  std::vector<PreparedEvidence> prepared;
  std::vector<std::string> blobs;
  prepared.reserve(items.size());
  for (size_t i = 0; i < items.size(); ++i) {
    Result<PreparedEvidence> item = PrepareEvidence(
        context.caller, items[i], "/items/" + std::to_string(i));
    if (!item) return std::move(item).error();
    blobs.insert(blobs.end(), item->disclosures.begin(),
                 item->disclosures.end());
    prepared.push_back(*std::move(item));
  }
  Result<Parts::Outcome> outcome =
      parts_->Submit(context, blobs, [&](ledger::AdmitView& view) {
        return AdmitEvidence(context.caller, prepared, view);
      });
  if (!outcome) return std::move(outcome).error();

  RecordedBatch batch;
  batch.replayed = !outcome->sequenced;
  const ledger::PublishedPtr published = batch.replayed
                                             ? parts_->ledger->published()
                                             : outcome->sequenced->published;
  batch.checkpoint = published->note;
  batch.receipts.reserve(outcome->run.count);
  for (uint32_t i = 0; i < outcome->run.count; ++i) {
    BatchReceipt receipt;
    receipt.index = outcome->run.first + i;
    if (batch.replayed) {
      Result<std::string> text =
          parts_->ledger->ReadEntry(receipt.index, *published);
      if (!text) return std::move(text).error();
      Result<Entry> entry = ParseEntry(*text);
      if (!entry) return std::move(entry).error();
      Result<std::vector<std::string>> kept =
          parts_->DisclosuresFor(&context.caller, *entry);
      if (!kept) return std::move(kept).error();
      receipt.entry = *std::move(text);
      receipt.leaf_hash = ledger::LeafHash(receipt.entry);
      receipt.disclosures = *std::move(kept);
    } else {
      receipt.entry = std::move(outcome->sequenced->entries[i].bytes);
      receipt.leaf_hash = outcome->sequenced->leaf_hashes[i];
      receipt.disclosures = std::move(prepared[i].disclosures);
    }
    Result<std::vector<Hash>> path =
        parts_->ProvenPath(receipt.index, receipt.leaf_hash, published);
    if (!path) return std::move(path).error();
    receipt.path = *std::move(path);
    batch.receipts.push_back(std::move(receipt));
  }
  return batch;
}

Result<Recorded> Notary::RegisterParty(const WriteContext& context,
                                       const Json& body) {
  Result<void> permitted = RequireRole(context.caller, {Role::kAdmin});
  if (!permitted) return std::move(permitted).error();
  Result<PreparedParty> prepared = PrepareParty(context.caller, body);
  if (!prepared) return std::move(prepared).error();
  return parts_->SubmitOne(context, kPartyRegistered, prepared->disclosures,
                           [&](ledger::AdmitView& view) {
                             return AdmitParty(context.caller, *prepared, view);
                           });
}

Result<Recorded> Notary::ChangeParty(const WriteContext& context,
                                     const std::string& id, const Json& body) {
  Result<void> permitted = RequireRole(context.caller, {Role::kAdmin});
  if (!permitted) return std::move(permitted).error();
  Result<PartyChange> change = ReadPartyChange(id, body);
  if (!change) return std::move(change).error();
  return parts_->SubmitOne(
      context, kPartyChanged, {}, [&](ledger::AdmitView& view) {
        return AdmitPartyChange(context.caller, *change, view);
      });
}

Result<Recorded> Notary::EraseDisclosures(const WriteContext& context,
                                          uint64_t index, const Json& body) {
  const Result<std::string> reason = ReadErasureReason(body);
  if (!reason) return reason.error();
  const ledger::PublishedPtr published = parts_->ledger->published();
  Result<std::string> text = parts_->ledger->ReadEntry(index, *published);
  if (!text) return std::move(text).error();
  Result<Entry> entry = ParseEntry(*text);
  if (!entry) return std::move(entry).error();
  if (!OwnsPrivate(context.caller, *entry)) {
    return MakeError(Code::kPermissionDenied, "not-owner",
                     "the entry is another party's");
  }
  Result<EntrySide> side = parts_->ReadSide(index, *published);
  if (!side) return std::move(side).error();
  if (entry->sd.empty() && side->blobs.empty() && !side->request) {
    return MakeError(Code::kConflict, "nothing-to-erase",
                     "the entry has no private fields and no file");
  }
  const std::lock_guard<std::mutex> lock(parts_->erasing);
  // The erasure comes before its entry: an entry that says so is true. What
  // the commit would refuse is asked before, since nothing comes back.
  const auto erase = [&]() -> Result<void> {
    const ReadState read = [this](std::string_view key) {
      return parts_->ledger->Get(key);
    };
    Result<void> may = CheckActor(context.caller, read,
                                  LedgerNowMs(*parts_->ledger->published()));
    if (!may) return may;
    may = CheckNotErased(index, read);
    if (!may) return may;
    if (std::optional<Error> refusal = RefusalOf(*parts_->sequencer)) {
      return *std::move(refusal);
    }
    std::vector<Hash> digests = DigestsOf(*entry);
    digests.insert(digests.end(), side->blobs.begin(), side->blobs.end());
    if (side->request) digests.push_back(*side->request);
    if (const auto* seal = std::get_if<SealIssued>(&entry->body)) {
      Result<void> forgotten = parts_->ForgetSeal(index, seal->seal.code);
      if (!forgotten) return forgotten;
    }
    return parts_->private_store->Erase(digests);
  };
  return parts_->SubmitOne(
      context, kDisclosureErased, {},
      [&](ledger::AdmitView& view) {
        return AdmitErasure(context.caller, index, *reason, view);
      },
      erase);
}

Result<NewToken> Notary::CreateToken(const Caller& caller, const Json& body) {
  Result<void> permitted = RequireRole(caller, {Role::kAdmin});
  if (!permitted) return std::move(permitted).error();
  Members request(body, "");
  const std::string& party = request.String("party");
  const std::optional<Role> role = ParseRole(request.String("role"));
  if (request.ok() && !role) {
    request.Fail("role", Code::kInvalidArgument, "bad-role",
                 "a role is admin, issuer, platform, applicant or regulator");
  }
  std::optional<std::string> label;
  if (const std::string* text = request.OptionalString("label")) {
    Result<void> fits = CheckText(*text, kMaxLabel, "/label");
    if (!fits) request.Fail(std::move(fits).error());
    label = *text;
  }
  std::optional<int64_t> expires;
  if (const std::string* text = request.OptionalString("expires")) {
    expires = ParseTime(*text);
    if (!expires) {
      request.Fail("expires", Code::kInvalidArgument, "bad-time",
                   "a time is written 2026-11-22T09:30:00.123Z");
    } else if (*expires <= NowMs()) {
      request.Fail("expires", Code::kInvalidArgument, "bad-time",
                   "the token would have expired already");
    }
  }
  if (!request.Finish()) return request.error();
  return parts_->tokens->Create(*parts_->sequencer, party, *role, label,
                                expires);
}

Result<Json> Notary::ListTokens(
    const Caller& caller, const std::optional<std::string>& cursor) const {
  Result<void> permitted =
      RequireRole(caller, {Role::kAdmin, Role::kRegulator});
  if (!permitted) return std::move(permitted).error();
  const std::vector<Token> tokens =
      parts_->tokens->List(cursor.value_or(""), kTokensAtOnce + 1);
  Json::Array items;
  for (size_t i = 0; i < tokens.size() && i < kTokensAtOnce; ++i) {
    items.push_back(TokenJson(tokens[i]));
  }
  Json json{Json::Object{}};
  json.Add("items", std::move(items));
  json.Add("next", tokens.size() > kTokensAtOnce
                       ? Json(tokens[kTokensAtOnce - 1].id)
                       : Json());
  return json;
}

Result<void> Notary::DeleteToken(const Caller& caller, const std::string& id) {
  Result<void> permitted = RequireRole(caller, {Role::kAdmin});
  if (!permitted) return permitted;
  return parts_->tokens->Delete(*parts_->sequencer, id);
}

}  // namespace sealedger::notary
