#include "tools/bench_report.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace sealedger::tools {
namespace {

BenchReport Sample() {
  BenchReport report;
  report.setting = {{"entries", "1,024"}};
  report.verified = 7;
  BenchRow row;
  row.id = "appends";
  row.what = "appends";
  row.unit = "entries/s";
  row.measured = {50, 80, 20};
  row.against = "bare writes";
  row.reference = {100, 100, 80};
  row.budget = Budget{Budget::Kind::kAtLeast, 0.5};
  report.rows.push_back(row);
  BenchRow alone;
  alone.id = "memory";
  alone.what = "memory";
  alone.unit = "MiB";
  alone.measured = {301};
  alone.budget = Budget{Budget::Kind::kAtMost, 300};
  report.rows.push_back(alone);
  return report;
}

TEST_CASE("a spread has the least, the middle and the greatest") {
  const Spread odd = SpreadOf({3, 1, 2});
  CHECK(odd.min == 1);
  CHECK(odd.median == 2);
  CHECK(odd.max == 3);
  CHECK(SpreadOf({4, 1, 2, 3}).median == 2.5);
  CHECK(SpreadOf({4}).median == 4);
}

TEST_CASE("a ratio is taken round by round") {
  const BenchRow row = Sample().rows[0];
  CHECK(row.ratio().min == 0.25);
  CHECK(row.ratio().median == 0.5);
  CHECK(row.ratio().max == 0.8);
}

TEST_CASE("a budget is of the median, and its bound is within it") {
  BenchRow row = Sample().rows[0];
  CHECK(row.met() == true);
  row.budget->bound = 0.51;
  CHECK(row.met() == false);
  row.budget->kind = Budget::Kind::kAtMost;
  CHECK(row.met() == true);
  CHECK(Sample().rows[1].met() == false);
  row.budget.reset();
  CHECK(row.met() == std::nullopt);
}

TEST_CASE("the JSON of a report has every row with its spreads") {
  CHECK(Sample().Json() ==
        "{\"rows\":[{\"against\":\"bare writes\","
        "\"budget\":{\"at_least\":0.5,\"met\":true},\"id\":\"appends\","
        "\"measured\":{\"max\":80,\"median\":50,\"min\":20},"
        "\"ratio\":{\"max\":0.8,\"median\":0.5,\"min\":0.25},"
        "\"reference\":{\"max\":100,\"median\":100,\"min\":80},"
        "\"rounds\":3,\"unit\":\"entries/s\",\"what\":\"appends\"},"
        "{\"budget\":{\"at_most\":300,\"met\":false},\"id\":\"memory\","
        "\"measured\":{\"max\":301,\"median\":301,\"min\":301},"
        "\"rounds\":1,\"unit\":\"MiB\",\"what\":\"memory\"}],"
        "\"setting\":{\"entries\":\"1,024\"},\"verified\":7}");
}

TEST_CASE("table and Markdown say which budget is met and which is missed") {
  const std::vector<std::string> table = Sample().Table();
  const auto has = [&table](const std::string& line) {
    return std::find(table.begin(), table.end(), line) != table.end();
  };
  CHECK(has("  ratio      0.500 (0.250 to 0.800)"));
  CHECK(has("  budget     ≥ 0.500, met"));
  CHECK(has("  budget     ≤ 300, MISSED"));
  const std::string markdown = Sample().Markdown();
  CHECK(markdown.find("| appends | 50.0 (20.0 to 80.0) entries/s | bare "
                      "writes: 100 (80.0 to 100) | 0.500 (0.250 to 0.800) | ≥ "
                      "0.500, met |\n") != std::string::npos);
  CHECK(markdown.find("| memory | 301 (301 to 301) MiB |  |  | ≤ 300, MISSED "
                      "|\n") != std::string::npos);
}

}  // namespace
}  // namespace sealedger::tools
