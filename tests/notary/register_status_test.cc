#include "notary/register_status.h"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

#include "tests/notary/register_story.h"

namespace sealedger::notary {
namespace {

using testing::RegisterStory;

constexpr char kCode[] = "3501000000001";

std::vector<ChainEntry> ChainOf(const RegisterStory& story) {
  std::vector<ChainEntry> chain;
  for (size_t i = 0; i < story.entries().size(); ++i) {
    const Entry& entry = story.entries()[i];
    const bool of_seal = std::holds_alternative<SealIssued>(entry.body) ||
                         std::holds_alternative<SealEventEntry>(entry.body) ||
                         std::holds_alternative<SealAuthorization>(entry.body);
    if (of_seal) chain.push_back({i, &entry});
  }
  return chain;
}

// Issued at 9, filed at 10, activated at 11.
RegisterStory WithSeal() {
  RegisterStory story;
  story.Establish(testing::kStoryUscc, "Example Ltd.");
  story.Issue(kCode, testing::kStoryUscc, "01");
  story.Happen(kCode, SealEvent::kFiled);
  story.Happen(kCode, SealEvent::kActivated);
  return story;
}

int64_t TimeOf(const RegisterStory& story, uint64_t index) {
  return story.entries()[index].time_ms;
}

std::string StatusOf(const std::optional<SealStatus>& status) {
  return status ? std::string(SealStatusName(*status)) : "none";
}

TEST_CASE("the status is that in effect at a time, as known at a size") {
  RegisterStory story = WithSeal();
  const uint64_t suspended =
      story.HappenAt(kCode, SealEvent::kSuspended, TimeOf(story, 11) + 400);
  const auto chain = ChainOf(story);
  const int64_t issued_ms = TimeOf(story, 9);
  CHECK(StatusOf(StatusAt(chain, issued_ms - 1, 100)) == "none");
  CHECK(StatusOf(StatusAt(chain, issued_ms, 100)) == "issued");
  CHECK(StatusOf(StatusAt(chain, TimeOf(story, 10), 100)) == "filed");
  CHECK(StatusOf(StatusAt(chain, TimeOf(story, 11), 100)) == "active");
  const int64_t at_ms = TimeOf(story, 11) + 400;
  CHECK(StatusOf(StatusAt(chain, at_ms - 1, 100)) == "active");
  CHECK(StatusOf(StatusAt(chain, at_ms, 100)) == "suspended");
  CHECK(StatusOf(StatusAt(chain, at_ms, suspended)) == "active");
  CHECK(StatusOf(StatusAt(chain, at_ms, 11)) == "filed");
  CHECK(StatusOf(StatusAt(chain, at_ms, 9)) == "none");
  CHECK(StatusOf(StatusAt({}, at_ms, 100)) == "none");
}

TEST_CASE("an authorisation changes no status") {
  RegisterStory story = WithSeal();
  story.Authorize(kCode, "bureau", true);
  CHECK(StatusOf(StatusAt(ChainOf(story), TimeOf(story, 12), 100)) == "active");
}

TEST_CASE(
    "what happens within the second that is stated is held against no "
    "one") {
  RegisterStory story = WithSeal();
  const int64_t active_ms = TimeOf(story, 11);
  const auto judge = [&](int64_t at_ms, int64_t span_ms) {
    const auto chain = ChainOf(story);
    const std::vector<SigningMoment> moments = {
        {at_ms, kStatedMoment, span_ms}};
    return JudgeRegisterStatus(chain, moments, 100, 100).reason;
  };
  CHECK(judge(active_ms - 1, 0) == "not_active_then");
  CHECK(judge(active_ms - 999, 999) == "active");
  CHECK(judge(active_ms - 1000, 999) == "not_active_then");
  story.HappenAt(kCode, SealEvent::kSuspended, active_ms + 500);
  CHECK(judge(active_ms + 499, 999) == "active_then");
  CHECK(judge(active_ms + 500, 999) == "not_active_then");
}

TEST_CASE("each of several moments must find the seal active") {
  RegisterStory story = WithSeal();
  const uint64_t suspended = story.Happen(kCode, SealEvent::kSuspended);
  const auto chain = ChainOf(story);
  const int64_t good_ms = TimeOf(story, 11);
  const int64_t bad_ms = TimeOf(story, suspended);
  const auto judge = [&](int64_t first_ms, int64_t second_ms) {
    const std::vector<SigningMoment> moments = {{first_ms, kStatedMoment},
                                                {second_ms, kEnteredMoment}};
    return JudgeRegisterStatus(chain, moments, 100, 100);
  };
  CHECK(judge(good_ms, good_ms).result == CheckResult::kPass);
  CHECK(judge(bad_ms, good_ms).reason == "not_active_then");
  const Check second = judge(good_ms, bad_ms);
  CHECK(second.reason == "not_active_then");
  CHECK(second.evidence.at("time_from") == kEnteredMoment);
  CHECK(second.evidence.at("status") == "suspended");
  CHECK(judge(0, good_ms).reason == "not_issued_then");
  CHECK(judge(-5000, good_ms).reason == "not_issued_then");
}

TEST_CASE("custody is the custodian's, and lent from entry to entry") {
  RegisterStory story = WithSeal();
  const int64_t at_ms = TimeOf(story, 11) + 60'000;
  const uint64_t lent = story.Authorize(kCode, "bureau", true);
  const uint64_t until = story.Authorize(kCode, "bureau", true, at_ms);
  const uint64_t ended = story.Authorize(kCode, "bureau", false);
  const auto chain = ChainOf(story);
  CHECK(CustodyOf(chain, "acme", at_ms, 100).is_custodian);
  CHECK(!CustodyOf(chain, "bureau", at_ms, 100).is_custodian);
  const auto by = [&](int64_t ms, uint64_t size) {
    return CustodyOf(chain, "bureau", ms, size).authorized;
  };
  CHECK(by(at_ms, lent) == std::nullopt);
  CHECK(by(at_ms, lent + 1) == lent);
  CHECK(by(at_ms - 1, until + 1) == until);
  // The one before it does not hold any more.
  CHECK(by(at_ms, until + 1) == std::nullopt);
  CHECK(by(at_ms - 1, ended + 1) == std::nullopt);
}

}  // namespace
}  // namespace sealedger::notary
