#include "notary/verdict.h"

#include <algorithm>
#include <utility>

#include "ledger/check.h"
#include "notary/text.h"

namespace sealedger::notary {

namespace {

Json CheckJson(const Check& check) {
  Json evidence{Json::Object{}};
  for (const auto& [name, text] : check.evidence) evidence.Add(name, text);
  Json json{Json::Object{}};
  json.Add("id", check.id);
  json.Add("result", CheckResultName(check.result));
  json.Add("reason", check.reason);
  json.Add("evidence", std::move(evidence));
  json.Add("required", check.required);
  return json;
}

Json EndJson(const IntervalEnd& end) {
  Json json{Json::Object{}};
  json.Add("side", end.side == IntervalEnd::Side::kNotBefore ? "not_before"
                                                             : "not_after");
  json.Add("of",
           end.of == IntervalEnd::Subject::kEntry ? "entry" : "signature");
  json.Add("source", end.source);
  if (end.block) {
    Json block{Json::Object{}};
    if (end.block->number) block.Add("number", *end.block->number);
    block.Add("hash", end.block->hash);
    json.Add("block", std::move(block));
  }
  json.Add("time", FormatTime(end.time_ms));
  json.Add("tolerance_s", end.tolerance_s);
  return json;
}

Json ClaimJson(const Claim& claim) {
  Json json{Json::Object{}};
  json.Add("id", claim.id);
  json.Add("text", claim.text);
  return json;
}

template <typename Item>
Json ListJson(const std::vector<Item>& items, Json (*write)(const Item&)) {
  Json::Array array;
  array.reserve(items.size());
  for (const Item& item : items) array.push_back(write(item));
  return Json(std::move(array));
}

}  // namespace

Overall Verdict::overall() const {
  Overall overall = Overall::kPassed;
  for (const Check& check : checks) {
    if (check.result == CheckResult::kFail) return Overall::kFailed;
    if (check.required && check.result == CheckResult::kNotChecked) {
      overall = Overall::kIndeterminate;
    }
  }
  return overall;
}

const Check* Verdict::Find(std::string_view id) const {
  const auto it =
      std::find_if(checks.begin(), checks.end(),
                   [id](const Check& check) { return check.id == id; });
  return it == checks.end() ? nullptr : &*it;
}

Check Conclude(std::span<const KnownReason> table, std::string_view id,
               std::string_view reason,
               std::map<std::string, std::string> evidence, bool required) {
  const auto known =
      std::find_if(table.begin(), table.end(), [&](const KnownReason& row) {
        return row.id == id && row.reason == reason;
      });
  CHECK(known != table.end());
  return {.id = std::string(id),
          .result = known->result,
          .reason = std::string(reason),
          .evidence = std::move(evidence),
          .required = required};
}

std::string_view CheckResultName(CheckResult result) {
  switch (result) {
    case CheckResult::kPass:
      return "pass";
    case CheckResult::kFail:
      return "fail";
    case CheckResult::kNotChecked:
      return "not_checked";
  }
  CHECK(false);
}

std::string_view OverallName(Overall overall) {
  switch (overall) {
    case Overall::kPassed:
      return "passed";
    case Overall::kFailed:
      return "failed";
    case Overall::kIndeterminate:
      return "indeterminate";
  }
  CHECK(false);
}

Json ChecksJson(std::span<const Check> checks) {
  Json::Array array;
  array.reserve(checks.size());
  for (const Check& check : checks) array.push_back(CheckJson(check));
  return Json(std::move(array));
}

Json VerdictJson(const Verdict& verdict) {
  Json json{Json::Object{}};
  json.Add("overall", OverallName(verdict.overall()));
  json.Add("interim", verdict.interim);
  json.Add("checks", ChecksJson(verdict.checks));
  json.Add("ends", ListJson(verdict.ends, EndJson));
  json.Add("claims", ListJson(verdict.claims, ClaimJson));
  return json;
}

}  // namespace sealedger::notary
