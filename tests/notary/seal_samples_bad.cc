// The lists of seal_samples.h with one fault each.

#include <utility>

#include "ledger/check.h"
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
using Words = std::vector<std::string>;

constexpr int64_t kDay = 24 * 3600;
constexpr std::string_view kUnknownOid = "1.2.840.10045.4.3.2";

std::string Flipped(std::string bytes, size_t at) {
  bytes[at] = static_cast<char>(bytes[at] ^ 1);
  return bytes;
}

std::string WithPictureChanged(std::string_view seal) {
  const std::string data = DerContentAt(seal, kPictureData);
  return WithDerPart(
      seal, kPictureData,
      DerOf(notary::kDerOctetString, Flipped(data, data.size() / 2)));
}

std::string WithText(std::string text, std::string_view part,
                     std::string_view by) {
  const size_t at = text.find(part);
  CHECK(at != std::string::npos && part.size() == by.size());
  return text.replace(at, part.size(), by);
}

// A certificate with something of the same size in it, signed by the root.
std::string Reissued(const SealWorkshop& shop, const std::string& certificate,
                     std::string_view part, std::string_view by) {
  const std::string tbs = WithText(DerPartAt(certificate, {0}), part, by);
  return WithDerPart(WithDerPart(certificate, {0}, tbs), {2},
                     DerBitStringOf(shop.root().key.Sign(tbs)));
}

// For encryption alone: keyEncipherment and dataEncipherment instead of
// digitalSignature and nonRepudiation (RFC 5280 §4.2.1.3).
std::string ForEncryption(const SealWorkshop& shop,
                          const std::string& certificate) {
  return Reissued(shop, certificate, "\x03\x02\x06\xc0", "\x03\x02\x04\x30");
}

std::string OnP256(const SealWorkshop& shop, const SealPerson& person) {
  return Reissued(shop, person.certificate, person.key.spki(), P256Spki());
}

// A seal or a signature of 2020 by the key on P-256.
std::string SignedOverP256(std::string_view der, std::string_view certificate) {
  const std::string with_certificate =
      WithDerPart(der, {1}, DerOf(notary::kDerOctetString, certificate));
  return WithDerPart(with_certificate, kValue,
                     DerBitStringOf(SignOverP256(DerPartAt(der, {0}))));
}

void AddAll(std::vector<SealSample>* samples,
            const std::vector<NamedValue>& faults, const Words& fails) {
  for (const NamedValue& fault : faults) {
    samples->push_back({fault.name, fault.value, fails, {}, false});
  }
}

std::string Nested(size_t depth) {
  std::string der;
  for (size_t i = 0; i < depth; ++i) der = DerOf(notary::kDerSequence, der);
  return der;
}

// What no reader of DER takes, made from a seal or a signature of 2020 with at
// least 256 and less than 65,536 bytes.
std::vector<NamedValue> NotDer(const std::string& der) {
  CHECK(der.starts_with("\x30\x82"));
  const std::string content = DerContentAt(der, {});
  const std::string size = der.substr(2, 2);
  const std::string algorithm = DerContentAt(der, kAlgorithm);
  const std::string long_form =
      std::string("\x06\x81") + static_cast<char>(algorithm.size()) + algorithm;
  const std::string value = ValueAt(der);
  return {
      {"nothing", ""},
      {"one byte", der.substr(0, 1)},
      {"truncated", der.substr(0, der.size() - 1)},
      {"a byte after the end", der + '\0'},
      {"twice", der + der},
      {"indefinite length", "\x30\x80" + content + std::string(2, '\0')},
      {"a length that is not minimal",
       std::string("\x30\x83\x00", 3) + size + content},
      {"an inner length that is not minimal",
       WithDerPart(der, kAlgorithm, long_form)},
      {"a huge length", "\x30\x84\xff\xff\xff\xff" + content},
      {"a length of 2^64-1", "\x30\x88" + std::string(8, '\xff') + content},
      {"a length of 127 octets",
       "\x30\xff" + std::string(127, '\x01') + content},
      {"nested 1,000 deep", Nested(1000)},
      {"a part nested 1,000 deep", WithDerPart(der, {0}, Nested(1000))},
      {"unused bits that are not zero",
       WithDerPart(der, kValue,
                   DerOf(notary::kDerBitString, '\x01' + value + '\x01'))},
      {"eight unused bits",
       WithDerPart(der, kValue,
                   DerOf(notary::kDerBitString, '\x08' + value + '\0'))},
      {"one element less",
       DerOf(
           notary::kDerSequence,
           content.substr(0, content.size() - DerPartAt(der, kValue).size()))},
      {"one element more",
       DerOf(notary::kDerSequence, content + DerIntegerOf(1))},
      {"a set", "\x31" + der.substr(1)},
  };
}

