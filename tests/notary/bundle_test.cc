#include "notary/bundle.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "tests/notary/sample_ledger.h"
#include "tests/support/files.h"

namespace sealedger::notary {
namespace {

using testing::SampleBundle;

// "" where the text is a bundle; else "name field".
std::string Fault(std::string_view text) {
  const Result<Bundle> bundle = ParseBundle(text);
  if (bundle) return "";
  CHECK(bundle.error().code == ledger::Code::kMalformed);
  CHECK_FALSE(bundle.error().detail.empty());
  return bundle.error().name + " " + bundle.error().field;
}

std::string Replaced(std::string text, std::string_view from,
                     std::string_view to) {
  const size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

// A bundle of the least that its shape allows.
constexpr std::string_view kLeast =
    R"({"checkpoint":"c","entries":[{"entry":"e","index":0,"path":[]}],)"
    R"("format":"sealedger-bundle/1"})";

TEST_CASE("the bundle of the vectors is read and written to the same bytes") {
  const std::string text =
      testing::ReadFile(testing::VectorPath("bundle/bundle.json"));
  const Result<Bundle> bundle = ParseBundle(text);
  REQUIRE(bundle);
  CHECK(*bundle == SampleBundle());
  CHECK(FormatBundle(*bundle) == text);
  CHECK(bundle->entries[0].entry == testing::ReadFile(testing::VectorPath(
                                        "entries/evidence.recorded.json")));
}

TEST_CASE("a bundle with white space is the same bundle") {
  const std::string text =
      testing::ReadFile(testing::VectorPath("bundle/small.json"));
  const Result<Bundle> bundle = ParseBundle(text);
  REQUIRE(bundle);
  Bundle small = testing::BundleOf(testing::SampleEntries(), {3, 2});
  small.entries[0].disclosures = {testing::SampleDisclosures('a')[0]};
  CHECK(*bundle == small);
  CHECK(FormatBundle(*bundle) == WriteJson(*ParseJson(text)));
}

TEST_CASE("every example of the formats' page is a file of the vectors") {
  const std::string page = testing::ReadFile(
      testing::VectorPath("").parent_path().parent_path().parent_path() /
      "notary" / "FORMAT.md");
  size_t examples = 0;
  for (size_t at = 0; (at = page.find("\n```", at)) != std::string::npos;) {
    const size_t begin = page.find('\n', at + 1) + 1;
    const size_t end = page.find("\n```\n", begin - 1);
    REQUIRE(end != std::string::npos);
    // The name stands between backquotes at the begin of the paragraph above.
    const size_t above = page.rfind("\n`", at - 1);
    REQUIRE(above != std::string::npos);
    const std::string name =
        page.substr(above + 2, page.find('`', above + 2) - above - 2);
    CAPTURE(name);
    std::string file = testing::ReadFile(testing::VectorPath(name));
    if (!file.ends_with('\n')) file += '\n';
    CHECK(page.substr(begin, end + 1 - begin) == file);
    ++examples;
    at = end + 4;
  }
  CHECK(examples == 26);
}

TEST_CASE("the disclosure of the vectors is read and written alike") {
  const std::string text =
      testing::ReadFile(testing::VectorPath("bundle/disclosure.txt"));
  const Result<Disclosure> disclosure = DecodeDisclosure(text);
  REQUIRE(disclosure);
  CHECK(EncodeDisclosure(*disclosure) == text);
  CHECK(SampleBundle().entries[0].disclosures[0] == text);
}

TEST_CASE("a bundle needs its three members and no other") {
  const std::string least(kLeast);
  CHECK(Fault(least) == "");
  CHECK(Fault("[]") == "format ");
  CHECK(Fault("") == "format ");
  CHECK(Fault(Replaced(least, R"("checkpoint":"c",)", "")) ==
        "format /checkpoint");
  CHECK(Fault(Replaced(least, R"("c")", "1")) == "format /checkpoint");
  CHECK(Fault(Replaced(least, "bundle/1", "bundle/2")) == "format /format");
  CHECK(Fault(Replaced(least, R"({"entry":"e","index":0,"path":[]})", "")) ==
        "format /entries");
  CHECK(Fault(Replaced(least, R"({"check)", R"({"x":1,"check)")) ==
        "format /x");
  CHECK(Fault(Replaced(least, R"({"entry)", R"({"x":1,"entry)")) ==
        "format /entries/0/x");
  CHECK(Fault(Replaced(least, R"({"check)", R"({"format":"x","check)")) ==
        "format ");
}

TEST_CASE("members of later kinds are refused as not supported yet") {
  for (const char* name : {"anchors", "beacons", "time_stamps"}) {
    CAPTURE(name);
    const std::string member =
        "{\"" + std::string(name) + R"(":[{"a":[{"b":[]}]}],"check)";
    const std::string text =
        Replaced(std::string(kLeast), R"({"check)", member);
    CHECK(Fault(text) == "not-supported-yet /" + std::string(name));
    const auto bundle = ParseBundle(text);
    CHECK(bundle.error().detail.find("not supported yet") != std::string::npos);
  }
}

TEST_CASE("entries have a path of hashes and perhaps disclosures") {
  const auto with = [](std::string_view path, std::string_view more = "") {
    return Fault(
        Replaced(std::string(kLeast), R"("path":[])",
                 "\"path\":[" + std::string(path) + "]" + std::string(more)));
  };
  const std::string hash = "\"" + ledger::ToBase64(ledger::EmptyRoot()) + "\"";
  std::string hashes = hash;
  for (int i = 1; i < 63; ++i) hashes += "," + hash;
  CHECK(with(hashes) == "");
  CHECK(with(hashes + "," + hash) == "format /entries/0/path");
  CHECK(with("1") == "format /entries/0/path");
  CHECK(with(R"("AAAA")") == "format /entries/0/path");
  // One bit that belongs to no byte.
  CHECK(with(Replaced(hash, "FU=", "FV=")) == "format /entries/0/path");
  CHECK(with(hash, R"(,"disclosures":["x"])") == "");
  CHECK(with(hash, R"(,"disclosures":[])") == "format /entries/0/disclosures");
  CHECK(with(hash, R"(,"disclosures":[1])") == "format /entries/0/disclosures");
  CHECK(with(hash, R"(,"disclosures":null)") ==
        "format /entries/0/disclosures");
  CHECK(Fault(Replaced(std::string(kLeast), ":0,", ":-1,")) ==
        "format /entries/0/index");
  CHECK(Fault(Replaced(std::string(kLeast), ":0,", ":0.0,")) == "format ");
}

TEST_CASE("after the subject, entries rise") {
  const auto fault = [](const std::vector<uint64_t>& indices) {
    return Fault(
        FormatBundle(testing::BundleOf(testing::SampleEntries(), indices)));
  };
  CHECK(fault({9}) == "");
  CHECK(fault({9, 2, 10}) == "");
  CHECK(fault({2, 3, 4}) == "");
  CHECK(fault({9, 3, 2}) == "format /entries");
  CHECK(fault({9, 2, 2}) == "format /entries");
  CHECK(fault({9, 2, 9}) == "format /entries");
}

}  // namespace
}  // namespace sealedger::notary
