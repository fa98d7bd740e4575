#include <doctest/doctest.h>
#include <openssl/err.h>

#include <string>
#include <string_view>
#include <vector>

#include "ledger/encoding.h"
#include "notary/certificate.h"
#include "tests/notary/openssl_command.h"
#include "tests/notary/sample_certificates.h"

namespace sealedger::notary {
namespace {

using testing::HasOpenssl;
using testing::kSampleEnd;
using testing::kSampleStart;
using testing::NewP256;
using testing::Printed;
using testing::ReadFile;
using testing::RunOpenssl;
using testing::Spki;
using testing::TempDir;
using testing::WriteFile;

using Fault = CertificateFault;

constexpr int64_t kAt = 1'750'000'000;
constexpr Validity kValidity = {kSampleStart, kSampleEnd};

Fault Judge(const std::string& der, const std::vector<std::string>& trusted,
            const std::vector<std::string>& others = {}, int64_t at_s = kAt,
            bool sm2_only = true) {
  const Fault fault = JudgeCertificate(der, trusted, others, at_s, sm2_only);
  // TLS on this thread must not find what OpenSSL said about a certificate.
  CHECK(ERR_peek_error() == 0);
  return fault;
}

// A root and a signer by our own hand.
struct Own {
  Sm2Key root_key = Sm2Key::Generate();
  Sm2Key key = Sm2Key::Generate();
  std::string root =
      MakeRootCertificate(root_key, {"Seal Root", "Register"}, kValidity);
  std::string leaf = Issue(key.spki(), root, root_key).value();

