#include "notary/evidence.h"

#include <map>
#include <utility>

#include "ledger/encoding.h"
#include "notary/disclosure.h"
#include "notary/json_members.h"
#include "notary/state.h"
#include "notary/text.h"

namespace sealedger::notary {
namespace {

using ledger::Code;
using ledger::MakeError;

std::optional<ChainRequest> ReadChain(Members& request) {
  const Json* value = request.OptionalValue("chain");
  if (value == nullptr) return std::nullopt;
  if (const int64_t* index = value->if_integer()) {
    if (*index < 0) {
      request.Fail("chain", Code::kInvalidArgument, "number-out-of-range",
                   "an index is not below 0");
      return std::nullopt;
    }
    return ChainRequest{static_cast<uint64_t>(*index), std::nullopt};
  }
  Members members(*value, request.PointerTo("chain"));
  ChainRequest chain;
  chain.root = members.Integer("root");
  chain.after = members.OptionalInteger("after");
  if (!members.Finish()) request.Fail(members.error());
  return chain;
}

// The newest link of the chain, as this commit and this request leave it.
Result<uint64_t> LinkTo(const Caller& caller, const PreparedEvidence& item,
                        const std::map<uint64_t, uint64_t>& tails,
                        ledger::AdmitView& view) {
  const uint64_t root = item.chain->root;
  if (root >= view.commit_begin()) {
    return MakeError(Code::kVerificationFailed, "unknown-reference",
                     "the ledger has no entry of this index",
                     item.pointer + "/chain");
  }
  if (const auto found = tails.find(root); found != tails.end()) {
    return found->second;
  }
  Result<std::string> text = view.Entry(root);
  if (!text) return std::move(text).error();
  Result<Entry> entry = ParseEntry(*text);
  if (!entry || !std::holds_alternative<EvidenceRecorded>(entry->body) ||
      entry->by != caller.party) {
    return MakeError(Code::kVerificationFailed, "wrong-chain-root",
                     "a chain's root is evidence of the same party",
                     item.pointer + "/chain");
  }
  Result<std::optional<uint64_t>> tail = ReadChainTail(
      [&view](std::string_view key) { return view.State(key); }, root);
  if (!tail) return std::move(tail).error();
  return tail->value_or(root);
}

}  // namespace

Json SdJson(const std::vector<std::string>& disclosures) {
  Json::Array lines;
  for (const std::string& disclosure : disclosures) {
    lines.emplace_back(
        ledger::EncodeBase64Url(DisclosureDigest(disclosure).view()));
  }
  return lines;
}

Result<void> CheckDraftSize(const Draft& draft) {
  if (draft.max_size() <= ledger::kMaxEntrySize) return {};
  return MakeError(Code::kInvalidArgument, "entry-too-large",
                   "the entry would exceed 4,095 bytes");
}

Result<PreparedEvidence> PrepareEvidence(const Caller& caller, const Json& body,
                                         const std::string& pointer) {
  Members request(body, pointer);
  const DocumentDigests document = ReadDocument(request, "document");
  const std::string* label = request.OptionalString("label");
  if (label != nullptr) {
    Result<void> fits =
        CheckText(*label, kMaxLabel, request.PointerTo("label"));
    if (!fits) request.Fail(std::move(fits).error());
  }
  std::vector<std::string> disclosures;
  if (const Json* fields = request.OptionalValue("private")) {
    auto read = ReadPrivateFields(*fields, request.PointerTo("private"));
    if (read) {
      disclosures = MakeDisclosures(*read);
    } else {
      request.Fail(std::move(read).error());
    }
  }
  const std::optional<ChainRequest> chain = ReadChain(request);
  if (!request.Finish()) return request.error();

  Json members{Json::Object{}};
  std::vector<Draft::HoleAt> holes{{"/by_entry", Draft::Hole::kByEntry},
                                   {"/time", Draft::Hole::kTime}};
  if (!disclosures.empty()) members.Add("_sd", SdJson(disclosures));
  members.Add("by", caller.party);
  if (chain) {
    Json link{Json::Object{}};
    link.Add("root", chain->root);
    members.Add("chain", std::move(link));
    holes.push_back({"/chain/previous", Draft::Hole::kChainPrevious});
  }
  members.Add("document", DocumentJson(document));
  members.Add("kind", kEvidenceRecorded);
  if (label != nullptr) members.Add("label", *label);
  members.Add("v", 1);
  PreparedEvidence prepared{Draft(members, holes), std::move(disclosures),
                            chain, pointer};
  if (Result<void> fits = CheckDraftSize(prepared.draft); !fits) {
    return std::move(fits).error();
  }
  return prepared;
}

namespace {

Result<PartyState> FindActor(const Caller& caller, const ReadState& read) {
  Result<std::optional<PartyState>> party = ReadPartyState(read, caller.party);
  if (!party) return std::move(party).error();
  if (!party->has_value()) {
    return MakeError(Code::kVerificationFailed, "unknown-party",
                     "the token's party is not registered");
  }
  if ((*party)->signed_only) {
    return MakeError(Code::kPermissionDenied, "signature-required",
                     "the party requires a signature of all its requests");
  }
  return **party;
}

}  // namespace

Result<void> CheckActor(const Caller& caller, const ReadState& read) {
  Result<PartyState> party = FindActor(caller, read);
  if (!party) return std::move(party).error();
  return {};
}

Result<Actor> AdmitActor(const Caller& caller, ledger::AdmitView& view) {
  Result<PartyState> party = FindActor(
      caller, [&view](std::string_view key) { return view.State(key); });
  if (!party) return std::move(party).error();
  return Actor{party->entry, FormatTime(view.time_ms())};
}

Result<ledger::Admission> AdmitEvidence(const Caller& caller,
                                        std::span<const PreparedEvidence> items,
                                        ledger::AdmitView& view) {
  Result<Actor> actor = AdmitActor(caller, view);
  if (!actor) return std::move(actor).error();
  Draft::Values values;
  values.time = actor->time;
  values.by_entry = actor->by_entry;
  ledger::Admission admission;
  admission.entries.reserve(items.size());
  StateFold state([&view](std::string_view key) { return view.State(key); });
  std::map<uint64_t, uint64_t> tails;  // of chains that this request extends
  for (const PreparedEvidence& item : items) {
    const uint64_t index = view.next_index() + admission.entries.size();
    if (item.chain) {
      Result<uint64_t> tail = LinkTo(caller, item, tails, view);
      if (!tail) return std::move(tail).error();
      if (item.chain->after && *item.chain->after != *tail) {
        return MakeError(Code::kConflict, "chain-out-of-order",
                         "the chain's newest link is " + std::to_string(*tail),
                         item.pointer + "/chain/after");
      }
      values.chain_previous = *tail;
      tails[item.chain->root] = index;
      Entry folded;
      folded.body = EvidenceRecorded{
          {}, std::nullopt, ChainLink{item.chain->root, *tail}};
      Result<void> done = FoldEntry(folded, index, &state);
      if (!done) return std::move(done).error();
    }
    admission.entries.push_back({item.draft.Fill(values), ""});
  }
  admission.state = state.Take();
  return admission;
}

}  // namespace sealedger::notary
