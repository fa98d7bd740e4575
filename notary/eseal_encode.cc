// What eseal.h writes: seals and signatures after GB/T 38540-2020.
#include "ledger/check.h"
#include "ledger/encoding.h"
#include "ledger/hash.h"
#include "notary/der.h"
#include "notary/eseal.h"
#include "notary/sm2.h"

namespace sealedger::notary {
namespace {

std::string Ia5(std::string_view text) {
  const DerElement element = {kDerIa5String, text, text};
  CHECK(ReadDerText(element));
  return DerOf(kDerIa5String, text);
}

std::string EncodeCertList(const SealInfo& info) {
  CHECK(info.lists_digests ? info.certificates.empty() : info.digests.empty());
  std::string entries;
  for (const std::string& certificate : info.certificates) {
    entries += DerOf(kDerOctetString, certificate);
  }
  for (const std::string& digest : info.digests) {
    CHECK(digest.size() == ledger::kHashSize);
    entries += DerOf(kDerSequence, DerOf(kDerPrintableString, "SM3") +
                                       DerOf(kDerOctetString, digest));
  }
  return DerOf(kDerSequence, entries);
}

std::string EncodeProperty(const SealInfo& info) {
  CHECK(ledger::IsUtf8(info.name));
  return DerOf(kDerSequence,
               DerIntegerOf(info.type) + DerOf(kDerUtf8String, info.name) +
                   DerIntegerOf(info.lists_digests ? kListsDigests
                                                   : kListsCertificates) +
                   EncodeCertList(info) + DerGeneralizedTimeOf(info.created_s) +
                   DerGeneralizedTimeOf(info.valid_from_s) +
                   DerGeneralizedTimeOf(info.valid_to_s));
}

std::string EncodePicture(const SealPicture& picture) {
  return DerOf(kDerSequence, Ia5(picture.type) +
                                 DerOf(kDerOctetString, picture.data) +
                                 DerIntegerOf(picture.width_mm) +
                                 DerIntegerOf(picture.height_mm));
}

// `critical` is written though FALSE is its default: some readers need it.
std::string EncodeExtensions(const std::vector<SealExtension>& extensions) {
  std::string all;
  for (const SealExtension& extension : extensions) {
    all += DerOf(kDerSequence, DerOidOf(extension.oid) +
                                   DerBooleanOf(extension.critical) +
                                   DerOf(kDerOctetString, extension.value));
  }
  return DerOf(kDerSequence, all);
}

// Tag and length of an element whose content is not at hand (X.690 §8.1.3).
std::string HeaderOf(uint8_t tag, size_t size) {
  std::string header(1, static_cast<char>(tag));
  if (size < 0x80) return header + static_cast<char>(size);
  std::string length;
  ledger::AppendBigEndian64(&length, size);
  length.erase(0, length.find_first_not_of('\0'));
  header += static_cast<char>(0x80 | length.size());
  return header + length;
}

}  // namespace

std::string EncodeSealInfo(const SealInfo& info) {
  std::string parts =
      DerOf(kDerSequence,
            Ia5(kSealHeaderId) + DerIntegerOf(info.version) + Ia5(info.vendor));
  parts += Ia5(info.es_id);
  parts += EncodeProperty(info);
  parts += EncodePicture(info.picture);
  if (!info.extensions.empty()) parts += EncodeExtensions(info.extensions);
  return DerOf(kDerSequence, parts);
}

std::string EncodeSeal(std::string_view info, std::string_view certificate,
                       std::string_view signature) {
  return DerOf(kDerSequence,
               std::string(info) + DerOf(kDerOctetString, certificate) +
                   DerOidOf(kSm2SignOid) + DerBitStringOf(signature));
}

std::string EncodeSignatureTail(const SignatureRequest& request) {
  CHECK(request.property_info.size() <= kMaxPropertyInfo);
  std::string tail = DerGeneralizedTimeOf(request.time_s);
  tail += DerBitStringOf(request.data_hash.view());
  tail += Ia5(request.property_info);
  if (!request.extensions.empty()) {
    tail += DerOf(kDerExplicit0, EncodeExtensions(request.extensions));
  }
  return tail;
}

std::string EncodeSignatureHead(size_t seal_size, size_t tail_size) {
  const std::string version = DerIntegerOf(kSealVersion);
  return HeaderOf(kDerSequence, version.size() + seal_size + tail_size) +
         version;
}

std::string EncodeSignatureEnd(std::string_view certificate,
                               std::string_view signature) {
  return DerOf(kDerOctetString, certificate) + DerOidOf(kSm2SignOid) +
         DerBitStringOf(signature);
}

std::string EncodeSignatureOuter(size_t size) {
  return HeaderOf(kDerSequence, size);
}

}  // namespace sealedger::notary
