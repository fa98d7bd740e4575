#include "tests/notary/seal_samples.h"

#include <utility>

#include "ledger/check.h"
#include "ledger/encoding.h"
#include "ledger/hash.h"
#include "notary/certificate.h"
#include "notary/der.h"

namespace sealedger::testing {
namespace {

using notary::DerElement;
using notary::DerOf;
using notary::DerReader;
using notary::SealInfo;
using notary::Sm2Key;

constexpr std::string_view kOrganization = "Acme Contracts Ltd.";
// One pixel.
constexpr std::string_view kPicture =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGA"
    "WjR9awAAAABJRU5ErkJggg==";

std::string Replaced(std::string_view der, const std::vector<size_t>& path,
                     size_t depth, std::string_view by) {
  if (depth == path.size()) return std::string(by);
  const std::optional<DerElement> outer = DerReader(der).Next();
  CHECK(outer);
  DerReader reader(outer->content);
  std::string content;
  size_t count = 0;
  while (const std::optional<DerElement> part = reader.Next()) {
    content += count == path[depth] ? Replaced(part->whole, path, depth + 1, by)
                                    : std::string(part->whole);
    ++count;
  }
  CHECK(reader.AtEnd() && path[depth] < count);
  return DerOf(outer->tag, content);
}

SealPerson MakeRoot() {
  Sm2Key key = Sm2Key::Generate();
  std::string certificate = notary::MakeRootCertificate(
      key, {"Example Seal CA", std::string(kOrganization)},
      {kRootFrom, kRootTo});
  return {std::move(key), std::move(certificate)};
}

SealPerson IssuedBy(const SealPerson& root, std::string_view common_name,
                    const notary::Validity& validity) {
  Sm2Key key = Sm2Key::Generate();
  notary::Result<std::string> certificate = notary::IssueCertificate(
      key.spki(), {std::string(common_name), std::string(kOrganization)},
      validity, root.certificate, root.key);
  CHECK(certificate);
  return {std::move(key), *std::move(certificate)};
}

// What maker and signer put beside their values.
std::string CertificateAndOid(const SealPerson& person) {
  return DerOf(notary::kDerOctetString, person.certificate) +
         notary::DerOidOf(notary::kSm2SignOid);
}

std::string HashAndProperty(const SealWorkshop::Signing& signing) {
  return notary::DerBitStringOf(ledger::Sm3Of(signing.protected_bytes).view()) +
         DerOf(notary::kDerIa5String, signing.property_info);
}

std::string ExplicitOf(std::string_view der) {
  return DerOf(notary::kDerExplicit0, der);
}

std::string ExtensionsOf(const std::vector<notary::SealExtension>& extensions) {
  std::string all;
  for (const notary::SealExtension& extension : extensions) {
    all += DerOf(notary::kDerSequence,
                 notary::DerOidOf(extension.oid) +
                     notary::DerBooleanOf(extension.critical) +
                     DerOf(notary::kDerOctetString, extension.value));
  }
  return DerOf(notary::kDerSequence, all);
}

}  // namespace

std::string DerPartAt(std::string_view der, const std::vector<size_t>& path) {
  for (const size_t position : path) {
    const std::optional<DerElement> outer = DerReader(der).Next();
    CHECK(outer);
    DerReader reader(outer->content);
    std::optional<DerElement> part = reader.Next();
    for (size_t i = 0; i < position; ++i) part = reader.Next();
    CHECK(part);
    der = part->whole;
  }
  return std::string(der);
}

std::string WithDerPart(std::string_view der, const std::vector<size_t>& path,
                        std::string_view by) {
  return Replaced(der, path, 0, by);
}

std::string DerUtcTimeOf(int64_t unix_s) {
  const std::string time = notary::DerGeneralizedTimeOf(unix_s);
  const std::string_view digits = DerReader(time).Next()->content;
  return DerOf(notary::kDerUtcTime, digits.substr(2));
}

SealWorkshop::SealWorkshop()
    : root_(MakeRoot()),
      maker_(Issue("Example Seal Maker", kCertificateFrom, kCertificateTo)),
      signer_(Issue("11010000000017", kCertificateFrom, kCertificateTo)),
      stranger_(Issue("11010000000025", kCertificateFrom, kCertificateTo)) {}

SealPerson SealWorkshop::Issue(std::string_view common_name, int64_t from_s,
                               int64_t to_s) const {
  return IssuedBy(root_, common_name, {from_s, to_s});
}

SealInfo SealWorkshop::Info() const {
  SealInfo info;
  info.vendor = "EXAMPLE";
  info.es_id = "11010000000017";
  info.name = "示例公司合同专用章";
  info.certificates = {signer_.certificate};
  info.created_s = kSealFrom;
  info.valid_from_s = kSealFrom;
  info.valid_to_s = kSealTo;
  info.picture = {"PNG", *ledger::DecodeBase64(kPicture), 40, 40};
  return info;
}

SealInfo SealWorkshop::InfoWithDigests() const {
  SealInfo info = Info();
  info.certificates.clear();
  info.lists_digests = true;
  info.digests = {
      std::string(ledger::Sm3Of("a certificate of another signer").view()),
      std::string(ledger::Sm3Of(signer_.certificate).view())};
  return info;
}

SealInfo SealWorkshop::InfoWithExtensions() const {
  SealInfo info = Info();
  info.extensions = {{"1.3.6.1.4.1.99999.1", true, "one"},
                     {"1.3.6.1.4.1.99999.2", false, ""}};
  return info;
}

std::string SealWorkshop::SealInfo2014(const SealInfo& info) {
  // The same as in 2020 but for version, the list's type and the times.
  const std::string later = notary::EncodeSealInfo(info);
  const std::string property = DerOf(
      notary::kDerSequence,
      DerPartAt(later, {2, 0}) + DerPartAt(later, {2, 1}) +
          DerPartAt(later, {2, 3}) + DerUtcTimeOf(info.created_s) +
          DerUtcTimeOf(info.valid_from_s) + DerUtcTimeOf(info.valid_to_s));
  return WithDerPart(WithDerPart(later, {2}, property), {0, 1},
                     notary::DerIntegerOf(1));
}

std::string SealWorkshop::Seal2014(const SealInfo& info) const {
  const std::string info_der = SealInfo2014(info);
  const std::string certificate = CertificateAndOid(maker_);
  const std::string value =
      maker_.key.Sign(DerOf(notary::kDerSequence, info_der + certificate));
  return DerOf(notary::kDerSequence,
               info_der + DerOf(notary::kDerSequence,
                                certificate + notary::DerBitStringOf(value)));
}

std::string SealWorkshop::Seal2020(const SealInfo& info) const {
  return Seal2020By(maker_, info);
}

std::string SealWorkshop::Seal2020By(const SealPerson& maker,
                                     const SealInfo& info) const {
  const std::string info_der = notary::EncodeSealInfo(info);
  return notary::EncodeSeal(info_der, maker.certificate,
                            maker.key.Sign(info_der));
}

std::string SealWorkshop::Seal2025(const SealInfo& info,
                                   std::string_view time_stamp) const {
  SealInfo later = info;
  later.version = 5;
  const std::string seal = Seal2020(later);
  return DerOf(notary::kDerSequence,
               std::string(DerReader(seal).Next()->content) +
                   ExplicitOf(notary::DerBitStringOf(time_stamp)));
}

std::string SealWorkshop::Signature2014(const Signing& signing) const {
  const SealPerson& by = signing.by != nullptr ? *signing.by : signer_;
  const std::string tbs =
      DerOf(notary::kDerSequence,
            notary::DerIntegerOf(1) +
                (signing.seal.empty() ? Seal2014(Info()) : signing.seal) +
                notary::DerBitStringOf(
                    signing.time_info.value_or(DerUtcTimeOf(signing.time_s))) +
                HashAndProperty(signing) + CertificateAndOid(by));
  return DerOf(notary::kDerSequence,
               tbs + notary::DerBitStringOf(by.key.Sign(tbs)));
}

std::string SealWorkshop::Signature2020(const Signing& signing) const {
  const SealPerson& by = signing.by != nullptr ? *signing.by : signer_;
  std::string signed_parts =
      notary::DerIntegerOf(notary::kSealVersion) +
      (signing.seal.empty() ? Seal2020(Info()) : signing.seal) +
      notary::DerGeneralizedTimeOf(signing.time_s) + HashAndProperty(signing);
  if (!signing.extensions.empty()) {
    signed_parts += ExplicitOf(ExtensionsOf(signing.extensions));
  }
  const std::string tbs = DerOf(notary::kDerSequence, signed_parts);
  std::string parts =
      tbs + CertificateAndOid(by) + notary::DerBitStringOf(by.key.Sign(tbs));
  if (signing.time_stamp) {
    parts += ExplicitOf(notary::DerBitStringOf(*signing.time_stamp));
  }
  return DerOf(notary::kDerSequence, parts);
}

}  // namespace sealedger::testing
