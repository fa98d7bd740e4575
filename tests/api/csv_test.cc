#include "api/csv.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace sealedger::api {
namespace {

std::string Cell(std::string_view text) {
  std::string out;
  AppendCsvCell(&out, text);
  return out;
}

TEST_CASE("a cell is quoted where it must be") {
  CHECK(Cell("") == "");
  CHECK(Cell("公章") == "公章");
  CHECK(Cell("a,b") == "\"a,b\"");
  CHECK(Cell("a\"b") == "\"a\"\"b\"");
  CHECK(Cell("a\r\nb") == "\"a\r\nb\"");
  // Some programs split at these.
  CHECK(Cell("a;=b") == "\"a;=b\"");
  CHECK(Cell("a\t=b") == "\"a\t=b\"");
}

TEST_CASE("no cell is a formula") {
  for (const std::string first : {"=", "+", "-", "@", "＝", "＋", "－", "＠"}) {
    CHECK(Cell(first + "1+1") == "'" + first + "1+1");
  }
  CHECK(Cell("\t1+1") == "\"'\t1+1\"");
  CHECK(Cell("=a,\"b") == "\"'=a,\"\"b\"");
  CHECK(Cell("a=1") == "a=1");
}

TEST_CASE("a list has its names first and a line for each item") {
  const std::vector<std::string> items = {R"({"a":"x","b":7,"c":true})",
                                          R"({"c":false,"a":"=1"})"};
  const std::string_view names[] = {"a", "b", "c"};
  const auto csv = WriteCsv(items, names);
  REQUIRE(csv.has_value());
  CHECK(*csv == "a,b,c\r\nx,7,true\r\n'=1,,false\r\n");
  const std::vector<std::string> wrong = {"[]"};
  CHECK(!WriteCsv(wrong, names));
}

}  // namespace
}  // namespace sealedger::api
