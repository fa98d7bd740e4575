// Seals and signatures of other makers, where SEALEDGER_ESEAL_FIXTURES names
// the folder that has them.

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "notary/certificate.h"
#include "notary/eseal_verify.h"
#include "tests/notary/seal_cases.h"
#include "tests/support/files.h"

namespace sealedger::notary {
namespace {

using testing::CheckIn;
using testing::EvidenceOf;
using testing::FailsOf;
using testing::ReasonOf;
using Names = std::vector<std::string>;

constexpr int64_t kNow = 1'795'824'000;  // 2026-11-28

// nullopt where the folder is not at hand: then nothing is tested, and said so.
std::optional<std::filesystem::path> Folder() {
  const char* folder = std::getenv("SEALEDGER_ESEAL_FIXTURES");
  if (folder == nullptr) {
    MESSAGE("SEALEDGER_ESEAL_FIXTURES is not set: files of others are skipped");
    return std::nullopt;
  }
  return folder;
}

class Fixtures {
 public:
  explicit Fixtures(std::filesystem::path folder)
      : folder_(std::move(folder)) {}

  std::string Read(const std::string& name) const {
    return testing::ReadFile(folder_ / name);
  }
  std::vector<std::string> Certificates(const std::string& name) const {
    auto read = ReadCertificatesPem(Read(name));
    REQUIRE(read);
    return *read;
  }
  // Under the folder's own authority.
  Verdict Verify(const std::string& name, const std::string& protected_name,
                 const SealTrust* trust = nullptr) const {
    const SealTrust own = {Certificates("own/ca.pem"), {}};
    SealQuestion question;
    if (!protected_name.empty()) {
      question.protected_bytes = Read(protected_name);
    }
    return VerifySealFile(Read(name), trust ? *trust : own, question, kNow);
  }

