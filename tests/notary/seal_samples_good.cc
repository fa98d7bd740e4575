// The lists of seal_samples.h that pass.

#include <utility>

#include "notary/der.h"
#include "tests/notary/seal_edits.h"
#include "tests/notary/seal_samples.h"
#include "tests/notary/sm2_values.h"

namespace sealedger::testing {
namespace {

using notary::DerBitStringOf;
using notary::DerIntegerOf;
using notary::DerOf;
using notary::DerOidOf;
using notary::SealInfo;
using notary::Sm2Key;

// The value in one octet less of bits that announces its last bit as unused.
std::string WithUnusedBit(const std::string& der, const Sm2Key& key) {
  const std::string even = SignedUntil(
      der, key, [](std::string_view value) { return value.back() % 2 == 0; });
  const std::string value = ValueAt(even);
  return WithDerPart(even, kValue,
                     DerOf(notary::kDerBitString, '\x01' + value));
}

std::vector<SealSample> OddButGoodSeals(const SealWorkshop& shop) {
  const Sm2Key& maker = shop.maker().key;
  const SealInfo info = shop.Info();
  const std::string seal = shop.Seal2020(info);
  const std::string old = shop.Seal2014(info);
  const std::string list = DerContentAt(seal, kCertList);
  const auto listed = [&](std::string_view entry) {
    return EditedSeal(shop, info, kCertList,
                      DerOf(notary::kDerSequence, list + std::string(entry)));
  };
  const SealInfo extended = shop.InfoWithExtensions();
  const std::string extensions =
      DerPartAt(shop.Seal2020(extended), kExtensions);
  const std::string digest =
      DerOf(notary::kDerSequence,
            DerOf(notary::kDerPrintableString, "SM3") +
                DerOf(notary::kDerOctetString, std::string(32, '\x11')));
  const std::string without_critical =
      DerOf(notary::kDerSequence, DerOidOf("1.3.6.1.4.1.99999.1") +
                                      DerOf(notary::kDerOctetString, "one"));
  const std::string value = ValueAt(seal);
  return {
      {"2014 that says version 4",
       SignedSeal2014(WithDerPart(old, {0, 0, 1}, DerIntegerOf(4)), maker),
       {},
       {"version_differs_from_shape"}},
      {"2020 that says version 1",
       EditedSeal(shop, info, {0, 0, 1}, DerIntegerOf(1)),
       {},
       {"version_differs_from_shape"}},
      {"extensions under [0]",
       EditedSeal(shop, extended, kExtensions,
                  DerOf(notary::kDerExplicit0, extensions)),
       {},
       {"ext_explicit"}},
      {"an extension without critical",
       EditedSeal(shop, extended, {0, 4, 1}, without_critical),
       {},
       {}},
      {"text in the list of certificates",
       listed(DerOf(notary::kDerIa5String, "3082")),
       {},
       {"unknown_cert_list_entry"}},
      {"a digest in the list of certificates",
       listed(digest),
       {},
       {"unknown_cert_list_entry"}},
      {"UTCTime in 2020",
       EditedSeal(shop, info, kCreateDate, DerUtcTimeOf(info.created_s)),
       {},
       {"time_type"}},
      {"GeneralizedTime in 2014",
       SignedSeal2014(WithDerPart(old, {0, 2, 3},
                                  notary::DerGeneralizedTimeOf(info.created_s)),
                      maker),
       {},
       {"time_type"}},
      {"unused bits that are zero",
       WithUnusedBit(seal, maker),
       {},
       {"unused_bits"}},
      {"a raw value",
       WithDerPart(seal, kValue, DerBitStringOf(RawSm2Value(value))),
       {},
       {},
       true},
      {"a number that is not minimal",
       WithDerPart(seal, kValue, DerBitStringOf(PaddedSm2Value(value))),
       {},
       {},
       true},
      {"another OID of the algorithm",
       WithDerPart(seal, kAlgorithm, DerOidOf(notary::kSm2OtherOid)),
       {},
       {},
       true},
  };
}

std::vector<SealSample> OddButGoodSignatures(const SealWorkshop& shop) {
  const Sm2Key& signer = shop.signer().key;
  const std::string signature = shop.Signature2020({});
  const std::string value = ValueAt(signature);
  std::vector<SealSample> samples = {
      {"unused bits that are zero",
       WithUnusedBit(signature, signer),
       {},
       {"unused_bits"}},
      {"a version of 2014 in 2020",
       Signed2020(WithDerPart(signature, {0, 0}, DerIntegerOf(1)), signer),
       {},
       {"version_differs_from_shape"}},
      {"UTCTime in 2020",
       Signed2020(WithDerPart(signature, {0, 2}, DerUtcTimeOf(kSigningTime)),
                  signer),
       {},
       {"time_type"}},
      {"a raw value",
       WithDerPart(signature, kValue, DerBitStringOf(RawSm2Value(value))),
       {},
       {},
       true},
      {"a number that is not minimal",
       WithDerPart(signature, kValue, DerBitStringOf(PaddedSm2Value(value))),
       {},
       {},
       true},
      {"another OID of the algorithm",
       WithDerPart(signature, kAlgorithm, DerOidOf(notary::kSm2OtherOid)),
       {},
       {},
       true},
  };
  for (const SealSample& seal : OddButGoodSeals(shop)) {
    if (seal.name.find("2014") != std::string::npos) continue;
    samples.push_back({"a seal with this: " + seal.name,
                       shop.Signature2020({.seal = seal.bytes}),
                       {},
                       seal.warnings,
                       seal.odd_value});
  }
  return samples;
}

}  // namespace

std::vector<SealSample> SealWorkshop::GoodSeals() const {
  std::vector<SealSample> samples = {
      {"2014", Seal2014(Info())},
      {"2014 with extensions", Seal2014(InfoWithExtensions())},
      {"2020 with certificates", Seal2020(Info())},
      {"2020 with digests", Seal2020(InfoWithDigests())},
      {"2020 with extensions", Seal2020(InfoWithExtensions())},
      {"2020 that says version 5",
       EditedSeal(*this, Info(), {0, 0, 1}, DerIntegerOf(5))},
  };
  for (SealSample& sample : OddButGoodSeals(*this)) {
    samples.push_back(std::move(sample));
  }
  return samples;
}

std::vector<SealSample> SealWorkshop::GoodSignatures() const {
  Signing extended = {.seal = Seal2020(InfoWithExtensions())};
  extended.extensions = InfoWithExtensions().extensions;
  std::vector<SealSample> samples = {
      {"2014", Signature2014({})},
      {"2014 with GeneralizedTime",
       Signature2014(
           {.time_info = notary::DerGeneralizedTimeOf(kSigningTime)})},
      {"2014 with local time as text",
       Signature2014({.time_info = "2026-03-02 16:30:00"})},
      {"2014 with UTC as text",
       Signature2014({.time_info = "2026-03-02T08:30:00.000Z"})},
      {"2020 with certificates", Signature2020({})},
      {"2020 with digests",
       Signature2020({.seal = Seal2020(InfoWithDigests())})},
      {"2020 with extensions", Signature2020(extended)},
      {"a seal of 2025",
       Signature2020({.seal = Seal2025(Info(), DerIntegerOf(1))})},
  };
  for (SealSample& sample : OddButGoodSignatures(*this)) {
    samples.push_back(std::move(sample));
  }
  return samples;
}

}  // namespace sealedger::testing
