// The plain sentences of the checks of seals (eseal_verify.h), for sentences.h,
// which fills in the evidence and joins them with those of bundles.
//
// {name} is the evidence of that name; [ ] encloses what is left out where the
// evidence in it is missing or empty.
//
// Thread rule: pure functions.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "notary/sentences.h"
#include "notary/verdict.h"

namespace sealedger::notary {

struct SentenceRow {
  std::string_view id;
  std::string_view reason;
  std::string_view zh;
  std::string_view en;
};

// One for every reason of seal_reasons.h.
std::span<const SentenceRow> SealSentences();

// nullptr where the check is none of a seal's. A bundle has `format`, too: that
// of a seal file has evidence named "kind".
const SentenceRow* FindSealSentence(const Check& check);

// The evidence with its words ("kind", "time_from", "warnings") spelled out; a
// word that is not known stays as it is.
std::map<std::string, std::string> SpellSealWords(
    std::map<std::string, std::string> evidence, Language language);

// True for the verdict of a seal or signature file.
bool IsOfSealFile(const Verdict& verdict);
// What such a verdict does not prove.
std::string_view SealClosing(Language language);

}  // namespace sealedger::notary
