// The check `document` of a bundle: whether the document at hand is the one
// that the entry is about.
//
// Thread rule: pure functions.
#pragma once

#include <optional>

#include "ledger/hash.h"
#include "notary/entry.h"
#include "notary/verdict.h"

namespace sealedger::notary {

// What is known of the document at hand. Neither: `document` is not checked.
struct DocumentAtHand {
  std::optional<ledger::Hash> sha256;
  std::optional<ledger::Hash> sm3;

  bool given() const { return sha256.has_value() || sm3.has_value(); }
};

// A sealed document is compared with `document`, the file before it was sealed,
// and with `protected`, what the signature is over; the evidence says which
// (compared_with). nullopt where the subject's kind has no document and none is
// given; a null subject was not read.
std::optional<Check> CheckDocument(const Entry* subject,
                                   const DocumentAtHand& document);

}  // namespace sealedger::notary
