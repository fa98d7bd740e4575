// Verifying a bundle offline, against what the verifier trusts beforehand.
//
// The checks come in a fixed order; each has a result whatever became of the
// ones before it, as far as it can still be made. A bundle that fails `format`
// has that one check alone.
//
//   format entry inclusion checkpoint_signature party disclosures consistency
//   document chain
//
// All are required but `chain`. `document` is left out where the subject's kind
// has none and none is given.
//
// Thread rule: pure functions.
#pragma once

#include <optional>
#include <span>
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

// Every way in which a check of VerifyBundle comes out: it gives no other.
struct KnownReason {
  std::string_view id;
  CheckResult result;
  std::string_view reason;
};
std::span<const KnownReason> KnownReasons();

}  // namespace sealedger::notary
