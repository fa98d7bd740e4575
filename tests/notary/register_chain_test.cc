#include "notary/register_chain.h"

#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "notary/verify.h"
#include "tests/notary/bundle_cases.h"
#include "tests/notary/register_story.h"

namespace sealedger::notary {
namespace {

using testing::RegisterStory;
using testing::SampleTrust;
using testing::SealBundle;
using testing::SealStory;

Verdict Verify(const Bundle& bundle) {
  return VerifyBundle(FormatBundle(bundle), SampleTrust(), {});
}

const Check& ChainOf(const Verdict& verdict) {
  const Check* check = verdict.Find("register_chain");
  REQUIRE(check != nullptr);
  return *check;
}

TEST_CASE("a seal's bundle tells its application and its organisation") {
  const Verdict verdict = Verify(SealBundle(SealStory().entries()));
  // The seal itself is not there.
  CHECK(verdict.overall() == Overall::kIndeterminate);
  CHECK(ChainOf(verdict).result == CheckResult::kPass);
  CHECK(ChainOf(verdict).required);
  CHECK(ChainOf(verdict).evidence.at("entries") == "4, 5, 6, 7, 8, 9, 10");
  REQUIRE(verdict.claims.size() == 3);
  CHECK(verdict.claims[2].id == "no_later_register_entry");
  CHECK(verdict.claims[2].text == "11");
}

TEST_CASE("no entry that a seal stands on can be left out") {
  const Bundle whole = SealBundle(SealStory().entries());
  for (size_t i = 2; i < whole.entries.size(); ++i) {
    Bundle cut = whole;
    cut.entries.erase(cut.entries.begin() + static_cast<ptrdiff_t>(i));
    const uint64_t index = whole.entries[i].index;
    CAPTURE(index);
    const Verdict verdict = Verify(cut);
    CHECK(ChainOf(verdict).reason == "link_missing");
    CHECK(ChainOf(verdict).evidence.at("index") == std::to_string(index));
    CHECK(verdict.overall() == Overall::kFailed);
  }
}

TEST_CASE("an entry of another subject is not what the seal stands on") {
  RegisterStory story;
  story.Establish(testing::kStoryUscc, "Example Ltd.");
  const uint64_t other =
      story.Establish(testing::kStoryOtherUscc, "Other Ltd.");
  story.Issue("3501000000001", testing::kStoryUscc, "01");
  CHECK(
      ChainOf(Verify(SealBundle(story.entries(), {2, 4, 6, 7, 8, 9}))).result ==
      CheckResult::kPass);
  // One more than the seal stands on.
  const Verdict verdict =
      Verify(SealBundle(story.entries(), {2, 4, other, 6, 7, 8, 9}));
  const Check* entry = verdict.Find("entry");
  REQUIRE(entry != nullptr);
  CHECK(entry->reason == "unneeded_entry");
}

TEST_CASE("a seal that breaks the register's rules does not pass") {
  struct Case {
    std::string rule;
    uint64_t index;
    std::function<void(std::vector<Entry>*)> change;
  };
  const auto seal = [](std::vector<Entry>* entries) -> SealIssued& {
    return std::get<SealIssued>(entries->back().body);
  };
  const auto application = [](std::vector<Entry>* entries,
                              size_t i) -> ApplicationEntry& {
    return std::get<ApplicationEntry>((*entries)[i].body);
  };
  const Case cases[] = {
      {"seal-not-of-application", 10,
       [&](auto* e) { seal(e).seal.uscc = testing::kStoryOtherUscc; }},
      {"seal-not-of-application", 10,
       [&](auto* e) {
         seal(e).seal.type = "03";
         seal(e).seal.ordinal = 1;
       }},
      {"step-out-of-order", 9,
       [&](auto* e) {
         application(e, 9).state = ApplicationState::kOriginalsChecked;
       }},
      {"organization-terminated", 6,
       [&](auto* e) {
         auto& organization = std::get<OrganizationEntry>((*e)[5].body);
         organization.event = OrganizationEvent::kTerminated;
         organization.name.reset();
       }},
      {"no-such-application", 9,
       [&](auto* e) { application(e, 9).application.id = "another"; }},
  };
  for (const Case& item : cases) {
    CAPTURE(item.rule);
    std::vector<Entry> entries = SealStory().entries();
    item.change(&entries);
    const Verdict verdict = Verify(SealBundle(entries));
    CHECK(ChainOf(verdict).reason == "against_the_rules");
    CHECK(ChainOf(verdict).evidence.at("rule") == item.rule);
    CHECK(ChainOf(verdict).evidence.at("index") == std::to_string(item.index));
    CHECK(verdict.overall() == Overall::kFailed);
  }
}

TEST_CASE("what the seal names must be what it should be") {
  std::vector<Entry> entries = SealStory().entries();
  std::get<SealIssued>(entries.back().body).application = 4;
  CHECK(ChainOf(Verify(SealBundle(entries, {2, 4, 5}))).reason ==
        "against_the_rules");
  entries = SealStory().entries();
  std::get<SealIssued>(entries.back().body).organization = 4;
  // The newest entry given is the one named, and the rename left out: that
  // nothing came between is the claim, and no more.
  CHECK(ChainOf(Verify(SealBundle(entries, {2, 4, 6, 7, 8, 9}))).result ==
        CheckResult::kPass);
  std::get<SealIssued>(entries.back().body).organization = 9;
  CHECK(ChainOf(Verify(SealBundle(entries, {2, 6, 7, 8, 9}))).reason ==
        "against_the_rules");
}

}  // namespace
}  // namespace sealedger::notary
