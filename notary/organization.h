// Organisations: established, altered, terminated. A termination cancels every
// live seal of the organisation in the same commit.
//
// Thread rule: pure functions; AdmitX runs in the sequencer.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ledger/sequencer.h"
#include "notary/entry.h"
#include "notary/tokens.h"

namespace sealedger::notary {

struct PreparedOrganization {
  OrganizationEntry entry;  // without `previous`
  std::vector<std::string> disclosures;
};

// {uscc, name, effective_at?}. The name of an individual business becomes a
// private field. kInvalidArgument "bad-uscc", names of text.h, "bad-time".
Result<PreparedOrganization> PrepareOrganization(const Json& body);
// {event, effective_at?, name?}: `altered` with a name, `terminated` without.
Result<PreparedOrganization> PrepareOrganizationEvent(const std::string& uscc,
                                                      const Json& body);
// kConflict "organization-exists"; for an event kNotFound
// "no-such-organization", kConflict "organization-terminated",
// "effective-before-last", kInvalidArgument "nothing-changed";
// kVerificationFailed "effective-in-future".
Result<ledger::Admission> AdmitOrganization(
    const Caller& caller, const PreparedOrganization& prepared,
    ledger::AdmitView& view);

}  // namespace sealedger::notary
