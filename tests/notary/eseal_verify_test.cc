#include "notary/eseal_verify.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/hash.h"
#include "notary/certificate.h"
#include "tests/notary/seal_cases.h"

namespace sealedger::notary {
namespace {

using testing::CheckIn;
using testing::EvidenceOf;
using testing::FailsOf;
using testing::GoodSignature;
using testing::kCertificateFrom;
using testing::kCertificateTo;
using testing::kOtherBytes;
using testing::kProtectedBytes;
using testing::kSealFrom;
using testing::kSealTo;
using testing::kSigningTime;
using testing::ReasonOf;
using testing::SealPerson;
using testing::SealSample;
using testing::Shop;
using testing::ShopQuestion;
using testing::ShopTrust;
using testing::StampedSignature;
using testing::VerifyFile;

std::vector<std::string> IdsOf(const Verdict& verdict) {
  std::vector<std::string> ids;
  for (const Check& check : verdict.checks) ids.push_back(check.id);
  return ids;
}

TEST_CASE("good seals pass, and have no checks of a signature") {
  for (const SealSample& sample : Shop().GoodSeals()) {
    CAPTURE(sample.name);
    Verdict verdict = VerifyFile(sample.bytes);
    // Samples have no real tokens; those have tests of their own.
    std::erase_if(verdict.checks,
                  [](const Check& check) { return check.id == "time_stamp"; });
    CHECK(FailsOf(verdict).empty());
    CHECK(ReasonOf(verdict, "seal_signature") == "signed_by_maker");
    CHECK(ReasonOf(verdict, "maker_certificate") == "trusted");
    CHECK(ReasonOf(verdict, "seal_validity") == "within_validity");
    CHECK(ReasonOf(verdict, "register_status") == "offline");
    CHECK(verdict.Find("signature") == nullptr);
    CHECK(verdict.Find("signer_listed") == nullptr);
    CHECK(verdict.Find("data_hash") == nullptr);
    CHECK(verdict.claims.empty());
    CHECK(verdict.overall() == Overall::kPassed);
    CHECK(sample.odd_value ==
          !EvidenceOf(verdict, "seal_signature", "warnings").empty());
  }
}

TEST_CASE("good signatures pass every check but that of the register") {
  for (const SealSample& sample : Shop().GoodSignatures()) {
    CAPTURE(sample.name);
    Verdict verdict = VerifyFile(sample.bytes);
    std::erase_if(verdict.checks,
                  [](const Check& check) { return check.id == "time_stamp"; });
    CHECK(FailsOf(verdict).empty());
    for (const Check& check : verdict.checks) {
      CAPTURE(check.id);
      CAPTURE(check.reason);
      const bool offline = check.id == "register_status";
      CHECK((check.result == CheckResult::kPass || offline));
      CHECK((check.required || offline));
    }
    CHECK(verdict.overall() == Overall::kPassed);
  }
}

TEST_CASE("each fault fails exactly the checks that it concerns") {
  const auto expect = [](const SealSample& sample, SealFileKind due) {
    CAPTURE(sample.name);
    // A good file of the other kind is not what this list is about.
    const auto kind = FindSealFileKind(sample.bytes);
    if (kind && *kind != due) return;
    std::vector<std::string> fails = sample.fails;
    std::sort(fails.begin(), fails.end());
    const Verdict verdict = VerifyFile(sample.bytes);
    CHECK(FailsOf(verdict) == fails);
    CHECK(verdict.overall() == Overall::kFailed);
  };
  for (const SealSample& sample : Shop().BadSeals()) {
    expect(sample, SealFileKind::kSeal);
  }
  for (const SealSample& sample : Shop().BadSignatures()) {
    expect(sample, SealFileKind::kSignature);
  }
}

TEST_CASE("the checks come in one order") {
  const std::vector<std::string> of_seal = {"format", "seal_signature",
                                            "maker_certificate",
                                            "seal_validity", "register_status"};
  CHECK(IdsOf(VerifyFile(Shop().Seal2020(Shop().Info()))) == of_seal);
  const std::vector<std::string> of_signature = {
      "format",     "seal_signature", "maker_certificate",  "seal_validity",
      "signature",  "signer_listed",  "signer_certificate", "data_hash",
      "time_stamp", "register_status"};
  CHECK(IdsOf(VerifyFile(StampedSignature("x"))) == of_signature);
}

TEST_CASE("what is no seal fails its format and is not looked at further") {
  for (const std::string& bytes :
       {std::string(), std::string("no seal"), std::string("\x30\x00", 2),
        Shop().root().certificate, Shop().Seal2020(Shop().Info()) + "x"}) {
    const Verdict verdict = VerifyFile(bytes);
    REQUIRE(verdict.checks.size() == 1);
    CHECK(ReasonOf(verdict, "format") == "malformed");
    CHECK(EvidenceOf(verdict, "format", "kind") == "unknown");
    CHECK_FALSE(EvidenceOf(verdict, "format", "detail").empty());
    CHECK(verdict.overall() == Overall::kFailed);
  }
}

TEST_CASE("the format names the standard, the seal and the file's digest") {
  const std::string seal = Shop().Seal2014(Shop().Info());
  const Verdict verdict = VerifyFile(seal);
  CHECK(EvidenceOf(verdict, "format", "kind") == "seal");
  CHECK(EvidenceOf(verdict, "format", "standard") == "GM/T 0031-2014");
  CHECK(EvidenceOf(verdict, "format", "seal") == Shop().Info().name);
  CHECK(EvidenceOf(verdict, "format", "code") == Shop().Info().es_id);
  CHECK(EvidenceOf(verdict, "format", "sm3") ==
        ledger::ToHex(ledger::Sm3Of(seal)));
  CHECK(EvidenceOf(VerifyFile(GoodSignature()), "format", "kind") ==
        "signature");
}

TEST_CASE("a seal is judged now, or at the time asked about") {
  const std::string seal = Shop().Seal2020(Shop().Info());
  const auto at = [&seal](int64_t now_s, std::optional<int64_t> asked) {
    SealQuestion question;
    question.at_s = asked;
    return ReasonOf(VerifySealFile(seal, ShopTrust(), question, now_s),
                    "seal_validity");
  };
  CHECK(at(kSealFrom - 1, {}) == "not_yet_valid");
  CHECK(at(kSealFrom, {}) == "within_validity");
  CHECK(at(kSealTo, {}) == "within_validity");
  CHECK(at(kSealTo + 1, {}) == "expired");
  CHECK(at(kSealTo + 1, kSealTo) == "within_validity");
  CHECK(at(kSealTo, kSealTo + 1) == "expired");
}

TEST_CASE("a signature is judged at its own time, or at the one asked about") {
  const auto verdict = [](int64_t stated, std::optional<int64_t> asked) {
    SealQuestion question = ShopQuestion();
    question.at_s = asked;
    // The wall clock is far away, and decides nothing.
    return VerifySealFile(
        Shop().Signature2020(
            {.seal = Shop().Seal2020(Shop().Info()), .time_s = stated}),
        ShopTrust(), question, 0);
  };
  Verdict found = verdict(kSealTo, {});
  CHECK(ReasonOf(found, "seal_validity") == "within_validity");
  CHECK(EvidenceOf(found, "seal_validity", "time_from") == "stated");
  REQUIRE(found.claims.size() == 1);
  CHECK(found.claims[0].id == "claimed_time");
  CHECK(found.claims[0].text == SealTimeText(kSealTo));

  CHECK(ReasonOf(verdict(kSealTo + 1, {}), "seal_validity") == "expired");
  CHECK(ReasonOf(verdict(kSealFrom - 1, {}), "seal_validity") ==
        "not_yet_valid");
  found = verdict(kSealTo + 1, kSealTo);
  CHECK(ReasonOf(found, "seal_validity") == "within_validity");
  CHECK(EvidenceOf(found, "seal_validity", "time_from") == "asked");

  // Certificates of signers run from 2025 to 2029, those of makers are judged
  // when the seal was made.
  found = verdict(kSealTo, kCertificateTo + 1);
  CHECK(ReasonOf(found, "signer_certificate") == "expired");
  CHECK(ReasonOf(found, "maker_certificate") == "trusted");
  found = verdict(kSealTo, kCertificateFrom - 1);
  CHECK(ReasonOf(found, "signer_certificate") == "not_yet_valid");
  CHECK(ReasonOf(found, "maker_certificate") == "trusted");
}

TEST_CASE("the maker's certificate is judged when the seal was made") {
  const auto reason = [](int64_t created_s) {
    SealInfo info = Shop().Info();
    info.created_s = created_s;
    return ReasonOf(VerifyFile(Shop().Seal2020(info)), "maker_certificate");
  };
  CHECK(reason(kCertificateFrom - 1) == "not_yet_valid");
  CHECK(reason(kCertificateFrom) == "trusted");
  CHECK(reason(kCertificateTo) == "trusted");
  CHECK(reason(kCertificateTo + 1) == "expired");
}

TEST_CASE("a time that cannot be read leaves open what needs it") {
  const std::string signature =
      Shop().Signature2014({.seal = Shop().Seal2014(Shop().Info()),
                            .time_info = "some day in spring"});
  Verdict verdict = VerifyFile(signature);
  CHECK(ReasonOf(verdict, "seal_validity") == "no_signing_time");
  CHECK(ReasonOf(verdict, "signer_certificate") == "no_signing_time");
  CHECK(ReasonOf(verdict, "maker_certificate") == "trusted");
  CHECK(verdict.overall() == Overall::kIndeterminate);
  CHECK(verdict.claims.empty());
  SealQuestion question = ShopQuestion();
  question.at_s = kSigningTime;
  CHECK(VerifyFile(signature, ShopTrust(), question).overall() ==
        Overall::kPassed);
}

TEST_CASE("local time without a zone is taken for UTC+8, and said so") {
  const std::string signature =
      Shop().Signature2014({.seal = Shop().Seal2014(Shop().Info()),
                            .time_info = "2026-03-02 16:30:00"});
  Verdict verdict = VerifyFile(signature);
  CHECK(EvidenceOf(verdict, "seal_validity", "at") ==
        SealTimeText(kSigningTime));
  CHECK(EvidenceOf(verdict, "seal_validity", "warnings") == "local_time");
  CHECK(verdict.overall() == Overall::kPassed);
  SealQuestion question = ShopQuestion();
  question.at_s = kSigningTime;
  verdict = VerifyFile(signature, ShopTrust(), question);
  CHECK(EvidenceOf(verdict, "seal_validity", "warnings").empty());
}

TEST_CASE("without an authority certificates are not checked") {
  const Verdict verdict = VerifyFile(GoodSignature(), {});
  CHECK(FailsOf(verdict).empty());
  CHECK(ReasonOf(verdict, "maker_certificate") == "no_ca");
  CHECK(ReasonOf(verdict, "signer_certificate") == "no_ca");
  CHECK(verdict.overall() == Overall::kIndeterminate);
}

TEST_CASE("what is protected is compared only where it is given") {
  SealQuestion question;
  Verdict verdict = VerifyFile(GoodSignature(), ShopTrust(), question);
  CHECK(ReasonOf(verdict, "data_hash") == "no_protected_bytes");
  CHECK_FALSE(CheckIn(verdict, "data_hash").required);
  CHECK(verdict.overall() == Overall::kPassed);
  question.protected_bytes = std::string(kOtherBytes);
  verdict = VerifyFile(GoodSignature(), ShopTrust(), question);
  CHECK(ReasonOf(verdict, "data_hash") == "differs");
  CHECK(EvidenceOf(verdict, "data_hash", "data_hash") ==
        ledger::ToHex(ledger::Sm3Of(kProtectedBytes)));
  CHECK(EvidenceOf(verdict, "data_hash", "given") ==
        ledger::ToHex(ledger::Sm3Of(kOtherBytes)));
}

TEST_CASE("a digest of the wrong length agrees with nothing") {
  auto signature = DecodeSealSignature(GoodSignature());
  REQUIRE(signature);
  signature->data_hash.pop_back();
  for (const SealQuestion& question : {ShopQuestion(), SealQuestion()}) {
    const auto checks = CheckSealSignature(*signature, ShopTrust(), question);
    Verdict verdict;
    verdict.checks = checks;
    CHECK(ReasonOf(verdict, "data_hash") == "wrong_length");
    CHECK(EvidenceOf(verdict, "data_hash", "bytes") == "31");
    CHECK(verdict.overall() == Overall::kFailed);
  }
}

TEST_CASE("a signer listed by digest is found by it alone") {
  SealInfo info = Shop().InfoWithDigests();
  const auto reason = [](const SealInfo& listed, const SealPerson* by) {
    return ReasonOf(VerifyFile(Shop().Signature2020(
                        {.seal = Shop().Seal2020(listed), .by = by})),
                    "signer_listed");
  };
  CHECK(reason(info, nullptr) == "digest_listed");
  CHECK(reason(info, &Shop().stranger()) == "not_listed");
  info.digests.clear();
  CHECK(reason(info, nullptr) == "not_listed");
  CHECK(reason(Shop().Info(), nullptr) == "listed");
  CHECK(reason(Shop().Info(), &Shop().stranger()) == "not_listed");
}

TEST_CASE("the other algorithm identifier is taken with a warning") {
  auto signature = DecodeSealSignature(GoodSignature());
  REQUIRE(signature);
  signature->signature_oid = kSm2OtherOid;
  signature->seal.signature_oid = kSm2OtherOid;
  Verdict verdict;
  verdict.checks = CheckSealSignature(*signature, ShopTrust(), ShopQuestion());
  CHECK(EvidenceOf(verdict, "signature", "warnings") == "other_algorithm_oid");
  CHECK(EvidenceOf(verdict, "seal_signature", "warnings") ==
        "other_algorithm_oid");
  CHECK(verdict.overall() == Overall::kPassed);
  signature->signature_oid = "1.2.156.10197.1.401";
  verdict.checks = CheckSealSignature(*signature, ShopTrust(), ShopQuestion());
  CHECK(ReasonOf(verdict, "signature") == "foreign_algorithm");
}

TEST_CASE("a seal's own warnings stand where they belong") {
  auto signature = DecodeSealSignature(GoodSignature());
  REQUIRE(signature);
  signature->seal.warnings = {"unknown_cert_list_entry"};
  signature->seal.time_stamp = "x";
  Verdict verdict;
  verdict.checks = CheckSealSignature(*signature, ShopTrust(), ShopQuestion());
  CHECK(EvidenceOf(verdict, "signer_listed", "warnings") ==
        "unknown_cert_list_entry");
  CHECK(EvidenceOf(verdict, "seal_signature", "warnings") ==
        "inner_time_stamp");
}

// A signer's certificate of these names, listed in a seal of this code.
Verdict WithNames(const CertificateNames& names, const std::string& code) {
  const auto certificate = IssueCertificate(
      Shop().signer().key.spki(), names, {kCertificateFrom, kCertificateTo},
      Shop().root().certificate, Shop().root().key);
  REQUIRE(certificate);
  SealInfo info = Shop().Info();
  info.es_id = code;
  info.certificates = {*certificate};
  auto signature = DecodeSealSignature(
      Shop().Signature2020({.seal = Shop().Seal2020(info)}));
  REQUIRE(signature);
  signature->certificate = *certificate;
  Verdict verdict;
  verdict.checks = CheckSealSignature(*signature, ShopTrust(), ShopQuestion());
  return verdict;
}

TEST_CASE("a certificate that names a seal code should name this one") {
  const auto warnings = [](const CertificateNames& names) {
    const Verdict verdict = WithNames(names, "11010500000017");
    CHECK(ReasonOf(verdict, "signer_certificate") == "trusted");
    return EvidenceOf(verdict, "signer_certificate", "warnings");
  };
  const std::string uscc = "91350100M000100Y43";
  CHECK(warnings({"11010500000017", uscc + "Acme"}).empty());
  CHECK(warnings({"Acme", "Acme Contracts Limited Company"}).empty());
  CHECK(warnings({"11010500000018", uscc}) == "code_differs");
  CHECK(warnings({"Acme", "91350100M000100Y4ZAcme"}) == "wrong_uscc");
  CHECK(warnings({"11010500000018", "91350100M000100Y4Z"}) ==
        "code_differs, wrong_uscc");
}

TEST_CASE("times before 1970 are words, and crash nothing") {
  CHECK(SealTimeText(0) == "1970-01-01T00:00:00.000Z");
  CHECK(SealTimeText(-1) == "before 1970");
  auto seal = DecodeSeal(Shop().Seal2020(Shop().Info()));
  REQUIRE(seal);
  seal->info.created_s = -631152000;
  seal->info.valid_from_s = -631152000;
  seal->info.valid_to_s = 253402300799;
  Verdict verdict;
  verdict.checks = CheckSeal(*seal, ShopTrust(), -1);
  CHECK(ReasonOf(verdict, "seal_validity") == "within_validity");
  CHECK(ReasonOf(verdict, "maker_certificate") == "not_yet_valid");
}

TEST_CASE("no changed bit passes unnoticed") {
  const std::string signature = GoodSignature();
  const Verdict good = VerifyFile(signature);
  REQUIRE(good.overall() == Overall::kPassed);
  size_t noticed = 0;
  // All that is under no signature is at the end; of the rest some will do.
  const size_t end = signature.size() - 90;
  for (size_t i = 0; i < signature.size(); i += i < end ? 11 : 1) {
    std::string changed = signature;
    changed[i] = static_cast<char>(changed[i] ^ (1 << (i % 8)));
    const Verdict verdict = VerifyFile(changed);
    if (verdict.overall() == Overall::kFailed) continue;
    // The unused bits that a signature value announces are under no signature.
    CAPTURE(i);
    ++noticed;
    CHECK(EvidenceOf(verdict, "format", "warnings") == "unused_bits");
  }
  CHECK(noticed <= 1);
}

}  // namespace
}  // namespace sealedger::notary
