#include "notary/request_says.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "notary/disclosure.h"
#include "tests/notary/other_values.h"
#include "tests/notary/request_story.h"

namespace sealedger::notary {
namespace {

using testing::AllOtherValues;
using testing::kOtherTime;
using testing::ObjectOf;
using testing::OtherValue;
using testing::SentRequest;
using testing::Story;
using testing::WithMember;

const SentRequest& Sent(const std::string& name) {
  return Story().requests().at(name);
}

// "" where there is no difference.
std::string DifferenceOf(const SentRequest& sent, const Entry& entry,
                         const std::map<uint64_t, const Entry*>& others) {
  return FindDifference({sent.method, sent.path, sent.body},
                        {entry, sent.disclosures, others, sent.file})
      .value_or("");
}

std::string DifferenceOf(const SentRequest& sent) {
  return DifferenceOf(sent, Story().EntryOf(sent), Story().Before(sent.index));
}

std::string DifferenceOf(SentRequest sent, const Json& body) {
  sent.body = WriteJson(body);
  return DifferenceOf(sent);
}

// The places of all values, with `inner` those of objects and lists, too.
void CollectPlaces(const Json& json, const std::string& at, bool inner,
                   std::set<std::string>* places) {
  const Json::Object* object = json.if_object();
  const Json::Array* array = json.if_array();
  const bool leaf = object == nullptr && array == nullptr;
  if (!at.empty() && (leaf || inner)) places->insert(at);
  if (object != nullptr) {
    for (const auto& [name, value] : *object) {
      CollectPlaces(value, at + "/" + name, inner, places);
    }
  }
  if (array != nullptr) {
    for (size_t i = 0; i < array->size(); ++i) {
      CollectPlaces((*array)[i], at + "/" + std::to_string(i), inner, places);
    }
  }
}

std::set<std::string> PlacesIn(const std::string& body, bool inner) {
  std::set<std::string> places;
  if (!body.empty()) CollectPlaces(*ParseJson(body), "", inner, &places);
  return places;
}

// Those are entries of their own.
bool IsSaidElsewhere(const std::string& member) {
  return member == "/time_stamp" || member == "/replaces";
}

TEST_CASE("the entry of each kind of request says what the request says") {
  std::set<std::string> kinds;
  for (const auto& request : Story().requests()) {
    const std::string& name = request.first;
    const SentRequest& sent = request.second;
    CAPTURE(name);
    CHECK(DifferenceOf(sent) == "");
    kinds.insert(std::string(KindOf(Story().EntryOf(sent))));
  }
  for (const char* kind : {"party.registered",
                           "party.changed",
                           "organization.established",
                           "organization.altered",
                           "organization.terminated",
                           "application.submitted",
                           "application.approved",
                           "seal.issued",
                           "seal.filed",
                           "seal.activated",
                           "seal.suspended",
                           "seal.resumed",
                           "seal.lost",
                           "seal.found",
                           "seal.cancelled",
                           "seal.authorized",
                           "seal.deauthorized",
                           "document.sealed",
                           "evidence.recorded",
                           "disclosure.erased"}) {
    CAPTURE(kind);
    CHECK(kinds.contains(kind));
  }
}

TEST_CASE("a member of the body with another value is a difference there") {
  for (const OtherValue& other : AllOtherValues()) {
    CAPTURE(other.request);
    CAPTURE(other.member);
    const SentRequest& sent = Sent(other.request);
    const Json body = *ParseJson(sent.body);
    CHECK(DifferenceOf(sent, WithMember(body, other.member, other.value)) ==
          other.place);
  }
}

TEST_CASE("the test before has every member of every body") {
  std::set<std::string> known;
  std::set<std::string> requests;
  for (const OtherValue& other : AllOtherValues()) {
    known.insert(other.request + other.member);
    requests.insert(other.request);
  }
  for (const std::string& request : requests) {
    for (const std::string& member : PlacesIn(Sent(request).body, false)) {
      CAPTURE(request);
      CAPTURE(member);
      CHECK((known.contains(request + member) || IsSaidElsewhere(member)));
    }
  }
}

TEST_CASE("a member that the body lacks is a difference") {
  for (const auto& request : Story().requests()) {
    const std::string& name = request.first;
    const SentRequest& sent = request.second;
    for (const std::string& member : PlacesIn(sent.body, true)) {
      CAPTURE(name);
      CAPTURE(member);
      const Json body = WithMember(*ParseJson(sent.body), member, std::nullopt);
      // Who gives no id gets one; who says nothing of the link before takes
      // what comes.
      const bool filled_in =
          member == "/chain/after" || IsSaidElsewhere(member) ||
          (member == "/id" && sent.path == "/v1/applications");
      CHECK(DifferenceOf(sent, body).empty() == filled_in);
    }
  }
}

TEST_CASE("a member more than the entry has is a difference") {
  const auto added = [](const char* name, const char* member,
                        const Json& value) {
    const SentRequest& sent = Sent(name);
    return DifferenceOf(sent, WithMember(*ParseJson(sent.body), member, value));
  };
  CHECK(added("link", "/label", "2026-0117") == "/label");
  CHECK(added("evidence", "/chain", 3) == "/chain");
  CHECK(added("link", "/private", ObjectOf({{"a", "b"}})) == "/private");
  CHECK(added("evidence", "/private/more", "") == "/private");
  CHECK(added("seal filed", "/effective_at", kOtherTime) == "/effective_at");
  CHECK(added("seal for signers", "/custodian", "guard") == "/custodian");
  CHECK(added("own party changed", "/signed_only", true) ==
        "/party/signed_only");
  CHECK(added("own party changed", "/key",
              Story().KeyOf("bureau").public_pem()) == "/key/alg");
  CHECK(added("application approved", "/fee_fen", 1) == "/fee_fen");
  CHECK(added("erasure", "/index", 1) == "/index");
}

TEST_CASE("another method or path is a difference") {
  for (const auto& request : Story().requests()) {
    const std::string& name = request.first;
    const SentRequest& sent = request.second;
    CAPTURE(name);
    SentRequest other = sent;
    other.method = sent.method == "POST" ? "DELETE" : "POST";
    CHECK(DifferenceOf(other) == "@method");
    for (const std::string& path :
         {sent.path + "/", sent.path.substr(0, sent.path.size() - 1),
          "/" + sent.path, std::string("/v1/tokens"), std::string()}) {
      other = sent;
      other.path = path;
      CHECK(DifferenceOf(other) == "@path");
    }
  }
  SentRequest encoded = Sent("seal filed");
  encoded.path.replace(encoded.path.find("35"), 1, "%33");
  CHECK(DifferenceOf(encoded) == "@path");
  // An application that is there is not submitted by the route of new ones.
  SentRequest again = Sent("application again");
  again.path = "/v1/applications";
  CHECK(DifferenceOf(again) == "@path");
}

TEST_CASE("a body that is none is a difference as a whole") {
  for (const auto& request : Story().requests()) {
    const std::string& name = request.first;
    const SentRequest& sent = request.second;
    CAPTURE(name);
    SentRequest other = sent;
    for (const char* body : {"{", "[]", "{} ", "null", " "}) {
      other.body = body;
      CHECK(DifferenceOf(other) != "");
    }
    other.body = sent.body.empty() ? "{}" : "";
    CHECK(DifferenceOf(other) == "@body");
  }
  SentRequest twice = Sent("evidence");
  twice.body.insert(1, "\"label\":\"2026-0117\",");
  CHECK(DifferenceOf(twice) == "@body");
}

TEST_CASE("white space and the order of a body's members mean nothing") {
  SentRequest spaced = Sent("evidence");
  Json turned = ObjectOf({});
  const Json body = *ParseJson(spaced.body);
  const Json::Object& members = *body.if_object();
  for (size_t i = members.size(); i-- > 0;) {
    turned.Add(members[i].first, members[i].second);
  }
  spaced.body = " " + WriteJson(turned) + "\n";
  CHECK(DifferenceOf(spaced) == "");
}

TEST_CASE("other fields than are disclosed are a difference") {
  const SentRequest& sent = Sent("evidence");
  REQUIRE(sent.disclosures.size() == 2);
  SentRequest other = sent;
  other.disclosures.clear();
  CHECK(DifferenceOf(other) == "/private");
  other.disclosures = {sent.disclosures[0]};
  CHECK(DifferenceOf(other) == "/private");
  other.disclosures = {sent.disclosures[0], sent.disclosures[0]};
  CHECK(DifferenceOf(other) == "/private");
  other.disclosures = {sent.disclosures[0], sent.disclosures[1], "AAAA"};
  CHECK(DifferenceOf(other) == "/private");
  other.disclosures = sent.disclosures;
  other.disclosures.push_back(EncodeDisclosure({NewSalt(), "more", "x"}));
  CHECK(DifferenceOf(other) == "/private");
  // The order of the digests is not that of the names.
  other.disclosures = {sent.disclosures[1], sent.disclosures[0]};
  CHECK(DifferenceOf(other) == "");
}

TEST_CASE("a field that the entry has digests of alone is a difference") {
  for (const char* name : {"evidence", "link", "seal by design",
                           "individual business", "seal filed"}) {
    CAPTURE(name);
    const SentRequest& sent = Sent(name);
    Entry entry = Story().EntryOf(sent);
    entry.sd.push_back("zAEWPUENSeposo7ET62dPZyvzkrcRwALU5yv8LwT6AE");
    CHECK(DifferenceOf(sent, entry, Story().Before(sent.index)) == "/private");
  }
}

TEST_CASE("what a change leaves is what the party was") {
  const SentRequest& sent = Sent("own party changed");
  Entry entry = Story().EntryOf(sent);
  auto& party = std::get<PartyEntry>(entry.body);
  party.key = Story().KeyOf("bureau").party_key();
  std::map<uint64_t, const Entry*> others = Story().Before(sent.index);
  CHECK(DifferenceOf(sent, entry, others) == "/key/alg");
  party = std::get<PartyEntry>(Story().EntryOf(sent).body);
  party.role = Role::kIssuer;
  CHECK(DifferenceOf(sent, entry, others) == "/party/role");
  // Nobody knows without it, and another party's is none.
  Entry other = *others.at(*party.previous);
  std::get<PartyEntry>(other.body).id = "court";
  others[*party.previous] = &other;
  CHECK(DifferenceOf(sent, Story().EntryOf(sent), others) == "/previous");
  others.erase(*party.previous);
  CHECK(DifferenceOf(sent, Story().EntryOf(sent), others) == "/previous");
}

TEST_CASE("a step leaves what the application is for") {
  size_t steps = 0;
  for (const auto& request : Story().requests()) {
    const SentRequest& sent = request.second;
    Entry entry = Story().EntryOf(sent);
    auto* step = std::get_if<ApplicationEntry>(&entry.body);
    if (step == nullptr || !step->previous) continue;
    CAPTURE(request.first);
    ++steps;
    std::map<uint64_t, const Entry*> others = Story().Before(sent.index);
    const ApplicationSubject application = step->application;
    step->application.uscc = "other";
    CHECK(DifferenceOf(sent, entry, others) == "/application/uscc");
    step->application = application;
    Entry other = *others.at(*step->previous);
    std::get<ApplicationEntry>(other.body).application.id += "x";
    others[*step->previous] = &other;
    CHECK(DifferenceOf(sent, entry, others) == "/previous");
    others.erase(*step->previous);
    CHECK(DifferenceOf(sent, entry, others) == "/previous");
  }
  CHECK(steps > 2);
}

TEST_CASE("a seal's custodian is the submitter where the request names none") {
  const SentRequest& sent = Sent("seal for signers");
  Entry entry = Story().EntryOf(sent);
  auto& issued = std::get<SealIssued>(entry.body);
  std::map<uint64_t, const Entry*> others = Story().Before(sent.index);
  issued.custodian = "guard";
  CHECK(DifferenceOf(sent, entry, others) == "/custodian");
  issued.custodian = "acme";
  CHECK(DifferenceOf(sent, entry, others) == "");

  // Without the entry that was submitted nobody knows.
  std::map<uint64_t, const Entry*> fewer = others;
  fewer.erase(Sent("a-2").index);
  CHECK(DifferenceOf(sent, entry, fewer) == "/custodian");
  fewer.erase(issued.application);
  CHECK(DifferenceOf(sent, entry, fewer) == "/application");
  Entry circle = *others.at(issued.application);
  std::get<ApplicationEntry>(circle.body).previous = issued.application;
  others[issued.application] = &circle;
  CHECK(DifferenceOf(sent, entry, others) == "/custodian");
}

TEST_CASE("an entry states of a seal's file what the request says of it") {
  const auto with = [](const char* name, auto change) {
    SentRequest sent = Sent(name);
    // The entry alone, not the file.
    sent.file.reset();
    Entry entry = Story().EntryOf(sent);
    change(std::get<SealIssued>(entry.body));
    return DifferenceOf(sent, entry, Story().Before(sent.index));
  };
  const Hash other = ledger::Sha256Of("other");
  const auto of_all = [&](const char* name) {
    CAPTURE(name);
    CHECK(with(name, [](SealIssued&) {}) == "");
    CHECK(with(name, [](SealIssued& of) { of.seal.valid_from_ms += 1; }) ==
          "/seal/valid_from");
    CHECK(with(name, [](SealIssued& of) { of.seal.valid_to_ms += 1; }) ==
          "/seal/valid_to");
    CHECK(with(name, [](SealIssued& of) { of.made_here = !of.made_here; }) ==
          "/made");
    CHECK(with(name, [](SealIssued& of) { of.seal.physical_code = "1"; }) ==
          "/seal/physical_code");
    CHECK(with(name, [&](SealIssued& of) {
            of.signers_sha256.push_back(other);
          }) == "/signers_sha256");
  };
  for (const char* name :
       {"seal by design", "seal for signers", "seal as given"}) {
    of_all(name);
  }
  CHECK(with("seal for signers", [&](SealIssued& of) {
          of.signers_sha256[1] = other;
        }) == "/signers_sha256/1");
  CHECK(with("seal for signers", [](SealIssued& of) {
          of.signers_sha256.pop_back();
        }) == "/signers_sha256");
  CHECK(with("seal as given", [&](SealIssued& of) {
          of.maker_sha256 = other;
        }) == "/maker_sha256");
  CHECK(with("seal as given", [&](SealIssued& of) { of.seseal_sm3 = other; }) ==
        "/seseal_sm3");
}

TEST_CASE("a file of another design is a difference") {
  SentRequest sent = Sent("seal by design");
  sent.file->seseal = Sent("seal for signers").file->seseal;
  CHECK(DifferenceOf(sent) == "/code");
  sent.file->seseal = "no seal";
  CHECK(DifferenceOf(sent) == "/picture");
  sent = Sent("seal for signers");
  Seal seal = *DecodeSeal(*sent.file->seseal);
  std::swap(seal.info.certificates[0], seal.info.certificates[1]);
  sent.file->seseal = testing::Shop().Seal2020(seal.info);
  CHECK(DifferenceOf(sent) == "/signers");
  sent = Sent("signature in custody");
  sent.file->signature = "no signature";
  CHECK(DifferenceOf(sent) == "/property_info");
  // Nothing is shown of it: the checks of the file say so.
  sent.file.reset();
  CHECK(DifferenceOf(sent) == "");
  sent = Sent("seal as given");
  sent.body = WriteJson(WithMember(*ParseJson(sent.body), "/seseal", "AAAA"));
  CHECK(DifferenceOf(sent) == "/seseal");
}

TEST_CASE("a seal as given whose times no entry could state is a difference") {
  std::string seseal = testing::GivenSeal(testing::Shop().Info());
  const size_t at = seseal.rfind("20250601000000Z");
  REQUIRE(at != std::string::npos);
  seseal.replace(at, 4, "1960");
  REQUIRE(DecodeSeal(seseal)->info.valid_from_s < 0);
  SentRequest sent = Sent("seal as given");
  sent.body = WriteJson(WithMember(*ParseJson(sent.body), "/seseal",
                                   ledger::EncodeBase64(seseal)));
  CHECK(DifferenceOf(sent) == "/seal/valid_from");
}

TEST_CASE("what the commit fills in is taken as it is") {
  const SentRequest& filed = Sent("seal filed");
  Entry entry = Story().EntryOf(filed);
  std::get<SealEventEntry>(entry.body).late = true;
  std::get<SealEventEntry>(entry.body).previous = 1;
  CHECK(DifferenceOf(filed, entry, {}) == "");
  const SentRequest& link = Sent("link");
  entry = Story().EntryOf(link);
  std::get<EvidenceRecorded>(entry.body).chain->previous += 1;
  CHECK(DifferenceOf(link, entry, {}) == "");
}

TEST_CASE("the entry that makes a ledger comes of no request") {
  const Entry& created = *Story().Before(1).at(0);
  for (const char* method : {"POST", "DELETE", ""}) {
    CHECK(FindDifference({method, "/v1/evidence", "{}"},
                         {created, {}, {}, std::nullopt}));
  }
}

}  // namespace
}  // namespace sealedger::notary
