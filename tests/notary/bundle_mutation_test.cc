// No change to a good bundle passes, but those that contract allows, and then
// the verdict lacks exactly what was dropped.

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "notary/canonical_json.h"
#include "notary/verify.h"
#include "tests/notary/sample_ledger.h"

namespace sealedger::notary {
namespace {

Verdict Verify(std::string_view text) {
  return VerifyBundle(text, testing::SampleTrust(),
                      testing::SampleDocumentAtHand());
}

std::string Sample() { return FormatBundle(testing::SampleBundle()); }

std::set<std::string> FailedIds(const Verdict& verdict) {
  std::set<std::string> ids;
  for (const Check& check : verdict.checks) {
    if (check.result == CheckResult::kFail) ids.insert(check.id);
  }
  return ids;
}

std::string Table(const Verdict& verdict) {
  std::string table;
  for (const Check& check : verdict.checks) {
    table += "\n  " + check.id + " " +
             std::string(CheckResultName(check.result)) + " " + check.reason;
  }
  return table;
}

// The whole verdict but for what it says of disclosures.
std::string WithoutDisclosures(Verdict verdict) {
  std::erase_if(verdict.checks,
                [](const Check& check) { return check.id == "disclosures"; });
  return WriteJson(VerdictJson(verdict));
}

// One changed bundle: where, how, its text.
using Visitor = std::function<void(const std::string& pointer,
                                   std::string_view how, Json& root)>;

// Visits every mutation of `node`, a part of `root`, and mends it again.
void VisitMutations(Json& root, Json& node, const std::string& pointer,
                    const Visitor& visit);

void VisitListMutations(Json& root, Json::Array& list,
                        const std::string& pointer, const Visitor& visit) {
  const Json::Array whole = list;
  for (size_t i = 0; i < whole.size(); ++i) {
    const std::string here = pointer + "/" + std::to_string(i);
    const auto at = static_cast<std::ptrdiff_t>(i);
    list.erase(list.begin() + at);
    visit(here, "dropped", root);
    list = whole;
    list.insert(list.begin() + at, whole[i]);
    visit(here, "doubled", root);
    list = whole;
    for (size_t j = i + 1; j < whole.size(); ++j) {
      std::swap(list[i], list[j]);
      visit(here, "swapped", root);
      list = whole;
    }
  }
  list.clear();
  visit(pointer, "emptied", root);
  list = whole;
  for (size_t i = 0; i < list.size(); ++i) {
    VisitMutations(root, list[i], pointer + "/" + std::to_string(i), visit);
  }
}

void VisitObjectMutations(Json& root, Json::Object& object,
                          const std::string& pointer, const Visitor& visit) {
  const Json::Object whole = object;
  for (size_t i = 0; i < whole.size(); ++i) {
    const std::string here = pointer + "/" + whole[i].first;
    object.erase(object.begin() + static_cast<std::ptrdiff_t>(i));
    visit(here, "dropped", root);
    object = whole;
    object.push_back(whole[i]);
    visit(here, "doubled", root);
    object = whole;
    object[i].second = Json();
    visit(here, "null", root);
    object = whole;
  }
  for (std::string_view name :
       {"x", "anchors", "beacons", "time_stamps", "signed_checkpoint", "seal",
        "certificates", "request"}) {
    object.emplace_back(std::string(name), Json(Json::Array{}));
    visit(pointer, "added", root);
    object = whole;
  }
  for (auto& [name, value] : object) {
    VisitMutations(root, value, pointer + "/" + name, visit);
  }
}

void VisitStringMutations(Json& root, Json& node, const std::string& pointer,
                          const Visitor& visit) {
  const std::string whole = *node.if_string();
  for (size_t i = 0; i < whole.size(); ++i) {
    // Bytes of longer characters are changed in the text of the bundle.
    if (static_cast<unsigned char>(whole[i]) >= 0x80) continue;
    std::string changed = whole;
    changed[i] = whole[i] == 'A' ? 'B' : 'A';
    node = Json(changed);
    visit(pointer, "changed", root);
  }
  node = Json(whole + "A");
  visit(pointer, "changed", root);
  node = Json(whole);
}

void VisitMutations(Json& root, Json& node, const std::string& pointer,
                    const Visitor& visit) {
  if (Json::Array* list = node.if_array()) {
    VisitListMutations(root, *list, pointer, visit);
  } else if (Json::Object* object = node.if_object()) {
    VisitObjectMutations(root, *object, pointer, visit);
  } else if (node.if_string() != nullptr) {
    VisitStringMutations(root, node, pointer, visit);
  } else if (const int64_t* integer = node.if_integer()) {
    const int64_t whole = *integer;
    for (int64_t changed = -1; changed < 130; ++changed) {
      if (changed == whole) continue;
      node = Json(changed);
      visit(pointer, "changed", root);
    }
    node = Json(whole);
  }
}

// The checks one of which must fail when the value at `pointer` was changed.
std::set<std::string> ExpectedIds(std::string_view pointer) {
  const auto has = [pointer](std::string_view part) {
    return pointer.find(part) != std::string_view::npos;
  };
  if (has("/disclosures")) return {"format", "disclosures"};
  if (has("/path")) return {"format", "inclusion"};
  if (has("/index")) return {"format", "inclusion"};
  if (has("/entry")) return {"format", "inclusion"};
  if (has("/checkpoint")) return {"format", "checkpoint_signature"};
  if (has("/entries/")) return {"format", "entry", "party", "chain"};
  return {"format"};
}

// What contract.md lets be dropped: disclosures.
bool MayPass(std::string_view pointer, std::string_view how) {
  return how == "dropped" && pointer.find("/disclosures") != pointer.npos;
}

TEST_CASE(
    "no part of a bundle is changed, doubled, swapped or dropped unseen") {
  const std::string sample = Sample();
  REQUIRE(Verify(sample).overall() == Overall::kPassed);
  const std::string good = WithoutDisclosures(Verify(sample));
  Result<Json> root = ParseJson(sample);
  REQUIRE(root);
  size_t count = 0;
  size_t passed = 0;
  VisitMutations(
      *root, *root, "",
      [&](const std::string& pointer, std::string_view how, Json& changed) {
        const Verdict verdict = Verify(WriteJson(changed));
        ++count;
        if (verdict.overall() == Overall::kPassed) {
          ++passed;
          INFO(pointer << " " << how << Table(verdict));
          CHECK(MayPass(pointer, how));
          CHECK(verdict.Find("disclosures")->evidence.at("given") < "4");
          CHECK(WithoutDisclosures(verdict) == good);
          return;
        }
        const std::set<std::string> failed = FailedIds(verdict);
        const std::set<std::string> expected = ExpectedIds(pointer);
        const bool sensible = std::any_of(
            failed.begin(), failed.end(),
            [&](const std::string& id) { return expected.contains(id); });
        INFO(pointer << " " << how << Table(verdict));
        CHECK(sensible);
      });
  CHECK(WriteJson(*root) == sample);
  CHECK(count > 5000);
  // Each of the subject's three disclosures, and both lists of disclosures.
  CHECK(passed == 5);
}

TEST_CASE("no byte of a bundle's text is changed unseen") {
  const std::string sample = Sample();
  for (size_t i = 0; i < sample.size(); ++i) {
    for (const int mask : {0x01, 0x20, 0x80}) {
      std::string changed = sample;
      changed[i] = static_cast<char>(changed[i] ^ mask);
      const Verdict verdict = Verify(changed);
      INFO("byte " << i << Table(verdict));
      CHECK(verdict.overall() == Overall::kFailed);
    }
  }
}

TEST_CASE("a bundle cut short is refused at every length") {
  const std::string sample = Sample();
  for (size_t size = 0; size < sample.size(); ++size) {
    CHECK(FailedIds(Verify(sample.substr(0, size))) ==
          std::set<std::string>{"format"});
  }
}

TEST_CASE("no two entries trade their texts, paths or disclosures") {
  const Bundle sample = testing::SampleBundle();
  for (size_t i = 0; i < sample.entries.size(); ++i) {
    for (size_t j = i + 1; j < sample.entries.size(); ++j) {
      Bundle texts = sample;
      std::swap(texts.entries[i].entry, texts.entries[j].entry);
      CHECK(Verify(FormatBundle(texts)).overall() == Overall::kFailed);
      Bundle paths = sample;
      std::swap(paths.entries[i].path, paths.entries[j].path);
      CHECK(Verify(FormatBundle(paths)).overall() == Overall::kFailed);
      if (sample.entries[i].disclosures == sample.entries[j].disclosures) {
        continue;
      }
      Bundle disclosures = sample;
      std::swap(disclosures.entries[i].disclosures,
                disclosures.entries[j].disclosures);
      CHECK(Verify(FormatBundle(disclosures)).overall() == Overall::kFailed);
    }
  }
}

// With white space everywhere and the members turned round.
void AppendLoose(std::string* out, const Json& value) {
  if (const Json::Array* array = value.if_array()) {
    *out += "[\n ";
    for (size_t i = 0; i < array->size(); ++i) {
      if (i > 0) *out += "\t,\r\n";
      AppendLoose(out, (*array)[i]);
    }
    *out += " ]";
  } else if (const Json::Object* object = value.if_object()) {
    *out += "{\n";
    for (size_t i = object->size(); i > 0; --i) {
      if (i < object->size()) *out += " ,\n";
      AppendJsonString(out, (*object)[i - 1].first);
      *out += " : ";
      AppendLoose(out, (*object)[i - 1].second);
    }
    *out += "}\n";
  } else {
    AppendJson(out, value);
  }
}

TEST_CASE("white space and the order of members mean nothing") {
  const std::string sample = Sample();
  std::string loose;
  AppendLoose(&loose, *ParseJson(sample));
  CHECK(loose != sample);
  CHECK(WriteJson(VerdictJson(Verify(loose))) ==
        WriteJson(VerdictJson(Verify(sample))));
}

}  // namespace
}  // namespace sealedger::notary
