// Evidence: from a request to a draft, and from a draft to an entry.
//
// A chain of evidence hangs on a root, an evidence.recorded or document.sealed
// of the same party (itself perhaps a link of another chain); each link names
// the root and the link before it, so that a chain has no room for an omission.
//
// Thread rule: pure functions; AdmitEvidence runs in the sequencer.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "ledger/sequencer.h"
#include "notary/draft.h"
#include "notary/entry.h"
#include "notary/state.h"
#include "notary/tokens.h"

namespace sealedger::notary {

struct ChainRequest {
  uint64_t root = 0;
  std::optional<uint64_t> after;  // its newest link as the caller knows it
};

// What a request for evidence says.
struct EvidenceRequest {
  DocumentDigests document;
  std::optional<std::string> label;
  // Private fields in the order of their names.
  std::vector<std::pair<std::string, std::string>> fields;
  std::optional<ChainRequest> chain;
};
// {document, label?, private?, chain?}. `pointer`: where it stands in the
// request.
Result<EvidenceRequest> ReadEvidenceRequest(const Json& body,
                                            const std::string& pointer);

struct PreparedEvidence {
  Draft draft;
  std::vector<std::string> disclosures;  // in the order of _sd
  std::optional<ChainRequest> chain;
  std::string pointer;  // of the item in the request
};

// Of a body as above. Draws fresh salts.
Result<PreparedEvidence> PrepareEvidence(const Caller& caller, const Json& body,
                                         const std::string& pointer);

// All items or none. kVerificationFailed "unknown-party"; kPermissionDenied
// "signature-required";
// kVerificationFailed "unknown-reference", "wrong-chain-root"; kConflict
// "chain-out-of-order".
Result<ledger::Admission> AdmitEvidence(const Caller& caller,
                                        std::span<const PreparedEvidence> items,
                                        ledger::AdmitView& view);

// The reason in {reason}, of a request to erase private fields.
// kInvalidArgument "bad-reason".
Result<std::string> ReadErasureReason(const Json& body);

// The party that acts, as the commit sees it.
struct Actor {
  uint64_t by_entry = 0;
  std::string time;  // of the commit, as entries spell it
};
// kVerificationFailed "unknown-party", kPermissionDenied "signature-required",
// kUnauthenticated "signature-key-changed", "signature-old".
Result<void> CheckActor(const Caller& caller, const ReadState& read,
                        int64_t time_ms);
Result<Actor> AdmitActor(const Caller& caller, ledger::AdmitView& view);

// The member `request` of an entry that a signed request makes.
void AddRequest(const Caller& caller, Json* members);

// kInvalidArgument "entry-too-large" when the draft may exceed an entry.
Result<void> CheckDraftSize(const Draft& draft);

// The lines of _sd for these disclosures.
Json SdJson(const std::vector<std::string>& disclosures);

}  // namespace sealedger::notary
