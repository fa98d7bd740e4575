// Signed requests (notary.h): held to the key that the caller's party has now.
// The commit asks once more, by the party's newest entry.

#include <utility>

#include "notary/notary.h"
#include "notary/notary_parts.h"
#include "notary/request_base.h"
#include "notary/state.h"

namespace sealedger::notary {
namespace {

using ledger::Code;
using ledger::MakeError;

Error Unsigned(std::string_view name, std::string_view detail) {
  return MakeError(Code::kUnauthenticated, name, detail);
}

struct KeyOfParty {
  uint64_t entry = 0;
  PartyKey key;
};

// State is written with the commit and published a moment later; here an entry
// counts once it is written.
Result<KeyOfParty> FindKey(const ledger::Ledger& ledger, const ReadState& read,
                           const std::string& id) {
  Result<std::optional<PartyState>> party = ReadPartyState(read, id);
  if (!party) return std::move(party).error();
  if (!party->has_value()) {
    return MakeError(Code::kVerificationFailed, "unknown-party",
                     "the token's party is not registered");
  }
  const uint64_t index = (*party)->entry;
  Result<std::optional<std::string>> text = ledger.Get(ledger::EntryKey(index));
  if (!text) return std::move(text).error();
  if (!text->has_value()) return CorruptState(PartyStateKey(id));
  Result<Entry> entry = ParseEntry(**text);
  if (!entry) return std::move(entry).error();
  const auto* registered = std::get_if<PartyEntry>(&entry->body);
  if (registered == nullptr) return CorruptState(PartyStateKey(id));
  if (!registered->key) {
    return Unsigned("signature-no-key", "the party has no key registered");
  }
  return KeyOfParty{index, *registered->key};
}

}  // namespace

Result<void> Notary::TakeSignature(WriteContext* context) const {
  const RawRequest& raw = context->raw;
  Result<std::optional<SignedRequest>> read =
      ReadSignedRequest(raw.method, raw.target, *raw.headers, raw.body);
  if (!read) return std::move(read).error();
  if (!read->has_value()) return {};
  const Result<RequestBase> base = ParseRequestBase((*read)->base);
  CHECK(base);
  if (base->keyid != context->caller.party) {
    return Unsigned("signature-other-party",
                    "the signature is another party's than the token");
  }
  Result<KeyOfParty> known =
      FindKey(*parts_->ledger, parts_->PresentState(), context->caller.party);
  if (!known) return std::move(known).error();
  if (!VerifyRequestSignature(known->key, (*read)->base, (*read)->signature)) {
    return Unsigned("signature-wrong",
                    "the signature is not by the party's key over this "
                    "request");
  }
  const int64_t now_ms = LedgerNowMs(*parts_->ledger->published());
  Result<void> fresh = CheckCreated(base->created_s, now_ms);
  if (!fresh) return fresh;
  context->caller.signature = RequestMark{ledger::Sha256Of((*read)->base),
                                          known->entry, base->created_s};
  context->signed_request = **std::move(read);
  return {};
}

}  // namespace sealedger::notary
