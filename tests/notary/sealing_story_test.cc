#include "notary/sealing_story.h"

#include <doctest/doctest.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "notary/sentences.h"
#include "tests/notary/sealed_story.h"

namespace sealedger::notary {
namespace {

using testing::kSealedCode;
using testing::SealedStory;

bool Contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// The parts stand in the text in this order.
void ExpectInOrder(std::string_view text,
                   std::initializer_list<std::string_view> parts) {
  size_t at = 0;
  for (const std::string_view part : parts) {
    CAPTURE(part);
    const size_t found = text.find(part, at);
    REQUIRE(found != std::string_view::npos);
    at = found + part.size();
  }
}

std::string Sha256Hex(std::string_view bytes) {
  return ledger::ToHex(ledger::Sha256Of(bytes));
}

Verdict SealedHere() {
  SealedStory story;
  return SealedStory::Verify(story.BundleAt(story.Seal()));
}

// With the check of that id, for a change.
Verdict With(Verdict verdict, std::string_view id, const auto& change) {
  for (Check& check : verdict.checks) {
    if (check.id == id) change(check);
  }
  return verdict;
}

TEST_CASE("a sealed document's story comes first, whole and in order") {
  const Verdict verdict = SealedHere();
  const std::string hex = Sha256Hex(testing::kSampleDocument);
  CHECK(TellSealing(verdict, Language::kEnglish) ==
        "What the bundle tells (the outcome and the checks say whether it "
        "holds):\n"
        "The document whose SHA-256 digest is " +
            hex + " was sealed by the party “acme” with the electronic seal “" +
            testing::Shop().Info().name + "” (code " + kSealedCode +
            "), whose key is in the custody of the ledger's operator.\n"
            "The signature was entered in the ledger at "
            "2026-11-22T09:30:12.123Z (UTC); its own statement of the time is "
            "2026-11-22T09:30:12.000Z (UTC).\n");
  const std::string en = ExplainVerdict(verdict, Language::kEnglish);
  CHECK(en.starts_with(TellSealing(verdict, Language::kEnglish) +
                       "Outcome: passed."));
  ExpectInOrder(en, {"Outcome:", "Checks:", "[pass]", "Stated, and not proved",
                     "What this does not prove", "Nor does it prove"});
  const std::string zh = ExplainVerdict(verdict, Language::kChinese);
  ExpectInOrder(zh, {"证据包所述", "SHA-256摘要为" + hex + "的文件",
                     "由主体“acme”", "以电子印章“", "编码：3501000000001",
                     "于2026-11-22T09:30:12.123Z（协调世界时）记入账本",
                     "2026-11-22T09:30:12.000Z", "核验结论：通过。", "各项核验",
                     "【符合】", "以下仅为陈述", "以上核验不能证明的事项",
                     "关于签章，以上核验还不能证明"});
}

TEST_CASE("the closing of a sealed document says what sealing does not prove") {
  const std::string en = ExplainVerdict(SealedHere(), Language::kEnglish);
  CHECK(Contains(en, "It does not prove that the content was true before."));
  CHECK(Contains(en, "came of the file that the entry names"));
  CHECK(Contains(en, "the organisation's own rules"));
  CHECK(Contains(en, "no certificate was revoked, for no authority was asked"));
  // What a file alone leaves open, the register in the bundle tells.
  CHECK_FALSE(Contains(en, "known from its register alone"));
  CHECK_FALSE(Contains(en, "No register is asked offline"));
  const std::string zh = ExplainVerdict(SealedHere(), Language::kChinese);
  CHECK(Contains(zh, "依其单位的内部规定有权用印"));
  CHECK_FALSE(Contains(zh, "须查询其登记"));
}

TEST_CASE(
    "a signature made elsewhere was entered, and not made, by the party") {
  testing::SealedOptions options;
  options.made_here = false;
  SealedStory story(options);
  const Verdict verdict = SealedStory::Verify(story.BundleAt(story.Seal()));
  const std::string en = TellSealing(verdict, Language::kEnglish);
  CHECK(Contains(en,
                 "bears an electronic seal signature that was made "
                 "elsewhere with the electronic seal “"));
  CHECK(Contains(en, "(signer's certificate: "));
  CHECK(Contains(en, "It was entered in the ledger by the party “acme”."));
  CHECK_FALSE(Contains(en, "was sealed by"));
  const std::string zh = TellSealing(verdict, Language::kChinese);
  CHECK(Contains(zh, "在他处作出的签章"));
  CHECK(Contains(zh, "该签章由主体“acme”提交记入账本。"));
}

TEST_CASE("what is sealed without a document is told by what is protected") {
  SealedStory story;
  const uint64_t index =
      story.Seal([](DocumentSealed* entry) { entry->document.reset(); });
  const Verdict verdict = SealedStory::Verify(story.BundleAt(index));
  CHECK(Contains(TellSealing(verdict, Language::kEnglish),
                 "The data whose SM3 digest is " +
                     ledger::ToHex(ledger::Sm3Of(testing::kProtectedBytes)) +
                     " was sealed by the party “acme”"));
}

TEST_CASE("what the verdict does not hold is left out of the story") {
  SealedStory story;
  Bundle bundle = story.BundleAt(story.Seal());
  bundle.seal.reset();
  bundle.signed_checkpoint.reset();
  const std::string en =
      TellSealing(SealedStory::Verify(bundle), Language::kEnglish);
  CHECK(Contains(en, "with the electronic seal (code 3501000000001), whose"));
  CHECK_FALSE(Contains(en, "?"));

  Verdict bare = SealedHere();
  bare.claims.clear();
  for (const char* id : {"data_hash", "custody", "party", "seal_signature"}) {
    bare = With(bare, id, [](Check& check) { check.evidence.clear(); });
  }
  CHECK(TellSealing(bare, Language::kEnglish) ==
        "What the bundle tells (the outcome and the checks say whether it "
        "holds):\n");
}

TEST_CASE("a seal whose maker's signature fails is not named in the story") {
  const Verdict verdict =
      With(SealedHere(), "seal_signature", [](Check& check) {
        check.result = CheckResult::kFail;
        check.reason = "not_the_issued_seal";
      });
  CHECK(Contains(TellSealing(verdict, Language::kEnglish),
                 "with the electronic seal (code 3501000000001)"));
}

TEST_CASE("the document's sentence says which file was compared") {
  SealedStory story;
  const std::string bundle = FormatBundle(story.BundleAt(story.Seal()));
  const auto told = [&](const DocumentAtHand& document, Language language) {
    const Verdict verdict =
        VerifyBundle(bundle, SealedStory::Trust(), document);
    return CheckSentenceIn(verdict, *verdict.Find("document"), language);
  };
  const auto at_hand = [](std::string_view bytes) {
    return DocumentAtHand{ledger::Sha256Of(bytes), ledger::Sm3Of(bytes)};
  };
  const DocumentAtHand before = at_hand(testing::kSampleDocument);
  CHECK(told(before, Language::kEnglish) ==
        "The document at hand is the file that was sealed, as it was before, "
        "by what the entry says (digests compared: SHA-256, SM3).");
  CHECK(told(before, Language::kChinese) ==
        "所提交的文件即签章记录写明的被签章的原文件（所比对的摘要：SHA-"
        "256、SM3）。");
  const std::string other = "/Doc_0/Signs/Sign_0/Signature.xml";
  CHECK(Contains(told(at_hand(other), Language::kChinese),
                 "所提交的文件不是签章记录写明的被签章的原文件"));
  CHECK(Contains(told({}, Language::kEnglish),
                 "nor with the data that the signature protects"));
  // The entry has the SHA-256 of neither.
  const uint64_t index = story.Seal([](DocumentSealed* entry) {
    entry->document.reset();
    entry->protected_bytes.sha256.reset();
  });
  const Bundle bare = story.BundleAt(index);
  const Verdict verdict =
      VerifyBundle(FormatBundle(bare), SealedStory::Trust(),
                   {.sha256 = ledger::Sha256Of("x"), .sm3 = {}});
  CHECK(Contains(
      CheckSentenceIn(verdict, *verdict.Find("document"), Language::kEnglish),
      "nothing but the SM3 digest of the data that the signature protects"));
}

TEST_CASE("what the signature protects is told apart from the document") {
  SealedStory story;
  const uint64_t index = story.Seal([](DocumentSealed* entry) {
    entry->document->sha256 = ledger::Sha256Of("another");
    entry->document->sm3 = ledger::Sm3Of("another");
  });
  const Verdict verdict = SealedStory::Verify(story.BundleAt(index));
  const Check* check = verdict.Find("document");
  REQUIRE(check != nullptr);
  // What no other kind has needs no verdict around it.
  for (const std::string& sentence :
       {CheckSentence(*check, Language::kChinese),
        CheckSentenceIn(verdict, *check, Language::kChinese)}) {
    CHECK(sentence ==
          "所提交的文件即签章记录写明的签章所保护的数据（所比对的摘要：SHA-"
          "256、SM3）。");
  }
}

// Verdicts of sealed documents, each with other outcomes.
std::vector<Verdict> SealedVerdicts() {
  std::vector<Verdict> verdicts = {SealedHere()};
  const auto add = [&verdicts](const testing::SealedOptions& options,
                               const auto& before, const auto& change) {
    SealedStory story(options);
    before(story.story());
    Bundle bundle = story.BundleAt(story.Seal());
    change(&bundle);
    verdicts.push_back(SealedStory::Verify(bundle));
  };
  const auto nothing = [](const auto&) {};
  const auto grant = [](testing::RegisterStory& story) {
    story.Authorize(kSealedCode, "bureau", true);
  };
  const auto suspend = [](testing::RegisterStory& story) {
    story.Happen(kSealedCode, SealEvent::kSuspended);
  };
  testing::SealedOptions by_bureau;
  by_bureau.by = "bureau";
  testing::SealedOptions elsewhere;
  elsewhere.made_here = false;
  testing::SealedOptions early = elsewhere;
  early.claimed_before_s = 3600;
  testing::SealedOptions ahead = elsewhere;
  ahead.claimed_before_s = -9 * 3600;
  add(by_bureau, nothing, nothing);
  add(by_bureau, grant, nothing);
  add({}, suspend, nothing);
  for (const auto& options : {elsewhere, early, ahead}) {
    add(options, nothing, nothing);
  }
  add({}, nothing, [](Bundle* b) {
    b->seal.reset();
    b->signed_checkpoint.reset();
  });
  add({}, nothing, [](Bundle* b) { b->seal->signature = "none"; });
  add({}, nothing, [](Bundle* b) { b->signed_checkpoint.reset(); });
  add({}, nothing, [](Bundle* b) { b->entries.pop_back(); });
  add({}, nothing, [](Bundle* b) { b->checkpoint = "none"; });
  add({}, nothing, [](Bundle* b) {
    b->certificates = {testing::Shop().stranger().certificate};
  });
  return verdicts;
}

TEST_CASE("every sentence of a sealed document has the evidence it speaks of") {
  const std::vector<Verdict> verdicts = SealedVerdicts();
  CHECK(verdicts.size() == 13);
  for (const Verdict& verdict : verdicts) {
    for (const Language language : {Language::kChinese, Language::kEnglish}) {
      const std::string text = ExplainVerdict(verdict, language);
      CAPTURE(text);
      for (const char* mark : {"?", "{", "}"}) {
        CHECK_FALSE(Contains(text, mark));
      }
    }
  }
}

TEST_CASE("the digest of what is protected is told to be the entry's") {
  const Verdict verdict = SealedHere();
  const Check* check = verdict.Find("data_hash");
  REQUIRE(check != nullptr);
  CHECK(Contains(CheckSentenceIn(verdict, *check, Language::kEnglish),
                 "digest that the ledger recorded of the protected data is"));
  CHECK(Contains(CheckSentence(*check, Language::kEnglish),
                 "The bytes at hand are those"));
}

TEST_CASE("a seal that ended after signing is told to leave it valid") {
  SealedStory story;
  const uint64_t index = story.Seal();
  story.story().Happen(kSealedCode, SealEvent::kCancelled);
  const Verdict verdict = SealedStory::Verify(story.BundleAt(index));
  const Check* check = verdict.Find("register_status");
  REQUIRE(check != nullptr);
  CHECK(CheckSentenceIn(verdict, *check, Language::kEnglish) ==
        "At the time at which the signature was entered in the ledger "
        "(2026-11-22T09:30:12.123Z, UTC) the seal was active, both as was "
        "known when the signature was entered (from the first 12 entries of "
        "the ledger) and as was known later (from the first 14 entries). The "
        "seal has since been cancelled, with effect after that time: the "
        "signature stays valid.");
  CHECK(Contains(CheckSentenceIn(verdict, *check, Language::kChinese),
                 "印章后来的状态为“已注销”，自上述时间之后才生效：签章仍然有效"
                 "。"));
}

TEST_CASE("a loss that was reported late is told with both sizes") {
  SealedStory story;
  story.story().Add("acme", testing::EvidenceOf("a second goes by"));
  const int64_t before_ms = story.entries().back().time_ms;
  const uint64_t index = story.Seal();
  story.story().HappenAt(kSealedCode, SealEvent::kLost, before_ms);
  Bundle bundle = story.BundleAt(index);
  std::erase_if(bundle.entries, [](const auto& e) { return e.index == 12; });
  const Verdict verdict = SealedStory::Verify(bundle);
  const Check* check = verdict.Find("register_status");
  REQUIRE(check != nullptr);
  const std::string en = CheckSentenceIn(verdict, *check, Language::kEnglish);
  ExpectInOrder(en, {"the ledger had 13 entries", "the seal was active",
                     "entered later", "the ledger has 15 entries",
                     "takes effect no later than the signing",
                     "the seal was then reported lost."});
  const std::string zh = CheckSentenceIn(verdict, *check, Language::kChinese);
  ExpectInOrder(zh, {"账本共有13条记录", "处于启用状态", "账本共有15条记录",
                     "其生效不晚于签章", "“已挂失”"});
}

}  // namespace
}  // namespace sealedger::notary
