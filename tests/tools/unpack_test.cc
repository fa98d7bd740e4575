#include "tools/unpack.h"

#include <doctest/doctest.h>

#include <string>

#include "ledger/note.h"
#include "ledger/tlog_proof.h"
#include "notary/bundle.h"
#include "tests/support/files.h"

namespace sealedger::tools {
namespace {

std::string SampleBundle() {
  return testing::ReadFile(testing::VectorPath("bundle/bundle.json"));
}

TEST_CASE("a bundle unpacks into the exact entry and a proof that verifies") {
  const auto files = UnpackBundle(SampleBundle());
  REQUIRE(files);
  REQUIRE(files->size() == 3);
  CHECK((*files)[0].name == "entry.json");
  CHECK((*files)[1].name == "entry.tlog-proof");
  CHECK((*files)[2].name == "README.md");

  const auto bundle = notary::ParseBundle(SampleBundle());
  REQUIRE(bundle);
  CHECK((*files)[0].content == bundle->entries.front().entry);

  std::string vkey_text = testing::ReadFile(testing::VectorPath("log.vkey"));
  vkey_text.erase(vkey_text.find_last_not_of('\n') + 1);
  const auto vkey = ledger::ParseVerifierKey(vkey_text);
  REQUIRE(vkey);
  const auto proof = ledger::ParseTlogProof((*files)[1].content);
  REQUIRE(proof);
  CHECK(proof->index == bundle->entries.front().index);
  CHECK(ledger::VerifyTlogProof(*proof, ledger::LeafHash((*files)[0].content),
                                {&*vkey, 1}));
}

TEST_CASE("the read-me names what the commands print") {
  const auto files = UnpackBundle(SampleBundle());
  REQUIRE(files);
  const std::string& readme = (*files)[2].content;
  CHECK(readme.find("# Entry 9 of seal.example.com/ledger\n") == 0);
  CHECK(readme.find(ToHex(ledger::LeafHash((*files)[0].content))) !=
        std::string::npos);
  const std::string document =
      testing::ReadFile(testing::VectorPath("bundle/document.txt"));
  CHECK(readme.find("prints `" + ToHex(ledger::Sha256Of(document)) + "`") !=
        std::string::npos);
  CHECK(readme.find("entry 9 is in the tree of 12 entries") !=
        std::string::npos);
  // Every mark was filled in.
  for (const char* mark : {"@INDEX@", "@SIZE@", "@LEAF@", "@ORIGIN@"}) {
    CHECK(readme.find(mark) == std::string::npos);
  }
}

TEST_CASE("no command in the read-me holds text of the bundle") {
  auto bundle = notary::ParseBundle(SampleBundle());
  REQUIRE(bundle);
  const std::string hostile = "a';echo${IFS}owned;'$(reboot)";
  bundle->checkpoint =
      hostile + bundle->checkpoint.substr(bundle->checkpoint.find('\n'));
  const auto files = UnpackBundle(notary::FormatBundle(*bundle));
  REQUIRE(files);
  const std::string& readme = (*files)[2].content;
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