// Well-formed DER that is not of the format.
std::vector<NamedValue> OddSeals(const SealWorkshop& shop) {
  const auto edited = [&](const DerPath& path, std::string_view by) {
    return EditedSeal(shop, shop.InfoWithExtensions(), path, by);
  };
  const auto text = [](uint8_t tag, std::string_view value) {
    return DerOf(tag, value);
  };
  using notary::kDerIa5String;
  const std::string oid = DerOidOf("1.3.6.1.4.1.99999.1");
  const std::string value = DerOf(notary::kDerOctetString, "one");
  return {
      {"another header", edited({0, 0, 0}, text(kDerIa5String, "EZ"))},
      {"a version beyond 64 bits",
       edited({0, 0, 1}, DerOf(notary::kDerInteger, std::string(9, '\x01')))},
      {"a vendor outside of IA5",
       edited({0, 0, 2}, text(kDerIa5String, "\xc3\xa9"))},
      {"a name that is not UTF-8",
       edited({0, 2, 1}, text(notary::kDerUtf8String, "\xff"))},
      {"a third type of list", edited({0, 2, 2}, DerIntegerOf(3))},
      {"a date that does not exist",
       edited(kValidEnd, text(notary::kDerGeneralizedTime, "20280631000000Z"))},
      {"a time with a fraction",
       edited(kValidEnd,
              text(notary::kDerGeneralizedTime, "20280601000000.5Z"))},
      {"a time with an offset",
       edited(kValidEnd,
              text(notary::kDerGeneralizedTime, "20280601000000+0800"))},
      {"a property too many",
       edited(kProperty,
              DerOf(notary::kDerSequence,
                    DerContentAt(shop.Seal2020(shop.Info()), kProperty) +
                        DerIntegerOf(1)))},
      {"a width that is text", edited({0, 3, 2}, text(kDerIa5String, "40"))},
      {"a critical that is neither true nor false",
       edited({0, 4, 0},
              DerOf(notary::kDerSequence,
                    oid + DerOf(notary::kDerBoolean, "\x01") + value))},
      {"an extension without a value",
       edited({0, 4, 0}, DerOf(notary::kDerSequence, oid))},
      {"extensions under [1]",
       edited(kExtensions,
              DerOf(0xa1, DerPartAt(shop.Seal2020(shop.InfoWithExtensions()),
                                    kExtensions)))},
      {"a signature", shop.Signature2020({})},
  };
}

// The values of BadSm2Values in a seal or a signature of 2020.
std::vector<NamedValue> WithBadValues(const std::string& der,
                                      const Sm2Key& key) {
  const std::string good = SignedUntil(der, key, HasHighR);
  std::vector<NamedValue> all;
  for (const NamedValue& bad : BadSm2Values(ValueAt(good))) {
    all.push_back(
        {bad.name, WithDerPart(good, kValue, DerBitStringOf(bad.value))});
  }
  all.push_back({"an unknown OID of the algorithm",
                 WithDerPart(der, kAlgorithm, DerOidOf(kUnknownOid))});
  return all;
}

