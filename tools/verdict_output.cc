#include "tools/verdict_output.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "ledger/check.h"
#include "notary/sentences.h"
#include "notary/text.h"

namespace sealedger::tools {

namespace {

notary::Language LanguageOf(const Telling& telling) {
  const auto language = notary::ParseLanguage(telling.language.value_or("en"));
  CHECK(language.has_value());
  return *language;
}

void PrintCheck(const notary::Check& check, Output& output) {
  std::string line(CheckResultName(check.result));
  line.resize(13, ' ');
  line += check.id;
  if (!check.reason.empty()) line += ": " + check.reason;
  if (!check.required) line += " (not required)";
  output.Line(Printable(line));
  for (const auto& [name, value] : check.evidence) {
    output.Line(std::string(15, ' ') + Printable(name) + ": " +
                Printable(value));
  }
}

void PrintEnd(const notary::IntervalEnd& end, Output& output) {
  const bool before = end.side == notary::IntervalEnd::Side::kNotBefore;
  const bool entry = end.of == notary::IntervalEnd::Subject::kEntry;
  std::string line = before ? "not before   " : "not after    ";
  line += entry ? "entry: " : "signature: ";
  line += notary::FormatTime(end.time_ms) + " (within " +
          std::to_string(end.tolerance_s) + " s) by " + end.source;
  if (end.block) line += ", block " + end.block->hash;
  output.Line(Printable(line));
}

// The sentences, whose own line ends are the only ones in them.
void PrintSentences(std::string_view text, Output& output) {
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    output.Line(Printable(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

void PrintTable(const notary::Verdict& verdict, Output& output) {
  output.Line(std::string(OverallName(verdict.overall())) +
              (verdict.interim ? " (interim: no final anchor yet)" : ""));
  for (const notary::Check& check : verdict.checks) PrintCheck(check, output);
  for (const notary::IntervalEnd& end : verdict.ends) PrintEnd(end, output);
  for (const notary::Claim& claim : verdict.claims) {
    output.Line("claimed      " + Printable(claim.id + ": " + claim.text));
  }
}

}  // namespace

void AddTelling(Command& command, Telling* telling) {
  command.Flag("--explain", &telling->explain,
               "one plain sentence for each check");
  command.Choice("--lang", {"zh", "en"}, &telling->language,
                 "language of --explain (en)");
}

std::optional<Exit> RefuseTelling(const Telling& telling, Output& output) {
  if (!telling.language || telling.explain) return std::nullopt;
  return output.Usage("--lang goes with --explain");
}

void PrintVerdict(const notary::Verdict& verdict, const Telling& telling,
                  Output& output) {
  Json json = notary::VerdictJson(verdict);
  if (telling.explain) {
    const std::string text =
        notary::ExplainVerdict(verdict, LanguageOf(telling));
    PrintSentences(text, output);
    json.Add("explanation", text);
  } else {
    PrintTable(verdict, output);
  }
  output.Value(json);
}

Exit ExitOf(const notary::Verdict& verdict) {
  switch (verdict.overall()) {
    case notary::Overall::kPassed:
      return Exit::kPassed;
    case notary::Overall::kFailed:
      return Exit::kFailed;
    case notary::Overall::kIndeterminate:
      return Exit::kIndeterminate;
  }
  return Exit::kFailed;
}

}  // namespace sealedger::tools
