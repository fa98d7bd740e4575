#include "notary/evidence.h"

#include <map>
#include <utility>

#include "ledger/encoding.h"
#include "notary/disclosure.h"
#include "notary/json_members.h"
#include "notary/request_base.h"
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
  const bool may_be_root =
      entry && (std::holds_alternative<EvidenceRecorded>(entry->body) ||
                std::holds_alternative<DocumentSealed>(entry->body));
  if (!may_be_root || entry->by != caller.party) {
    return MakeError(Code::kVerificationFailed, "wrong-chain-root",
                     "a chain's root is evidence, or a sealed document, of the "
                     "same party",
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

void AddRequest(const Caller& caller, Json* members) {
  if (!caller.signature) return;
  members->Add("request", ledger::ToHex(caller.signature->base_sha256));
}

Result<void> CheckDraftSize(const Draft& draft) {
  if (draft.max_size() <= ledger::kMaxEntrySize) return {};
  return MakeError(Code::kInvalidArgument, "entry-too-large",
                   "the entry would exceed 4,095 bytes");
}

Result<EvidenceRequest> ReadEvidenceRequest(const Json& body,
                                            const std::string& pointer) {
  Members members(body, pointer);
  EvidenceRequest request;
  request.document = ReadDocument(members, "document");
  if (const std::string* label = members.OptionalString("label")) {
    Result<void> fits =
        CheckText(*label, kMaxLabel, members.PointerTo("label"));
    if (!fits) members.Fail(std::move(fits).error());
    request.label = *label;
  }
  if (const Json* fields = members.OptionalValue("private")) {
    auto read = ReadPrivateFields(*fields, members.PointerTo("private"));
    if (read) {
      request.fields = *std::move(read);
    } else {
      members.Fail(std::move(read).error());
    }
  }
  request.chain = ReadChain(members);
  if (!members.Finish()) return members.error();
  return request;
}

Result<PreparedEvidence> PrepareEvidence(const Caller& caller, const Json& body,
                                         const std::string& pointer) {
  Result<EvidenceRequest> request = ReadEvidenceRequest(body, pointer);
  if (!request) return std::move(request).error();
  std::vector<std::string> disclosures = MakeDisclosures(request->fields);
  Json members{Json::Object{}};
  std::vector<Draft::HoleAt> holes{{"/by_entry", Draft::Hole::kByEntry},
                                   {"/time", Draft::Hole::kTime}};
  if (!disclosures.empty()) members.Add("_sd", SdJson(disclosures));
  members.Add("by", caller.party);
  if (request->chain) {
    Json link{Json::Object{}};
    link.Add("root", request->chain->root);
    members.Add("chain", std::move(link));
    holes.push_back({"/chain/previous", Draft::Hole::kChainPrevious});
  }
  members.Add("document", DocumentJson(request->document));
  members.Add("kind", kEvidenceRecorded);
  AddRequest(caller, &members);
  if (request->label) members.Add("label", *request->label);
  members.Add("v", 1);
  PreparedEvidence prepared{Draft(members, holes), std::move(disclosures),
                            request->chain, pointer};
  if (Result<void> fits = CheckDraftSize(prepared.draft); !fits) {
    return std::move(fits).error();
  }
  return prepared;
}

namespace {

// A signature that the party's newest entry does not bear out any more, or that
// waited too long, is as none: the verifier holds it to the same.
Result<void> CheckMark(const RequestMark& mark, const PartyState& party,
                       int64_t time_ms) {
  if (mark.by_entry != party.entry) {
    return MakeError(Code::kUnauthenticated, "signature-key-changed",
                     "the party was changed while the request was on its way: "
                     "sign it anew");
  }
  return CheckCreated(mark.created_s, time_ms);
}

Result<PartyState> FindActor(const Caller& caller, const ReadState& read,
                             int64_t time_ms) {
  Result<std::optional<PartyState>> party = ReadPartyState(read, caller.party);
  if (!party) return std::move(party).error();
  if (!party->has_value()) {
    return MakeError(Code::kVerificationFailed, "unknown-party",
                     "the token's party is not registered");
  }
  if (caller.signature) {
    Result<void> holds = CheckMark(*caller.signature, **party, time_ms);
    if (!holds) return std::move(holds).error();
  } else if ((*party)->signed_only) {
    return MakeError(Code::kPermissionDenied, "signature-required",
                     "the party requires a signature of all its requests");
  }
  return **party;
}

}  // namespace

Result<std::string> ReadErasureReason(const Json& body) {
  Members request(body, "");
  const std::string& reason = request.String("reason");
  if (request.ok() && !IsErasureReason(reason)) {
    request.Fail("reason", Code::kInvalidArgument, "bad-reason",
                 "a reason is person_request, court_order, retention_ended "
                 "or mistake");
  }
  if (!request.Finish()) return request.error();
  return reason;
}

Result<void> CheckActor(const Caller& caller, const ReadState& read,
                        int64_t time_ms) {
  Result<PartyState> party = FindActor(caller, read, time_ms);
  if (!party) return std::move(party).error();
  return {};
}

Result<Actor> AdmitActor(const Caller& caller, ledger::AdmitView& view) {
  Result<PartyState> party = FindActor(
      caller, [&view](std::string_view key) { return view.State(key); },
      view.time_ms());
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
