#include "tools/unpack_request.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "ledger/note.h"
#include "ledger/tlog_proof.h"
#include "notary/request_base.h"
#include "tests/tools/readme_runner.h"
#include "tests/tools/sealed_sample.h"

namespace sealedger::tools {
namespace {

using testing::SealedSample;
using testing::UnpackedFolder;
using Names = std::vector<std::string>;

// How the openssl program makes a key of the kind and signs with it.
struct Kind {
  const char* alg;
  const char* generate;
  const char* sign;
};
constexpr Kind kKinds[] = {
    {"ed25519", "-algorithm ED25519", ""},
    {"p256", "-algorithm EC -pkeyopt ec_paramgen_curve:P-256",
     "-digest sha256"},
    {"sm2", "-algorithm SM2", "-digest sm3 -pkeyopt distid:1234567812345678"},
};

notary::SignedRequest Unsigned() {
  notary::SignedRequest request;
  request.body = "{\"document\":{\"sha256\":\"" + std::string(64, 'a') + "\"}}";
  notary::RequestBase base;
  base.method = "POST";
  base.path = "/v1/evidence";
  base.content_sha256 = ledger::Sha256Of(request.body);
  base.idempotency_key = "k-1";
  base.created_s = testing::kSampleSigned;
  base.keyid = "acme";
  request.base = notary::FormatRequestBase(base);
  request.signature = std::string(64, 's');
  return request;
}

notary::Bundle BundleOf(const notary::SignedRequest& request,
                        std::optional<notary::PartyKey> key) {
  notary::EvidenceRecorded evidence;
  evidence.document.sha256 = *ledger::HashFromHex(std::string(64, 'a'));
  notary::Entry subject = SealedSample::EntryOf(std::move(evidence));
  subject.request = ledger::Sha256Of(request.base);
  notary::Bundle bundle =
      SealedSample::BundleOf(subject, SealedSample::Party(std::move(key)));
  bundle.request = request;
  return bundle;
}

// A bundle whose request the openssl program signed with a new key.
notary::Bundle SignedBundle(const Kind& kind) {
  const testing::TempDir folder;
  notary::SignedRequest request = Unsigned();
  testing::WriteFile(folder.path() / "base", request.base);
  const std::string line =
      "cd '" + folder.path().string() + "' && openssl genpkey " +
      kind.generate +
      " -out key 2>log && openssl pkey -in key -pubout "
      "-outform DER -out spki && openssl pkeyutl -sign -inkey key -rawin " +
      kind.sign + " -in base -out value";
  REQUIRE(std::system(line.c_str()) == 0);
  const std::string value = testing::ReadFile(folder.path() / "value");
  request.signature =
      kind.alg == std::string("ed25519") ? value : SealedSample::RawOf(value);
  return BundleOf(
      request,
      notary::PartyKey{kind.alg, testing::ReadFile(folder.path() / "spki")});
}

TEST_CASE("a signed request unpacks as it was, with the party's entry") {
  const notary::SignedRequest request = Unsigned();
  const notary::Bundle bundle = BundleOf(request, std::nullopt);
  const UnpackedFolder folder(bundle);
  CHECK(folder.names() == Names{"entry.json", "entry.tlog-proof",
                                "request.base", "request.signature",
                                "request.body", "party.json",
                                "party.tlog-proof", "README.md"});
  CHECK(folder.Read("request.base") == request.base);
  CHECK(folder.Read("request.signature") == request.signature);
  CHECK(folder.Read("request.body") == request.body);
  CHECK(folder.Read("party.json") == bundle.entries[1].entry);
  // A party without a key: there is nothing to check the signature by.
  CHECK(folder.Read("README.md").find("party-key.der") == std::string::npos);
}

TEST_CASE("the commands of the read-me check requests by keys of every kind") {
  if (!UnpackedFolder::HasPrograms()) return;
  for (const Kind& kind : kKinds) {
    CAPTURE(std::string(kind.alg));
    const UnpackedFolder folder(SignedBundle(kind));
    // Leaf, checkpoint, base, body, signature.
    size_t holding = 0;
    for (const testing::ReadmeBlock& block : folder.blocks()) {
      if (block.commands.find("document") != std::string::npos) continue;
      CAPTURE(block.commands);
      const bool holds = folder.Holds(block);
      CHECK_MESSAGE(holds, folder.Read("printed"));
      holding += holds ? 1 : 0;
    }
    CHECK(holding == 5);
    std::string base = folder.Read("request.base");
    base[base.find("k-1")] = 'K';
    folder.Write("request.base", base);
    CHECK(folder.Fails("request.base -sigfile"));
    CHECK(folder.Fails("sha256sum request.base"));
    folder.Write("request.body", "{}");
    CHECK(folder.Fails("request.body"));
  }
}

TEST_CASE("the party's entry is in the same tree, as its proof shows") {
  const UnpackedFolder folder(BundleOf(Unsigned(), std::nullopt));
  const auto proof = ledger::ParseTlogProof(folder.Read("party.tlog-proof"));
  REQUIRE(proof);
  const auto vkey = ledger::MakeVerifierKey(
      testing::kSampleOrigin, testing::SampleLogKey().public_key());
  CHECK(ledger::VerifyTlogProof(
      *proof, ledger::LeafHash(folder.Read("party.json")), {&vkey, 1}));
}

TEST_CASE("a bundle without a request unpacks into none of it") {
  notary::Bundle bundle = BundleOf(Unsigned(), std::nullopt);
  bundle.request.reset();
  const UnpackedFolder folder(bundle);
  CHECK(folder.names() == Names{"entry.json", "entry.tlog-proof", "README.md"});
  CHECK(folder.Read("README.md").find("request") == std::string::npos);
}

TEST_CASE("a request without its party's entry comes without a key") {
  notary::Bundle bundle = BundleOf(Unsigned(), std::nullopt);
  bundle.entries.pop_back();
  const UnpackedFolder folder(bundle);
  CHECK(folder.names() == Names{"entry.json", "entry.tlog-proof",
                                "request.base", "request.signature",
                                "request.body", "README.md"});
}

}  // namespace
}  // namespace sealedger::tools
