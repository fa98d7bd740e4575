#include "tools/bench_report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string_view>

#include "ledger/check.h"
#include "notary/canonical_json.h"
#include "tools/progress.h"

namespace sealedger::tools {

namespace {

// Three digits that mean something: "34,512", "12.3", "0.402".
std::string Number(double value) {
  const double size = std::abs(value);
  if (size >= 1000) {
    return (value < 0 ? "-" : "") +
           FormatAmount(static_cast<uint64_t>(std::llround(size)),
                        Unit::kCount);
  }
  const int digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  char text[32];
  std::snprintf(text, sizeof(text), "%.*f", digits, value);
  return text;
}

std::string JsonNumber(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.6g", value);
  return text;
}

std::string JsonSpread(const Spread& spread) {
  return "{\"max\":" + JsonNumber(spread.max) +
         ",\"median\":" + JsonNumber(spread.median) +
         ",\"min\":" + JsonNumber(spread.min) + "}";
}

void AppendMember(std::string* out, std::string_view name,
                  std::string_view value) {
  if (out->back() != '{') out->push_back(',');
  notary::AppendJsonString(out, name);
  out->push_back(':');
  out->append(value);
}

std::string Quoted(std::string_view text) {
  std::string out;
  notary::AppendJsonString(&out, text);
  return out;
}

std::string SpreadText(const Spread& spread) {
  return Number(spread.median) + " (" + Number(spread.min) + " to " +
         Number(spread.max) + ")";
}

std::string BudgetText(const BenchRow& row) {
  if (!row.budget) return "";
  const bool least = row.budget->kind == Budget::Kind::kAtLeast;
  return (least ? "≥ " : "≤ ") + Number(row.budget->bound) +
         (*row.met() ? ", met" : ", MISSED");
}

std::string JsonRow(const BenchRow& row) {
  std::string out = "{";
  if (!row.reference.empty()) {
    AppendMember(&out, "against", Quoted(row.against));
  }
  if (row.budget) {
    const bool least = row.budget->kind == Budget::Kind::kAtLeast;
    std::string budget = "{";
    AppendMember(&budget, least ? "at_least" : "at_most",
                 JsonNumber(row.budget->bound));
    AppendMember(&budget, "met", *row.met() ? "true" : "false");
    AppendMember(&out, "budget", budget + "}");
  }
  AppendMember(&out, "id", Quoted(row.id));
  AppendMember(&out, "measured", JsonSpread(SpreadOf(row.measured)));
  if (!row.reference.empty()) {
    AppendMember(&out, "ratio", JsonSpread(row.ratio()));
    AppendMember(&out, "reference", JsonSpread(SpreadOf(row.reference)));
  }
  AppendMember(&out, "rounds", std::to_string(row.measured.size()));
  AppendMember(&out, "unit", Quoted(row.unit));
  AppendMember(&out, "what", Quoted(row.what));
  return out + "}";
}

}  // namespace

Spread SpreadOf(std::vector<double> samples) {
  CHECK(!samples.empty());
  std::sort(samples.begin(), samples.end());
  const size_t middle = samples.size() / 2;
  const double median = samples.size() % 2 == 1
                            ? samples[middle]
                            : (samples[middle - 1] + samples[middle]) / 2;
  return {samples.front(), median, samples.back()};
}

Spread BenchRow::ratio() const {
  CHECK(!reference.empty() && reference.size() == measured.size());
  std::vector<double> ratios;
  for (size_t i = 0; i < measured.size(); ++i) {
    ratios.push_back(reference[i] > 0 ? measured[i] / reference[i] : 0);
  }
  return SpreadOf(std::move(ratios));
}

std::optional<bool> BenchRow::met() const {
  if (!budget) return std::nullopt;
  const double median =
      reference.empty() ? SpreadOf(measured).median : ratio().median;
  return budget->kind == Budget::Kind::kAtLeast ? median >= budget->bound
                                                : median <= budget->bound;
}

std::string BenchReport::Json() const {
  std::string out = "{";
  std::string list = "[";
  for (const BenchRow& row : rows) {
    if (list.size() > 1) list.push_back(',');
    list += JsonRow(row);
  }
  AppendMember(&out, "rows", list + "]");
  std::string about = "{";
  for (const auto& [name, value] : setting) {
    AppendMember(&about, name, Quoted(value));
  }
  AppendMember(&out, "setting", about + "}");
  AppendMember(&out, "verified", std::to_string(verified));
  return out + "}";
}

std::vector<std::string> BenchReport::Table() const {
  std::vector<std::string> lines;
  for (const auto& [name, value] : setting) {
    lines.push_back(name);
    lines.back().append(": ").append(value);
  }
  for (const BenchRow& row : rows) {
    lines.push_back("");
    lines.push_back(row.what);
    lines.push_back("  measured   " + SpreadText(SpreadOf(row.measured)) + " " +
                    row.unit);
    if (!row.reference.empty()) {
      lines.push_back("  against    " + SpreadText(SpreadOf(row.reference)) +
                      " " + row.unit + " (" + row.against + ")");
      lines.push_back("  ratio      " + SpreadText(row.ratio()));
    }
    if (row.budget) lines.push_back("  budget     " + BudgetText(row));
  }
  lines.push_back("");
  lines.push_back(
      "verified while measuring: " + FormatAmount(verified, Unit::kCount) +
      " answers, entries and proofs");
  return lines;
}

std::string BenchReport::Markdown() const {
  std::string out;
  for (const auto& [name, value] : setting) {
    out.append("- ").append(name).append(": ").append(value).append("\n");
  }
  out += "- verified while measuring: " + FormatAmount(verified, Unit::kCount) +
         " answers, entries and proofs\n\n";
  out +=
      "| what | measured: median (min to max) | against | ratio: median (min "
      "to max) | budget |\n|---|---|---|---|---|\n";
  for (const BenchRow& row : rows) {
    out += "| " + row.what + " | " + SpreadText(SpreadOf(row.measured)) + " " +
           row.unit + " | ";
    if (!row.reference.empty()) {
      out += row.against + ": " + SpreadText(SpreadOf(row.reference));
    }
    out += " | ";
    if (!row.reference.empty()) out += SpreadText(row.ratio());
    out += " | " + BudgetText(row) + " |\n";
  }
  return out;
}

}  // namespace sealedger::tools
