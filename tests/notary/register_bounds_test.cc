// What entries of the register may say, member by member.

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ledger/sequencer.h"
#include "notary/entry.h"
#include "notary/register_entry.h"
#include "tests/notary/entry_texts.h"
#include "tests/notary/register_samples.h"
#include "tests/notary/sample_ledger.h"
#include "tests/support/aborts.h"

namespace sealedger::notary {
namespace {

using testing::EntryFault;
using testing::kSampleIndividual;
using testing::kSampleSealCode;
using testing::RegisterText;
using testing::SampleApplication;
using testing::SampleOrganization;
using testing::SampleSeal;
using testing::SampleSealEvent;
using testing::With;
using testing::Without;

// The fault of a text whose member at `path` is wrong.
std::string Bad(std::string_view path) {
  return "malformed entry /" + std::string(path);
}

TEST_CASE("no digest of the register is in upper case") {
  const std::string upper(64, 'A');
  const std::string issued = RegisterText("seal.issued");
  const std::string submitted = RegisterText("application.submitted");
  for (const char* path :
       {"declaration/sha256", "materials/0/sha256", "materials/1/sha256"}) {
    CHECK(EntryFault(With(submitted, path, upper)) == Bad(path));
  }
  CHECK(EntryFault(With(issued, "seseal_sm3", upper)) == Bad("seseal_sm3"));
  CHECK(EntryFault(With(issued, "maker_sha256", upper)) == Bad("maker_sha256"));
  CHECK(EntryFault(With(issued, "signers_sha256/1", upper)) ==
        Bad("signers_sha256"));
  CHECK(EntryFault(With(issued, "signers_sha256/0", 1)) ==
        Bad("signers_sha256"));
  CHECK(EntryFault(With(issued, "signers_sha256", Json::Array{})) == "");
}

TEST_CASE("an organisation is named by a legal person's name") {
  for (const char* kind :
       {"organization.established", "organization.altered"}) {
    const std::string text = RegisterText(kind);
    const auto fault = [&](std::string_view name) {
      return EntryFault(With(text, "organization/name", Json(name)));
    };
    CHECK(fault("Example Trading Co., Ltd.") == "");
    CHECK(fault(std::string(256, 'x')) == "");
    CHECK(fault(std::string(257, 'x')) == Bad("organization/name"));
    CHECK(fault("") == Bad("organization/name"));
    CHECK(fault("e\u0301") == Bad("organization/name"));
    CHECK(fault("a\u202Eb") == Bad("organization/name"));
  }
  CHECK(EntryFault(With(RegisterText("organization.terminated"),
                        "organization/name", "Example Ltd.")) ==
        Bad("organization/name"));
}

TEST_CASE("the name of an individual business is a private field") {
  for (const char* kind :
       {"organization.established", "organization.altered"}) {
    CAPTURE(kind);
    const std::string named =
        With(RegisterText(kind), "organization/uscc", Json(kSampleIndividual));
    CHECK(EntryFault(named) == Bad("organization/name"));
    const std::string nameless = Without(named, "organization/name");
    CHECK(EntryFault(nameless) == "");
    CHECK(EntryFault(Without(nameless, "_sd")) == Bad("_sd"));
  }
  const std::string closed = With(RegisterText("organization.terminated"),
                                  "organization/uscc", Json(kSampleIndividual));
  CHECK(EntryFault(closed) == "");
  CHECK(EntryFault(Without(closed, "_sd")) == "");
  CHECK(EntryFault(With(closed, "organization/name", "x")) ==
        Bad("organization/name"));
}

TEST_CASE("codes of the register are codes") {
  const auto fault = [](std::string_view kind, std::string_view path,
                        Json value) {
    return EntryFault(With(RegisterText(kind), path, std::move(value)));
  };
  for (const auto& [kind, path] :
       std::vector<std::pair<std::string_view, std::string_view>>{
           {"organization.established", "organization/uscc"},
           {"organization.terminated", "organization/uscc"},
           {"application.submitted", "application/uscc"},
           {"application.approved", "application/uscc"},
           {"seal.issued", "seal/uscc"}}) {
    CHECK(fault(kind, path, "91350100M000100Y4Z") == Bad(path));
    CHECK(fault(kind, path, "") == Bad(path));
    CHECK(fault(kind, path, "115300000151003540") == "");
  }
  for (const auto& [kind, path] :
       std::vector<std::pair<std::string_view, std::string_view>>{
           {"seal.issued", "seal/code"},
           {"seal.filed", "seal_code"},
           {"seal.lost", "seal_code"},
           {"seal.cancelled", "seal_code"},
           {"seal.cancelled", "replaced_by"}}) {
    CHECK(fault(kind, path, "3501000000019") == "");
    CHECK(fault(kind, path, "350100000001") == Bad(path));
    CHECK(fault(kind, path, "350100000001170") == Bad(path));
    CHECK(fault(kind, path, "3501000000011A") == Bad(path));
  }
  CHECK(fault("seal.issued", "seal/physical_code", std::string(64, '#')) == "");
  CHECK(fault("seal.issued", "seal/physical_code", std::string(65, '#')) ==
        Bad("seal/physical_code"));
  CHECK(fault("seal.issued", "seal/physical_code", "a b") ==
        Bad("seal/physical_code"));
  CHECK(fault("seal.issued", "seal/physical_code", "") ==
        Bad("seal/physical_code"));
}

TEST_CASE("a statutory-name seal has no number, every other seal one") {
  struct Place {
    std::string_view kind, object, type;
  };
  for (const Place& place :
       {Place{"application.submitted", "application", "seal_type"},
        Place{"application.withdrawn", "application", "seal_type"},
        Place{"seal.issued", "seal", "type"}}) {
    const std::string prefix = std::string(place.object) + "/";
    const std::string type = prefix + std::string(place.type);
    const std::string ordinal = prefix + "ordinal";
    const std::string text = RegisterText(place.kind);
    for (const char* other : {"02", "03", "04", "05", "99"}) {
      CHECK(EntryFault(With(text, type, other)) == "");
    }
    const std::string first = With(text, type, "01");
    CHECK(EntryFault(first) == Bad(ordinal));
    CHECK(EntryFault(Without(first, ordinal)) == "");
    for (const char* none : {"00", "06", "1", "", "O2"}) {
      CHECK(EntryFault(With(text, type, none)) == Bad(type));
    }
    CHECK(EntryFault(With(text, ordinal, 9999)) == "");
    CHECK(EntryFault(With(text, ordinal, 10000)) == Bad(ordinal));
    CHECK(EntryFault(With(text, ordinal, 0)) == Bad(ordinal));
    CHECK(EntryFault(With(text, ordinal, -1)) == Bad(ordinal));
  }
}

TEST_CASE("an application says what is applied for, and on which way") {
  const std::string text = RegisterText("application.returned");
  const auto fault = [&](std::string_view path, Json value) {
    return EntryFault(With(text, path, std::move(value)));
  };
  for (const char* route : {"public_security", "agency", "platform"}) {
    CHECK(fault("application/route", route) == "");
  }
  CHECK(fault("application/route", "post") == Bad("application/route"));
  CHECK(fault("application/channel", "online") == "");
  CHECK(fault("application/channel", "shop") == "");
  CHECK(fault("application/channel", "") == Bad("application/channel"));
  CHECK(fault("application/id", std::string(64, 'a')) == "");
  CHECK(fault("application/id", std::string(65, 'a')) == Bad("application/id"));
  CHECK(fault("application/id", "A") == Bad("application/id"));
}

TEST_CASE("an application begins with its papers and may add to them later") {
  const std::string again = RegisterText("application.submitted");
  CHECK(EntryFault(Without(Without(again, "materials"), "declaration")) == "");
  const std::string first = Without(again, "previous");
  CHECK(EntryFault(first) == "");
  CHECK(EntryFault(Without(first, "materials")) == Bad("materials"));
  CHECK(EntryFault(Without(first, "declaration")) == Bad("declaration"));
}

TEST_CASE("materials are of known kinds, none twice, and not an empty list") {
  const std::string text = RegisterText("application.submitted");
  const auto fault = [&](std::string_view path, Json value) {
    return EntryFault(With(text, path, std::move(value)));
  };
  CHECK(fault("materials", Json::Array{}) == Bad("materials"));
  CHECK(fault("materials/0/kind", "declaration") == Bad("materials/0/kind"));
  CHECK(fault("materials/1/kind", "") == Bad("materials/1/kind"));
  CHECK(fault("materials/1/kind", "business_license") ==
        Bad("materials/1/kind"));
  CHECK(fault("materials/1/kind", "power_of_attorney") == "");
}

TEST_CASE("a fee is at least one fen and at most ten to the twelfth") {
  const std::string text = RegisterText("application.fee_due");
  CHECK(EntryFault(With(text, "fee_fen", 1)) == "");
  CHECK(EntryFault(With(text, "fee_fen", int64_t{1'000'000'000'000})) == "");
  CHECK(EntryFault(With(text, "fee_fen", int64_t{1'000'000'000'001})) ==
        Bad("fee_fen"));
  CHECK(EntryFault(With(text, "fee_fen", 0)) == Bad("fee_fen"));
  CHECK(EntryFault(With(text, "fee_fen", -1)) == Bad("fee_fen"));
}

TEST_CASE("a seal is valid from one moment to a later one") {
  const std::string text = RegisterText("seal.issued");
  const std::string from = "2027-01-01T00:00:00.000Z";
  const auto fault = [&](const char* to) {
    return EntryFault(
        With(With(text, "seal/valid_from", from), "seal/valid_to", to));
  };
  CHECK(fault("2027-01-01T00:00:00.001Z") == "");
  CHECK(fault("2027-01-01T00:00:00.000Z") == Bad("seal/valid_to"));
  CHECK(fault("2026-12-31T23:59:59.999Z") == Bad("seal/valid_to"));
  CHECK(fault("9999-12-31T23:59:59.999Z") == "");
  CHECK(fault("2027-02-29T00:00:00.000Z") == Bad("seal/valid_to"));
  CHECK(EntryFault(With(text, "seal/valid_from", "2027-01-01T00:00:00Z")) ==
        Bad("seal/valid_from"));
}

TEST_CASE("a seal is made here or elsewhere and has a custodian") {
  const std::string text = RegisterText("seal.issued");
  CHECK(EntryFault(With(text, "made", "here")) == "");
  CHECK(EntryFault(With(text, "made", "elsewhere")) == "");
  CHECK(EntryFault(With(text, "made", "")) == Bad("made"));
  CHECK(EntryFault(With(text, "made", "there")) == Bad("made"));
  CHECK(EntryFault(With(text, "custodian", "Acme")) == Bad("custodian"));
  CHECK(EntryFault(With(text, "custodian", "")) == Bad("custodian"));
}

TEST_CASE("a seal's event has a reason of its own, or none") {
  const auto fault = [](std::string_view kind, const char* reason) {
    return EntryFault(With(RegisterText(kind), "reason", reason));
  };
  CHECK(fault("seal.suspended", "review") == "");
  CHECK(fault("seal.resumed", "error") == "");
  CHECK(fault("seal.lost", "stolen") == "");
  CHECK(fault("seal.found", "error") == "");
  CHECK(fault("seal.suspended", "stolen") == Bad("reason"));
  CHECK(fault("seal.lost", "review") == Bad("reason"));
  CHECK(fault("seal.found", "") == Bad("reason"));
  CHECK(fault("seal.filed", "owner_request") == Bad("reason"));
  CHECK(fault("seal.activated", "owner_request") == Bad("reason"));
  CHECK(fault("seal.cancelled", "because") == Bad("reason"));
}

TEST_CASE("a seal that is replaced, and no other, names another as successor") {
  const std::string replaced = RegisterText("seal.cancelled");
  for (const char* reason : {"renamed", "unclaimed", "key_compromised"}) {
    const std::string other = With(replaced, "reason", reason);
    CHECK(EntryFault(other) == Bad("replaced_by"));
    CHECK(EntryFault(Without(other, "replaced_by")) == "");
  }
  CHECK(EntryFault(With(replaced, "replaced_by", Json(kSampleSealCode))) ==
        Bad("replaced_by"));
}

TEST_CASE("what is not late is not said to be") {
  CHECK(EntryFault(With(RegisterText("seal.filed"), "late", false)) ==
        Bad("late"));
  CHECK(EntryFault(With(RegisterText("seal.lost"), "late", false)) ==
        Bad("late"));
}

TEST_CASE("nothing takes effect after it was entered") {
  for (const char* kind : {"organization.established", "organization.altered",
                           "organization.terminated", "seal.filed",
                           "seal.activated", "seal.suspended", "seal.resumed",
                           "seal.lost", "seal.found", "seal.cancelled"}) {
    CAPTURE(kind);
    const std::string text =
        With(RegisterText(kind), "time", "2026-11-22T10:00:00.000Z");
    const auto fault = [&](const char* effective) {
      return EntryFault(With(text, "effective_at", effective));
    };
    CHECK(fault("2026-11-22T10:00:00.000Z") == "");
    CHECK(fault("1970-01-01T00:00:00.000Z") == "");
    CHECK(fault("2026-11-22T10:00:00.001Z") == Bad("effective_at"));
    CHECK(fault("2026-11-22") == Bad("effective_at"));
  }
}

TEST_CASE("an entry of the register is as long as any entry may be") {
  Entry entry = testing::EntryAt(40, "bureau", 12, SampleSeal());
  auto& signers = std::get<SealIssued>(entry.body).signers_sha256;
  while (FormatEntry(entry).size() <= ledger::kMaxEntrySize) {
    CHECK(EntryFault(FormatEntry(entry)) == "");
    signers.push_back(ledger::Sha256Of("x"));
  }
  CHECK(EntryFault(FormatEntry(entry)) == "malformed too-large ");
  CHECK(signers.size() > 50);
  CHECK(signers.size() < kMaxSigners);
}

TEST_CASE("an entry of the register that would not be read is not written") {
  const auto aborts = [](decltype(Entry::body) body) {
    const Entry entry = testing::EntryAt(40, "bureau", 12, std::move(body));
    return testing::Aborts([&] { static_cast<void>(FormatEntry(entry)); });
  };
  CHECK_FALSE(aborts(SampleSeal()));
  SealIssued many = SampleSeal();
  many.signers_sha256.resize(kMaxSigners);
  CHECK(CheckBody(many));
  many.signers_sha256.resize(kMaxSigners + 1);
  CHECK(CheckBody(many).error().field == "/signers_sha256");
  CHECK(aborts(many));

  SealIssued timeless = SampleSeal();
  timeless.seal.valid_from_ms = -1;
  CHECK(CheckBody(timeless).error().field == "/seal/valid_from");
  timeless = SampleSeal();
  timeless.seal.valid_to_ms = 253'402'300'800'000;
  CHECK(CheckBody(timeless).error().field == "/seal/valid_to");

  SealEventEntry event = SampleSealEvent(SealEvent::kLost);
  event.effective_ms = -1;
  CHECK(CheckBody(event).error().field == "/effective_at");
  CHECK(aborts(event));
  OrganizationEntry organization =
      SampleOrganization(OrganizationEvent::kEstablished);
  organization.effective_ms = -1;
  CHECK(CheckBody(organization).error().field == "/effective_at");
  organization = SampleOrganization(OrganizationEvent::kAltered);
  organization.uscc = kSampleIndividual;
  organization.name.reset();
  CHECK(CheckBody(organization));
  CHECK(aborts(organization));  // there is no _sd

  ApplicationEntry application =
      SampleApplication(ApplicationState::kSubmitted);
  application.materials.push_back(application.materials[0]);
  const Error fault = CheckBody(application).error();
  CHECK(fault.field == "/materials/2/kind");
  CHECK(fault.code == ledger::Code::kMalformed);
  CHECK(fault.name == "entry");
  CHECK(aborts(application));
  application.materials.assign(kMaxMaterials + 1, application.materials[0]);
  CHECK(CheckBody(application).error().field == "/materials");
}

}  // namespace
}  // namespace sealedger::notary
