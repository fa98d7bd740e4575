// Applications for seals: submitted on one of three routes, led through the
// route's steps, approved or not.
//
// Who submits an application leads it through no step and does not approve it;
// he alone may submit it again and withdraw it. In the mode `filing` of a route
// the service approves in the commit of the route's last step, as `operator`.
//
// Thread rule: pure functions; AdmitX runs in the sequencer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ledger/sequencer.h"
#include "notary/entry.h"
#include "notary/settings.h"
#include "notary/tokens.h"

namespace sealedger::notary {

struct PreparedApplication {
  ApplicationEntry entry;  // of an event: without subject and `previous`
  std::vector<std::string> disclosures;
};

// {id?, route, uscc, seal_type, ordinal?, channel?, materials, declaration,
// private?}. Without an id it gets a random one. kInvalidArgument "bad-id",
// "bad-route", "bad-uscc", "bad-seal-type", "bad-ordinal", "bad-channel",
// "bad-material"; kVerificationFailed "material-missing",
// "declaration-missing".
Result<PreparedApplication> PrepareApplication(const Json& body);
// {event, fee_fen?, materials?, declaration?, private?}: materials and a
// declaration with `submitted` alone, fee_fen with `fee_due`, where it must be.
Result<PreparedApplication> PrepareApplicationEvent(const std::string& id,
                                                    const Json& body);

// kConflict "application-exists", "organization-terminated";
// kVerificationFailed "unknown-reference".
Result<ledger::Admission> AdmitApplication(const Caller& caller,
                                           const PreparedApplication& prepared,
                                           ledger::AdmitView& view);
// kNotFound "no-such-application"; kPermissionDenied "own-submission",
// "not-submitter", "wrong-role"; kConflict "step-out-of-order", "fee-not-paid",
// "organization-terminated".
Result<ledger::Admission> AdmitApplicationEvent(
    const Caller& caller, const PreparedApplication& prepared,
    const RouteSettings& routes, ledger::AdmitView& view);

}  // namespace sealedger::notary
