// Parties: who may act, registered and changed by an administrator.
//
// Thread rule: pure functions; AdmitX runs in the sequencer.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ledger/sequencer.h"
#include "notary/draft.h"
#include "notary/entry.h"
#include "notary/tokens.h"

namespace sealedger::notary {

struct PreparedParty {
  Draft draft;
  PartyEntry party;
  std::vector<std::string> disclosures;
};

// {id, role, name?, key? (PEM), private?}.
Result<PreparedParty> PrepareParty(const Caller& caller, const Json& body);
// kConflict "party-exists".
Result<ledger::Admission> AdmitParty(const Caller& caller,
                                     const PreparedParty& prepared,
                                     ledger::AdmitView& view);

// {event "changed", name?, key?, signed_only?}.
struct PartyChange {
  std::string id;
  std::optional<std::string> name;
  std::optional<PartyKey> key;
  std::optional<bool> signed_only;
};
Result<PartyChange> ReadPartyChange(const std::string& id, const Json& body);
// kNotFound "no-such-party", kInvalidArgument "nothing-changed",
// kVerificationFailed "key-missing" (signed_only without a key).
Result<ledger::Admission> AdmitPartyChange(const Caller& caller,
                                           const PartyChange& change,
                                           ledger::AdmitView& view);

// The entry that registers `operator`: entry 1 of every ledger.
Entry OperatorEntry(int64_t time_ms);

// {party, key?} as answers and entries show them.
void AddPartyMembers(const PartyEntry& party, Json* json);

}  // namespace sealedger::notary
