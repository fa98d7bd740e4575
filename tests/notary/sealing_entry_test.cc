#include "notary/sealing_entry.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "notary/entry.h"
#include "notary/text.h"
#include "tests/notary/entry_texts.h"
#include "tests/support/aborts.h"

namespace sealedger::notary {
namespace {

using testing::EntryFault;
using testing::EntryVector;

constexpr std::string_view kVectors[] = {"seal.authorized", "seal.deauthorized",
                                         "document.sealed",
                                         "document.sealed.elsewhere"};

std::string Fault(std::string_view name, std::string_view path, Json value) {
  return EntryFault(testing::With(EntryVector(name), path, std::move(value)));
}

// The fault of a text whose member at `path` is wrong.
std::string Bad(std::string_view path) {
  return "malformed entry /" + std::string(path);
}

TEST_CASE("the vectors of seals in use are read and written back") {
  for (std::string_view name : kVectors) {
    CAPTURE(name);
    const std::string text = EntryVector(name);
    const Result<Entry> entry = ParseEntry(text);
    REQUIRE(entry);
    CHECK(FormatEntry(*entry) == text);
    CHECK(name.starts_with(KindOf(*entry)));
    CHECK(IsKind(KindOf(*entry)));
  }
}

TEST_CASE("what an entry of a seal in use says is read") {
  const Entry granted = *ParseEntry(EntryVector("seal.authorized"));
  CHECK(std::get<SealAuthorization>(granted.body) ==
        SealAuthorization{true, "35010000000118", "bravo",
                          ParseTime("2028-12-31T16:00:00.000Z"), 27});
  const Entry taken = *ParseEntry(EntryVector("seal.deauthorized"));
  CHECK(std::get<SealAuthorization>(taken.body) ==
        SealAuthorization{false, "35010000000118", "bravo", std::nullopt, 28});

  const Entry here = *ParseEntry(EntryVector("document.sealed"));
  const auto& sealed = std::get<DocumentSealed>(here.body);
  CHECK(here.request == ledger::Sha256Of("signature base"));
  CHECK(sealed.made_here);
  CHECK(sealed.protected_bytes ==
        ProtectedDigests{ledger::Sm3Of("Signature.xml"),
                         ledger::Sha256Of("Signature.xml")});
  CHECK(sealed.document == DocumentDigests{ledger::Sha256Of("contract.ofd"),
                                           ledger::Sm3Of("contract.ofd"), 48213,
                                           "application/ofd"});
  CHECK(sealed.register_entry == 28);
  CHECK(sealed.signature_sm3 == ledger::Sm3Of("signature"));
  CHECK(sealed.signer_sha256 == ledger::Sha256Of("signer"));
  CHECK(sealed.claimed_ms == here.time_ms - 123);
  CHECK(sealed.checkpoint_size == 29);
  CHECK(sealed.verdicts.empty());

  const Entry other = *ParseEntry(EntryVector("document.sealed.elsewhere"));
  const auto& registered = std::get<DocumentSealed>(other.body);
  CHECK_FALSE(registered.made_here);
  CHECK_FALSE(registered.document.has_value());
  CHECK_FALSE(registered.checkpoint_size.has_value());
  CHECK(registered.verdicts.size() == 10);
  CHECK(registered.verdicts.at("time_stamp") == "not_checked");
}

TEST_CASE("each member of seals in use that is due is missed") {
  const auto needs = [](std::string_view name,
                        const std::vector<std::string_view>& optional) {
    const std::string text = EntryVector(name);
    const Json json = *ParseJson(text);
    for (const Json::Member& item : *json.if_object()) {
      const std::string& member = item.first;
      CAPTURE(member);
      const bool may_lack =
          std::find(optional.begin(), optional.end(), member) != optional.end();
      CHECK(EntryFault(testing::Without(text, member)).empty() == may_lack);
    }
  };
  needs("seal.authorized", {"until"});
  needs("seal.deauthorized", {});
  needs("document.sealed", {"request", "document"});
  needs("document.sealed.elsewhere", {});
  for (const char* path : {"protected/sm3", "document/sha256"}) {
    CHECK(EntryFault(testing::Without(EntryVector("document.sealed"), path)) ==
          Bad(path));
  }
}

TEST_CASE("no member of seals in use takes another's value, none is unknown") {
  for (std::string_view name : kVectors) {
    CAPTURE(name);
    const Json json = *ParseJson(EntryVector(name));
    for (const Json::Member& item : *json.if_object()) {
      const std::string& member = item.first;
      CAPTURE(member);
      for (Json wrong : {Json(), Json(Json::Array{}), Json(Json::Object{}),
                         Json(-1), Json(true), Json("")}) {
        CHECK(Fault(name, member, std::move(wrong)) != "");
      }
      if (item.second.if_object() != nullptr) {
        CHECK(Fault(name, member + "/x", "pass") == Bad(member + "/x"));
      }
    }
    CHECK(Fault(name, "x", 1) == Bad("x"));
  }
}

TEST_CASE("an authorisation ends at a time, and the end of one has none") {
  CHECK(Fault("seal.authorized", "until", "2028-12-31") == Bad("until"));
  CHECK(Fault("seal.deauthorized", "until", "2028-12-31T16:00:00.000Z") ==
        Bad("until"));
  CHECK(Fault("seal.authorized", "party", "Bravo") == Bad("party"));
  CHECK(Fault("seal.authorized", "seal_code", "3501") == Bad("seal_code"));
}

TEST_CASE("a signature is made here or elsewhere, and has what that one has") {
  CHECK(Fault("document.sealed", "made", "there") == Bad("made"));
  CHECK(Fault("document.sealed", "made", "elsewhere") ==
        Bad("checkpoint_size"));
  CHECK(Fault("document.sealed", "verdicts",
              Json::Object{{"format", "pass"}}) == Bad("verdicts"));
  CHECK(Fault("document.sealed.elsewhere", "checkpoint_size", 1) ==
        Bad("checkpoint_size"));
  CHECK(Fault("document.sealed.elsewhere", "seal_code", "3501") ==
        Bad("seal_code"));
}

TEST_CASE("verdicts of an entry pass, or say that they were not made") {
  const std::string_view name = "document.sealed.elsewhere";
  CHECK(Fault(name, "verdicts/data_hash", "not_checked") == "");
  CHECK(Fault(name, "verdicts/data_hash", "fail") == Bad("verdicts/data_hash"));
  CHECK(Fault(name, "verdicts/custody", "pass") == Bad("verdicts/custody"));
  CHECK(Fault(name, "verdicts", Json::Object{}) == Bad("verdicts"));
  CHECK(Fault("document.sealed", "verdicts", Json::Object{}) ==
        Bad("verdicts"));
}

TEST_CASE("digests of what was sealed are in lower case") {
  const std::string upper(64, 'A');
  for (const char* path :
       {"protected/sm3", "protected/sha256", "document/sha256", "document/sm3",
        "signature_sm3", "signer_sha256"}) {
    CAPTURE(path);
    CHECK(Fault("document.sealed", path, upper) == Bad(path));
  }
  CHECK(Fault("document.sealed", "document/media_type", "é") ==
        Bad("document/media_type"));
}

TEST_CASE("an entry of a seal in use that would not be read is not written") {
  const Entry good = *ParseEntry(EntryVector("document.sealed"));
  const auto aborts = [&good](const auto& change) {
    Entry entry = good;
    change(std::get<DocumentSealed>(entry.body));
    return testing::Aborts([&entry] { static_cast<void>(FormatEntry(entry)); });
  };
  CHECK_FALSE(aborts([](DocumentSealed&) {}));
  CHECK(aborts([](DocumentSealed& entry) { entry.checkpoint_size.reset(); }));
  CHECK(aborts([](DocumentSealed& entry) { entry.claimed_ms = -1; }));
  CHECK(
      aborts([](DocumentSealed& entry) { entry.document->media_type = "é"; }));
  CHECK(aborts([](DocumentSealed& entry) { entry.made_here = false; }));
}

}  // namespace
}  // namespace sealedger::notary
