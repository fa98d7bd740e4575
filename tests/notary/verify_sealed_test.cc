#include "notary/verify_sealed.h"

#include <doctest/doctest.h>

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "notary/disclosure.h"
#include "tests/notary/sealed_story.h"

namespace sealedger::notary {
namespace {

using testing::kSealedCode;
using testing::SealedStory;
using testing::Shop;

std::string ReasonOf(const Verdict& verdict, const std::string& id) {
  const Check* check = verdict.Find(id);
  if (check == nullptr) return "none";
  return std::string(CheckResultName(check->result)) + " " + check->reason;
}

// The ids of all checks that fail.
std::set<std::string> FailedOf(const Verdict& verdict) {
  std::set<std::string> failed;
  for (const Check& check : verdict.checks) {
    if (check.result == CheckResult::kFail) failed.insert(check.id);
  }
  return failed;
}

TEST_CASE("a document sealed in custody is proved by its bundle alone") {
  SealedStory story;
  const uint64_t index = story.Seal();
  const Verdict verdict = SealedStory::Verify(story.BundleAt(index));
  for (const Check& check : verdict.checks) {
    CAPTURE(check.id);
    CAPTURE(check.reason);
    CHECK(check.result == CheckResult::kPass);
  }
  CHECK(verdict.overall() == Overall::kPassed);
  CHECK(ReasonOf(verdict, "document") == "pass same");
  CHECK(verdict.Find("document")->evidence.at("compared_with") == "document");
  CHECK(ReasonOf(verdict, "register_status") == "pass active");
  CHECK(ReasonOf(verdict, "custody") == "pass custodian");
  CHECK(ReasonOf(verdict, "signed_checkpoint") == "pass consistent");
  std::vector<std::string> claims;
  for (const Claim& claim : verdict.claims) claims.push_back(claim.id);
  CHECK(claims == std::vector<std::string>{
                      "time", "by", "no_later_register_entry", "claimed_time"});
  CHECK(verdict.interim);
}

TEST_CASE("what a signature is over is a document, too") {
  SealedStory story;
  const uint64_t index = story.Seal([](DocumentSealed* e) {
    e->document->sha256 = ledger::Sha256Of("before");
    e->document->sm3 = ledger::Sm3Of("before");
  });
  const std::string bundle = FormatBundle(story.BundleAt(index));
  const auto verify = [&](std::string_view bytes) {
    return VerifyBundle(
        bundle, SealedStory::Trust(),
        {.sha256 = ledger::Sha256Of(bytes), .sm3 = ledger::Sm3Of(bytes)});
  };
  const Verdict over = verify(testing::kProtectedBytes);
  CHECK(ReasonOf(over, "document") == "pass same");
  CHECK(over.Find("document")->evidence.at("compared_with") == "protected");
  const Verdict before = verify("before");
  CHECK(ReasonOf(before, "document") == "pass same");
  CHECK(before.Find("document")->evidence.at("compared_with") == "document");
  CHECK(ReasonOf(verify("another"), "document") == "fail differs");
  CHECK(ReasonOf(VerifyBundle(bundle, SealedStory::Trust(), {}), "document") ==
        "not_checked no_document");
}

TEST_CASE("without its bytes a sealed document is undecided, and says why") {
  SealedStory story;
  Bundle bundle = story.BundleAt(story.Seal());
  bundle.seal.reset();
  bundle.signed_checkpoint.reset();
  const Verdict verdict = SealedStory::Verify(bundle);
  CHECK(verdict.overall() == Overall::kIndeterminate);
  for (const char* id :
       {"seal_signature", "maker_certificate", "seal_validity", "signature",
        "signer_listed", "signer_certificate", "data_hash"}) {
    CAPTURE(id);
    CHECK(ReasonOf(verdict, id) == "not_checked bytes_withheld");
  }
  // What entries alone tell is told.
  CHECK(ReasonOf(verdict, "register_chain") == "pass leads_to_first");
  CHECK(ReasonOf(verdict, "register_status") == "pass active");
  CHECK(ReasonOf(verdict, "custody") == "pass custodian");
}

TEST_CASE(
    "certificates are judged where an authority is trusted, and only so") {
  SealedStory story;
  const Bundle bundle = story.BundleAt(story.Seal());
  const Verdict untrusted = VerifyBundle(
      FormatBundle(bundle), testing::SampleTrust(), SealedStory::Document());
  CHECK(ReasonOf(untrusted, "signer_certificate") == "not_checked no_ca");
  CHECK(untrusted.overall() == Overall::kPassed);
  Trust other = testing::SampleTrust();
  other.cas.push_back({{Shop().stranger().certificate}, "seal"});
  CHECK(FailedOf(VerifyBundle(FormatBundle(bundle), other,
                              SealedStory::Document())) ==
        std::set<std::string>{"maker_certificate", "signer_certificate"});
}

TEST_CASE("certificates that a bundle brings are needed, each of them") {
  SealedStory story;
  Bundle bundle = story.BundleAt(story.Seal());
  bundle.certificates = {Shop().stranger().certificate};
  CHECK(ReasonOf(SealedStory::Verify(bundle), "signer_certificate") ==
        "fail unneeded_certificate");
  // A root is the verifier's to trust and nobody's to bring.
  bundle.certificates = {Shop().root().certificate};
  CHECK(ReasonOf(SealedStory::Verify(bundle), "signer_certificate") ==
        "fail unneeded_certificate");
}

TEST_CASE("a signature other than the one on record does not pass") {
  SealedStory story;
  Bundle bundle = story.BundleAt(story.Seal());
  // As good a signature, of the same seal over the same bytes.
  testing::SealWorkshop::Signing again;
  again.seal = SealedStory::Seseal();
  again.time_s = 1'795'339'812;
  bundle.seal->signature = Shop().Signature2020(again);
  const Verdict verdict = SealedStory::Verify(bundle);
  CHECK(ReasonOf(verdict, "signature") == "fail not_the_recorded_signature");
  CHECK(ReasonOf(verdict, "signed_checkpoint") == "fail not_in_signature");
  bundle.seal->signature = "\x30\x02\x01";
  CHECK(ReasonOf(SealedStory::Verify(bundle), "signature") == "fail malformed");
}

TEST_CASE("what the entry says of a signature is what the signature says") {
  struct Case {
    std::string id;
    std::string reason;
    std::function<void(DocumentSealed*)> change;
  };
  const Case cases[] = {
      {"signature", "fail not_the_recorded_signature",
       [](auto* e) { e->signature_sm3.bytes[0] ^= 1; }},
      {"signature", "fail other_claimed_time",
       [](auto* e) { e->claimed_ms += 1000; }},
      {"signer_listed", "fail not_the_recorded_signer",
       [](auto* e) { e->signer_sha256.bytes[0] ^= 1; }},
      {"data_hash", "fail differs",
       [](auto* e) { e->protected_bytes.sm3.bytes[0] ^= 1; }},
      {"signed_checkpoint", "fail not_in_signature",
       [](auto* e) { *e->checkpoint_size -= 1; }},
  };
  for (const Case& item : cases) {
    CAPTURE(item.reason);
    SealedStory story;
    const uint64_t index = story.Seal(item.change);
    const Verdict verdict = SealedStory::Verify(story.BundleAt(index));
    CHECK(ReasonOf(verdict, item.id) == item.reason);
    CHECK(FailedOf(verdict) == std::set<std::string>{item.id});
  }
}

TEST_CASE("a seal other than the one issued does not pass") {
  SealedStory story;
  const uint64_t index = story.Seal();
  Bundle bundle = story.BundleAt(index);
  SealInfo info = Shop().Info();
  info.es_id = kSealedCode;
  info.name = "Another seal";
  testing::SealWorkshop::Signing signing;
  signing.seal = Shop().Seal2020(info);
  signing.time_s = 1'795'339'812;
  bundle.seal->signature = Shop().Signature2020(signing);
  CHECK(ReasonOf(SealedStory::Verify(bundle), "seal_signature") ==
        "fail not_the_issued_seal");
}

TEST_CASE("a register entry left out below the newest one breaks the chain") {
  SealedStory story;
  const uint64_t index = story.Seal();
  story.story().Happen(kSealedCode, SealEvent::kSuspended);
  story.story().Happen(kSealedCode, SealEvent::kResumed);
  const Bundle whole = story.BundleAt(index);
  CHECK(SealedStory::Verify(whole).overall() == Overall::kPassed);
  const uint64_t newest = whole.entries.back().index;
  for (size_t i = 1; i < whole.entries.size(); ++i) {
    Bundle cut = whole;
    const uint64_t left_out = cut.entries[i].index;
    cut.entries.erase(cut.entries.begin() + static_cast<std::ptrdiff_t>(i));
    CAPTURE(left_out);
    const Verdict verdict = SealedStory::Verify(cut);
    if (left_out == newest) {
      // That nothing came later is a claim, and is printed.
      CHECK(verdict.overall() == Overall::kPassed);
      CHECK(verdict.claims[2].id == "no_later_register_entry");
    } else if (left_out == 3) {
      CHECK(ReasonOf(verdict, "party") == "fail party_entry_missing");
    } else {
      CHECK(ReasonOf(verdict, "register_chain") == "fail link_missing");
      CHECK(ReasonOf(verdict, "register_status") ==
            "not_checked chain_not_checked");
    }
  }
}

TEST_CASE("the register entry named is the newest that there was") {
  SealedStory story;
  story.story().Happen(kSealedCode, SealEvent::kSuspended);
  // As if the commit had not seen the suspension.
  const uint64_t index =
      story.Seal([](DocumentSealed* e) { e->register_entry = 11; });
  CHECK(ReasonOf(SealedStory::Verify(story.BundleAt(index)),
                 "register_chain") == "fail not_newest_then");
}

TEST_CASE("a seal that was not active then does not pass") {
  struct Case {
    SealEvent event;
    std::string reason;
  };
  for (const Case& item : {Case{SealEvent::kSuspended, "suspended"},
                           Case{SealEvent::kLost, "lost"},
                           Case{SealEvent::kCancelled, "cancelled"}}) {
    SealedStory story;
    story.story().Happen(kSealedCode, item.event);
    const Verdict verdict = SealedStory::Verify(story.BundleAt(story.Seal()));
    CHECK(FailedOf(verdict) == std::set<std::string>{"register_status"});
    CHECK(ReasonOf(verdict, "register_status") == "fail not_active_then");
    CHECK(verdict.Find("register_status")->evidence.at("status") ==
          item.reason);
  }
}

TEST_CASE("a seal that ends after signing stays good for what it signed") {
  SealedStory story;
  const uint64_t index = story.Seal();
  story.story().Happen(kSealedCode, SealEvent::kCancelled);
  const Verdict verdict = SealedStory::Verify(story.BundleAt(index));
  CHECK(verdict.overall() == Overall::kPassed);
  CHECK(ReasonOf(verdict, "register_status") == "pass active_then");
  CHECK(verdict.Find("register_status")->evidence.at("status") == "cancelled");
}

TEST_CASE("a loss reported later, in effect before the signing, is told") {
  SealedStory story;
  story.story().Add("acme", testing::EvidenceOf("a second goes by"));
  const int64_t before_ms = story.entries().back().time_ms;
  const uint64_t index = story.Seal();
  story.story().HappenAt(kSealedCode, SealEvent::kLost, before_ms);
  Bundle bundle = story.BundleAt(index);
  std::erase_if(bundle.entries, [](const auto& e) { return e.index == 12; });
  const Verdict verdict = SealedStory::Verify(bundle);
  CHECK(FailedOf(verdict) == std::set<std::string>{"register_status"});
  const Check& status = *verdict.Find("register_status");
  CHECK(status.reason == "revoked_before_signing_reported_later");
  CHECK(status.evidence.at("known_at_entry") == "13");
  CHECK(status.evidence.at("known_now") == "15");
}

TEST_CASE("a party signs with a seal while its custodian lets it") {
  testing::SealedOptions options;
  options.by = "bureau";
  {
    SealedStory story(options);
    const Verdict verdict = SealedStory::Verify(story.BundleAt(story.Seal()));
    CHECK(ReasonOf(verdict, "custody") == "fail not_authorized");
    CHECK(FailedOf(verdict) == std::set<std::string>{"custody"});
  }
  {
    SealedStory story(options);
    story.story().Authorize(kSealedCode, "bureau", true);
    const Verdict verdict = SealedStory::Verify(story.BundleAt(story.Seal()));
    CHECK(verdict.overall() == Overall::kPassed);
    CHECK(ReasonOf(verdict, "custody") == "pass authorized");
    CHECK(verdict.Find("custody")->evidence.at("index") == "12");
  }
  {
    SealedStory story(options);
    story.story().Authorize(kSealedCode, "bureau", true);
    story.story().Authorize(kSealedCode, "bureau", false);
    CHECK(ReasonOf(SealedStory::Verify(story.BundleAt(story.Seal())),
                   "custody") == "fail not_authorized");
  }
  {
    // It ends the moment that the document is entered.
    SealedStory story(options);
    const int64_t entered_ms =
        testing::EntryAt(13, "bureau", 2, testing::SampleCreated()).time_ms;
    story.story().Authorize(kSealedCode, "bureau", true, entered_ms);
    CHECK(ReasonOf(SealedStory::Verify(story.BundleAt(story.Seal())),
                   "custody") == "fail not_authorized");
  }
}

TEST_CASE("a signature made elsewhere is judged at its claim and its entry") {
  testing::SealedOptions options;
  options.made_here = false;
  options.claimed_before_s = 0;
  {
    SealedStory story(options);
    const Verdict verdict = SealedStory::Verify(story.BundleAt(story.Seal()));
    CHECK(verdict.overall() == Overall::kPassed);
    CHECK(ReasonOf(verdict, "custody") == "pass made_elsewhere");
    CHECK(verdict.Find("signed_checkpoint") == nullptr);
  }
  {
    // Claimed for a moment before the seal was activated, or issued.
    options.claimed_before_s = 2;
    SealedStory story(options);
    CHECK(ReasonOf(SealedStory::Verify(story.BundleAt(story.Seal())),
                   "register_status") == "fail not_active_then");
  }
  {
    options.claimed_before_s = 3600;
    SealedStory story(options);
    CHECK(ReasonOf(SealedStory::Verify(story.BundleAt(story.Seal())),
                   "register_status") == "fail not_issued_then");
  }
  {
    // Local time with a Z counts as the time of the entry.
    options.claimed_before_s = -8 * 3600;
    SealedStory story(options);
    CHECK(SealedStory::Verify(story.BundleAt(story.Seal())).overall() ==
          Overall::kPassed);
  }
  {
    options.claimed_before_s = -8 * 3600 - 1;
    SealedStory story(options);
    CHECK(ReasonOf(SealedStory::Verify(story.BundleAt(story.Seal())),
                   "seal_validity") == "fail claimed_in_future");
  }
}

TEST_CASE("the tree that a signature names is proved to lie below the newest") {
  SealedStory story;
  const uint64_t index = story.Seal();
  story.story().Add("acme", testing::EvidenceOf("later"));
  Bundle bundle = story.BundleAt(index);
  std::erase_if(bundle.entries, [](const auto& e) { return e.index == 13; });
  CHECK(ReasonOf(SealedStory::Verify(bundle), "signed_checkpoint") ==
        "pass consistent");
  REQUIRE(!bundle.signed_checkpoint->empty());
  Bundle broken = bundle;
  (*broken.signed_checkpoint)[0].bytes[7] ^= 1;
  CHECK(ReasonOf(SealedStory::Verify(broken), "signed_checkpoint") ==
        "fail wrong_path");
  bundle.signed_checkpoint.reset();
  const Verdict without = SealedStory::Verify(bundle);
  CHECK(ReasonOf(without, "signed_checkpoint") == "not_checked not_included");
  CHECK(without.overall() == Overall::kPassed);
}

TEST_CASE("a part that the subject has no use for is refused") {
  Bundle plain = testing::SampleBundle();
  plain.seal = BundledSeal{SealedStory::Seseal(), std::nullopt};
  CHECK(ReasonOf(VerifyBundle(FormatBundle(plain), testing::SampleTrust(), {}),
                 "entry") == "fail unneeded_part");
  SealedStory story;
  const Bundle sealed = story.BundleAt(story.Seal());
  for (const auto& change : std::vector<std::function<void(Bundle*)>>{
           [](Bundle* b) {
             b->seal = BundledSeal{SealedStory::Seseal(), std::nullopt};
           },
           [](Bundle* b) { b->request = testing::SampleRequest(); },
           [](Bundle* b) {
             b->seal.reset();
             b->signed_checkpoint.reset();
             b->certificates = {Shop().stranger().certificate};
           },
           [](Bundle* b) { b->seal.reset(); }}) {
    Bundle bundle = sealed;
    change(&bundle);
    CHECK(ReasonOf(SealedStory::Verify(bundle), "entry") ==
          "fail unneeded_part");
  }
}

TEST_CASE("an issued seal is proved with its file") {
  SealedStory story;
  const auto& entries = story.entries();
  std::vector<std::string> texts;
  for (size_t i = 0; i <= 9; ++i) texts.push_back(FormatEntry(entries[i]));
  Bundle bundle = testing::BundleOf(texts, {9, 2, 4, 5, 6, 7, 8});
  bundle.seal = BundledSeal{SealedStory::Seseal(), std::nullopt};
  const auto verify = [](const Bundle& b) {
    return VerifyBundle(FormatBundle(b), SealedStory::Trust(), {});
  };
  const Verdict whole = verify(bundle);
  CHECK(whole.overall() == Overall::kPassed);
  CHECK(ReasonOf(whole, "seal_signature") == "pass signed_by_maker");
  CHECK(ReasonOf(whole, "maker_certificate") == "pass trusted");
  Bundle other = bundle;
  other.seal->seseal = Shop().Seal2020(Shop().Info());
  CHECK(ReasonOf(verify(other), "seal_signature") ==
        "fail not_the_issued_seal");
  other.seal->seseal = "\x30\x02\x01";
  CHECK(ReasonOf(verify(other), "seal_signature") == "fail malformed");
  other.seal.reset();
  CHECK(verify(other).overall() == Overall::kIndeterminate);
  CHECK(ReasonOf(verify(other), "seal_signature") ==
        "not_checked bytes_withheld");
}

}  // namespace
}  // namespace sealedger::notary
