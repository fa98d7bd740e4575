// The rules of the register: how its entries follow from each other. A commit
// and a replay are held to the same rules; what depends on settings (lateness,
// approval without a person) is decided where entries are drafted.
//
// Thread rule: pure functions.
#pragma once

#include <cstdint>

#include "notary/entry.h"
#include "notary/register_entry.h"
#include "notary/register_state.h"
#include "notary/state.h"

namespace sealedger::notary {

// Whether the application may go on like this: "step-out-of-order" or
// "fee-not-paid", kConflict.
Result<void> CheckApplicationStep(Route route, ApplicationState from,
                                  ApplicationState to);
// The step after which nothing is left to check but the approval.
ApplicationState LastStep(Route route);
// The status after the event; kConflict "step-out-of-order".
Result<SealStatus> StatusAfter(SealStatus status, SealEvent event);

// Holds an entry of the register to the rules and folds it, and a sealed
// document to what the register says of its seal; entries of other
// kinds are none of its business. Refusals, by what a request can do about
// them:
//   kNotFound            no-such-organization no-such-application no-such-seal
//   kConflict            organization-exists organization-terminated
//                        application-exists application-not-approved
//                        application-used seal-code-used
//                        second-statutory-name-seal seal-ordinal-taken
//                        physical-seal-bound too-many-seals
//                        step-out-of-order fee-not-paid
//                        effective-before-last
//   kVerificationFailed  effective-in-future seal-not-of-application
//                        seal-expired unknown-reference
//   kCorruption          out-of-place: `previous`, `application` or
//                        `organization` is not what Admit fills in
// and those of sealing_rules.h for seals in use.
Result<void> FoldRegister(const Entry& entry, uint64_t index, StateFold* state);

}  // namespace sealedger::notary
