// The plain sentences of the checks of seals and signatures (eseal_verify.h).
// They serve files and bundles alike; what bundles alone have is in
// sealed_sentences.h.
//
// Thread rule: pure functions.
#pragma once

#include <span>
#include <string_view>

#include "notary/sentence_table.h"
#include "notary/verdict.h"

namespace sealedger::notary {

// One for each of KnownSealReasons (seal_reasons.h).
std::span<const SentenceRow> SealSentences();

// True for the verdict of a seal or signature file: its `format` tells which
// ("kind"), and that of a bundle does not.
bool IsOfSealFile(const Verdict& verdict);
// What such a verdict does not prove.
std::string_view SealClosing(Language language);

}  // namespace sealedger::notary