  static Result<std::string> Issue(std::string_view spki,
                                   std::string_view issuer,
                                   const Sm2Key& issuer_key) {
    return IssueCertificate(spki,
                            {"35010000000017", "91350100M000100Y43测试单位"},
                            kValidity, issuer, issuer_key);
  }
};

TEST_CASE("a certificate says whose it is, for how long and for what") {
  const Own own;
  const auto facts = ReadCertificate(own.leaf);
  REQUIRE(facts);
  CHECK(facts->spki == own.key.spki());
  CHECK(facts->subject ==
        "CN=35010000000017,O=91350100M000100Y43测试单位,C=CN");
  CHECK(facts->common_name == "35010000000017");
  CHECK(facts->organization == "91350100M000100Y43测试单位");
  CHECK(facts->issuer == "CN=Seal Root,O=Register,C=CN");
  CHECK(facts->serial.size() == 32);
  CHECK(ledger::DecodeHex(facts->serial));
  CHECK(facts->not_before_s == kSampleStart);
  CHECK(facts->not_after_s == kSampleEnd);
  CHECK_FALSE(facts->is_ca);
  CHECK(facts->may_sign);
  const auto root = ReadCertificate(own.root);
  REQUIRE(root);
  CHECK(root->spki == own.root_key.spki());
  CHECK(root->subject == root->issuer);
  CHECK(root->issuer == facts->issuer);
  CHECK(root->is_ca);
  CHECK_FALSE(root->may_sign);
  CHECK(root->serial != facts->serial);
}

TEST_CASE("a certificate issued here is valid under its root, and no other") {
  const Own own;
  const Own other;
  CHECK(Judge(own.leaf, {own.root}) == Fault::kNone);
  CHECK(Judge(own.leaf, {other.root, own.root}) == Fault::kNone);
  CHECK(Judge(own.leaf, {other.root}) == Fault::kUnknownIssuer);
  CHECK(Judge(own.leaf, {}) == Fault::kUnknownIssuer);
  // A root among the others is trusted by nobody.
  CHECK(Judge(own.leaf, {}, {own.root}) == Fault::kUnknownIssuer);
  CHECK(Judge(own.leaf, {other.root}, {own.root}) == Fault::kUnknownIssuer);
}

TEST_CASE("others take a certificate issued here") {
  TempDir folder;
  if (!HasOpenssl(folder)) return;
  const Own own;
  WriteFile(folder.path() / "root.pem", CertificatePem(own.root));
  WriteFile(folder.path() / "leaf.pem", CertificatePem(own.leaf));
  const std::string verify =
      "verify -x509_strict -attime 1750000000 -CAfile root.pem ";
  CHECK(
      RunOpenssl(folder, verify + "-vfyopt distid:1234567812345678 leaf.pem"));
  CHECK_FALSE(RunOpenssl(folder, verify + "leaf.pem"));
  REQUIRE(RunOpenssl(folder, "x509 -in leaf.pem -noout -text"));
  const std::string text = Printed(folder);
  for (const std::string_view part :
       {"Version: 3", "Signature Algorithm: SM2-with-SM3", "ASN1 OID: SM2",
        "X509v3 Basic Constraints: critical", "CA:FALSE",
        "X509v3 Key Usage: critical", "Digital Signature, Non Repudiation",
        "X509v3 Subject Key Identifier", "X509v3 Authority Key Identifier"}) {
    CAPTURE(part);
    CHECK(text.find(part) != std::string::npos);
  }
  REQUIRE(RunOpenssl(folder, "x509 -in root.pem -noout -text"));
  CHECK(Printed(folder).find("Certificate Sign, CRL Sign") !=
        std::string::npos);
  REQUIRE(RunOpenssl(folder, "x509 -in leaf.pem -out again.pem"));
  CHECK(ReadFile(folder.path() / "again.pem") == CertificatePem(own.leaf));
}

TEST_CASE("a root made here is signed by its own key") {
  const Own own;
  const auto* at = reinterpret_cast<const unsigned char*>(own.root.data());
  const testing::OpensslPtr<X509> root(
      d2i_X509(nullptr, &at, static_cast<long>(own.root.size())));
  REQUIRE(root != nullptr);
  ASN1_OCTET_STRING* const id = ASN1_OCTET_STRING_new();
  REQUIRE(ASN1_STRING_set(id, "1234567812345678", -1) == 1);
  X509_set0_distinguishing_id(root.get(), id);
  CHECK(X509_verify(root.get(), X509_get0_pubkey(root.get())) == 1);
}

TEST_CASE("a certificate is issued by a CA with its own key, for SM2 keys") {
  const Own own;
  const auto name = [](const Result<std::string>& issued) {
    CHECK(ERR_peek_error() == 0);
    return issued ? "" : issued.error().name;
  };
  CHECK(name(Own::Issue(own.key.spki(), own.root, own.root_key)) == "");
  CHECK(name(Own::Issue(own.key.spki(), "", own.root_key)) ==
        "bad-certificate");
  CHECK(name(Own::Issue(own.key.spki(), own.root, own.key)) ==
        "bad-certificate");
  CHECK(name(Own::Issue(own.key.spki(), own.leaf, own.key)) ==
        "bad-certificate");
  CHECK(name(Own::Issue(Spki(NewP256().get()), own.root, own.root_key)) ==
        "bad-key");
}

TEST_CASE("a certificate is issued under a root without a key identifier") {
  const Sm2Key key = Sm2Key::Generate();
  TempDir folder;
  if (!HasOpenssl(folder)) return;
  WriteFile(folder.path() / "key.pem", key.EncryptedPem("secret"));
  WriteFile(folder.path() / "req.cnf",
            "[req]\ndistinguished_name=dn\nx509_extensions=ca\nprompt=no\n"
            "[dn]\nC=CN\nO=Register\nCN=Seal Root\n"
            "[ca]\nbasicConstraints=critical,CA:TRUE\n"
            "subjectKeyIdentifier=none\n");
  REQUIRE(RunOpenssl(folder,
                     "req -x509 -new -key key.pem -passin pass:secret -sm3 "
                     "-sigopt distid:1234567812345678 -config req.cnf "
                     "-days 36500 -outform DER -out root.der"));
  const std::string root = ReadFile(folder.path() / "root.der");
  const int64_t start = ReadCertificate(root)->not_before_s;
  const auto leaf = IssueCertificate(key.spki(), {"Signer", ""},
                                     {start, start + 1000}, root, key);
  REQUIRE(leaf);
  CHECK(ReadCertificate(*leaf)->subject == "CN=Signer,C=CN");
  CHECK(Judge(*leaf, {root}, {}, start + 1) == Fault::kNone);
  WriteFile(folder.path() / "leaf.pem", CertificatePem(*leaf));
  REQUIRE(RunOpenssl(folder, "x509 -in leaf.pem -noout -text"));
  CHECK(Printed(folder).find("Authority Key") == std::string::npos);
}

}  // namespace
}  // namespace sealedger::notary
