// Verifying a bundle offline, against what the verifier trusts beforehand.
//
// The checks come in a fixed order; each has a result whatever became of the
// ones before it, as far as it can still be made. A bundle that fails `format`
// has that one check alone.
//
//   format entry inclusion checkpoint_signature party disclosures consistency
//   document chain register_chain
//
// All are required but `chain`. `document` is left out where the subject's kind
// has none and none is given, `register_chain` where the subject stands on no
// entry of the register. The ways in which each comes out: bundle_reasons.h.
//
// Thread rule: pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ledger/hash.h"
#include "notary/bundle.h"
#include "notary/trust.h"
#include "notary/verdict.h"

namespace sealedger::notary {

// What is known of the document at hand. Neither: `document` is not checked.
struct DocumentAtHand {
  std::optional<ledger::Hash> sha256;
  std::optional<ledger::Hash> sm3;

  bool given() const { return sha256.has_value() || sm3.has_value(); }
};

Verdict VerifyBundle(std::string_view bundle, const Trust& trust,
                     const DocumentAtHand& document);

// The kind of the bundle's subject, for callers that must know whether a
// document makes sense; nullopt where the bundle or its subject does not parse.
std::optional<std::string> SubjectKind(std::string_view bundle);

}  // namespace sealedger::notary
