#include "notary/verify.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "notary/bundle_reasons.h"
#include "notary/canonical_json.h"
#include "tests/notary/bundle_cases.h"
#include "tests/notary/sample_ledger.h"
#include "tests/support/files.h"

namespace sealedger::notary {
namespace {

using testing::BundleCase;
using testing::BundleCases;
using testing::BundleOf;
using testing::SampleBundle;
using testing::SampleDocumentAtHand;
using testing::SampleEntries;
using testing::SampleTrust;

Verdict Verify(const Bundle& bundle) {
  return VerifyBundle(FormatBundle(bundle), SampleTrust(),
                      SampleDocumentAtHand());
}

std::string ResultOf(const Verdict& verdict, std::string_view id) {
  const Check* check = verdict.Find(id);
  if (check == nullptr) return "absent";
  return std::string(CheckResultName(check->result)) + " " + check->reason;
}

std::string EvidenceOf(const Verdict& verdict, std::string_view id,
                       const std::string& name) {
  const Check* check = verdict.Find(id);
  REQUIRE(check != nullptr);
  const auto it = check->evidence.find(name);
  return it == check->evidence.end() ? "" : it->second;
}

TEST_CASE("the bundle of the vectors passes with its trust and document") {
  const std::string bundle =
      testing::ReadFile(testing::VectorPath("bundle/bundle.json"));
  const std::string document =
      testing::ReadFile(testing::VectorPath("bundle/document.txt"));
  const auto trust =
      ReadTrustFile(testing::VectorPath("bundle/trust.toml").string());
  REQUIRE(trust);
  const Verdict verdict = VerifyBundle(
      bundle, *trust,
      {.sha256 = ledger::Sha256Of(document), .sm3 = ledger::Sm3Of(document)});
  CHECK(verdict.overall() == Overall::kPassed);
  CHECK(verdict.interim);
  CHECK(SubjectKind(bundle) == "evidence.recorded");
}

TEST_CASE("checks come in their fixed order, all required but the chain") {
  const Verdict verdict = Verify(SampleBundle());
  std::string order;
  for (const Check& check : verdict.checks) {
    order += check.id + (check.required ? " " : "? ");
  }
  CHECK(order ==
        "format entry inclusion checkpoint_signature party disclosures "
        "consistency document chain? requested_by ");
}

TEST_CASE("every known outcome of a check is given for some bundle") {
  std::set<std::pair<std::string_view, std::string_view>> seen;
  const std::vector<BundleCase> cases = BundleCases();
  for (const BundleCase& item : cases) {
    CAPTURE(item.id);
    CAPTURE(item.reason);
    const Verdict verdict = item.Verify();
    const auto known =
        std::find_if(KnownReasons().begin(), KnownReasons().end(),
                     [&](const KnownReason& row) {
                       return row.id == item.id && row.reason == item.reason;
                     });
    REQUIRE(known != KnownReasons().end());
    seen.insert({known->id, known->reason});
    CHECK(ResultOf(verdict, item.id) ==
          std::string(CheckResultName(known->result)) + " " + item.reason);
    if (known->result == CheckResult::kFail) {
      CHECK(verdict.overall() == Overall::kFailed);
    }
  }
  for (const KnownReason& row : KnownReasons()) {
    CAPTURE(row.id);
    CAPTURE(row.reason);
    CHECK(seen.contains({row.id, row.reason}));
  }
}

TEST_CASE("a bundle that fails its format has that one check") {
  const Verdict verdict = VerifyBundle("[]", SampleTrust(), {});
  CHECK(verdict.checks.size() == 1);
  CHECK(verdict.claims.empty());
  CHECK(verdict.overall() == Overall::kFailed);
  CHECK_FALSE(SubjectKind("[]").has_value());
}

TEST_CASE("time and author are claims") {
  const Verdict verdict = Verify(SampleBundle());
  REQUIRE(verdict.claims.size() == 2);
  CHECK(verdict.claims[0].id == "time");
  CHECK(verdict.claims[0].text == "2026-11-22T09:30:09.123Z");
  CHECK(verdict.claims[1].id == "by");
  CHECK(verdict.claims[1].text == "acme");
  CHECK(verdict.ends.empty());
}

TEST_CASE("without a document the verdict is indeterminate") {
  const Verdict verdict =
      VerifyBundle(FormatBundle(SampleBundle()), SampleTrust(), {});
  CHECK(verdict.overall() == Overall::kIndeterminate);
}

TEST_CASE("each digest of the document at hand must agree by itself") {
  const std::string bundle = FormatBundle(SampleBundle());
  const DocumentAtHand good = SampleDocumentAtHand();
  const ledger::Hash wrong = ledger::Sha256Of("wrong");
  const auto verify = [&](const DocumentAtHand& document) {
    return ResultOf(VerifyBundle(bundle, SampleTrust(), document), "document");
  };
  CHECK(verify({.sha256 = good.sha256, .sm3 = {}}) == "pass same");
  CHECK(verify({.sha256 = {}, .sm3 = good.sm3}) == "pass same");
  CHECK(verify({.sha256 = good.sha256, .sm3 = wrong}) == "fail differs");
  CHECK(verify({.sha256 = wrong, .sm3 = good.sm3}) == "fail differs");
  CHECK(verify({.sha256 = {}, .sm3 = wrong}) == "fail differs");
}

TEST_CASE("where the entry has no SM3 digest, SHA-256 decides") {
  const std::string bundle = FormatBundle(BundleOf(SampleEntries(), {3, 2}));
  const ledger::Hash sm3 = ledger::Sm3Of("first draft");
  const Verdict verdict =
      VerifyBundle(bundle, SampleTrust(),
                   {.sha256 = ledger::Sha256Of("first draft"), .sm3 = sm3});
  CHECK(verdict.overall() == Overall::kPassed);
  CHECK(EvidenceOf(verdict, "document", "algorithm") == "SHA-256");
}

TEST_CASE("a document for a kind that has none leaves the verdict open") {
  const std::string bundle = FormatBundle(BundleOf(SampleEntries(), {2, 1}));
  CHECK(VerifyBundle(bundle, SampleTrust(), {}).overall() == Overall::kPassed);
  CHECK(ResultOf(VerifyBundle(bundle, SampleTrust(), {}), "document") ==
        "absent");
  CHECK(VerifyBundle(bundle, SampleTrust(), SampleDocumentAtHand()).overall() ==
        Overall::kIndeterminate);
}

TEST_CASE("every entry of the ledger has a bundle that passes") {
  const std::vector<std::vector<uint64_t>> indices = {
      {0},    {1},    {2, 1},       {3, 2},       {4, 1},        {5, 2, 3, 4},
      {6, 1}, {7, 1}, {8, 2, 4, 7}, {9, 2, 4, 7}, {10, 2, 4, 7}, {11, 6}};
  for (const std::vector<uint64_t>& wanted : indices) {
    CAPTURE(wanted[0]);
    const std::string bundle = FormatBundle(BundleOf(SampleEntries(), wanted));
    const Verdict verdict = VerifyBundle(bundle, SampleTrust(), {});
    for (const Check& check : verdict.checks) {
      CAPTURE(check.id);
      CAPTURE(check.reason);
      CHECK(check.result != CheckResult::kFail);
    }
  }
}

TEST_CASE("only entries 0 and 1 may stand on no party entry, and they alone") {
  std::vector<std::string> texts = {
      FormatEntry(testing::EntryAt(0, "operator", std::nullopt,
                                   testing::PartyOf("operator", Role::kAdmin))),
      FormatEntry(testing::EntryAt(1, "operator", std::nullopt,
                                   testing::SampleCreated())),
      FormatEntry(testing::EntryAt(2, "operator", std::nullopt,
                                   testing::SampleCreated()))};
  for (uint64_t index = 0; index < texts.size(); ++index) {
    const Verdict verdict = Verify(BundleOf(texts, {index}));
    CHECK(ResultOf(verdict, "party") == "fail no_party_entry");
  }
}

TEST_CASE("a party's links go through entries of the same party, falling") {
  std::vector<std::string> texts = SampleEntries();
  texts.push_back(FormatEntry(testing::EntryAt(
      12, "operator", 1, testing::PartyOf("bravo", Role::kPlatform, 4))));
  texts.push_back(
      FormatEntry(testing::EntryAt(13, "bravo", 12, testing::EvidenceOf("x"))));
  CHECK(ResultOf(Verify(BundleOf(texts, {13, 2, 4, 12})), "party") ==
        "fail not_that_party");

  texts[12] = FormatEntry(testing::EntryAt(
      12, "operator", 1, testing::PartyOf("bravo", Role::kPlatform, 12)));
  CHECK(ResultOf(Verify(BundleOf(texts, {13, 12})), "party") ==
        "fail not_falling");

  // An entry by the party, but none about it.
  texts[12] =
      FormatEntry(testing::EntryAt(12, "bravo", 6, testing::EvidenceOf("x")));
  CHECK(ResultOf(Verify(BundleOf(texts, {13, 12})), "party") ==
        "fail not_that_party");
}

TEST_CASE("a chain link of another root is refused") {
  std::vector<std::string> texts = SampleEntries();
  texts.push_back(FormatEntry(
      testing::EntryAt(12, "bravo", 6, testing::EvidenceOf("x", {{11, 11}}))));
  texts.push_back(FormatEntry(
      testing::EntryAt(13, "bravo", 6, testing::EvidenceOf("y", {{12, 12}}))));
  // The root is itself a link of another chain, which is not judged.
  CHECK(ResultOf(Verify(BundleOf(texts, {13, 6, 12})), "chain") ==
        "pass leads_to_chain_root");
  texts.push_back(FormatEntry(
      testing::EntryAt(14, "bravo", 6, testing::EvidenceOf("z", {{11, 13}}))));
  CHECK(ResultOf(Verify(BundleOf(texts, {14, 6, 11, 12, 13})), "chain") ==
        "fail not_that_chain");
}

TEST_CASE("a subject that is its own chain's root is refused") {
  const std::string bundle = testing::LedgerEndingIn(
      testing::EntryAt(12, "bravo", 6, testing::EvidenceOf("x", {{12, 12}})),
      {6});
  CHECK(ResultOf(VerifyBundle(bundle, SampleTrust(), {}), "chain") ==
        "fail not_falling");
}

TEST_CASE("the chain is given whole or not at all") {
  const std::vector<uint64_t> chain = {3, 5, 8};
  for (unsigned subset = 0; subset < 8; ++subset) {
    CAPTURE(subset);
    Bundle bundle = SampleBundle();
    for (unsigned i = 0; i < 3; ++i) {
      if ((subset >> i & 1U) != 0) continue;
      std::erase_if(bundle.entries,
                    [&](const auto& entry) { return entry.index == chain[i]; });
    }
    const Verdict verdict = Verify(bundle);
    const bool whole_or_none = subset == 0 || subset == 7;
    CHECK((verdict.overall() == Overall::kPassed) == whole_or_none);
    if (subset == 0) {
      CHECK(ResultOf(verdict, "chain") == "not_checked chain_not_included");
    }
  }
}

TEST_CASE("a log that changed its key signs with any trusted one") {
  Trust trust = SampleTrust();
  trust.logs.push_back(testing::SampleVkey(2));
  const DocumentAtHand document = SampleDocumentAtHand();
  const std::string old_key = FormatBundle(SampleBundle());
  CHECK(VerifyBundle(old_key, trust, document).overall() == Overall::kPassed);
  const std::string both = testing::SampleSigned([](ledger::Note& note) {
    note.signatures.push_back(*ledger::SignNote(
        note.text, testing::kSampleOrigin, testing::KeyOfSeed(2)));
  });
  CHECK(VerifyBundle(both, trust, document).overall() == Overall::kPassed);
  const std::string second_wrong =
      testing::SampleSigned([](ledger::Note& note) {
        note.signatures.push_back(*ledger::SignNote(
            note.text, testing::kSampleOrigin, testing::KeyOfSeed(2)));
        note.signatures[1].signature[0] ^= 1;
      });
  CHECK(ResultOf(VerifyBundle(second_wrong, trust, document),
                 "checkpoint_signature") == "fail wrong_signature");
}

TEST_CASE("a trusted key of another origin does not vouch for this one") {
  Trust trust;
  trust.logs.push_back(ledger::MakeVerifierKey(
      "other.example.com", testing::KeyOfSeed(1).public_key()));
  const Verdict verdict = VerifyBundle(FormatBundle(SampleBundle()), trust, {});
  CHECK(ResultOf(verdict, "checkpoint_signature") == "fail unknown_log");
}

TEST_CASE("evidence names what was checked") {
  const Verdict verdict = Verify(SampleBundle());
  CHECK(EvidenceOf(verdict, "inclusion", "size") == "12");
  CHECK(EvidenceOf(verdict, "inclusion", "entries") == "9, 2, 3, 4, 5, 7, 8");
  CHECK(EvidenceOf(verdict, "checkpoint_signature", "origin") ==
        testing::kSampleOrigin);
  CHECK(EvidenceOf(verdict, "checkpoint_signature", "key_id") == "51e7b236");
  CHECK(EvidenceOf(verdict, "party", "entries") == "7, 4, 2");
  CHECK(EvidenceOf(verdict, "disclosures", "given") == "4");
  CHECK(EvidenceOf(verdict, "disclosures", "digests") == "9");
  CHECK(EvidenceOf(verdict, "chain", "entries") == "8, 5, 3");
}

}  // namespace
}  // namespace sealedger::notary
