// Words of evidence ("stated", "raw_value", "cancelled") as sentences have
// them, in Chinese and English.
//
// Thread rule: pure functions.
#pragma once

#include <map>
#include <string>

#include "notary/sentences.h"

namespace sealedger::notary {

// The evidence with its words spelled out ("kind" of a seal file, "time_from",
// "warnings", "status", "compared_with", "alg"); a word that is not known stays
// as it is. Lists ("7, 4, 2") are joined as the language does.
std::map<std::string, std::string> SpellEvidence(
    std::map<std::string, std::string> evidence, Language language);

}  // namespace sealedger::notary
