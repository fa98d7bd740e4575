#include <doctest/doctest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "notary/certificate.h"
#include "notary/eseal_verify.h"
#include "notary/seal_reasons.h"
#include "notary/sentences.h"
#include "tests/notary/seal_cases.h"

namespace sealedger::notary {
namespace {

using testing::CheckIn;
using testing::FailsOf;
using testing::GoodSignature;
using testing::kCertificateFrom;
using testing::kCertificateTo;
using testing::kRootFrom;
using testing::kSigningTime;
using testing::ReasonOf;
using testing::SealPerson;
using testing::SealSample;
using testing::Shop;
using testing::ShopQuestion;
using testing::ShopTrust;
using testing::StampedSignature;
using testing::TokenAuthority;
using testing::TokenOrder;
using testing::VerifyFile;
using testing::VerifyStamped;
using testing::WithStamp;

TEST_CASE("a good time stamp passes, and bounds the signature") {
  const TokenAuthority authority;
  const std::string signature = GoodSignature();
  const auto decoded = DecodeSealSignature(signature);
  REQUIRE(decoded);
  TokenOrder order{.stamped = decoded->signature, .accuracy_s = 2};
  order.digest = "SM3";
  const std::string stamped = WithStamp(signature, authority.Token(order));

  SealTrust trust = ShopTrust();
  Verdict verdict = VerifyFile(stamped, trust);
  CHECK(ReasonOf(verdict, "time_stamp") == "no_tsa_ca");
  CHECK_FALSE(CheckIn(verdict, "time_stamp").required);
  CHECK(verdict.overall() == Overall::kPassed);
  CHECK(verdict.ends.empty());

  trust.tsa_cas = {authority.root()};
  verdict = VerifyFile(stamped, trust);
  CHECK(ReasonOf(verdict, "time_stamp") == "stamped");
  CHECK(CheckIn(verdict, "time_stamp").required);
  CHECK(verdict.overall() == Overall::kPassed);
  REQUIRE(verdict.ends.size() == 1);
  const IntervalEnd& end = verdict.ends[0];
  CHECK(end.side == IntervalEnd::Side::kNotAfter);
  CHECK(end.of == IntervalEnd::Subject::kSignature);
  CHECK(end.source == "CN=Sample Time Authority");
  CHECK(end.time_ms == 1'772'440'205'000);
  CHECK(end.tolerance_s == 2);
}

TEST_CASE("a bad time stamp fails, and bounds nothing") {
  const TokenAuthority authority;
  const std::vector<std::string> tsa_cas = {authority.root()};
  Verdict verdict =
      VerifyStamped(authority, {.stamped = "x", .accuracy_s = {}}, tsa_cas);
  CHECK(ReasonOf(verdict, "time_stamp") == "wrong_imprint");
  CHECK(verdict.overall() == Overall::kFailed);
  CHECK(verdict.ends.empty());
  verdict = VerifyFile(StampedSignature("\x01\x02\x03"));
  CHECK(ReasonOf(verdict, "time_stamp") == "malformed_token");
  CHECK(verdict.overall() == Overall::kFailed);
}

TEST_CASE("a time stamp signed with SM2 is neither good nor bad") {
  TokenAuthority::Making making;
  making.key = TokenAuthority::Key::kSm2;
  const TokenAuthority authority(making);
  const Verdict verdict = VerifyStamped(
      authority, {.stamped = {}, .accuracy_s = {}}, {authority.root()});
  CHECK(ReasonOf(verdict, "time_stamp") == "sm2_token");
  CHECK(CheckIn(verdict, "time_stamp").result == CheckResult::kNotChecked);
  CHECK_FALSE(CheckIn(verdict, "time_stamp").required);
  CHECK(verdict.overall() == Overall::kPassed);
  CHECK(verdict.ends.empty());
}

TEST_CASE("a seal's own time stamp is over the maker's signature value") {
  const Verdict verdict =
      VerifyFile(Shop().Seal2025(Shop().Info(), "\x01\x02\x03"));
  CHECK(ReasonOf(verdict, "time_stamp") == "malformed_token");
  CHECK(FailsOf(verdict) == std::vector<std::string>{"time_stamp"});
  CHECK(ReasonOf(verdict, "seal_signature") == "signed_by_maker");

  const TokenAuthority authority;
  auto seal = DecodeSeal(Shop().Seal2020(Shop().Info()));
  REQUIRE(seal);
  seal->time_stamp =
      authority.Token({.stamped = seal->signature, .accuracy_s = {}});
  SealTrust trust = ShopTrust();
  trust.tsa_cas = {authority.root()};
  Verdict stamped;
  stamped.checks = CheckSeal(*seal, trust, kSigningTime);
  CHECK(ReasonOf(stamped, "time_stamp") == "stamped");
}

// Verdicts that between them end in every way that is known.
std::vector<Verdict> AllVerdicts() {
  std::vector<Verdict> all;
  for (const auto& samples :
       {Shop().GoodSeals(), Shop().BadSeals(), Shop().GoodSignatures(),
        Shop().BadSignatures()}) {
    for (const SealSample& sample : samples) {
      all.push_back(VerifyFile(sample.bytes));
    }
  }
  const auto add = [&all](std::vector<Check> checks) {
    Verdict verdict;
    verdict.checks = std::move(checks);
    all.push_back(std::move(verdict));
  };
  const std::string good = GoodSignature();
  const auto decoded = DecodeSealSignature(good);
  REQUIRE(decoded);
  TokenAuthority::Making elsewhere;
  elsewhere.root_name = "Another Time Root";
  const TokenAuthority stranger(elsewhere);

  // Certificates: every fault, of maker and signer alike.
  SealTrust other;
  const SealPerson& root = Shop().root();
  other.seal_cas = {MakeRootCertificate(Sm2Key::Generate(), {"Other", "Other"},
                                        {kRootFrom, kCertificateTo})};
  all.push_back(VerifyFile(good, other));
  all.push_back(VerifyFile(good, {}));
  all.push_back(VerifyFile("no seal"));
  std::string forged = Shop().signer().certificate;
  forged.back() = static_cast<char>(forged.back() ^ 1);
  for (const std::string& certificate :
       {std::string("no certificate"), forged, root.certificate,
        stranger.certificate()}) {
    SealSignature signature = *decoded;
    signature.certificate = certificate;
    signature.seal.maker_certificate = certificate;
    add(CheckSealSignature(signature, ShopTrust(), ShopQuestion()));
  }
  for (const int64_t at_s : {kCertificateFrom - 1, kCertificateTo + 1}) {
    SealQuestion question = ShopQuestion();
    question.at_s = at_s;
    SealSignature signature = *decoded;
    signature.seal.info.created_s = at_s;
    add(CheckSealSignature(signature, ShopTrust(), question));
  }
  for (const char* value : {"", "no value"}) {
    SealSignature signature = *decoded;
    signature.signature = value;
    signature.seal.signature = value;
    add(CheckSealSignature(signature, ShopTrust(), ShopQuestion()));
    signature.signature_oid = "1.2.3";
    signature.seal.signature_oid = "1.2.3";
    signature.claimed_time_s.reset();
    signature.data_hash.pop_back();
    signature.warnings = {"unused_bits"};
    add(CheckSealSignature(signature, ShopTrust(), {}));
  }
  add(CheckSealSignature(*decoded, ShopTrust(), {}));

  // Time stamps.
  const TokenAuthority authority;
  const std::vector<std::string> tsa_cas = {authority.root()};
  const auto stamp = [&](const TokenAuthority& by, const TokenOrder& order,
                         const std::vector<std::string>& trusted) {
    all.push_back(VerifyStamped(by, order, trusted));
  };
  TokenOrder order{.stamped = {}, .accuracy_s = {}};
  stamp(authority, order, tsa_cas);
  stamp(authority, order, {});
  stamp(stranger, order, tsa_cas);
  order.time = "20200101000000";
  stamp(authority, order, tsa_cas);
  order.time = "20400101000000";
  stamp(authority, order, tsa_cas);
  order.time = "20260302083005";
  order.digest = "SHA-1";
  stamp(authority, order, tsa_cas);
  order.digest = "SHA-256";
  TokenAuthority::Making making;
  making.for_time_stamps = false;
  const TokenAuthority misused(making);
  stamp(misused, order, {misused.root()});
  making.key = TokenAuthority::Key::kSm2;
  stamp(TokenAuthority(making), order, tsa_cas);
  order.stamped = "other";
  stamp(authority, order, tsa_cas);
  all.push_back(VerifyFile(StampedSignature("no token")));
  std::string broken =
      authority.Token({.stamped = decoded->signature, .accuracy_s = {}});
  broken.back() = static_cast<char>(broken.back() ^ 1);
  SealTrust trust = ShopTrust();
  trust.tsa_cas = tsa_cas;
  all.push_back(VerifyFile(WithStamp(good, broken), trust));
  return all;
}

TEST_CASE("every known outcome is reached, and tells all its sentence needs") {
  std::set<std::pair<std::string, std::string>> reached;
  for (const Verdict& verdict : AllVerdicts()) {
    for (const Check& check : verdict.checks) {
      reached.insert({check.id, check.reason});
      for (const Language language : {Language::kChinese, Language::kEnglish}) {
        const std::string sentence = CheckSentence(check, language);
        CAPTURE(sentence);
        for (const char* mark : {"?", "{", "}", "[", "]"}) {
          CHECK(sentence.find(mark) == std::string::npos);
        }
        // Every warning has words, which have no such mark.
        if (check.evidence.count("warnings") == 0) continue;
        CHECK(sentence.find('_') == std::string::npos);
      }
    }
  }
  for (const KnownReason& row : KnownSealReasons()) {
    CAPTURE(row.id);
    CAPTURE(row.reason);
    CHECK(reached.count({std::string(row.id), std::string(row.reason)}) == 1);
  }
}

}  // namespace
}  // namespace sealedger::notary
