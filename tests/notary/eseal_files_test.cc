// Seals and signatures that programs other than ours made.

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "ledger/hash.h"
#include "notary/certificate.h"
#include "notary/der.h"
#include "notary/eseal.h"
#include "notary/sm2.h"
#include "tests/notary/openssl_command.h"
#include "tests/support/files.h"

namespace sealedger::notary {
namespace {

namespace fs = std::filesystem;
using testing::ReadFile;
using testing::SealFixtures;

struct SealFile {
  std::string path;
  SealForm form;
  int64_t version;
  std::string es_id;
  int64_t type;
  int64_t valid_to_s;
  size_t certificates;
  size_t digests;
  size_t extensions;
  SealWarnings warnings;
};

const SealWarnings kNone;
const SealWarnings kOddList = {"unknown_cert_list_entry"};

const SealFile kSeals[] = {
    {"seals/UserV1.esl", SealForm::k2014, 1, "40C8CDD24DEF43388B86E62CCE1D6832",
     1, 1650593887, 1, 0, 0, kNone},
    {"seals/UserV4.esl", SealForm::k2020, 4, "51f044b76510434e9bc67a1185c2fba5",
     3, 1650593340, 1, 0, 0, kNone},
    {"seals/UserV5_ts.esl", SealForm::k2025, 5,
     "55a4a957189a48f596706fb431e962c5", 3, 1840179202, 1, 0, 0, kNone},
    {"signatures/SESV4SignDoc/Seal.esl", SealForm::k2020, 4,
     "51f044b76510434e9bc67a1185c2fba5", 3, 1650593340, 1, 0, 0, kNone},
    {"signatures/n/Seal.esl", SealForm::k2014, 1, "esID", 1, 1892292826, 0, 0,
     1, kOddList},
    {"own/seal_v1.esl", SealForm::k2014, 1, "35010000000017", 1, 1889980757, 1,
     0, 0, kNone},
    {"own/seal_v4_certs.esl", SealForm::k2020, 4, "35010000000017", 1,
     1889980757, 1, 0, 0, kNone},
    {"own/seal_v4_ext.esl", SealForm::k2020, 4, "35010000000017", 1, 1889980757,
     1, 0, 2, kNone},
};

struct SignatureFile {
  std::string path;
  SealForm form;
  int64_t version;
  std::string es_id;
  int64_t claimed_time_s;
  bool claimed_local;
  std::string data;    // whose SM3 its data hash is; "": of no file at hand
  bool signs_the_tbs;  // else its signer signed something else
  SealWarnings seal_warnings;
};

const SignatureFile kSignatures[] = {
    {"signatures/999/SignedValue.dat", SealForm::k2020, 4, "50011200000323",
     1597662809, false, "signatures/999/Signature.xml", true, kNone},
    {"signatures/keyword2/SignedValue.dat", SealForm::k2020, 4,
     "32010600000001", 1601796535, false, "signatures/keyword2/Signature.xml",
     true, kNone},
    {"signatures/n/SignedValue.dat", SealForm::k2014, 1, "esID", 1579937516,
     false, "", false, kOddList},
    {"signatures/SESV4SignDoc/SignedValue.dat", SealForm::k2020, 4,
     "51f044b76510434e9bc67a1185c2fba5", 1785809289, false,
     "signatures/SESV4SignDoc/Signature.xml", true, kNone},
    {"signatures/SignedValueV4.dat", SealForm::k2020, 4,
     "51f044b76510434e9bc67a1185c2fba5", 1602501243, false, "", true, kNone},
    {"signatures/SignedValueV5.dat", SealForm::k2020, 5,
     "309093c121454e56955f3be47ff728a3", 1777020806, false, "", true, kNone},
    {"own/signature_v1.dat", SealForm::k2014, 1, "35010000000017", 1795257557,
     true, "own/doc.bin", true, kNone},
    {"own/signature_v4.dat", SealForm::k2020, 4, "35010000000017", 1795286357,
     false, "own/doc.bin", true, kNone},
    {"own/signature_v4_digests.dat", SealForm::k2020, 4, "35010000000017",
     1795286357, false, "own/doc.bin", true, kNone},
    {"own/signature_v4_ts_sm3.dat", SealForm::k2020, 4, "35010000000017",
     1795372757, false, "own/doc.bin", true, kNone},
};

bool Verifies(const std::string& certificate, const std::string& message,
              const std::string& value) {
  const Result<CertificateFacts> facts = ReadCertificate(certificate);
  if (!facts) FAIL(facts.error().detail);
  const std::optional<Sm2Value> read = ReadSm2Value(value);
  REQUIRE(read);
  return VerifySm2(facts->spki, message, read->der);
}

TEST_CASE("seals of other programs are read") {
  const fs::path folder = SealFixtures();
  if (folder.empty()) return;
  for (const SealFile& file : kSeals) {
    CAPTURE(file.path);
    const std::string bytes = ReadFile(folder / file.path);
    const Result<Seal> seal = DecodeSeal(bytes);
    if (!seal) FAIL(seal.error().detail);
    CHECK(seal->form == file.form);
    CHECK(seal->info.version == file.version);
    CHECK(seal->info.es_id == file.es_id);
    CHECK(seal->info.type == file.type);
    CHECK(seal->info.valid_to_s == file.valid_to_s);
    CHECK(seal->info.certificates.size() == file.certificates);
    CHECK(seal->info.digests.size() == file.digests);
    CHECK(seal->info.extensions.size() == file.extensions);
    CHECK(seal->info.picture.type == "PNG");
    CHECK(seal->info.picture.data.starts_with("\x89PNG"));
    CHECK(seal->warnings == file.warnings);
    CHECK(seal->time_stamp.has_value() == (file.form == SealForm::k2025));
    CHECK(
        Verifies(seal->maker_certificate, seal->signed_bytes, seal->signature));
    CHECK(*FindSealFileKind(bytes) == SealFileKind::kSeal);
    if (seal->form == SealForm::k2020) {
      CHECK(EncodeSealInfo(seal->info) == seal->signed_bytes);
    }
  }
}

TEST_CASE("signatures of other programs are read") {
  const fs::path folder = SealFixtures();
  if (folder.empty()) return;
  for (const SignatureFile& file : kSignatures) {
    CAPTURE(file.path);
    const std::string bytes = ReadFile(folder / file.path);
    const Result<SealSignature> signature = DecodeSealSignature(bytes);
    if (!signature) FAIL(signature.error().detail);
    CHECK(signature->form == file.form);
    CHECK(signature->version == file.version);
    CHECK(signature->seal.info.es_id == file.es_id);
    CHECK(signature->claimed_time_s == file.claimed_time_s);
    CHECK(signature->claimed_local == file.claimed_local);
    CHECK(signature->property_info == "/Doc_0/Signs/Sign_0/Signature.xml");
    CHECK(signature->warnings.empty());
    CHECK(signature->seal.warnings == file.seal_warnings);
    if (!file.data.empty()) {
      CHECK(signature->data_hash ==
            ledger::Sm3Of(ReadFile(folder / file.data)).view());
    }
    CHECK(Verifies(signature->certificate, signature->signed_bytes,
                   signature->signature) == file.signs_the_tbs);
    CHECK(Verifies(signature->seal.maker_certificate,
                   signature->seal.signed_bytes, signature->seal.signature));
    CHECK(DecodeSeal(signature->seal_der));
    CHECK(*FindSealFileKind(bytes) == SealFileKind::kSignature);
  }
}

TEST_CASE("a seal inside a signature is the seal's file, byte for byte") {
  const fs::path folder = SealFixtures();
  if (folder.empty()) return;
  for (const std::string_view name : {"SESV4SignDoc", "n"}) {
    CAPTURE(name);
    const fs::path both = folder / "signatures" / name;
    const auto signature =
        DecodeSealSignature(ReadFile(both / "SignedValue.dat"));
    REQUIRE(signature);
    CHECK(signature->seal_der == ReadFile(both / "Seal.esl"));
  }
}

TEST_CASE("a time stamp beside a signature is a token's DER") {
  const fs::path folder = SealFixtures();
  if (folder.empty()) return;
  const auto stamped =
      DecodeSealSignature(ReadFile(folder / "own/signature_v4_ts_sm3.dat"));
  REQUIRE(stamped);
  REQUIRE(stamped->time_stamp);
  CHECK(IsDer(*stamped->time_stamp));
}

TEST_CASE("no seal and no signature of other programs is left out") {
  const fs::path folder = SealFixtures();
  if (folder.empty()) return;
  std::set<std::string> known;
  for (const SealFile& file : kSeals) known.insert(file.path);
  for (const SignatureFile& file : kSignatures) known.insert(file.path);
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string name = entry.path().extension().string();
    if (name != ".esl" && name != ".dat") continue;
    const std::string path = fs::relative(entry.path(), folder).string();
    CAPTURE(path);
    CHECK(known.count(path) == 1);
  }
}

}  // namespace
}  // namespace sealedger::notary