std::vector<SealSample> BadMakers(const SealWorkshop& shop) {
  const SealInfo info = shop.Info();
  const SealWorkshop elsewhere;
  const SealPerson next_year =
      shop.Issue("Example Seal Maker", kSealFrom + kDay, kCertificateTo);
  const SealPerson past =
      shop.Issue("Example Seal Maker", kCertificateFrom, kSealFrom - kDay);
  const std::string seal = shop.Seal2020(info);
  const std::string encryption = ForEncryption(shop, shop.maker().certificate);
  return {
      {"a maker of another CA",
       shop.Seal2020By(elsewhere.maker(), info),
       {"maker_certificate"}},
      {"a maker who is not yet one at the creation",
       shop.Seal2020By(next_year, info),
       {"maker_certificate"}},
      {"a maker who is none any more at the creation",
       shop.Seal2020By(past, info),
       {"maker_certificate"}},
      {"a maker's certificate for encryption",
       WithDerPart(seal, {1}, DerOf(notary::kDerOctetString, encryption)),
       {"maker_certificate"}},
      {"a maker's key on P-256",
       SignedOverP256(seal, OnP256(shop, shop.maker())),
       {"maker_certificate", "seal_signature"}},
      {"a maker's certificate that is none",
       WithDerPart(seal, {1}, DerOf(notary::kDerOctetString, "none")),
       {"maker_certificate", "seal_signature"}},
      {"signed by another than the maker",
       Signed2020(seal, shop.stranger().key),
       {"seal_signature"}},
  };
}

// Well-formed DER that is not of the format.
std::vector<NamedValue> OddSignatures(const SealWorkshop& shop) {
  const auto edited = [&](const DerPath& path, std::string_view by) {
    return Signed2020(WithDerPart(shop.Signature2020({}), path, by),
                      shop.signer().key);
  };
  const std::string seal = shop.Seal2020(shop.Info());
  const std::string tbs = DerContentAt(shop.Signature2020({}), {0});
  const std::string no_hash = DerOf(notary::kDerBitString, "");
  return {
      {"a seal of 2014 in 2020",
       shop.Signature2020({.seal = shop.Seal2014(shop.Info())})},
      {"a seal of 2020 in 2014", shop.Signature2014({.seal = seal})},
      {"a seal inside that has another header",
       edited({0, 1, 0, 0, 0}, DerOf(notary::kDerIa5String, "EZ"))},
      {"a date that does not exist",
       edited({0, 2}, DerOf(notary::kDerGeneralizedTime, "20260230083000Z"))},
      {"a date that does not exist, as text",
       shop.Signature2014({.time_info = "2026-02-30 16:30:00"})},
      {"a date that does not exist, as UTCTime",
       shop.Signature2014(
           {.time_info = DerOf(notary::kDerUtcTime, "260230083000Z")})},
      {"a bit string of no octet", edited({0, 3}, no_hash)},
      {"a path outside of IA5",
       edited({0, 4}, DerOf(notary::kDerIa5String, "\xc3\xa9"))},
      {"one signed part more",
       edited({0}, DerOf(notary::kDerSequence, tbs + DerIntegerOf(1)))},
      {"a seal", seal},
  };
}

std::vector<SealSample> BadSigners(const SealWorkshop& shop) {
  const auto listing = [&](const std::string& certificate) {
    SealInfo info = shop.Info();
    info.certificates = {certificate};
    return shop.Seal2020(info);
  };
  const auto by = [&](const SealPerson& person) {
    return shop.Signature2020(
        {.seal = listing(person.certificate), .by = &person});
  };
  // Another certificate of the signer's key, listed.
  const auto with_certificate = [&](const std::string& certificate) {
    return WithDerPart(shop.Signature2020({.seal = listing(certificate)}), {1},
                       DerOf(notary::kDerOctetString, certificate));
  };
  const SealWorkshop elsewhere;
  const SealPerson later =
      shop.Issue("11010000000017", kSigningTime + kDay, kCertificateTo);
  const SealPerson past =
      shop.Issue("11010000000017", kCertificateFrom, kSigningTime - kDay);
  const std::string p256 = OnP256(shop, shop.signer());
  const std::string signature = shop.Signature2020({});
  const SealInfo digests = shop.InfoWithDigests();
  return {
      {"a signer who is not listed",
       shop.Signature2020({.by = &shop.stranger()}),
       {"signer_listed"}},
      {"a signer whose digest is not listed",
       shop.Signature2020(
           {.seal = shop.Seal2020(digests), .by = &shop.stranger()}),
       {"signer_listed"}},
      {"a signer of another CA",
       by(elsewhere.signer()),
       {"signer_certificate"}},
      {"a signer who is not yet one", by(later), {"signer_certificate"}},
      {"a signer who is none any more", by(past), {"signer_certificate"}},
      {"a signer's certificate for encryption",
       with_certificate(ForEncryption(shop, shop.signer().certificate)),
       {"signer_certificate"}},
      {"a signer's key on P-256",
       SignedOverP256(shop.Signature2020({.seal = listing(p256)}), p256),
       {"signature", "signer_certificate"}},
      {"signed by another than the signer",
       Signed2020(signature, shop.stranger().key),
       {"signature"}},
      {"the document signed instead",
       WithDerPart(signature, kValue,
                   DerBitStringOf(shop.signer().key.Sign(kProtectedBytes))),
       {"signature"}},
      {"the time changed after signing",
       WithDerPart(signature, {0, 2},
                   notary::DerGeneralizedTimeOf(kSigningTime + 1)),
       {"signature"}},
  };
}

}  // namespace

