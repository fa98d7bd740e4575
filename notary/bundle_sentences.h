// The plain sentences of the checks of bundles that do not look into a seal's
// file: one for every reason of bundle_reasons.h.
//
// Thread rule: pure functions.
#pragma once

#include <span>

#include "notary/sentence_table.h"

namespace sealedger::notary {

std::span<const SentenceRow> BundleSentences();

}  // namespace sealedger::notary
