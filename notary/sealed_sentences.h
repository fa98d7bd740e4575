// The plain sentences of the checks that bundles of seals and of sealed
// documents have and files of seals do not (verify_sealed.h).
//
// Thread rule: pure functions.
#pragma once

#include <span>
#include <string_view>

#include "notary/sentence_table.h"
#include "notary/verdict.h"

namespace sealedger::notary {

// One for each of KnownSealedReasons (seal_reasons.h).
std::span<const SentenceRow> SealedSentences();

// Wordings of checks that say more where the subject is a sealed document:
// which of its files was compared, and that the digest of what is protected
// comes from the entry.
std::span<const SentenceRow> SealedWordings();

// True for the verdict of the bundle of a document.sealed that was read.
bool IsOfSealedDocument(const Verdict& verdict);
// What such a verdict does not prove of the sealing, besides what no bundle
// does.
std::string_view SealedClosing(Language language);

}  // namespace sealedger::notary