std::vector<SealSample> SealWorkshop::BadSeals() const {
  const std::string seal = Seal2020(Info());
  std::vector<SealSample> samples;
  AddAll(&samples, NotDer(seal), {"format"});
  AddAll(&samples, OddSeals(*this), {"format"});
  AddAll(&samples, WithBadValues(seal, maker_.key), {"seal_signature"});
  for (SealSample& sample : BadMakers(*this)) {
    samples.push_back(std::move(sample));
  }
  SealInfo later = Info();
  later.valid_from_s = kSigningTime + 1;
  SealInfo past = Info();
  past.valid_to_s = kSigningTime - 1;
  const Words unsealed = {"seal_signature"};
  const Words invalid = {"seal_validity"};
  samples.push_back({"2025 with a time stamp that is no token",
                     Seal2025(Info(), DerIntegerOf(1)),
                     {"time_stamp"}});
  samples.push_back({"not yet valid", Seal2020(later), invalid});
  samples.push_back({"expired", Seal2020(past), invalid});
  samples.push_back({"expired, 2014", Seal2014(past), invalid});
  samples.push_back(
      {"the picture changed", WithPictureChanged(seal), unsealed});
  samples.push_back({"the picture changed, 2014",
                     WithPictureChanged(Seal2014(Info())), unsealed});
  return samples;
}

std::vector<SealSample> SealWorkshop::BadSignatures() const {
  const std::string signature = Signature2020({});
  std::vector<SealSample> samples;
  AddAll(&samples, NotDer(signature), {"format"});
  AddAll(&samples, OddSignatures(*this), {"format"});
  AddAll(&samples, WithBadValues(signature, signer_.key), {"signature"});
  for (SealSample& sample : BadSigners(*this)) {
    samples.push_back(std::move(sample));
  }
  const std::string other_bytes(kOtherBytes);
  const std::string changed = WithPictureChanged(Seal2020(Info()));
  const std::string changed_2014 = WithPictureChanged(Seal2014(Info()));
  const std::string short_hash =
      WithDerPart(signature, {0, 3}, DerBitStringOf(std::string(20, '\x11')));
  const Words other_data = {"data_hash"};
  const Words unsealed = {"seal_signature"};
  const Words invalid = {"seal_validity"};
  samples.push_back({"other data",
                     Signature2020({.protected_bytes = other_bytes}),
                     other_data});
  samples.push_back({"other data, 2014",
                     Signature2014({.protected_bytes = other_bytes}),
                     other_data});
  samples.push_back({"a data hash of 20 octets",
                     Signed2020(short_hash, signer_.key), other_data});
  samples.push_back({"the seal's picture changed",
                     Signature2020({.seal = changed}), unsealed});
  samples.push_back({"the seal's picture changed, 2014",
                     Signature2014({.seal = changed_2014}), unsealed});
  samples.push_back({"before the seal is valid",
                     Signature2020({.time_s = kSealFrom - 1}), invalid});
  samples.push_back({"after the seal is valid",
                     Signature2020({.time_s = kSealTo + 1}), invalid});
  return samples;
}

}  // namespace sealedger::testing
