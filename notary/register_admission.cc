#include "notary/register_admission.h"

#include <utility>

#include "ledger/encoding.h"
#include "notary/disclosure.h"
#include "notary/evidence.h"

namespace sealedger::notary {

using ledger::Code;
using ledger::MakeError;

std::vector<std::string> SdLines(const std::vector<std::string>& disclosures) {
  std::vector<std::string> lines;
  lines.reserve(disclosures.size());
  for (const std::string& disclosure : disclosures) {
    lines.push_back(
        ledger::EncodeBase64Url(DisclosureDigest(disclosure).view()));
  }
  return lines;
}

Result<void> CheckEntryFits(const decltype(Entry::body)& body, size_t lines) {
  // What the commit fills in, at its longest, and the members that all share.
  constexpr size_t kCommon = 256 + 77;  // the latter where it is signed
  constexpr size_t kNumbers = 3 * 17;
  constexpr size_t kLine = 46;
  Entry entry;
  entry.by = kOperator;
  entry.by_entry = 0;
  entry.body = body;
  const size_t size = WriteJson(EntryJson(entry)).size();
  if (size + kCommon + kNumbers + lines * kLine <= ledger::kMaxEntrySize) {
    return {};
  }
  return MakeError(Code::kInvalidArgument, "entry-too-large",
                   "the entry would exceed 4,095 bytes");
}

RegisterAdmission::RegisterAdmission(Party caller, std::optional<Hash> request,
                                     ledger::AdmitView& view)
    : caller_(std::move(caller)),
      request_(request),
      view_(view),
      state_([&view](std::string_view key) { return view.State(key); }) {}

Result<RegisterAdmission> RegisterAdmission::Begin(const Caller& caller,
                                                   ledger::AdmitView& view) {
  Result<Actor> actor = AdmitActor(caller, view);
  if (!actor) return std::move(actor).error();
  std::optional<Hash> request;
  if (caller.signature) request = caller.signature->base_sha256;
  return RegisterAdmission({caller.party, actor->by_entry}, request, view);
}

ReadState RegisterAdmission::read() const {
  return [this](std::string_view key) { return state_.Get(key); };
}

Result<uint64_t> RegisterAdmission::Add(decltype(Entry::body) body,
                                        std::vector<std::string> sd,
                                        std::vector<Hash> blobs) {
  return AddBy(caller_, std::move(body),
               {std::move(sd), std::move(blobs), request_});
}

Result<uint64_t> RegisterAdmission::AddAlso(decltype(Entry::body) body) {
  return AddBy(caller_, std::move(body), {});
}

Result<uint64_t> RegisterAdmission::AddAsOperator(decltype(Entry::body) body) {
  Result<std::optional<PartyState>> party = ReadPartyState(read(), kOperator);
  if (!party) return std::move(party).error();
  if (!party->has_value()) return CorruptState(PartyStateKey(kOperator));
  return AddBy({std::string(kOperator), (*party)->entry}, std::move(body), {});
}

Result<uint64_t> RegisterAdmission::AddBy(const Party& party,
                                          decltype(Entry::body) body,
                                          Beside beside) {
  const uint64_t index = view_.next_index() + entries_.size();
  Entry entry;
  entry.time_ms = view_.time_ms();
  entry.by = party.id;
  entry.by_entry = party.entry;
  entry.sd = std::move(beside.sd);
  entry.request = beside.request;
  entry.body = std::move(body);
  if (Result<void> folded = FoldEntry(entry, index, &state_); !folded) {
    return std::move(folded).error();
  }
  entries_.push_back(FormatEntry(entry));
  EntrySide side;
  side.blobs = std::move(beside.blobs);
  sides_.push_back(std::move(side));
  return index;
}

ledger::Admission RegisterAdmission::Take() {
  ledger::Admission admission;
  admission.state = state_.Take();
  for (size_t i = 0; i < entries_.size(); ++i) {
    if (entries_.size() > 1) {
      sides_[i].run = EntrySide::Run{view_.next_index(), entries_.size()};
    }
    admission.entries.push_back(
        {std::move(entries_[i]), FormatSide(sides_[i])});
  }
  return admission;
}

}  // namespace sealedger::notary
