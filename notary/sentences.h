// The plain sentences of verdicts, in Chinese and English, from tables
// (sentence_table.h). A judge can read them aloud; none claims more than its
// check.
//
// Thread rule: pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "notary/verdict.h"

namespace sealedger::notary {

enum class Language { kChinese, kEnglish };
std::optional<Language> ParseLanguage(std::string_view name);  // "zh" | "en"

// The sentence of one check, with its evidence filled in. Every (id, reason)
// that the verifier gives has one in both languages (a test walks them all).
std::string CheckSentence(const Check& check, Language language);
// The same as a part of this verdict: of a sealed document it says which of its
// files is meant.
std::string CheckSentenceIn(const Verdict& verdict, const Check& check,
                            Language language);

// The whole verdict as a text: of a sealed document first what its bundle
// tells; the outcome, each check, the ends, the claims apart from what is
// proved, and what it does not prove.
std::string ExplainVerdict(const Verdict& verdict, Language language);

}  // namespace sealedger::notary
