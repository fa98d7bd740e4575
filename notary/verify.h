// Verifying a bundle offline, against what the verifier trusts beforehand.
//
// The checks come in a fixed order; each has a result whatever became of the
// ones before it, as far as it can still be made. A bundle that fails `format`
// has that one check alone.
//
//   format entry inclusion checkpoint_signature party disclosures consistency
//   document chain register_chain, those of verify_sealed.h, requested_by
//
// All are required but `chain`, and what verify_sealed.h says of its own.
// `document` is left out where the subject's kind has none and none is given,
// `register_chain` where the subject stands on no entry of the register,
// `requested_by` where the entry's request was not signed. The ways in which
// each comes out: bundle_reasons.h, seal_reasons.h.
//
// Thread rule: pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "notary/bundle.h"
#include "notary/trust.h"
#include "notary/verdict.h"
#include "notary/verify_document.h"

namespace sealedger::notary {

Verdict VerifyBundle(std::string_view bundle, const Trust& trust,
                     const DocumentAtHand& document);

// The kind of the bundle's subject, for callers that must know whether a
// document makes sense; nullopt where the bundle or its subject does not parse.
std::optional<std::string> SubjectKind(std::string_view bundle);

}  // namespace sealedger::notary
