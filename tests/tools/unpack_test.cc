#include "tools/unpack.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/note.h"
#include "ledger/tlog_proof.h"
#include "notary/bundle.h"
#include "tests/support/files.h"

namespace sealedger::tools {
namespace {

std::string SampleBundle() {
  return testing::ReadFile(testing::VectorPath("bundle/bundle.json"));
}

std::string ContentOf(const std::vector<UnpackedFile>& files,
                      std::string_view name) {
  for (const UnpackedFile& file : files) {
    if (file.name == name) return file.content;
  }
  FAIL("there is no file ", name);
  return "";
}

TEST_CASE("a bundle unpacks into the exact entry and a proof that verifies") {
  const auto files = UnpackBundle(SampleBundle());
  REQUIRE(files);
  CHECK(files->front().name == "entry.json");
  CHECK(files->back().name == "README.md");

  const auto bundle = notary::ParseBundle(SampleBundle());
  REQUIRE(bundle);
  const std::string entry = ContentOf(*files, "entry.json");
  CHECK(entry == bundle->entries.front().entry);

  std::string vkey_text = testing::ReadFile(testing::VectorPath("log.vkey"));
  vkey_text.erase(vkey_text.find_last_not_of('\n') + 1);
  const auto vkey = ledger::ParseVerifierKey(vkey_text);
  REQUIRE(vkey);
  const auto proof =
      ledger::ParseTlogProof(ContentOf(*files, "entry.tlog-proof"));
  REQUIRE(proof);
  CHECK(proof->index == bundle->entries.front().index);
  CHECK(ledger::VerifyTlogProof(*proof, ledger::LeafHash(entry), {&*vkey, 1}));
}

TEST_CASE("the read-me names what the commands print") {
  const auto files = UnpackBundle(SampleBundle());
  REQUIRE(files);
  const std::string readme = ContentOf(*files, "README.md");
  CHECK(readme.find("# Entry 9 of seal.example.com/ledger\n") == 0);
  CHECK(readme.find(ToHex(ledger::LeafHash(ContentOf(*files, "entry.json")))) !=
        std::string::npos);
  const std::string document =
      testing::ReadFile(testing::VectorPath("bundle/document.txt"));
  CHECK(readme.find("prints `" + ToHex(ledger::Sha256Of(document)) + "`") !=
        std::string::npos);
  CHECK(readme.find("entry 9 is in the tree of 12 entries") !=
        std::string::npos);
  // Every mark was filled in.
  for (const char* mark : {"@INDEX@", "@SIZE@", "@LEAF@", "@ORIGIN@", "@BY@"}) {
    CHECK(readme.find(mark) == std::string::npos);
  }
}

TEST_CASE("no command in the read-me holds text of the bundle") {
  auto bundle = notary::ParseBundle(SampleBundle());
  REQUIRE(bundle);
  const std::string hostile = "a';echo${IFS}owned;'$(reboot)";
  bundle->checkpoint =
      hostile + bundle->checkpoint.substr(bundle->checkpoint.find('\n'));
  REQUIRE(bundle->request);
  bundle->request->base = bundle->request->body = hostile;
  const auto files = UnpackBundle(notary::FormatBundle(*bundle));
  REQUIRE(files);
  const std::string readme = ContentOf(*files, "README.md");
  bool inside = false;
  for (size_t at = 0; at < readme.size();) {
    const size_t end = std::min(readme.find('\n', at), readme.size());
    const std::string line = readme.substr(at, end - at);
    if (line == "```sh") inside = true;
    if (line == "```") inside = false;
    if (inside) CHECK(line.find("owned") == std::string::npos);
    at = end + 1;
  }
}

TEST_CASE("what is no bundle is not unpacked") {
  for (const char* text : {"", "{}", "[]", "not json"}) {
    CAPTURE(text);
    CHECK(!UnpackBundle(text));
  }
}

}  // namespace
}  // namespace sealedger::tools
