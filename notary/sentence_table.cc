#include "notary/sentence_table.h"

#include <algorithm>

#include "ledger/check.h"
#include "notary/text.h"

namespace sealedger::notary {

namespace {

using Evidence = std::map<std::string, std::string>;

// Appends `text` with its evidence filled in; false where some is missing.
bool Fill(std::string* out, std::string_view text, const Evidence& evidence) {
  bool complete = true;
  while (!text.empty()) {
    const size_t open = text.find('{');
    out->append(text.substr(0, open));
    if (open == std::string_view::npos) break;
    const size_t close = text.find('}', open);
    CHECK(close != std::string_view::npos);
    const auto value =
        evidence.find(std::string(text.substr(open + 1, close - open - 1)));
    const bool found = value != evidence.end() && !value->second.empty();
    out->append(found ? PrintableText(value->second) : "?");
    complete = complete && found;
    text.remove_prefix(close + 1);
  }
  return complete;
}

}  // namespace

const SentenceRow* FindSentence(std::span<const SentenceRow> rows,
                                std::string_view id, std::string_view reason) {
  const auto it =
      std::find_if(rows.begin(), rows.end(), [&](const SentenceRow& row) {
        return row.id == id && row.reason == reason;
      });
  return it == rows.end() ? nullptr : &*it;
}

std::string RenderSentence(std::string_view text, const Evidence& evidence) {
  std::string out;
  while (!text.empty()) {
    const size_t open = text.find('[');
    Fill(&out, text.substr(0, open), evidence);
    if (open == std::string_view::npos) break;
    const size_t close = text.find(']', open);
    CHECK(close != std::string_view::npos);
    std::string part;
    if (Fill(&part, text.substr(open + 1, close - open - 1), evidence)) {
      out += part;
    }
    text.remove_prefix(close + 1);
  }
  return out;
}

std::string_view PrintableText(std::string_view text) {
  constexpr size_t kMaxPrinted = 1 << 20;
  return CheckText(text, kMaxPrinted, "") ? text : "?";
}

}  // namespace sealedger::notary
