#include "notary/sentences.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "notary/bundle_reasons.h"
#include "notary/bundle_sentences.h"
#include "notary/seal_reasons.h"
#include "notary/seal_sentences.h"
#include "notary/sealed_sentences.h"
#include "tests/notary/bundle_cases.h"

namespace sealedger::notary {
namespace {

bool Contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

Verdict SampleVerdict() {
  return VerifyBundle(FormatBundle(testing::SampleBundle()),
                      testing::SampleTrust(), testing::SampleDocumentAtHand());
}

void ExpectSentences(const Check& check) {
  CAPTURE(check.id);
  CAPTURE(check.reason);
  const std::string unknown = check.id + ": " + check.reason;
  const std::string zh = CheckSentence(check, Language::kChinese);
  const std::string en = CheckSentence(check, Language::kEnglish);
  CHECK(zh != unknown);
  CHECK(en != unknown);
  CHECK(zh.ends_with("。"));
  CHECK(en.ends_with("."));
  CHECK_FALSE(Contains(zh, "  "));
  CHECK_FALSE(Contains(en, "  "));
}

Check CheckOf(const KnownReason& row) {
  Check check;
  check.id = row.id;
  check.result = row.result;
  check.reason = row.reason;
  return check;
}

TEST_CASE("every outcome that the verifier knows has a sentence in both") {
  for (const KnownReason& row : KnownReasons()) ExpectSentences(CheckOf(row));
}

// Of files, and of signatures that were entered.
std::vector<KnownReason> AllSealReasons() {
  const auto of_files = KnownSealReasons();
  std::vector<KnownReason> all(of_files.begin(), of_files.end());
  const auto of_entered = KnownSealedReasons();
  all.insert(all.end(), of_entered.begin(), of_entered.end());
  return all;
}

TEST_CASE("every outcome of a seal's checks has a sentence in both") {
  for (const KnownReason& row : AllSealReasons()) {
    Check check = CheckOf(row);
    check.evidence["kind"] = "seal";
    ExpectSentences(check);
  }
}

// Each row is for one outcome that is known, and no outcome has two.
void ExpectOneEach(const std::vector<SentenceRow>& sentences,
                   std::span<const KnownReason> known) {
  for (const SentenceRow& row : sentences) {
    CAPTURE(row.id);
    CAPTURE(row.reason);
    const auto same = [&row](const auto& other) {
      return other.id == row.id && other.reason == row.reason;
    };
    CHECK(std::count_if(known.begin(), known.end(), same) == 1);
    CHECK(std::count_if(sentences.begin(), sentences.end(), same) == 1);
  }
}

TEST_CASE("no sentence is without an outcome, and none is doubled") {
  const auto of_bundles = BundleSentences();
  CHECK(of_bundles.size() == KnownReasons().size());
  ExpectOneEach({of_bundles.begin(), of_bundles.end()}, KnownReasons());

  const auto of_files = SealSentences();
  CHECK(of_files.size() == KnownSealReasons().size());
  ExpectOneEach({of_files.begin(), of_files.end()}, KnownSealReasons());

  const auto of_sealed = SealedSentences();
  CHECK(of_sealed.size() == KnownSealedReasons().size());
  ExpectOneEach({of_sealed.begin(), of_sealed.end()}, KnownSealedReasons());
}

TEST_CASE("every other wording is one of a sentence that there is") {
  for (const SentenceRow& row : SealedWordings()) {
    CAPTURE(row.id);
    CAPTURE(row.reason);
    const auto rows =
        row.id == "document" ? BundleSentences() : SealSentences();
    const SentenceRow* plain = FindSentence(rows, row.id, row.reason);
    REQUIRE(plain != nullptr);
    CHECK(plain->zh != row.zh);
    CHECK(plain->en != row.en);
  }
}

TEST_CASE("a seal's format is told apart from a bundle's") {
  Check check{.id = "format",
              .result = CheckResult::kPass,
              .reason = "well_formed",
              .evidence = {{"format", "sealedger-bundle/1"}},
              .required = true};
  CHECK(Contains(CheckSentence(check, Language::kEnglish), "evidence bundle"));
  check.evidence = {{"kind", "signature"}, {"standard", "GB/T 38540-2020"}};
  CHECK(CheckSentence(check, Language::kEnglish) ==
        "The file is a well-formed electronic seal signature (structure: that "
        "of GB/T 38540-2020).");
  CHECK(CheckSentence(check, Language::kChinese) ==
        "该文件是格式完好的电子签章（采用GB/T 38540-2020的结构）。");
}

TEST_CASE("warnings are spelled out, and one of another version stays") {
  const Check check{
      .id = "signature",
      .result = CheckResult::kPass,
      .reason = "signed_by_signer",
      .evidence = {{"subject", "CN=x"}, {"warnings", "raw_value, of_tomorrow"}},
      .required = true};
  CHECK(CheckSentence(check, Language::kEnglish)
            .ends_with(" Unusual, and accepted nonetheless: the signature "
                       "value stands as 64 plain bytes; of_tomorrow."));
  CHECK(
      CheckSentence(check, Language::kChinese)
          .ends_with("仍予接受之处：签名值为64字节的原始形式；of_tomorrow。"));
}

TEST_CASE("a seal's verdict has a closing of its own") {
  Verdict verdict;
  verdict.checks.push_back({.id = "format",
                            .result = CheckResult::kFail,
                            .reason = "malformed",
                            .evidence = {{"kind", "unknown"}},
                            .required = true});
  verdict.claims.push_back({"claimed_time", "2026-11-22T09:30:00.000Z"});
  const std::string en = ExplainVerdict(verdict, Language::kEnglish);
  const std::string zh = ExplainVerdict(verdict, Language::kChinese);
  CHECK(Contains(en, "known from its register alone"));
  CHECK(Contains(zh, "须查询其登记"));
  CHECK_FALSE(Contains(en, "after the entry was made"));
  CHECK_FALSE(Contains(zh, "记入账本"));
  CHECK(
      Contains(en, "2026-11-22T09:30:00.000Z (UTC), as stated by the signer"));
  verdict.checks[0].evidence.clear();
  CHECK(Contains(ExplainVerdict(verdict, Language::kEnglish),
                 "after the entry was made"));
}

TEST_CASE("every sentence has all the evidence that it speaks of") {
  for (const testing::BundleCase& item : testing::BundleCases()) {
    const Verdict verdict = item.Verify();
    for (const Check& check : verdict.checks) {
      for (Language language : {Language::kChinese, Language::kEnglish}) {
        const std::string sentence = CheckSentence(check, language);
        CAPTURE(sentence);
        for (const char* mark : {"?", "{", "}", "[", "]"}) {
          CHECK_FALSE(Contains(sentence, mark));
        }
      }
    }
  }
}

TEST_CASE("evidence stands in the sentence") {
  const Verdict verdict = SampleVerdict();
  const Check* party = verdict.Find("party");
  REQUIRE(party != nullptr);
  CHECK(CheckSentence(*party, Language::kEnglish) ==
        "The entry states that it was made by the party “acme”, which had "
        "been registered in the ledger before (entries no. 7, 4, 2; "
        "registered name: Acme 合同平台有限公司).");
  CHECK(CheckSentence(*party, Language::kChinese) ==
        "该记录写明由主体“acme”提交；该主体在此之前已登记于账本（第7、4、2号"
        "记录，登记名称：Acme 合同平台有限公司）。");
}

TEST_CASE("what is not known of is left out of the sentence") {
  Check check{.id = "party",
              .result = CheckResult::kPass,
              .reason = "registered",
              .evidence = {{"party", "acme"}, {"entries", "2"}},
              .required = true};
  CHECK(CheckSentence(check, Language::kEnglish)
            .ends_with("before (entries no. 2)."));
}

TEST_CASE("evidence is never read as part of the sentence") {
  Check check{.id = "checkpoint_signature",
              .result = CheckResult::kFail,
              .reason = "unknown_log",
              .evidence = {{"origin", "[{size}]"}},
              .required = true};
  CHECK(Contains(CheckSentence(check, Language::kEnglish), "“[{size}]”"));
  check.evidence["origin"] = "a\u009b31m";
  CHECK(Contains(CheckSentence(check, Language::kEnglish), "“?”"));
}

TEST_CASE("a check of another version is named by its words") {
  const Check check{.id = "anchor",
                    .result = CheckResult::kPass,
                    .reason = "final",
                    .evidence = {},
                    .required = true};
  CHECK(CheckSentence(check, Language::kChinese) == "anchor: final");
}

TEST_CASE("the explanation says how it ended, and what it does not prove") {
  Verdict verdict = SampleVerdict();
  std::string en = ExplainVerdict(verdict, Language::kEnglish);
  std::string zh = ExplainVerdict(verdict, Language::kChinese);
  CHECK(en.starts_with("Outcome: passed."));
  CHECK(zh.starts_with("核验结论：通过。"));
  CHECK(Contains(en, "interim"));
  CHECK(Contains(zh, "临时"));
  CHECK(Contains(en, "It does not prove that the content was true before."));
  CHECK(Contains(zh, "不证明内容在记入之前是真实的"));
  CHECK(Contains(en, "as stated by the operator"));
  CHECK(Contains(zh, "以运营者的陈述为准"));
  CHECK(Contains(en, "Time of the entry: 2026-11-22T09:30:09.123Z (UTC)"));
  CHECK_FALSE(Contains(en, "Bounds in time"));

  verdict.checks[0].result = CheckResult::kFail;
  CHECK(ExplainVerdict(verdict, Language::kEnglish)
            .starts_with("Outcome: failed."));
  CHECK(ExplainVerdict(verdict, Language::kChinese)
            .starts_with("核验结论：不通过。"));
  verdict.checks[0].result = CheckResult::kNotChecked;
  CHECK(ExplainVerdict(verdict, Language::kEnglish)
            .starts_with("Outcome: indeterminate."));
  CHECK(ExplainVerdict(verdict, Language::kChinese)
            .starts_with("核验结论：不能确定。"));
}

TEST_CASE("ends of the interval are told apart from claims") {
  Verdict verdict = SampleVerdict();
  IntervalEnd end;
  end.side = IntervalEnd::Side::kNotAfter;
  end.source = "eip155:1";
  end.block = IntervalEnd::Block{.number = 7, .hash = "0xaa"};
  end.time_ms = 0;
  end.tolerance_s = 15;
  verdict.ends.push_back(end);
  const std::string en = ExplainVerdict(verdict, Language::kEnglish);
  CHECK(Contains(en,
                 "The entry: not after 1970-01-01T00:00:00.000Z (UTC, within "
                 "15 seconds), by eip155:1, block 7, block hash 0xaa."));
  CHECK(en.find("Bounds in time") < en.find("Stated, and not proved"));
  verdict.ends[0].of = IntervalEnd::Subject::kSignature;
  verdict.ends[0].side = IntervalEnd::Side::kNotBefore;
  verdict.ends[0].block.reset();
  CHECK(Contains(ExplainVerdict(verdict, Language::kChinese),
                 "签章不早于1970-01-01T00:00:00.000Z（协调世界时，误差15秒），"
                 "依据：eip155:1。"));
}

TEST_CASE(
    "whoever signed the request is named, and not on the operator's word") {
  const Verdict verdict = SampleVerdict();
  const Check* check = verdict.Find("requested_by");
  REQUIRE(check != nullptr);
  CHECK(CheckSentence(*check, Language::kEnglish) ==
        "The request that made the entry (POST /v1/evidence) is signed with "
        "the key (Ed25519) that is registered for the party “acme” in entry 7; "
        "the signature states 2026-11-22T09:30:07.000Z (UTC). The entry says "
        "what that request says.");
  const std::string en = ExplainVerdict(verdict, Language::kEnglish);
  const std::string zh = ExplainVerdict(verdict, Language::kChinese);
  CHECK_FALSE(Contains(en, "By whom"));
  CHECK_FALSE(Contains(zh, "由何人提交"));
  CHECK(Contains(en, "is that of “acme” is as registered by the operator."));
  CHECK(Contains(zh, "请求签名所用的密钥属于主体“acme”，此为运营者的登记。"));

  Bundle bundle = testing::SampleBundle();
  bundle.request.reset();
  const Verdict without =
      VerifyBundle(FormatBundle(bundle), testing::SampleTrust(),
                   testing::SampleDocumentAtHand());
  CHECK(Contains(ExplainVerdict(without, Language::kEnglish),
                 "By whom: “acme”, as stated by the operator."));
  CHECK(Contains(ExplainVerdict(without, Language::kEnglish),
                 "By whom the entry was made is as stated by the operator."));
  CHECK(Contains(ExplainVerdict(without, Language::kChinese),
                 "由何人提交，以运营者的陈述为准。"));
}

TEST_CASE("two languages are known") {
  CHECK(ParseLanguage("zh") == Language::kChinese);
  CHECK(ParseLanguage("en") == Language::kEnglish);
  CHECK_FALSE(ParseLanguage("de").has_value());
  CHECK_FALSE(ParseLanguage("").has_value());
}

}  // namespace
}  // namespace sealedger::notary
