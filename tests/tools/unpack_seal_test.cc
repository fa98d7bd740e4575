#include "tools/unpack_seal.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/tools/readme_runner.h"
#include "tests/tools/sealed_sample.h"

namespace sealedger::tools {
namespace {

using testing::Sealed;
using testing::SealedSample;
using testing::UnpackedFolder;
using Names = std::vector<std::string>;

notary::Bundle SealedBundle(bool raw = false) {
  const std::string signature =
      Sealed().Sign(testing::kSampleProtected, "Signature.xml", raw);
  notary::Bundle bundle = SealedSample::BundleOf(Sealed().SealedBy(signature),
                                                 SealedSample::Party());
  bundle.seal = notary::BundledSeal{std::nullopt, signature};
  return bundle;
}

notary::Bundle IssuedBundle() {
  notary::Bundle bundle =
      SealedSample::BundleOf(Sealed().Issued(), SealedSample::Party());
  bundle.seal = notary::BundledSeal{Sealed().seseal(), std::nullopt};
  return bundle;
}

TEST_CASE("a sealed document unpacks into its signature and certificates") {
  const notary::Bundle bundle = SealedBundle();
  const UnpackedFolder folder(bundle);
  CHECK(folder.names() == Names{"entry.json", "entry.tlog-proof",
                                "signature.dat", "certificate-1.der",
                                "certificate-2.der", "README.md"});
  CHECK(folder.Read("signature.dat") == bundle.seal->signature);
  CHECK(folder.Read("certificate-1.der") == Sealed().maker().certificate);
  CHECK(folder.Read("certificate-2.der") == Sealed().signer().certificate);
}

TEST_CASE("a seal unpacks into its file and certificates") {
  const UnpackedFolder folder(IssuedBundle());
  CHECK(folder.names() == Names{"entry.json", "entry.tlog-proof", "seal.esl",
                                "certificate-1.der", "certificate-2.der",
                                "README.md"});
  CHECK(folder.Read("seal.esl") == Sealed().seseal());
  CHECK(folder.Read("certificate-1.der") == Sealed().maker().certificate);
  CHECK(folder.Read("certificate-2.der") == Sealed().signer().certificate);
}

TEST_CASE("every file of a bundle stands in the list of the read-me") {
  for (const notary::Bundle& bundle : {SealedBundle(), IssuedBundle()}) {
    const UnpackedFolder folder(bundle);
    for (const std::string& name : folder.names()) {
      CAPTURE(name);
      if (name == "README.md") continue;
      CHECK(folder.Read("README.md").find("- `" + name + "`: ") !=
            std::string::npos);
    }
  }
}

TEST_CASE("the commands of the read-me check a sealed document") {
  if (!UnpackedFolder::HasPrograms()) return;
  for (const bool raw : {false, true}) {
    CAPTURE(raw);
    const UnpackedFolder folder(SealedBundle(raw));
    CHECK(folder.CountHolding() == 14);
  }
}

TEST_CASE("the commands of the read-me check a seal") {
  if (!UnpackedFolder::HasPrograms()) return;
  CHECK(UnpackedFolder(IssuedBundle()).CountHolding() == 7);
}

TEST_CASE("the commands of the read-me refuse what was changed") {
  if (!UnpackedFolder::HasPrograms()) return;
  const notary::Bundle bundle = SealedBundle();
  const UnpackedFolder folder(bundle);
  std::string signature = *bundle.seal->signature;
  // In the seal's picture: both the maker and the signer signed it.
  signature[signature.find(std::string(100, '\x55'))] ^= 1;
  folder.Write("signature.dat", signature);
  CHECK(folder.Fails("dgst -sm3 signature.dat"));
  CHECK(folder.Fails("-in signed.der"));
  CHECK(folder.Fails("-in seal-info.der"));
  CHECK_FALSE(folder.Fails("data-hash"));
  folder.Write("signature.dat", *bundle.seal->signature);
  CHECK_FALSE(folder.Fails("-in signed.der"));
  CHECK_FALSE(folder.Fails("seal-ca.pem"));
  folder.Write("seal-ca.pem",
               notary::CertificatePem(Sealed().signer().certificate));
  CHECK(folder.Fails("seal-ca.pem"));
  folder.Write("protected", "<Signature />");
  CHECK(folder.Fails("sm3 protected"));
  folder.Write("document", "the contracts");
  CHECK(folder.Fails("sm3 document"));
}

TEST_CASE("certificates that the bundle brings come last") {
  for (notary::Bundle bundle : {SealedBundle(), IssuedBundle()}) {
    bundle.certificates = {Sealed().root().certificate};
    const UnpackedFolder folder(bundle);
    CHECK(folder.Read("certificate-3.der") == Sealed().root().certificate);
    // OpenSSL's command cannot say the user ID of those between.
    CHECK(folder.Read("README.md").find("openssl verify") == std::string::npos);
  }
}

TEST_CASE("a file that is no seal is unpacked without its certificates") {
  notary::Bundle bundle = SealedBundle();
  bundle.seal->signature = "no signature";
  const UnpackedFolder folder(bundle);
  CHECK(folder.names() ==
        Names{"entry.json", "entry.tlog-proof", "signature.dat", "README.md"});
  CHECK(folder.Read("README.md").find("strparse") == std::string::npos);
}

TEST_CASE("a bundle without bytes, or with those of another kind, has none") {
  const notary::Entry sealed = Sealed().SealedBy("x");
  notary::Bundle bundle = SealedBundle();
  bundle.seal.reset();
  CHECK(UnpackSeal(bundle, sealed).files.empty());
  CHECK(UnpackSeal(bundle, sealed).sections.empty());
  CHECK(UnpackSeal(IssuedBundle(), sealed).files.empty());
  CHECK(UnpackSeal(SealedBundle(), Sealed().Issued()).files.empty());
}

}  // namespace
}  // namespace sealedger::tools
