#include "notary/register_rules.h"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

#include "ledger/hash.h"
#include "notary/register_admission.h"
#include "notary/register_state.h"
#include "tests/notary/folded_register.h"

namespace sealedger::notary {
namespace {

using sample::FoldedRegister;
using sample::kOther;
using sample::kStart;
using sample::kUscc;
using Register = FoldedRegister;

// Every key that a register of one organisation without seals has.
size_t KeysOf(const Register& reg, const std::string& prefix) {
  size_t count = 0;
  for (const auto& [key, value] : reg.state) {
    if (key.starts_with(prefix)) ++count;
  }
  return count;
}

TEST_CASE("an organisation is established once and ends for good") {
  Register reg;
  using enum OrganizationEvent;
  CHECK(reg.Organization(kAltered) == "no-such-organization");
  CHECK(reg.Organization(kEstablished) == "");
  CHECK(reg.Organization(kEstablished) == "organization-exists");
  CHECK(reg.Organization(kAltered) == "");
  CHECK(reg.Organization(kTerminated) == "");
  CHECK(reg.Organization(kAltered) == "organization-terminated");
  CHECK(reg.Organization(kTerminated) == "organization-terminated");
  CHECK(reg.Organization(kEstablished) == "organization-exists");
}

TEST_CASE("an entry takes effect between the one before it and now") {
  Register reg;
  using enum OrganizationEvent;
  CHECK(reg.Organization(kEstablished, kUscc, kStart + 1) ==
        "effective-in-future");
  CHECK(reg.Organization(kEstablished, kUscc, kStart - 10) == "");
  CHECK(reg.Organization(kAltered, kUscc, kStart - 11) ==
        "effective-before-last");
  CHECK(reg.Organization(kAltered, kUscc, kStart - 10) == "");
  CHECK(reg.Organization(kAltered, kUscc, kStart) == "");
  // Another subject has times of its own.
  CHECK(reg.Organization(kEstablished, kOther, kStart - 100) == "");
}

TEST_CASE("each route takes its own steps in their order and no other") {
  using enum ApplicationState;
  const std::map<Route, std::vector<ApplicationState>> ways = {
      {Route::kPublicSecurity,
       {kSubmitted, kMaterialsAccepted, kOriginalsChecked, kApproved}},
      {Route::kAgency,
       {kSubmitted, kMaterialsAccepted, kFeeDue, kFeePaid, kApproved}},
      {Route::kPlatform,
       {kSubmitted, kMaterialsAccepted, kIdentityVerified, kAuthorized,
        kApproved}}};
  const ApplicationState all[] = {
      kSubmitted, kMaterialsAccepted, kReturned,         kOriginalsChecked,
      kFeeDue,    kFeePaid,           kIdentityVerified, kAuthorized,
      kApproved,  kWithdrawn,         kRejected};
  for (const auto& [of_route, its_way] : ways) {
    // clang 14 captures no structured binding.
    const Route route = of_route;
    const auto& way = its_way;
    for (size_t at = 0; at < way.size(); ++at) {
      for (const ApplicationState next : all) {
        CAPTURE(RouteName(route));
        CAPTURE(ApplicationStateName(way[at]));
        CAPTURE(ApplicationStateName(next));
        const bool ended = at + 1 == way.size();
        const bool due = !ended && way[at + 1] == next;
        const bool leaves =
            !ended && (next == kWithdrawn || next == kRejected ||
                       (next == kReturned && way[at] == kSubmitted));
        CHECK(CheckApplicationStep(route, way[at], next).has_value() ==
              (due || leaves));
      }
    }
    CHECK(LastStep(route) == way[way.size() - 2]);
  }
  for (const ApplicationState ended : {kApproved, kWithdrawn, kRejected}) {
    for (const ApplicationState next : all) {
      CHECK(!CheckApplicationStep(Route::kAgency, ended, next));
    }
  }
  CHECK(CheckApplicationStep(Route::kAgency, kReturned, kSubmitted));
  CHECK(CheckApplicationStep(Route::kAgency, kReturned, kWithdrawn));
  CHECK(!CheckApplicationStep(Route::kAgency, kReturned, kMaterialsAccepted));
  CHECK(CheckApplicationStep(Route::kAgency, kFeeDue, kApproved).error().name ==
        "fee-not-paid");
}

TEST_CASE("an application needs an organisation that stands") {
  Register reg;
  using enum ApplicationState;
  CHECK(reg.Application(kSubmitted) == "unknown-reference");
  REQUIRE(reg.Organization(OrganizationEvent::kEstablished) == "");
  CHECK(reg.Application(kApproved) == "no-such-application");
  CHECK(reg.Application(kSubmitted) == "");
  CHECK(reg.Application(kReturned) == "");
  REQUIRE(reg.Organization(OrganizationEvent::kTerminated) == "");
  CHECK(reg.Application(kSubmitted) == "organization-terminated");
  CHECK(reg.Application(kSubmitted, "b") == "organization-terminated");
  CHECK(reg.Application(kWithdrawn) == "");
}

TEST_CASE("an approved application gives exactly one seal") {
  Register reg;
  REQUIRE(reg.Organization(OrganizationEvent::kEstablished) == "");
  using enum ApplicationState;
  REQUIRE(reg.Application(kSubmitted, "early") == "");
  CHECK(reg.Issue("early", "35010000000001") == "out-of-place");
  reg.Approve("a");
  CHECK(reg.Issue("a", "35010000000001") == "");
  CHECK(reg.Issue("a", "35010000000002") == "application-used");
}

TEST_CASE("a seal code is used once, whatever became of the seal") {
  Register reg;
  REQUIRE(reg.Organization(OrganizationEvent::kEstablished) == "");
  reg.Approve("a");
  reg.Approve("b", "02", 1);
  REQUIRE(reg.Issue("a", "35010000000001") == "");
  CHECK(reg.Issue("b", "35010000000001") == "seal-code-used");
  REQUIRE(reg.Event("35010000000001", SealEvent::kCancelled) == "");
  CHECK(reg.Issue("b", "35010000000001") == "seal-code-used");
}

TEST_CASE("a file is one seal's, whatever became of the seal") {
  Register reg;
  REQUIRE(reg.Organization(OrganizationEvent::kEstablished) == "");
  reg.Approve("a");
  reg.Approve("b", "02", 1);
  const auto issue = [&reg](const std::string& id, const std::string& code) {
    return reg.Issue(id, code, std::nullopt, 1'000'000, "one file");
  };
  REQUIRE(issue("a", "35010000000001") == "");
  CHECK(issue("b", "35010000000002") == "seal-code-used");
  REQUIRE(reg.Event("35010000000001", SealEvent::kCancelled) == "");
  CHECK(issue("b", "35010000000002") == "seal-code-used");
}

TEST_CASE("an organisation has a bound of seals, and its end forgets them") {
  Register reg;
  REQUIRE(reg.Organization(OrganizationEvent::kEstablished) == "");
  reg.Approve("a", "02", 1);
  reg.Approve("b", "02", 2);
  std::map<std::string, std::string> seals;
  for (size_t i = 0; i + 1 < kMaxSealsOfOrganization; ++i) {
    seals["99/" + std::to_string(i + 1)] = "35010000000000";
  }
  StateFold fold(reg.read());
  PutSealsOf(&fold, kUscc, seals);
  const auto written = fold.Take();
  reg.state[written[0].key] = *written[0].value;
  CHECK(ReadSealsOf(reg.read(), kUscc)->size() == seals.size());
  CHECK(reg.Issue("a", "35010000000001") == "");
  CHECK(reg.Issue("b", "35010000000002") == "too-many-seals");
  REQUIRE(reg.Event("35010000000001", SealEvent::kCancelled) == "");
  CHECK(reg.Issue("b", "35010000000002") == "");
  CHECK(KeysOf(reg, "slive/") == 1);
  REQUIRE(reg.Organization(OrganizationEvent::kTerminated) == "");
  CHECK(KeysOf(reg, "slive/") == 0);
  CHECK(reg.Event("35010000000002", SealEvent::kCancelled) == "");
}

TEST_CASE("one live seal of a kind, and an expired one blocks nobody") {
  Register reg;
  REQUIRE(reg.Organization(OrganizationEvent::kEstablished) == "");
  for (const char* id : {"a", "b", "c"}) reg.Approve(id);
  reg.Approve("d", "02", 1);
  reg.Approve("e", "02", 1);
  reg.Approve("f", "02", 2);
  REQUIRE(reg.Issue("a", "35010000000001", std::nullopt, 1000) == "");
  CHECK(reg.Issue("b", "35010000000002") == "second-statutory-name-seal");
  REQUIRE(reg.Issue("d", "35010000000003") == "");
  CHECK(reg.Issue("e", "35010000000004") == "seal-ordinal-taken");
  CHECK(reg.Issue("f", "35010000000004") == "");
  reg.time_ms += 1000;  // its last moment
  CHECK(reg.Issue("b", "35010000000002") == "second-statutory-name-seal");
  reg.time_ms += 1;
  CHECK(reg.Issue("b", "35010000000002") == "");
  // The expired one is cancelled later and takes nothing from its successor.
  CHECK(reg.Event("35010000000001", SealEvent::kCancelled) == "");
  CHECK(reg.Issue("c", "35010000000005") == "second-statutory-name-seal");
  CHECK(reg.Event("35010000000002", SealEvent::kCancelled) == "");
  CHECK(reg.Issue("c", "35010000000005") == "");
}

TEST_CASE("a physical seal is bound while a live seal has it") {
  Register reg;
  REQUIRE(reg.Organization(OrganizationEvent::kEstablished) == "");
  reg.Approve("a");
  reg.Approve("b", "02", 1);
  REQUIRE(reg.Issue("a", "35010000000001", "P1") == "");
  CHECK(reg.Issue("b", "35010000000002", "P1") == "physical-seal-bound");
  CHECK(reg.Issue("b", "35010000000002", "P2") == "");
  REQUIRE(reg.Event("35010000000001", SealEvent::kCancelled) == "");
  CHECK(KeysOf(reg, "sphysical/") == 1);
  reg.Approve("c");
  CHECK(reg.Issue("c", "35010000000003", "P1") == "");
}

TEST_CASE("a seal lives by its states and ends once") {
  using enum SealStatus;
  const std::map<SealEvent, std::map<SealStatus, SealStatus>> due = {
      {SealEvent::kFiled, {{kIssued, kFiled}}},
      {SealEvent::kActivated, {{kFiled, kActive}}},
      {SealEvent::kSuspended, {{kActive, kSuspended}}},
      {SealEvent::kResumed, {{kSuspended, kActive}}},
      {SealEvent::kLost, {{kActive, kLost}, {kSuspended, kLost}}},
      {SealEvent::kFound, {{kLost, kActive}}},
      {SealEvent::kCancelled,
       {{kIssued, kCancelled},
        {kFiled, kCancelled},
        {kActive, kCancelled},
        {kSuspended, kCancelled},
        {kLost, kCancelled}}}};
  for (const auto& [of_event, rows] : due) {
    const SealEvent event = of_event;
    for (const SealStatus status :
         {kIssued, kFiled, kActive, kSuspended, kLost, kCancelled}) {
      CAPTURE(SealEventName(event));
      CAPTURE(SealStatusName(status));
      const Result<SealStatus> after = StatusAfter(status, event);
      const auto row = rows.find(status);
      REQUIRE(after.has_value() == (row != rows.end()));
      if (after) {
        CHECK(*after == row->second);
      } else {
        CHECK(after.error().name == "step-out-of-order");
      }
    }
  }
}

TEST_CASE("a seal that is claimed or cancelled is no longer unclaimed") {
  Register reg;
  REQUIRE(reg.Organization(OrganizationEvent::kEstablished) == "");
  reg.Approve("a");
  reg.Approve("b", "02", 1);
  REQUIRE(reg.Issue("a", "35010000000001") == "");
  REQUIRE(reg.Issue("b", "35010000000002") == "");
  CHECK(KeysOf(reg, "sunclaimed/public_security/") == 2);
  REQUIRE(reg.Event("35010000000001", SealEvent::kFiled) == "");
  CHECK(KeysOf(reg, "sunclaimed/") == 2);
  REQUIRE(reg.Event("35010000000001", SealEvent::kActivated) == "");
  CHECK(KeysOf(reg, "sunclaimed/") == 1);
  REQUIRE(reg.Event("35010000000002", SealEvent::kCancelled) == "");
  CHECK(KeysOf(reg, "sunclaimed/") == 0);
  CHECK(KeysOf(reg, "slive/") == 1);
  const std::string key =
      UnclaimedPrefix(Route::kAgency) + "1800000000000/35010000000001";
  const auto parsed = ParseUnclaimedKey(Route::kAgency, key);
  REQUIRE(parsed.has_value());
  CHECK(parsed->issued_ms == kStart);
  CHECK(parsed->code == "35010000000001");
  CHECK(!ParseUnclaimedKey(Route::kPlatform, key));
}

TEST_CASE("an entry that names another entry before it is out of place") {
  Register reg;
  REQUIRE(reg.Organization(OrganizationEvent::kEstablished) == "");
  OrganizationEntry altered;
  altered.event = OrganizationEvent::kAltered;
  altered.uscc = kUscc;
  altered.name = "新名";
  altered.previous = 0;
  CHECK(reg.Add(altered) == "out-of-place");
  reg.Approve("a");
  REQUIRE(reg.Issue("a", "35010000000001") == "");
  SealEventEntry filed;
  filed.seal_code = "35010000000001";
  filed.previous = 3;
  CHECK(reg.Add(filed) == "out-of-place");
  filed.seal_code = "35010000000009";
  CHECK(reg.Add(filed) == "no-such-seal");
}

TEST_CASE("a refused entry changes nothing") {
  Register reg;
  REQUIRE(reg.Organization(OrganizationEvent::kEstablished) == "");
  reg.Approve("a");
  reg.Approve("b");
  REQUIRE(reg.Issue("a", "35010000000001", "P1") == "");
  const auto before = reg.state;
  CHECK(reg.Issue("b", "35010000000002", "P1") != "");
  CHECK(reg.Event("35010000000001", SealEvent::kFound) != "");
  CHECK(reg.state == before);
}

}  // namespace
}  // namespace sealedger::notary
