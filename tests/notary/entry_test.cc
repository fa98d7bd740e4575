#include "notary/entry.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/sequencer.h"
#include "notary/canonical_json.h"
#include "notary/json_members.h"
#include "notary/text.h"
#include "tests/notary/entry_texts.h"
#include "tests/notary/sample_ledger.h"
#include "tests/support/aborts.h"
#include "tests/support/files.h"

namespace sealedger::notary {
namespace {

using testing::Aborts;
using testing::EntryAt;

constexpr std::string_view kVectors[] = {
    "ledger.created", "ledger.created.succeeds", "party.registered",
    "party.changed",  "evidence.recorded",       "disclosure.erased"};

std::string Vector(std::string_view name) { return testing::EntryVector(name); }

std::string Fault(std::string_view text) { return testing::EntryFault(text); }

// The vector of that name, changed.
std::string With(std::string_view name, std::string_view path, Json value) {
  return testing::With(Vector(name), path, std::move(value));
}

std::string Without(std::string_view name, std::string_view member) {
  return testing::Without(Vector(name), member);
}

TEST_CASE("an entry of each kind is read and written back to the same bytes") {
  for (std::string_view name : kVectors) {
    CAPTURE(name);
    const std::string text = Vector(name);
    const Result<Entry> entry = ParseEntry(text);
    REQUIRE(entry);
    CHECK(FormatEntry(*entry) == text);
    CHECK(name.starts_with(KindOf(*entry)));
    CHECK(IsKind(KindOf(*entry)));
  }
}

TEST_CASE("the sample ledger's entries are those of the vectors") {
  const std::vector<std::string> entries = testing::SampleEntries();
  CHECK(entries[0] == Vector("ledger.created"));
  CHECK(entries[2] == Vector("party.registered"));
  CHECK(entries[7] == Vector("party.changed"));
  CHECK(entries[9] == Vector("evidence.recorded"));
  CHECK(entries[10] == Vector("disclosure.erased"));
}

TEST_CASE("what an entry says is read") {
  const Result<Entry> entry = ParseEntry(Vector("evidence.recorded"));
  REQUIRE(entry);
  CHECK(entry->time_ms == 1'795'339'809'123);
  CHECK(entry->by == "acme");
  CHECK(entry->by_entry == 7);
  CHECK(entry->sd.size() == 3);
  CHECK(entry->request == ledger::Sha256Of(testing::SampleRequest().base));
  const auto& evidence = std::get<EvidenceRecorded>(entry->body);
  CHECK(evidence.document.sha256 == ledger::Sha256Of(testing::kSampleDocument));
  CHECK(evidence.document.sm3 == ledger::Sm3Of(testing::kSampleDocument));
  CHECK(evidence.document.size == 65);
  CHECK(evidence.document.media_type == "text/plain");
  CHECK(evidence.label == "2026-0117");
  CHECK(evidence.chain == ChainLink{3, 8});

  const Result<Entry> changed = ParseEntry(Vector("party.changed"));
  REQUIRE(changed);
  const auto& party = std::get<PartyEntry>(changed->body);
  CHECK(party.changed);
  CHECK(party.id == "acme");
  CHECK(party.role == Role::kPlatform);
  CHECK(party.signed_only);
  CHECK(party.previous == 4);
  CHECK(party.key->alg == "ed25519");
  CHECK(party.key->spki.size() == 44);
}

TEST_CASE("no member of an entry may be another member's, none is unknown") {
  for (std::string_view name : kVectors) {
    CAPTURE(name);
    const Json json = *ParseJson(Vector(name));
    for (const Json::Member& item : *json.if_object()) {
      const std::string& member = item.first;
      CAPTURE(member);
      CHECK(Fault(With(name, member, Json())) != "");
      CHECK(Fault(With(name, member, Json(Json::Array{}))) != "");
      CHECK(Fault(With(name, member, Json(Json::Object{}))) != "");
      CHECK(Fault(With(name, member, Json(-1))) != "");
      CHECK(Fault(With(name, member, Json(true))) != "");
      CHECK(Fault(With(name, member, Json(""))) != "");
      if (item.second.if_object() != nullptr) {
        CHECK(Fault(With(name, member + "/x", 1)) ==
              "malformed entry /" + member + "/x");
      }
    }
    CHECK(Fault(With(name, "x", 1)) == "malformed entry /x");
  }
}

TEST_CASE("each member that an entry needs is missed") {
  const auto needs = [](std::string_view name,
                        const std::vector<std::string_view>& optional) {
    const Json json = *ParseJson(Vector(name));
    for (const Json::Member& item : *json.if_object()) {
      const std::string& member = item.first;
      CAPTURE(member);
      const bool may_lack =
          std::find(optional.begin(), optional.end(), member) != optional.end();
      CHECK(Fault(Without(name, member)).empty() == may_lack);
    }
  };
  needs("ledger.created", {});
  needs("ledger.created.succeeds", {"succeeds"});
  needs("party.registered", {"_sd", "key"});
  needs("party.changed", {"key"});
  needs("evidence.recorded", {"_sd", "request", "chain", "label"});
  needs("disclosure.erased", {});
}

TEST_CASE("only canonical text is an entry") {
  const std::string text = Vector("evidence.recorded");
  CHECK(Fault(text + "\n") == "malformed entry ");
  CHECK(Fault(" " + text) == "malformed entry ");
  std::string spaced = text;
  spaced.insert(spaced.find(':') + 1, " ");
  CHECK(Fault(spaced) == "malformed entry ");
  std::string escaped = text;
  escaped.replace(escaped.find("acme"), 1, "\\u0061");
  CHECK(Fault(escaped) == "malformed entry ");
  CHECK(Fault("") == "malformed not-json ");
  CHECK(Fault("[]") != "");
  std::string doubled = text;
  doubled.insert(doubled.size() - 1, ",\"v\":1");
  CHECK(Fault(doubled) == "malformed duplicate-member ");
}

TEST_CASE("an entry has at most 4,095 bytes") {
  // Only a note can be as long as that; the software fills up what is left.
  const auto of_size = [](size_t size) {
    Entry entry = *ParseEntry(Vector("ledger.created.succeeds"));
    auto& created = std::get<LedgerCreated>(entry.body);
    created.software = "x";
    ledger::Note note = *ledger::ParseNote(*created.succeeds);
    while (FormatEntry(entry).size() + kMaxLabel <= size) {
      note.signatures.push_back(note.signatures[0]);
      created.succeeds = ledger::FormatNote(note);
    }
    created.software += std::string(size - FormatEntry(entry).size(), 'x');
    return FormatEntry(entry);
  };
  const std::string largest = of_size(ledger::kMaxEntrySize);
  REQUIRE(largest.size() == 4095);
  CHECK(Fault(largest) == "");
  CHECK(Fault(of_size(4096)) == "malformed too-large ");
}

TEST_CASE("times, ids and versions have one spelling") {
  const std::string_view name = "disclosure.erased";
  CHECK(Fault(With(name, "v", 2)) == "malformed entry /v");
  CHECK(Fault(With(name, "by", "Acme")) == "malformed entry /by");
  CHECK(Fault(With(name, "by", std::string(65, 'a'))) == "malformed entry /by");
  for (const char* time :
       {"2026-11-22T09:30:10Z", "2026-02-30T09:30:10.123Z",
        "2026-11-22T09:30:10.123+00:00", "1969-12-31T23:59:59.999Z"}) {
    CHECK(Fault(With(name, "time", time)) == "malformed entry /time");
  }
  CHECK(Fault(With(name, "by_entry", kMaxJsonInteger)) == "");
  CHECK(Fault(With(name, "reason", "because")) == "malformed entry /reason");
}

TEST_CASE("only the first two entries stand on no party entry") {
  CHECK(Fault(With("ledger.created", "by_entry", 0)) ==
        "malformed entry /by_entry");
  CHECK(Fault(Without("party.registered", "by_entry")) ==
        "malformed entry /by_entry");
  CHECK(Fault(Without("party.changed", "by_entry")) ==
        "malformed entry /by_entry");
  const std::string first = testing::SampleEntries()[1];
  CHECK(Fault(first) == "");
  CHECK(first.find("by_entry") == std::string::npos);
}

TEST_CASE("digests of private fields rise, and there are 1 to 32") {
  const std::string_view name = "evidence.recorded";
  std::vector<std::string> digests;
  for (int i = 0; i < 33; ++i) {
    digests.push_back(
        ledger::EncodeBase64Url(ledger::Sha256Of(std::to_string(i)).view()));
  }
  std::sort(digests.begin(), digests.end());
  const auto fault = [&](size_t count) {
    return Fault(With(
        name, "_sd",
        Json::Array(digests.begin(),
                    digests.begin() + static_cast<std::ptrdiff_t>(count))));
  };
  CHECK(fault(1) == "");
  CHECK(fault(32) == "");
  CHECK(fault(33) == "malformed entry /_sd");
  CHECK(fault(0) == "malformed entry /_sd");
  CHECK(Fault(With(name, "_sd", Json::Array{digests[1], digests[0]})) ==
        "malformed entry /_sd");
  CHECK(Fault(With(name, "_sd", Json::Array{digests[0], digests[0]})) ==
        "malformed entry /_sd");
  CHECK(Fault(With(name, "_sd", Json::Array{digests[0] + "="})) ==
        "malformed entry /_sd");
  CHECK(Fault(With(name, "_sd", Json::Array{1})) == "malformed entry /_sd");
}

TEST_CASE("documents are bounded") {
  const std::string_view name = "evidence.recorded";
  const std::string upper(64, 'A');
  CHECK(Fault(With(name, "document/sha256", upper)) ==
        "malformed entry /document/sha256");
  CHECK(Fault(With(name, "document/sm3", std::string(63, 'a'))) ==
        "malformed entry /document/sm3");
  CHECK(Fault(With(name, "request", upper)) == "malformed entry /request");
  CHECK(Fault(With(name, "document/size", kMaxJsonInteger)) == "");
  std::string beyond = With(name, "document/size", 1);
  beyond.replace(beyond.find("\"size\":1") + 7, 1, "9007199254740992");
  CHECK(Fault(beyond) != "");
  CHECK(Fault(With(name, "document/media_type", std::string(127, 'a'))) == "");
  CHECK(Fault(With(name, "document/media_type", std::string(128, 'a'))) ==
        "malformed entry /document/media_type");
  CHECK(Fault(With(name, "label", std::string(128, 'a'))) == "");
  CHECK(Fault(With(name, "label", std::string(129, 'a'))) ==
        "malformed entry /label");
  CHECK(Fault(With(name, "label", "a\x7f")) == "malformed entry /label");
  CHECK(Fault(With(name, "chain/previous", 3)) == "");
  CHECK(Fault(With(name, "chain/previous", 2)) ==
        "malformed entry /chain/previous");
}

TEST_CASE("parties are bounded") {
  const std::string_view name = "party.changed";
  CHECK(Fault(With(name, "party/id", "-")) == "malformed entry /party/id");
  CHECK(Fault(With(name, "party/role", "judge")) ==
        "malformed entry /party/role");
  CHECK(Fault(With(name, "party/name", "e\u0301")) ==
        "malformed entry /party/name");
  CHECK(Fault(With(name, "party/signed_only", false)) ==
        "malformed entry /party/signed_only");
  CHECK(Fault(With(name, "key/alg", "rsa")) == "malformed entry /key/alg");
  CHECK(Fault(With(name, "key/spki", "AA")) == "malformed entry /key/spki");
  CHECK(Fault(With(name, "key/spki", "")) == "malformed entry /key/spki");
  CHECK(Fault(Without(name, "previous")) == "malformed entry /previous");
  CHECK(Fault(With("party.registered", "previous", 1)) ==
        "malformed entry /previous");
}

TEST_CASE("a ledger begins under its own origin") {
  const std::string_view name = "ledger.created.succeeds";
  CHECK(Fault(With(name, "origin", "a b")) == "malformed entry /origin");
  CHECK(Fault(With(name, "origin", "other.example.com")) ==
        "malformed entry /vkey");
  CHECK(Fault(With(name, "software", "")) == "malformed entry /software");
  CHECK(Fault(With(name, "succeeds", "none")) == "malformed entry /succeeds");
  const std::string own = *ledger::SignCheckpoint(
      {"seal.example.com/second", {1, ledger::LeafHash("x")}},
      testing::KeyOfSeed(1));
  CHECK(Fault(With(name, "succeeds", own)) == "malformed entry /succeeds");
}

TEST_CASE("kinds of later versions are known and not supported") {
  for (const char* kind :
       {"time_stamp.issued", "time_stamp.received", "beacon", "anchor.final",
        "log.key_changed", "register.snapshot"}) {
    CAPTURE(kind);
    CHECK(Fault(With("disclosure.erased", "kind", kind)) ==
          "invalid unsupported-kind /kind");
    CHECK_FALSE(IsKind(kind));
  }
  for (const char* kind :
       {"seal.eaten", "seal.", "application.issued", "organization", ""}) {
    CAPTURE(kind);
    CHECK(Fault(With("disclosure.erased", "kind", kind)) ==
          "malformed entry /kind");
    CHECK_FALSE(IsKind(kind));
  }
}

TEST_CASE("every role and reason has one word") {
  for (Role role : {Role::kAdmin, Role::kIssuer, Role::kPlatform,
                    Role::kApplicant, Role::kRegulator}) {
    CHECK(ParseRole(RoleName(role)) == role);
  }
  CHECK_FALSE(ParseRole("public").has_value());
  CHECK(IsErasureReason("court_order"));
  CHECK_FALSE(IsErasureReason("replaced"));
}

TEST_CASE("an entry that would not be read is not written") {
  const Entry good = *ParseEntry(Vector("evidence.recorded"));
  const auto aborts = [&good](const std::function<void(Entry&)>& change) {
    Entry entry = good;
    change(entry);
    return Aborts([&entry] { static_cast<void>(FormatEntry(entry)); });
  };
  CHECK_FALSE(aborts([](Entry&) {}));
  CHECK(aborts([](Entry& entry) { entry.by = "A"; }));
  CHECK(aborts([](Entry& entry) { entry.by_entry.reset(); }));
  CHECK(aborts([](Entry& entry) { entry.time_ms = -1; }));
  CHECK(aborts([](Entry& entry) { entry.sd.push_back(entry.sd[0]); }));
  CHECK(aborts([](Entry& entry) {
    std::get<EvidenceRecorded>(entry.body).label = "\n";
  }));
  CHECK(aborts([](Entry& entry) {
    std::get<EvidenceRecorded>(entry.body).chain = ChainLink{4, 3};
  }));
}

TEST_CASE("the document of a request is read as that of an entry") {
  const auto fault = [](std::string_view text) {
    const Json json = *ParseJson(text);
    Members members(json, "");
    const DocumentDigests document = ReadDocument(members, "document");
    if (members.Finish()) {
      CHECK(WriteJson(DocumentJson(document)) ==
            WriteJson(*json.Find("document")));
      return std::string();
    }
    return members.error().name + " " + members.error().field;
  };
  const std::string hex = ledger::ToHex(ledger::Sha256Of("x"));
  CHECK(fault(R"({"document":{"sha256":")" + hex + R"(","size":0}})") == "");
  CHECK(fault("{}") == "invalid-request /document");
  CHECK(fault(R"({"document":{}})") == "invalid-request /document/sha256");
  CHECK(fault(R"({"document":{"sha256":"00"}})") ==
        "bad-digest /document/sha256");
  CHECK(fault(R"({"document":{"sha256":")" + hex + R"(","x":0}})") ==
        "unknown-member /document/x");
  CHECK(fault(R"({"document":{"sha256":")" + hex + R"(","media_type":"é"}})") ==
        "bad-media-type /document/media_type");
}

}  // namespace
}  // namespace sealedger::notary
