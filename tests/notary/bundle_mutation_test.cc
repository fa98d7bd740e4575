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
#include "tests/notary/bundle_mutations.h"
#include "tests/notary/sample_ledger.h"
#include "tests/support/thoroughness.h"

namespace sealedger::notary {
namespace {

using sample::FailedIds;
using sample::kSampled;
using sample::TableOf;
using sample::VisitMutations;

Verdict Verify(std::string_view text) {
  return VerifyBundle(text, testing::SampleTrust(),
                      testing::SampleDocumentAtHand());
}

std::string Sample() { return FormatBundle(testing::SampleBundle()); }

// The whole verdict but for what it says of disclosures.
std::string WithoutDisclosures(Verdict verdict) {
  std::erase_if(verdict.checks,
                [](const Check& check) { return check.id == "disclosures"; });
  return WriteJson(VerdictJson(verdict));
}

// The checks one of which must fail when the value at `pointer` was changed.
std::set<std::string> ExpectedIds(std::string_view pointer) {
  const auto has = [pointer](std::string_view part) {
    return pointer.find(part) != std::string_view::npos;
  };
  if (has("/disclosures")) return {"format", "disclosures", "requested_by"};
  if (has("/request/")) return {"format", "requested_by"};
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
          INFO(pointer << " " << how << TableOf(verdict));
          CHECK(MayPass(pointer, how));
          CHECK(verdict.Find("disclosures")->evidence.at("given") == "3");
          CHECK(WithoutDisclosures(verdict) == good);
          return;
        }
        if (pointer == "/request" && how == "dropped") {
          CHECK(verdict.overall() == Overall::kIndeterminate);
          CHECK(verdict.Find("requested_by")->reason == "bytes_withheld");
          return;
        }
        const std::set<std::string> failed = FailedIds(verdict);
        const std::set<std::string> expected = ExpectedIds(pointer);
        const bool sensible = std::any_of(
            failed.begin(), failed.end(),
            [&](const std::string& id) { return expected.contains(id); });
        INFO(pointer << " " << how << TableOf(verdict));
        CHECK(sensible);
      });
  CHECK(WriteJson(*root) == sample);
  CHECK(count > (testing::IsThorough() ? 5000 : 1000));
  // The disclosures of the party's entry; the signed request tells those of the
  // subject.
  CHECK(passed == 1);
}

TEST_CASE("no byte of a bundle's text is changed unseen") {
  const std::string sample = Sample();
  const size_t step = testing::IsThorough() ? 1 : kSampled;
  for (size_t i = 0; i < sample.size(); i += step) {
    for (const int mask : {0x01, 0x20, 0x80}) {
      std::string changed = sample;
      changed[i] = static_cast<char>(changed[i] ^ mask);
      const Verdict verdict = Verify(changed);
      INFO("byte " << i << TableOf(verdict));
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
