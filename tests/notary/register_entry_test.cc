#include "notary/register_entry.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "notary/entry.h"
#include "tests/notary/entry_texts.h"
#include "tests/notary/register_samples.h"

namespace sealedger::notary {
namespace {

using testing::EntryFault;
using testing::EntryVector;
using testing::RegisterSample;
using testing::RegisterSamples;
using testing::RegisterText;
using testing::With;
using testing::Without;

constexpr std::string_view kVectors[] = {"organization.established",
                                         "organization.established.private",
                                         "organization.altered",
                                         "organization.terminated",
                                         "application.submitted",
                                         "application.fee_due",
                                         "application.approved",
                                         "seal.issued",
                                         "seal.filed",
                                         "seal.cancelled"};

// The fault of a text whose member at `path` is wrong.
std::string Bad(std::string_view path) {
  return "malformed entry /" + std::string(path);
}

// Calls `visit` with the path and value of every member, and of every object
// in a list.
using Visit = std::function<void(const std::string& path, const Json& value,
                                 bool is_member)>;
void Walk(const Json& value, const std::string& prefix, const Visit& visit) {
  if (const Json::Object* object = value.if_object()) {
    for (const auto& [name, member] : *object) {
      visit(prefix + name, member, true);
      Walk(member, prefix + name + "/", visit);
    }
  } else if (const Json::Array* array = value.if_array()) {
    for (size_t i = 0; i < array->size(); ++i) {
      if ((*array)[i].if_object() == nullptr) continue;
      const std::string path = prefix + std::to_string(i);
      visit(path, (*array)[i], false);
      Walk((*array)[i], path + "/", visit);
    }
  }
}

bool SameType(const Json& a, const Json& b) {
  return a.is_null() == b.is_null() &&
         (a.if_bool() == nullptr) == (b.if_bool() == nullptr) &&
         (a.if_integer() == nullptr) == (b.if_integer() == nullptr) &&
         (a.if_string() == nullptr) == (b.if_string() == nullptr) &&
         (a.if_array() == nullptr) == (b.if_array() == nullptr) &&
         (a.if_object() == nullptr) == (b.if_object() == nullptr);
}

TEST_CASE("the vectors of the register are read and written back") {
  for (std::string_view name : kVectors) {
    CAPTURE(name);
    const std::string text = EntryVector(name);
    const Result<Entry> entry = ParseEntry(text);
    REQUIRE(entry);
    CHECK(FormatEntry(*entry) == text);
    CHECK(name.starts_with(KindOf(*entry)));
  }
}

TEST_CASE("an entry of each kind of the register is read as it was written") {
  const std::vector<RegisterSample> samples = RegisterSamples();
  CHECK(samples.size() == 22);
  std::map<std::string_view, int> kinds;
  for (const RegisterSample& sample : samples) {
    const std::string_view kind = KindOf(sample.entry);
    CAPTURE(kind);
    const Result<Entry> entry = ParseEntry(sample.text());
    REQUIRE(entry);
    CHECK(*entry == sample.entry);
    CHECK(IsKind(kind));
    CHECK(IsRegisterKind(kind));
    ++kinds[kind];
  }
  CHECK(kinds.size() == samples.size());
}

TEST_CASE("what an entry of the register says is read") {
  const Entry submitted = *ParseEntry(EntryVector("application.submitted"));
  const auto& application = std::get<ApplicationEntry>(submitted.body);
  CHECK(application.application ==
        ApplicationSubject{"a-2026-0117", Route::kAgency,
                           std::string(testing::kSampleUscc), "02", 1,
                           Channel::kShop});
  CHECK(application.materials.size() == 5);
  CHECK(application.materials[4] ==
        Material{"agent_id", ledger::Sha256Of("agent_id")});
  CHECK(application.declaration == ledger::Sha256Of("declaration"));
  CHECK_FALSE(application.previous.has_value());

  const Entry issued = *ParseEntry(EntryVector("seal.issued"));
  const auto& seal = std::get<SealIssued>(issued.body);
  CHECK(seal.seal.valid_to_ms - seal.seal.valid_from_ms == 94'694'399'999);
  CHECK(seal.made_here);
  CHECK(seal.application == 19);
  CHECK(seal.organization == 13);
  CHECK(seal.maker_sha256 == ledger::Sha256Of("maker"));
  CHECK(seal.signers_sha256 == std::vector{ledger::Sha256Of("signer")});

  const Entry cancelled = *ParseEntry(EntryVector("seal.cancelled"));
  const auto& event = std::get<SealEventEntry>(cancelled.body);
  CHECK(event.event == SealEvent::kCancelled);
  CHECK(event.reason == "replaced");
  CHECK(event.replaced_by == "35010000000118");
  CHECK(event.previous == 22);
  CHECK_FALSE(event.late);
  CHECK(std::get<SealEventEntry>(ParseEntry(EntryVector("seal.filed"))->body)
            .late);

  const Entry closed = *ParseEntry(EntryVector("organization.terminated"));
  const auto& organization = std::get<OrganizationEntry>(closed.body);
  CHECK(organization.event == OrganizationEvent::kTerminated);
  CHECK_FALSE(organization.name.has_value());
  CHECK(organization.previous == 23);
}

TEST_CASE("each member of the register is missed unless it may be absent") {
  for (const RegisterSample& sample : RegisterSamples()) {
    const std::string text = sample.text();
    CAPTURE(text);
    std::vector<std::string> there;
    const Visit visit = [&](const std::string& path, const Json&,
                            bool is_member) {
      if (!is_member) return;
      there.push_back(path);
      CAPTURE(path);
      CHECK(EntryFault(Without(text, path)) ==
            (sample.may_lack(path) ? "" : Bad(path)));
    };
    Walk(*ParseJson(text), "", visit);
    for (const std::string& path : sample.optional) {
      CAPTURE(path);
      CHECK(std::find(there.begin(), there.end(), path) != there.end());
    }
  }
}

TEST_CASE("no member of the register is of another type") {
  const std::vector<Json> others = {
      Json(), true, 7, "", Json::Array{}, Json(Json::Object{})};
  for (const RegisterSample& sample : RegisterSamples()) {
    const std::string text = sample.text();
    CAPTURE(text);
    const Visit visit = [&](const std::string& path, const Json& value, bool) {
      CAPTURE(path);
      for (const Json& other : others) {
        if (SameType(value, other)) continue;
        CAPTURE(WriteJson(other));
        CHECK(EntryFault(With(text, path, other)) == Bad(path));
      }
    };
    Walk(*ParseJson(text), "", visit);
  }
}

TEST_CASE("no member of the register is unknown") {
  for (const RegisterSample& sample : RegisterSamples()) {
    const std::string text = sample.text();
    CAPTURE(text);
    CHECK(EntryFault(With(text, "x", 1)) == Bad("x"));
    const Visit visit = [&](const std::string& path, const Json& value, bool) {
      if (value.if_object() == nullptr) return;
      CHECK(EntryFault(With(text, path + "/x", 1)) == Bad(path + "/x"));
    };
    Walk(*ParseJson(text), "", visit);
  }
}

TEST_CASE("no kind has the members of another kind") {
  std::map<std::string, Json> members;
  for (const RegisterSample& sample : RegisterSamples()) {
    const Json json = *ParseJson(sample.text());
    for (const auto& [name, value] : *json.if_object()) members[name] = value;
  }
  CHECK(members.size() == 24);
  for (const RegisterSample& sample : RegisterSamples()) {
    const std::string text = sample.text();
    CAPTURE(text);
    const Json json = *ParseJson(text);
    for (const auto& [name, value] : members) {
      if (json.Find(name) != nullptr) continue;
      CHECK(EntryFault(With(text, name, value)) == Bad(name));
    }
  }
}

// "" where the request's materials are read; else "name field".
std::string MaterialsFault(std::string_view text, size_t expected) {
  const Json json = *ParseJson(text);
  Members members(json, "");
  const std::vector<Material> materials = ReadMaterials(members, "m");
  if (!members.Finish()) {
    CHECK(members.error().code == ledger::Code::kInvalidArgument);
    return members.error().name + " " + members.error().field;
  }
  CHECK(materials.size() == expected);
  return "";
}

TEST_CASE("the materials of a request are read as those of an entry") {
  const std::string digest = std::string(64, 'a');
  const auto item = [&](const std::string& kind) {
    return R"({"kind":")" + kind + R"(","sha256":")" + digest + "\"}";
  };
  const auto fault = [](const std::string& items, size_t expected) {
    return MaterialsFault(R"({"m":[)" + items + "]}", expected);
  };
  const std::string id = item("agent_id");
  const std::string letter = item("authorization_letter");
  CHECK(MaterialsFault("{}", 0) == "");
  CHECK(fault("", 0) == "");
  CHECK(fault(id, 1) == "");
  CHECK(fault(id + "," + letter, 2) == "");
  CHECK(fault(id + "," + letter + "," + id, 0) == "bad-material /m/2/kind");
  CHECK(fault(item("passport"), 0) == "bad-material /m/0/kind");
  CHECK(fault(id + ",7", 0) == "invalid-request /m/1");
  CHECK(fault("{}", 0) == "invalid-request /m/0/kind");
  CHECK(fault(R"({"kind":"agent_id"})", 0) == "invalid-request /m/0/sha256");
  CHECK(fault(R"({"kind":"agent_id","sha256":"aa"})", 0) ==
        "bad-digest /m/0/sha256");
  CHECK(fault(R"({"kind":"agent_id","sha256":")" + digest + R"(","x":1})", 0) ==
        "unknown-member /m/0/x");
  CHECK(MaterialsFault(R"({"m":null})", 0) == "invalid-request /m");
  std::string many = id;
  for (size_t i = 0; i < kMaxMaterials; ++i) many += "," + id;
  CHECK(fault(many, 0) == "bad-material /m");
}

TEST_CASE("the declaration of a request is read as that of an entry") {
  const auto fault = [](std::string_view text, bool expected) {
    const Json json = *ParseJson(text);
    Members members(json, "");
    const std::optional<Hash> declaration = ReadDeclaration(members, "d");
    if (!members.Finish()) {
      return members.error().name + " " + members.error().field;
    }
    CHECK(declaration.has_value() == expected);
    return std::string();
  };
  CHECK(fault("{}", false) == "");
  CHECK(fault(R"({"d":{"sha256":")" + std::string(64, 'a') + "\"}}", true) ==
        "");
  CHECK(fault(R"({"d":{}})", false) == "invalid-request /d/sha256");
  CHECK(fault(R"({"d":{"sha256":"a"}})", false) == "bad-digest /d/sha256");
  CHECK(fault(R"({"d":[]})", false) == "invalid-request /d");
}

}  // namespace
}  // namespace sealedger::notary
