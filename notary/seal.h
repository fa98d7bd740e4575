// Seals in the register: issued on an approved application, filed, activated,
// suspended, lost, found, cancelled. How a seal's file comes about is in
// seal_maker.h.
//
// Thread rule: pure functions; AdmitX runs in the sequencer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ledger/sequencer.h"
#include "notary/entry.h"
#include "notary/register_state.h"
#include "notary/settings.h"
#include "notary/tokens.h"

namespace sealedger::notary {

// What a request for a seal says, besides how it is made.
struct SealRequest {
  std::string application;  // id
  std::string code;
  std::optional<std::string> physical_code;
  std::optional<std::string> custodian;  // a party; absent: the submitter
  std::optional<std::string> replaces;   // a seal's code
};

// A seal whose file is made, with the facts that the entry states of it.
struct MadeSeal {
  bool made_here = false;
  int64_t valid_from_ms = 0;
  int64_t valid_to_ms = 0;
  Hash seseal_sm3;
  Hash seseal_sha256;  // of its blob
  Hash maker_sha256;
  std::vector<Hash> signers_sha256;
  std::vector<std::string> name;  // the private field, as a disclosure
  // The organisation's newest entry when its name went into a certificate.
  std::optional<uint64_t> organization;
};

// The facts that a seal's making needs of the register, as it is now.
struct SealGround {
  ApplicationSubject application;
  uint64_t organization = 0;                     // its newest entry
  std::optional<std::string> organization_name;  // where it is public
  std::string custodian;
};

// kVerificationFailed "unknown-reference" (application, custodian, replaces),
// "custodian-missing", "not-a-platform"; kConflict "application-not-approved",
// "application-used", "organization-terminated", "seal-code-used",
// "seal-not-live" (replaces).
Result<SealGround> FindSealGround(const SealRequest& request,
                                  const ReadState& read, int64_t time_ms);

// With `replaces` the cancellation of the old seal is the first entry and the
// issue the second, else the issue is the only one. Errors: the above, and
// kConflict "second-statutory-name-seal", "seal-ordinal-taken",
// "physical-seal-bound", "too-many-seals", "organization-changed" (since the
// seal was made); kVerificationFailed "seal-expired"; kInvalidArgument
// "entry-too-large" (a seal made elsewhere with dozens of signers).
Result<ledger::Admission> AdmitSeal(const Caller& caller,
                                    const SealRequest& request,
                                    const MadeSeal& made,
                                    ledger::AdmitView& view);

// {event, reason?, effective_at?}. kInvalidArgument "bad-event", "bad-reason".
// The reasons `replaced` and `unclaimed` are no request's to give.
Result<SealEventEntry> PrepareSealEvent(const std::string& code,
                                        const Json& body);
// kNotFound "no-such-seal"; kPermissionDenied "wrong-role", "not-custodian";
// kConflict "step-out-of-order", "effective-before-last"; kVerificationFailed
// "effective-in-future". A filing beyond the route's limit is noted as late.
Result<ledger::Admission> AdmitSealEvent(const Caller& caller,
                                         const SealEventEntry& event,
                                         const RouteSettings& routes,
                                         ledger::AdmitView& view);
// By `operator`: the seal was not activated within its route's limit. kConflict
// "step-out-of-order" where it was meanwhile, or its time is not over.
Result<ledger::Admission> AdmitUnclaimed(const std::string& code,
                                         const RouteSettings& routes,
                                         ledger::AdmitView& view);
// Until when a seal must be activated.
int64_t UnclaimedLimitMs(int64_t issued_ms, const RouteSetting& route);

}  // namespace sealedger::notary
