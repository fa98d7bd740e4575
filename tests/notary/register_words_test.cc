#include "notary/register_words.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/aborts.h"

namespace sealedger::notary {
namespace {

using Words = std::vector<std::string_view>;

bool Has(const Words& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// Each value in turn has the word in its place, and no other text is one.
template <typename T>
void CheckWords(const Words& words, std::string_view (*name)(T),
                std::optional<T> (*parse)(std::string_view)) {
  for (size_t i = 0; i < words.size(); ++i) {
    const T value = static_cast<T>(i);
    CAPTURE(words[i]);
    CHECK(name(value) == words[i]);
    CHECK(parse(words[i]) == value);
    CHECK_FALSE(parse(std::string(words[i]) + " ").has_value());
    CHECK_FALSE(parse("." + std::string(words[i])).has_value());
  }
  const T beyond = static_cast<T>(words.size());
  CHECK(testing::Aborts([&] { static_cast<void>(name(beyond)); }));
  CHECK_FALSE(parse("").has_value());
}

const Words kOrganizationWords = {"established", "altered", "terminated"};
const Words kApplicationWords = {
    "submitted", "materials_accepted", "returned",          "originals_checked",
    "fee_due",   "fee_paid",           "identity_verified", "authorized",
    "approved",  "withdrawn",          "rejected"};
const Words kSealWords = {"filed", "activated", "suspended", "resumed",
                          "lost",  "found",     "cancelled"};

TEST_CASE("every word of the register names one value") {
  CheckWords<Route>({"public_security", "agency", "platform"}, RouteName,
                    ParseRoute);
  CheckWords<Channel>({"online", "shop"}, ChannelName, ParseChannel);
  CheckWords<OrganizationEvent>(kOrganizationWords, OrganizationEventName,
                                ParseOrganizationEvent);
  CheckWords<ApplicationState>(kApplicationWords, ApplicationStateName,
                               ParseApplicationState);
  CheckWords<SealEvent>(kSealWords, SealEventName, ParseSealEvent);
}

TEST_CASE("a kind is its noun and the word of its event") {
  const auto check = [](std::string_view noun, const Words& words, auto kind) {
    for (size_t i = 0; i < words.size(); ++i) {
      const std::string expected =
          std::string(noun) + "." + std::string(words[i]);
      CHECK(kind(i) == expected);
      CHECK(IsRegisterKind(expected));
      CHECK(LastWord(expected) == words[i]);
      CHECK_FALSE(IsRegisterKind(words[i]));
      CHECK_FALSE(IsRegisterKind(expected + "."));
    }
  };
  check("organization", kOrganizationWords,
        [](size_t i) { return KindOf(static_cast<OrganizationEvent>(i)); });
  check("application", kApplicationWords,
        [](size_t i) { return KindOf(static_cast<ApplicationState>(i)); });
  check("seal", kSealWords,
        [](size_t i) { return KindOf(static_cast<SealEvent>(i)); });
  CHECK(kSealIssued == "seal.issued");
  CHECK(IsRegisterKind("seal.issued"));
  CHECK(IsRegisterKind("seal.authorized"));
  CHECK(IsRegisterKind("seal.deauthorized"));
  for (const char* kind : {"seal.approved", "document.sealed",
                           "organization.filed", "application.issued", ""}) {
    CAPTURE(kind);
    CHECK_FALSE(IsRegisterKind(kind));
  }
}

TEST_CASE("an event's own word is not one with its noun") {
  CHECK_FALSE(ParseApplicationState("application.fee_due").has_value());
  CHECK_FALSE(ParseOrganizationEvent("organization.altered").has_value());
  CHECK_FALSE(ParseSealEvent("seal.lost").has_value());
  CHECK_FALSE(ParseSealEvent("issued").has_value());
}

TEST_CASE("each route asks for its materials") {
  CHECK(MaterialsOf(Route::kPublicSecurity) == Words{"business_license",
                                                     "legal_representative_id",
                                                     "power_of_attorney"});
  CHECK(MaterialsOf(Route::kAgency) ==
        Words{"business_license", "legal_representative_id",
              "power_of_attorney", "existing_seal_impression", "agent_id"});
  CHECK(MaterialsOf(Route::kPlatform) ==
        Words{"business_license", "legal_representative_id",
              "power_of_attorney", "authorization_letter"});
  for (const char* kind :
       {"business_license", "legal_representative_id", "power_of_attorney",
        "existing_seal_impression", "agent_id", "authorization_letter"}) {
    CHECK(IsMaterialKind(kind));
  }
  CHECK_FALSE(IsMaterialKind("declaration"));
  CHECK_FALSE(IsMaterialKind("Business_license"));
  CHECK_FALSE(IsMaterialKind(""));
}

TEST_CASE("each event of a seal has its own reasons") {
  const Words pause = {"owner_request", "ordered", "key_suspected", "review",
                       "error"};
  const std::vector<std::pair<SealEvent, Words>> reasons = {
      {SealEvent::kFiled, {}},
      {SealEvent::kActivated, {}},
      {SealEvent::kSuspended, pause},
      {SealEvent::kResumed, pause},
      {SealEvent::kLost, {"lost", "stolen", "key_compromised"}},
      {SealEvent::kFound, {"found", "error"}},
      {SealEvent::kCancelled,
       {"renamed", "dissolved", "licence_revoked", "bankrupt", "split",
        "merged", "lost", "key_compromised", "replaced", "owner_request",
        "ordered", "unclaimed"}}};
  Words all = {"", "because", "lost "};
  for (const auto& [event, words] : reasons) {
    all.insert(all.end(), words.begin(), words.end());
  }
  for (const auto& expected : reasons) {
    const SealEvent event = expected.first;
    for (std::string_view reason : all) {
      CAPTURE(SealEventName(event));
      CAPTURE(reason);
      CHECK(IsSealReason(event, reason) == Has(expected.second, reason));
    }
  }
}

}  // namespace
}  // namespace sealedger::notary
