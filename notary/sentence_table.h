// Tables of sentences, and how the evidence is filled into one. The tables:
// bundle_sentences.h, seal_sentences.h, sealed_sentences.h.
//
// {name} is the evidence of that name; [ ] encloses what is left out where the
// evidence in it is missing or empty. Neither is nested.
//
// Thread rule: values; pure functions.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "notary/sentences.h"

namespace sealedger::notary {

struct SentenceRow {
  std::string_view id;
  std::string_view reason;
  std::string_view zh;
  std::string_view en;

  std::string_view In(Language language) const {
    return language == Language::kChinese ? zh : en;
  }
};

// nullptr where there is none.
const SentenceRow* FindSentence(std::span<const SentenceRow> rows,
                                std::string_view id, std::string_view reason);

// The template with its evidence filled in, which is never read as a part of
// the template; "?" stands for what is missing outside of brackets, and for
// what no terminal should be shown.
std::string RenderSentence(std::string_view text,
                           const std::map<std::string, std::string>& evidence);

// What may come from a forged bundle, for a terminal: "?" for all of it where a
// part is no printable text.
std::string_view PrintableText(std::string_view text);

}  // namespace sealedger::notary