 private:
  const std::filesystem::path folder_;
};

TEST_CASE("seals and signatures under their own authority pass") {
  const auto folder = Folder();
  if (!folder) return;
  const Fixtures fixtures(*folder);
  for (const char* name :
       {"own/seal_v1.esl", "own/seal_v4_certs.esl", "own/seal_v4_ext.esl"}) {
    CAPTURE(name);
    CHECK(fixtures.Verify(name, "").overall() == Overall::kPassed);
  }
  for (const char* name :
       {"own/signature_v1.dat", "own/signature_v4.dat",
        "own/signature_v4_digests.dat", "own/signature_v4_ts_sm3.dat"}) {
    CAPTURE(name);
    const Verdict verdict = fixtures.Verify(name, "own/doc.bin");
    CHECK(FailsOf(verdict).empty());
    CHECK(verdict.overall() == Overall::kPassed);
  }
  const SealTrust both = {fixtures.Certificates("own/ca.pem"),
                          fixtures.Certificates("own/tsa-ca.pem")};
  const Verdict verdict =
      fixtures.Verify("own/signature_v4_ts_sm3.dat", "own/doc.bin", &both);
  CHECK(ReasonOf(verdict, "time_stamp") == "stamped");
  CHECK(CheckIn(verdict, "time_stamp").required);
  CHECK(verdict.overall() == Overall::kPassed);
  REQUIRE(verdict.ends.size() == 1);
  CHECK(verdict.ends[0].time_ms == 1'795'372'757'000);
}

TEST_CASE("no changed bit of a stamped signature of others passes unnoticed") {
  const auto folder = Folder();
  if (!folder) return;
  const Fixtures fixtures(*folder);
  const std::string bytes = fixtures.Read("own/signature_v4_ts_sm3.dat");
  const SealTrust both = {fixtures.Certificates("own/ca.pem"),
                          fixtures.Certificates("own/tsa-ca.pem")};
  const SealQuestion question = {
      .at_s = {}, .protected_bytes = fixtures.Read("own/doc.bin")};
  // Where the token begins; parts of it are under no signature.
  const size_t token = 6488;
  for (size_t i = 0; i < token; i += 13) {
    CAPTURE(i);
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ (1 << (i % 8)));
    CHECK(VerifySealFile(changed, both, question, kNow).overall() ==
          Overall::kFailed);
  }
}

TEST_CASE("expired seals of another authority are signed, and no more") {
  const auto folder = Folder();
  if (!folder) return;
  const Fixtures fixtures(*folder);
  for (const char* name : {"seals/UserV1.esl", "seals/UserV4.esl",
                           "signatures/SESV4SignDoc/Seal.esl"}) {
    CAPTURE(name);
    const Verdict verdict = fixtures.Verify(name, "");
    CHECK(ReasonOf(verdict, "seal_signature") == "signed_by_maker");
    CHECK(ReasonOf(verdict, "maker_certificate") == "unknown_issuer");
    CHECK(ReasonOf(verdict, "seal_validity") == "expired");
    CHECK(FailsOf(verdict) == Names{"maker_certificate", "seal_validity"});
  }
  const Verdict verdict = fixtures.Verify("seals/UserV5_ts.esl", "");
  CHECK(EvidenceOf(verdict, "format", "standard") == "GM/T 0031-2025");
  CHECK(ReasonOf(verdict, "seal_signature") == "signed_by_maker");
  CHECK(ReasonOf(verdict, "seal_validity") == "within_validity");
  // Three octets in the place of a token.
  CHECK(ReasonOf(verdict, "time_stamp") == "malformed_token");
}

TEST_CASE("government signatures agree with what they protect") {
  const auto folder = Folder();
  if (!folder) return;
  const Fixtures fixtures(*folder);
  for (const std::string name : {"999", "keyword2"}) {
    CAPTURE(name);
    const Verdict verdict =
        fixtures.Verify("signatures/" + name + "/SignedValue.dat",
                        "signatures/" + name + "/Signature.xml");
    CHECK(FailsOf(verdict) == Names{"maker_certificate", "signer_certificate"});
    CHECK(ReasonOf(verdict, "data_hash") == "same");
    CHECK(ReasonOf(verdict, "seal_validity") == "within_validity");
    CHECK(EvidenceOf(verdict, "signer_certificate", "warnings").empty());
  }
}

TEST_CASE("bad signatures of others fail what is wrong with them") {
  const auto folder = Folder();
  if (!folder) return;
  const Fixtures fixtures(*folder);
  // Signed without the TBS, over another file, by one whose certificate stands
  // in the list as text.
  const Verdict n = fixtures.Verify("signatures/n/SignedValue.dat",
                                    "signatures/n/Signature.xml");
  CHECK(EvidenceOf(n, "format", "standard") == "GM/T 0031-2014");
  CHECK(ReasonOf(n, "signature") == "wrong_signature");
  CHECK(ReasonOf(n, "data_hash") == "differs");
  CHECK(ReasonOf(n, "signer_listed") == "not_listed");
  CHECK(EvidenceOf(n, "signer_listed", "warnings") ==
        "unknown_cert_list_entry");

  const Verdict late =
      fixtures.Verify("signatures/SESV4SignDoc/SignedValue.dat",
                      "signatures/SESV4SignDoc/Signature.xml");
  CHECK(ReasonOf(late, "seal_validity") == "expired");
  CHECK(ReasonOf(late, "signature") == "signed_by_signer");
  CHECK(ReasonOf(late, "data_hash") == "same");

  for (const std::string version : {"V4", "V5"}) {
    CAPTURE(version);
    const Verdict verdict =
        fixtures.Verify("signatures/SignedValue" + version + ".dat",
                        "signatures/Signature.xml");
    CHECK(ReasonOf(verdict, "signature") == "signed_by_signer");
    CHECK(ReasonOf(verdict, "signer_listed") == "listed");
    CHECK(ReasonOf(verdict, "data_hash") == "differs");
    CHECK(EvidenceOf(verdict, "data_hash", "data_hash") ==
          std::string(64, '0'));
  }
}

}  // namespace
}  // namespace sealedger::notary
