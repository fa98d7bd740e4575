#include "notary/eseal.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/encoding.h"
#include "ledger/hash.h"
#include "notary/der.h"
#include "notary/sm2.h"
#include "tests/notary/seal_samples.h"
#include "tests/support/aborts.h"

namespace sealedger::notary {
namespace {

using testing::Aborts;
using testing::DerPartAt;
using testing::kSigningTime;
using testing::SealSample;
using testing::SealWorkshop;
using testing::WithDerPart;

const SealWorkshop& Shop() {
  static const SealWorkshop shop;
  return shop;
}

std::string Hex(std::string_view hex) { return *ledger::DecodeHex(hex); }

// The faulty part as the error names it; "" where the bytes are a seal, or a
// signature.
template <typename T>
std::string Fault(const Result<T>& result) {
  if (result) return "";
  const ledger::Error& error = result.error();
  CHECK(error.code == ledger::Code::kMalformed);
  CHECK(error.name == "seal-format");
  CHECK_FALSE(error.detail.empty());
  return error.detail;
}

bool Fails(const SealSample& sample, std::string_view id) {
  return std::find(sample.fails.begin(), sample.fails.end(), id) !=
         sample.fails.end();
}

SealForm FormNamed(std::string_view name) {
  if (name.find("2014") != name.npos) return SealForm::k2014;
  return SealForm::k2020;
}

SealSignature Decoded(const std::string& bytes) {
  auto signature = DecodeSealSignature(bytes);
  if (!signature) FAIL(signature.error().detail);
  return *std::move(signature);
}

SealWarnings WarningsOf(const SealSignature& signature) {
  SealWarnings all = signature.seal.warnings;
  all.insert(all.end(), signature.warnings.begin(), signature.warnings.end());
  return all;
}

// What is made with a filler of the length that gives it this size.
std::string Padded(const std::function<std::string(const std::string&)>& make,
                   size_t size) {
  const std::string all = make(std::string(size, 'x'));
  std::string fit = make(std::string(size - (all.size() - size), 'x'));
  REQUIRE(fit.size() == size);
  return fit;
}

// All that a seal says, joined.
std::string AllOf(const Seal& seal) {
  std::string all = seal.signed_bytes + seal.maker_certificate +
                    seal.signature_oid + seal.signature +
                    seal.time_stamp.value_or("");
  for (const std::string& warning : seal.warnings) all += warning;
  return all;
}

TEST_CASE("good seals are read, whatever their form") {
  for (const SealSample& sample : Shop().GoodSeals()) {
    CAPTURE(sample.name);
    const Result<Seal> seal = DecodeSeal(sample.bytes);
    REQUIRE(Fault(seal) == "");
    if (sample.warnings.empty()) {
      CHECK(seal->form == FormNamed(sample.name));
    }
    CHECK(seal->warnings == sample.warnings);
    CHECK(seal->info.es_id == Shop().Info().es_id);
    CHECK(seal->maker_certificate == Shop().maker().certificate);
    CHECK(Fault(FindSealFileKind(sample.bytes)) == "");
    CHECK(*FindSealFileKind(sample.bytes) == SealFileKind::kSeal);
    CHECK_FALSE(DecodeSealSignature(sample.bytes));
  }
}

TEST_CASE("good signatures are read, whatever their form") {
  for (const SealSample& sample : Shop().GoodSignatures()) {
    CAPTURE(sample.name);
    const Result<SealSignature> signature = DecodeSealSignature(sample.bytes);
    REQUIRE(Fault(signature) == "");
    CHECK(WarningsOf(*signature) == sample.warnings);
    CHECK(signature->claimed_time_s == kSigningTime);
    CHECK(signature->data_hash ==
          ledger::Sm3Of(testing::kProtectedBytes).view());
    CHECK(signature->certificate == Shop().signer().certificate);
    CHECK(*FindSealFileKind(sample.bytes) == SealFileKind::kSignature);
    CHECK_FALSE(DecodeSeal(sample.bytes));
  }
}

TEST_CASE("what is malformed is neither a seal nor a signature") {
  size_t malformed = 0;
  for (const SealSample& sample : Shop().BadSeals()) {
    CAPTURE(sample.name);
    const Result<Seal> seal = DecodeSeal(sample.bytes);
    CHECK(!Fault(seal).empty() == Fails(sample, "format"));
    malformed += Fails(sample, "format");
  }
  CHECK(malformed > 25);
  for (const SealSample& sample : Shop().BadSignatures()) {
    CAPTURE(sample.name);
    const Result<SealSignature> signature = DecodeSealSignature(sample.bytes);
    CHECK(!Fault(signature).empty() == Fails(sample, "format"));
  }
}

TEST_CASE("an error names the part") {
  const std::string seal = Shop().Seal2020(Shop().Info());
  const std::string integer = DerIntegerOf(1);
  CHECK(Fault(DecodeSeal(WithDerPart(seal, {0, 3, 0}, integer)))
            .starts_with("SESeal.eSealInfo.picture.type "));
  CHECK(Fault(DecodeSeal(WithDerPart(seal, {0, 0, 2}, integer)))
            .starts_with("SESeal.eSealInfo.header.Vid "));
  const std::string signature = Shop().Signature2020({});
  CHECK(Fault(DecodeSealSignature(
                  WithDerPart(signature, {0, 1, 0, 2, 6}, integer)))
            .starts_with("SES_Signature.toSign.eseal.eSealInfo.property."
                         "validEnd "));
  CHECK(Fault(DecodeSealSignature(WithDerPart(signature, {0, 4}, integer)))
            .starts_with("SES_Signature.toSign.propertyInfo "));
  CHECK(Fault(DecodeSeal("")).starts_with("not one SEQUENCE"));
  CHECK(
      Fault(DecodeSeal(DerOf(kDerSequence, ""))).starts_with("not the shape"));
}

TEST_CASE("a seal of 2020 holds what was written") {
  for (const SealInfo& info :
       {Shop().Info(), Shop().InfoWithDigests(), Shop().InfoWithExtensions()}) {
    const Result<Seal> seal = DecodeSeal(Shop().Seal2020(info));
    REQUIRE(seal);
    CHECK(seal->info == info);
    CHECK(seal->signed_bytes == EncodeSealInfo(info));
    CHECK(seal->signature_oid == kSm2SignOid);
    CHECK_FALSE(seal->time_stamp);
    CHECK(VerifySm2(Shop().maker().key.spki(), seal->signed_bytes,
                    seal->signature));
  }
}

TEST_CASE("a seal of 2014 holds the same, its maker signs more") {
  const SealInfo info = Shop().InfoWithExtensions();
  const std::string der = Shop().Seal2014(info);
  const Result<Seal> seal = DecodeSeal(der);
  REQUIRE(seal);
  SealInfo expected = info;
  expected.version = 1;
  CHECK(seal->info == expected);
  CHECK(DerPartAt(seal->signed_bytes, {0}) == DerPartAt(der, {0}));
  CHECK(DerPartAt(seal->signed_bytes, {1}) == DerPartAt(der, {1, 0}));
  CHECK(DerPartAt(seal->signed_bytes, {2}) == DerPartAt(der, {1, 1}));
  CHECK(VerifySm2(Shop().maker().key.spki(), seal->signed_bytes,
                  seal->signature));
}

TEST_CASE("a seal of 2025 has a time stamp beside") {
  const std::string der = Shop().Seal2025(Shop().Info(), "token");
  const Result<Seal> seal = DecodeSeal(der);
  REQUIRE(seal);
  CHECK(seal->form == SealForm::k2025);
  CHECK(seal->time_stamp == "token");
  CHECK(seal->info.version == 5);
  CHECK(seal->warnings.empty());
  CHECK(seal->signed_bytes == DerPartAt(der, {0}));
}

TEST_CASE("a signature of 2020 holds what was written") {
  SealWorkshop::Signing signing;
  signing.seal = Shop().Seal2020(Shop().InfoWithDigests());
  signing.extensions = Shop().InfoWithExtensions().extensions;
  signing.property_info = "/Doc_0";
  signing.time_stamp = "token";
  const std::string der = Shop().Signature2020(signing);
  const SealSignature signature = Decoded(der);
  CHECK(signature.form == SealForm::k2020);
  CHECK(signature.version == 4);
  CHECK(signature.seal.info == Shop().InfoWithDigests());
  CHECK(signature.seal_der == signing.seal);
  CHECK(signature.claimed_time_s == kSigningTime);
  CHECK_FALSE(signature.claimed_local);
  CHECK(signature.property_info == "/Doc_0");
  CHECK(signature.extensions == signing.extensions);
  CHECK(signature.signed_bytes == DerPartAt(der, {0}));
  CHECK(signature.signature_oid == kSm2SignOid);
  CHECK(signature.time_stamp == "token");
  CHECK(VerifySm2(Shop().signer().key.spki(), signature.signed_bytes,
                  signature.signature));
}

TEST_CASE("a signature of 2014 holds its signer's certificate inside") {
  const std::string der = Shop().Signature2014({});
  const SealSignature signature = Decoded(der);
  CHECK(signature.form == SealForm::k2014);
  CHECK(signature.seal.form == SealForm::k2014);
  CHECK(signature.version == 1);
  CHECK(signature.certificate == Shop().signer().certificate);
  CHECK(signature.signed_bytes == DerPartAt(der, {0}));
  CHECK_FALSE(signature.time_stamp);
  CHECK(VerifySm2(Shop().signer().key.spki(), signature.signed_bytes,
                  signature.signature));
}

TEST_CASE("the time in a signature of 2014 stands in several spellings") {
  const auto claimed = [](const std::string& info) {
    return Decoded(Shop().Signature2014({.time_info = info}));
  };
  const std::string utc = DerOf(kDerUtcTime, "260302083000Z");
  const std::string generalized = DerOf(kDerGeneralizedTime, "20260302083000Z");
  for (const std::string& info :
       {utc, generalized, std::string("2026-03-02T08:30:00.999Z")}) {
    CHECK(claimed(info).claimed_time_s == kSigningTime);
    CHECK_FALSE(claimed(info).claimed_local);
  }
  const SealSignature local = claimed("2026-03-02 16:30:00");
  CHECK(local.claimed_time_s == kSigningTime);
  CHECK(local.claimed_local);
  // Tokens, and text that is no time.
  for (const std::string& info :
       {std::string(), DerOf(kDerSequence, utc), utc + '\0',
        std::string("2026-03-02"), std::string("2026-03-02 16:30:00 "),
        std::string("2026-03-02 16:30:0"), std::string("2026/03/02 16:30:00"),
        std::string("yesterday")}) {
    CAPTURE(info);
    CHECK_FALSE(claimed(info).claimed_time_s);
    CHECK_FALSE(claimed(info).claimed_local);
  }
}

TEST_CASE("a list holds certificates or digests, the rest lists nobody") {
  const std::string certificate = DerOf(kDerOctetString, "certificate");
  const std::string octets = DerOf(kDerOctetString, std::string(32, 'd'));
  const auto digest = [](std::string_view type, const std::string& value) {
    return DerOf(kDerSequence, DerOf(kDerPrintableString, type) + value);
  };
  const std::string good = digest("", octets);
  const auto with_list = [](int64_t type, const std::string& entries) {
    std::string seal = Shop().Seal2020(Shop().Info());
    seal = WithDerPart(seal, {0, 2, 2}, DerIntegerOf(type));
    seal = WithDerPart(seal, {0, 2, 3}, DerOf(kDerSequence, entries));
    return *DecodeSeal(seal);
  };
  const SealWarnings odd = {"unknown_cert_list_entry"};

  const Seal both = with_list(1, certificate + good + certificate + good);
  CHECK(both.info.certificates.size() == 2);
  CHECK(both.info.digests.empty());
  CHECK(both.warnings == odd);
  const Seal digests = with_list(2, certificate + good);
  CHECK(digests.info.lists_digests);
  CHECK(digests.info.certificates.empty());
  CHECK(digests.info.digests == std::vector<std::string>{std::string(32, 'd')});
  CHECK(digests.warnings == odd);
  for (const std::string& entry :
       {digest("SM3", DerOf(kDerOctetString, std::string(31, 'd'))),
        digest("SM3", octets + octets), digest("S*", octets),
        DerOf(kDerSequence, octets), DerOf(kDerSequence, ""), octets}) {
    const Seal none = with_list(2, entry);
    CHECK(none.info.digests.empty());
    CHECK(none.info.certificates.empty());
    CHECK(none.warnings == odd);
  }
  CHECK(with_list(1, "").warnings.empty());
  CHECK(with_list(2, "").info.lists_digests);
}

TEST_CASE("a version agrees with the shape, or is warned of") {
  const auto warns = [](const std::string& seal, int64_t version) {
    const auto read =
        DecodeSeal(WithDerPart(seal, {0, 0, 1}, DerIntegerOf(version)));
    REQUIRE(read);
    CHECK(read->info.version == version);
    return !read->warnings.empty();
  };
  const std::string seal_2014 = Shop().Seal2014(Shop().Info());
  const std::string seal_2020 = Shop().Seal2020(Shop().Info());
  const std::string seal_2025 = Shop().Seal2025(Shop().Info(), "token");
  for (int64_t version = -1; version < 8; ++version) {
    CAPTURE(version);
    CHECK(warns(seal_2014, version) == (version < 1 || version > 3));
    CHECK(warns(seal_2020, version) == (version != 4 && version != 5));
    CHECK(warns(seal_2025, version) == (version != 5));
  }
}

TEST_CASE("every file has a greatest size") {
  const auto seal = [](const std::string& picture) {
    SealInfo info = Shop().Info();
    info.picture.data = picture;
    return EncodeSeal(EncodeSealInfo(info), "certificate", "value");
  };
  // Signature values differ in length.
  const std::string inner = Shop().Seal2020(Shop().Info());
  const auto signature = [&](const std::string& property_info) {
    SealWorkshop::Signing signing;
    signing.seal = inner;
    signing.property_info = property_info;
    return WithDerPart(Shop().Signature2020(signing), {3}, DerBitStringOf(""));
  };
  CHECK(DecodeSeal(Padded(seal, kMaxSealFile)));
  CHECK(Fault(DecodeSeal(Padded(seal, kMaxSealFile + 1))) ==
        "more than 524288 bytes");
  CHECK(DecodeSealSignature(Padded(signature, kMaxSealSignature)));
  CHECK(Fault(DecodeSealSignature(Padded(signature, kMaxSealSignature + 1))) ==
        "more than 1048576 bytes");
  SealWorkshop::Signing inside;
  inside.seal = Padded(seal, kMaxSealFile);
  CHECK(DecodeSealSignature(Shop().Signature2020(inside)));
  inside.seal = Padded(seal, kMaxSealFile + 1);
  CHECK(Fault(DecodeSealSignature(Shop().Signature2020(inside)))
            .starts_with("SES_Signature.toSign.eseal "));
}

TEST_CASE("nothing truncated is read, and nothing changed is read wrongly") {
  const std::string seal = Shop().Seal2025(Shop().InfoWithDigests(), "token");
  for (size_t size = 0; size < seal.size(); ++size) {
    if (DecodeSeal(seal.substr(0, size))) FAIL(size);
  }
  const std::string signature = Shop().Signature2014({});
  for (size_t size = 0; size < signature.size(); ++size) {
    if (DecodeSealSignature(signature.substr(0, size))) FAIL(size);
  }
  for (size_t i = 0; i < seal.size(); ++i) {
    std::string changed = seal;
    changed[i] = static_cast<char>(changed[i] ^ 0x01);
    const Result<Seal> read = DecodeSeal(changed);
    // No octet of the file is without a meaning.
    if (read && AllOf(*read) == AllOf(*DecodeSeal(seal))) FAIL(i);
  }
}

TEST_CASE("SES_SealInfo has these bytes") {
  SealInfo info;
  info.vendor = "V";
  info.es_id = "1";
  info.type = 6;
  info.name = "章";
  info.certificates = {"ABC"};
  info.valid_from_s = 1;
  info.valid_to_s = 253402300799;
  info.picture = {"PNG", "x", 40, 300};
  info.extensions = {{"1.2.3", true, "y"}, {"2.999", false, ""}};
  const std::string times =
      ledger::EncodeHex(DerOf(kDerGeneralizedTime, "19700101000000Z") +
                        DerOf(kDerGeneralizedTime, "19700101000001Z") +
                        DerOf(kDerGeneralizedTime, "99991231235959Z"));
  const std::string property =
      "3045"
      "020106"
      "0c03e7aba0"
      "020101"
      "30050403414243" +
      times;
  CHECK(ledger::EncodeHex(EncodeSealInfo(info)) ==
        "308180"
        "300a16024553020104160156"
        "160131" +
            property +
            "300f1603504e470401780201280202012c"
            "3017"
            "300a06022a030101ff040179"
            "3009060288370101000400");
  info.extensions.clear();
  info.certificates.clear();
  info.lists_digests = true;
  info.digests = {std::string(32, '\x11')};
  CHECK(DerPartAt(EncodeSealInfo(info), {2, 2}) == Hex("020102"));
  CHECK(ledger::EncodeHex(DerPartAt(EncodeSealInfo(info), {2, 3})) ==
        "302930271303534d330420" + ledger::EncodeHex(info.digests[0]));
}

TEST_CASE("a seal is written as four elements") {
  CHECK(ledger::EncodeHex(EncodeSeal(Hex("3000"), "c", "v")) ==
        "3013"
        "3000"
        "040163"
        "06082a811ccf55018375"
        "03020076");
}

TEST_CASE("what no seal may hold is not written") {
  const auto aborts = [](const std::function<void(SealInfo&)>& change) {
    SealInfo info = Shop().InfoWithExtensions();
    change(info);
    return Aborts([&] { EncodeSealInfo(info); });
  };
  CHECK_FALSE(aborts([](SealInfo&) {}));
  CHECK(aborts([](SealInfo& info) { info.vendor = "\xff"; }));
  CHECK(aborts([](SealInfo& info) { info.es_id = "一"; }));
  CHECK(aborts([](SealInfo& info) { info.picture.type = "\x80"; }));
  CHECK(aborts([](SealInfo& info) { info.name = "\xff"; }));
  CHECK(aborts([](SealInfo& info) { info.created_s = -1; }));
  CHECK(aborts([](SealInfo& info) { info.lists_digests = true; }));
  CHECK(
      aborts([](SealInfo& info) { info.digests = {std::string(32, '\x11')}; }));
  CHECK(aborts([](SealInfo& info) {
    info.certificates.clear();
    info.lists_digests = true;
    info.digests = {"short"};
  }));
  CHECK(aborts([](SealInfo& info) { info.extensions[0].oid = "1"; }));
}

TEST_CASE("which kind a file is, its inner shape says") {
  // SEQUENCE { SEQUENCE { begin }, and more }.
  const auto shape = [](const std::string& begin, const std::string& rest) {
    return DerOf(kDerSequence, DerOf(kDerSequence, begin) + rest);
  };
  const std::string sequence = DerOf(kDerSequence, "");
  const std::string integer = DerIntegerOf(1);
  const std::string bits = DerBitStringOf("");
  const std::string rest_2020 =
      DerOf(kDerOctetString, "") + DerOidOf(kSm2SignOid) + bits;
  const std::string stamped = rest_2020 + DerOf(kDerExplicit0, bits);
  const auto kind = [](const std::string& bytes) {
    const auto found = FindSealFileKind(bytes);
    if (!found) return std::string("neither");
    return std::string(*found == SealFileKind::kSeal ? "seal" : "signature");
  };
  CHECK(kind(shape(sequence, sequence)) == "seal");
  CHECK(kind(shape(sequence, rest_2020)) == "seal");
  CHECK(kind(shape(sequence, stamped)) == "seal");
  CHECK(kind(shape(integer, bits)) == "signature");
  CHECK(kind(shape(integer, rest_2020)) == "signature");
  CHECK(kind(shape(integer, stamped)) == "signature");
  CHECK(kind(shape(sequence, bits)) == "neither");
  CHECK(kind(shape(integer, sequence)) == "neither");
  CHECK(kind(shape("", rest_2020)) == "neither");
  CHECK(kind(shape(bits, rest_2020)) == "neither");
  CHECK(kind(shape(sequence, rest_2020 + bits)) == "neither");
  CHECK(kind(DerOf(kDerSequence, "")) == "neither");
  CHECK(kind(DerOf(kDerSequence, bits + rest_2020)) == "neither");
  CHECK(kind("") == "neither");
  CHECK(kind(shape(integer, bits) + '\0') == "neither");
}

TEST_CASE("each form has the name of its standard") {
  CHECK(SealFormName(SealForm::k2014) == "GM/T 0031-2014");
  CHECK(SealFormName(SealForm::k2020) == "GB/T 38540-2020");
  CHECK(SealFormName(SealForm::k2025) == "GM/T 0031-2025");
}

}  // namespace
}  // namespace sealedger::notary
