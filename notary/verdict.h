// The one verdict model: what was checked, how it came out, and what that means
// as a whole. It serves the command line, the API, and the pages.
//
//   any `fail`                         → failed
//   else a required check not_checked  → indeterminate
//   else                               → passed
//
// Sentences for people, in Chinese and English, come from one table
// (sentences.h), by check id and reason.
//
// Thread rule: values; pure functions.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "notary/canonical_json.h"

namespace sealedger::notary {

enum class CheckResult { kPass, kFail, kNotChecked };
enum class Overall { kPassed, kFailed, kIndeterminate };

struct Check {
  std::string id;
  CheckResult result = CheckResult::kNotChecked;
  std::string reason;  // a stable word, e.g. "nothing_to_check"
  std::map<std::string, std::string> evidence;
  bool required = false;
};

// One way in which a check comes out. Whoever makes checks has a table of all
// the ways that it knows (bundle_reasons.h, seal_reasons.h).
struct KnownReason {
  std::string_view id;
  CheckResult result;
  std::string_view reason;
};
// CHECK-fails on what is not in the table.
Check Conclude(std::span<const KnownReason> table, std::string_view id,
               std::string_view reason,
               std::map<std::string, std::string> evidence, bool required);

// One end of the interval in which the subject came into being.
struct IntervalEnd {
  enum class Side { kNotBefore, kNotAfter };
  enum class Subject { kEntry, kSignature };
  struct Block {
    std::optional<uint64_t> number;
    std::string hash;
  };

  Side side = Side::kNotBefore;
  Subject of = Subject::kEntry;
  std::string source;  // CAIP-2, or the authority's name
  std::optional<Block> block;
  int64_t time_ms = 0;
  uint64_t tolerance_s = 0;
};

// What the operator or a party states and nothing here proves.
struct Claim {
  std::string id;  // time | by | claimed_time | no_later_register_entry
  std::string text;
};

struct Verdict {
  bool interim = false;
  std::vector<Check> checks;
  std::vector<IntervalEnd> ends;
  std::vector<Claim> claims;

  Overall overall() const;
  // nullptr when there is no such check.
  const Check* Find(std::string_view id) const;
};

std::string_view CheckResultName(CheckResult result);
std::string_view OverallName(Overall overall);

// The member `checks` of verdicts and of refusals.
Json ChecksJson(std::span<const Check> checks);
// {overall, interim, checks, ends, claims} (notary/FORMAT.md).
Json VerdictJson(const Verdict& verdict);

}  // namespace sealedger::notary
