#include "notary/verdict.h"

#include <doctest/doctest.h>

#include <string>

#include "notary/verify.h"
#include "tests/notary/sample_ledger.h"
#include "tests/support/files.h"

namespace sealedger::notary {
namespace {

Check Of(CheckResult result, bool required) {
  Check check;
  check.result = result;
  check.required = required;
  return check;
}

TEST_CASE("a verdict follows from its checks by one rule") {
  using enum CheckResult;
  const auto overall = [](std::vector<Check> checks) {
    Verdict verdict;
    verdict.checks = std::move(checks);
    return verdict.overall();
  };
  CHECK(overall({}) == Overall::kPassed);
  CHECK(overall({Of(kPass, true), Of(kNotChecked, false)}) == Overall::kPassed);
  CHECK(overall({Of(kPass, true), Of(kNotChecked, true)}) ==
        Overall::kIndeterminate);
  CHECK(overall({Of(kNotChecked, true), Of(kFail, false)}) == Overall::kFailed);
  CHECK(overall({Of(kFail, true), Of(kNotChecked, true)}) == Overall::kFailed);
}

TEST_CASE("a verdict is written with all its members") {
  Verdict verdict;
  verdict.checks.push_back({.id = "format",
                            .result = CheckResult::kNotChecked,
                            .reason = "none",
                            .evidence = {{"a", "b"}},
                            .required = true});
  IntervalEnd end;
  end.side = IntervalEnd::Side::kNotAfter;
  end.of = IntervalEnd::Subject::kSignature;
  end.source = "eip155:1";
  end.block = IntervalEnd::Block{.number = 7, .hash = "0xaa"};
  end.time_ms = 1;
  end.tolerance_s = 15;
  verdict.ends.push_back(end);
  end.side = IntervalEnd::Side::kNotBefore;
  end.of = IntervalEnd::Subject::kEntry;
  end.block->number.reset();
  verdict.ends.push_back(end);
  end.block.reset();
  verdict.ends.push_back(end);
  verdict.claims.push_back({.id = "by", .text = "acme"});
  CHECK(WriteJson(VerdictJson(verdict)) ==
        R"({"checks":[{"evidence":{"a":"b"},"id":"format","reason":"none",)"
        R"("required":true,"result":"not_checked"}],)"
        R"("claims":[{"id":"by","text":"acme"}],)"
        R"("ends":[{"block":{"hash":"0xaa","number":7},"of":"signature",)"
        R"("side":"not_after","source":"eip155:1",)"
        R"("time":"1970-01-01T00:00:00.001Z","tolerance_s":15},)"
        R"({"block":{"hash":"0xaa"},"of":"entry",)"
        R"("side":"not_before","source":"eip155:1",)"
        R"("time":"1970-01-01T00:00:00.001Z","tolerance_s":15},)"
        R"({"of":"entry","side":"not_before","source":"eip155:1",)"
        R"("time":"1970-01-01T00:00:00.001Z","tolerance_s":15}],)"
        R"("interim":false,"overall":"indeterminate"})");
}

TEST_CASE("the verdict of the vectors is what the verifier gives") {
  const auto vector = [](const std::string& name) {
    return testing::ReadFile(testing::VectorPath("bundle/" + name));
  };
  const Result<Json> written = ParseJson(vector("small-verdict.json"));
  REQUIRE(written);
  const DocumentAtHand document{
      .sha256 = ledger::Sha256Of(vector("small-document.txt")), .sm3 = {}};
  const Verdict verdict =
      VerifyBundle(vector("small.json"), testing::SampleTrust(), document);
  CHECK(WriteJson(VerdictJson(verdict)) == WriteJson(*written));
}

}  // namespace
}  // namespace sealedger::notary
