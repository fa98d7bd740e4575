// BenchReport: the rows of one run of `sealedger bench`, as a table, as JSON
// and as a section of Markdown.
//
// A row has what was measured, once a round, and perhaps what it is measured
// against, in the same rounds. The ratio is taken round by round: both sides of
// it ran one right after the other.
//
// Thread rule: values; one thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sealedger::tools {

struct Spread {
  double min = 0;
  double median = 0;
  double max = 0;
};
// Not of nothing (CHECK).
Spread SpreadOf(std::vector<double> samples);

// What a row is held to: the median of its ratio, or of the measure itself
// where it has no reference.
struct Budget {
  enum class Kind { kAtLeast, kAtMost };
  Kind kind = Kind::kAtLeast;
  double bound = 0;
};

struct BenchRow {
  std::string id;    // stable: "batch-appends"
  std::string what;  // for people
  std::string unit;  // "entries/s", "ms", "bytes"
  std::vector<double> measured;
  std::string against;            // what the reference is; empty: none
  std::vector<double> reference;  // as many as `measured`, or none
  std::optional<Budget> budget;

  // Of measured to reference. There is a reference (CHECK).
  Spread ratio() const;
  // nullopt without a budget.
  std::optional<bool> met() const;
};

struct BenchReport {
  // What was measured on, and how: "entries" → "1,000,000".
  std::vector<std::pair<std::string, std::string>> setting;
  std::vector<BenchRow> rows;
  // How many answers, entries and proofs were verified while measuring.
  uint64_t verified = 0;

  // {"rows": [{"id", "what", "unit", "measured" {"min", "median", "max"},
  //   "against"?, "reference"?, "ratio"?, "budget"? {"at_least" | "at_most",
  //   "met"}}], "setting": {…}, "verified"}. Numbers have fractions, which
  // ledgers do not.
  std::string Json() const;
  // Lines for a terminal.
  std::vector<std::string> Table() const;
  // A table with the setting above it, without a heading.
  std::string Markdown() const;
};

}  // namespace sealedger::tools
