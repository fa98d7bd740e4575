#include "notary/sealing_rules.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/notary/folded_register.h"

namespace sealedger::notary {
namespace {

using sample::FoldedRegister;
using enum SealEvent;

constexpr char kCode[] = "35010000000001";

// With one active seal in acme's custody.
FoldedRegister WithSeal() {
  FoldedRegister reg;
  REQUIRE(reg.Organization(OrganizationEvent::kEstablished) == "");
  reg.Approve("a");
  REQUIRE(reg.Issue("a", kCode) == "");
  REQUIRE(reg.Event(kCode, kFiled) == "");
  REQUIRE(reg.Event(kCode, kActivated) == "");
  return reg;
}

TEST_CASE("the custodian signs while the seal is active and valid") {
  FoldedRegister reg = WithSeal();
  CHECK(reg.Seal(kCode) == "");
  CHECK(reg.Seal(kCode) == "");
  CHECK(reg.Seal("35010000000002") == "no-such-seal");
  CHECK(reg.Event(kCode, kSuspended) == "");
  CHECK(reg.Seal(kCode) == "seal-not-usable");
  CHECK(reg.Event(kCode, kResumed) == "");
  CHECK(reg.Seal(kCode) == "");
  CHECK(reg.Event(kCode, kLost) == "");
  CHECK(reg.Seal(kCode) == "seal-not-usable");
  CHECK(reg.Event(kCode, kFound) == "");
  reg.time_ms += 1'000'000;
  CHECK(reg.Seal(kCode) == "");
  reg.time_ms += 1;
  CHECK(reg.Seal(kCode) == "seal-expired");
  reg.time_ms -= 1;
  CHECK(reg.Event(kCode, kCancelled) == "");
  CHECK(reg.Seal(kCode) == "seal-not-usable");
}

TEST_CASE("a seal that is not activated yet signs nothing") {
  FoldedRegister reg;
  REQUIRE(reg.Organization(OrganizationEvent::kEstablished) == "");
  reg.Approve("a");
  REQUIRE(reg.Issue("a", kCode) == "");
  CHECK(reg.Seal(kCode) == "seal-not-usable");
  REQUIRE(reg.Event(kCode, kFiled) == "");
  CHECK(reg.Seal(kCode) == "seal-not-usable");
}

TEST_CASE("others sign from their authorisation to its end") {
  FoldedRegister reg = WithSeal();
  CHECK(reg.Seal(kCode, "bravo") == "not-custodian");
  CHECK(reg.Authorize(kCode, "bravo", true, reg.time_ms + 100) == "");
  CHECK(reg.Seal(kCode, "bravo") == "");
  CHECK(reg.Seal(kCode, "clerk") == "not-custodian");
  reg.time_ms += 99;
  CHECK(reg.Seal(kCode, "bravo") == "");
  reg.time_ms += 1;
  CHECK(reg.Seal(kCode, "bravo") == "not-custodian");
  CHECK(reg.Authorize(kCode, "bravo", true) == "");
  CHECK(reg.Seal(kCode, "bravo") == "");
  CHECK(reg.Authorize(kCode, "bravo", false) == "");
  CHECK(reg.Seal(kCode, "bravo") == "not-custodian");
  CHECK(reg.Seal(kCode, "acme") == "");
}

TEST_CASE("only the custodian authorises, and only what is something new") {
  FoldedRegister reg = WithSeal();
  CHECK(reg.Authorize(kCode, "bravo", true, std::nullopt, "bravo") ==
        "not-custodian");
  CHECK(reg.Authorize(kCode, "bravo", true, std::nullopt, "clerk") ==
        "not-custodian");
  CHECK(reg.Authorize("35010000000002", "bravo", true) == "no-such-seal");
  CHECK(reg.Authorize(kCode, "acme", true) == "nothing-changed");
  CHECK(reg.Authorize(kCode, "bravo", true, reg.time_ms) == "until-in-past");
  CHECK(reg.Authorize(kCode, "bravo", false) == "no-such-authorization");
  CHECK(reg.Authorize(kCode, "bravo", true) == "");
  CHECK(reg.Authorize(kCode, "bravo", true) == "nothing-changed");
  // Another end is something new, an authorisation that is over no more.
  CHECK(reg.Authorize(kCode, "bravo", true, reg.time_ms + 5) == "");
  reg.time_ms += 5;
  CHECK(reg.Authorize(kCode, "bravo", false) == "no-such-authorization");
  CHECK(reg.Event(kCode, kCancelled) == "");
  CHECK(reg.Authorize(kCode, "bravo", true) == "seal-not-live");
}

TEST_CASE("an authorisation stands in the way of no effective time") {
  FoldedRegister reg = WithSeal();
  reg.time_ms += 1000;
  CHECK(reg.Authorize(kCode, "bravo", true) == "");
  // Reported now, and in effect before the authorisation was given.
  CHECK(reg.Event(kCode, kLost, reg.time_ms - 500) == "");
}

TEST_CASE("a signature made elsewhere is entered whatever the seal is now") {
  FoldedRegister reg = WithSeal();
  CHECK(reg.Event(kCode, kSuspended) == "");
  CHECK(reg.Seal(kCode, "bravo", false) == "");
  CHECK(reg.Seal("35010000000002", "bravo", false) == "no-such-seal");
}

TEST_CASE("what the commit fills in is held to the register") {
  FoldedRegister reg = WithSeal();
  SealAuthorization authorization;
  authorization.granted = true;
  authorization.seal_code = kCode;
  authorization.party = "bravo";
  authorization.previous = 3;
  CHECK(reg.Add(authorization, "acme") == "out-of-place");
  DocumentSealed sealed;
  sealed.made_here = true;
  sealed.seal_code = kCode;
  sealed.register_entry = 3;
  CHECK(reg.Add(sealed, "acme") == "out-of-place");
}

}  // namespace
}  // namespace sealedger::notary
