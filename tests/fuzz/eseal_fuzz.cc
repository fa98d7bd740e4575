// What is read of a seal, a signature or any DER stands in the input; what the
// writer makes of it is strict DER and reads back to the same. The input is
// tried as it is, and with the lengths of its elements put right, since few
// mutations leave them so.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ledger/check.h"
#include "notary/der.h"
#include "notary/eseal.h"

namespace {

using sealedger::notary::DerElement;
using sealedger::notary::DerReader;
using sealedger::notary::Result;
using sealedger::notary::Seal;
using sealedger::notary::SealFileKind;
using sealedger::notary::SealForm;
using sealedger::notary::SealInfo;
using sealedger::notary::SealSignature;

// Elements as a lax reader takes them, each with a length that fits. Nothing of
// the input is left out but its lengths.
std::string Repaired(std::string_view bytes, size_t depth) {
  std::string out;
  while (bytes.size() >= 2) {
    const auto tag = static_cast<uint8_t>(bytes[0]);
    size_t length = static_cast<uint8_t>(bytes[1]);
    bytes.remove_prefix(2);
    if (length > 0x80) {
      size_t octets = std::min<size_t>(length & 0x7fU, bytes.size());
      for (length = 0; octets > 0; --octets) {
        length = length << 8 | static_cast<uint8_t>(bytes[0]);
        bytes.remove_prefix(1);
      }
    }
    length = std::min(length, bytes.size());
    const std::string_view content = bytes.substr(0, length);
    bytes.remove_prefix(length);
    const bool constructed = (tag & 0x20U) != 0 && depth > 0;
    out += sealedger::notary::DerOf(
        tag, constructed ? Repaired(content, depth - 1) : std::string(content));
  }
  return out;
}

// Every value has one spelling, which the writer has, too.
void TryElement(const DerElement& element) {
  namespace notary = sealedger::notary;
  const auto is = [&](std::string_view der) {
    CHECK(element.whole.substr(1) == der.substr(1));
    CHECK(notary::IsDer(der));
  };
  is(notary::DerOf(notary::kDerOctetString, element.content));
  if (const auto value = notary::ReadDerBoolean(element)) {
    is(notary::DerBooleanOf(*value));
  }
  if (const auto value = notary::ReadDerInteger(element)) {
    is(notary::DerIntegerOf(*value));
  }
  if (const auto value = notary::ReadDerOid(element)) {
    is(notary::DerOidOf(*value));
  }
  if (const auto bits = notary::ReadDerBitString(element)) {
    if (!bits->unused_announced) is(notary::DerBitStringOf(bits->octets));
  }
  const auto time = notary::ReadDerTime(element);
  if (time && element.tag == notary::kDerGeneralizedTime && *time >= 0) {
    is(notary::DerGeneralizedTimeOf(*time));
  }
  if (const auto text = notary::ReadDerText(element)) {
    CHECK(*text == element.content);
  }
}

void TryDer(std::string_view bytes) {
  const bool is_der = sealedger::notary::IsDer(bytes);
  DerReader reader(bytes);
  size_t read = 0;
  while (const std::optional<DerElement> element = reader.Next()) {
    CHECK(element->whole.data() == bytes.data() + read);
    CHECK(element->whole.ends_with(element->content));
    read += element->whole.size();
    TryElement(*element);
  }
  CHECK(read <= bytes.size() && reader.AtEnd() == (read == bytes.size()));
  if (is_der) CHECK(reader.AtEnd() && read > 0);
}

void CheckInside(std::string_view input, std::string_view part) {
  CHECK(input.find(part) != std::string_view::npos);
}

bool CanBeWritten(const SealInfo& info) {
  return info.created_s >= 0 && info.valid_from_s >= 0 && info.valid_to_s >= 0;
}

void CheckSeal(std::string_view input, const Seal& seal) {
  CheckInside(input, seal.maker_certificate);
  CheckInside(input, seal.signature);
  CheckInside(input, seal.info.picture.data);
  if (seal.time_stamp) CheckInside(input, *seal.time_stamp);
  for (const std::string& certificate : seal.info.certificates) {
    CheckInside(input, certificate);
  }
  for (const std::string& digest : seal.info.digests) {
    CheckInside(input, digest);
  }
  CHECK(seal.info.lists_digests ? seal.info.certificates.empty()
                                : seal.info.digests.empty());
  CHECK(sealedger::notary::IsDer(seal.signed_bytes));
  if (seal.form != SealForm::k2014) CheckInside(input, seal.signed_bytes);
  if (seal.form != SealForm::k2020 || !seal.warnings.empty() ||
      !CanBeWritten(seal.info)) {
    return;
  }
  const std::string again = sealedger::notary::EncodeSeal(
      sealedger::notary::EncodeSealInfo(seal.info), seal.maker_certificate,
      seal.signature);
  CHECK(sealedger::notary::IsDer(again));
  // `critical` is written though it may have been left out.
  if (again.size() > sealedger::notary::kMaxSealFile) return;
  const Result<Seal> read = sealedger::notary::DecodeSeal(again);
  CHECK(read && read->info == seal.info && read->warnings.empty());
  CHECK(read->maker_certificate == seal.maker_certificate);
  CHECK(read->signature == seal.signature);
}

void CheckSignature(std::string_view input, const SealSignature& signature) {
  CheckInside(input, signature.seal_der);
  CheckInside(input, signature.signed_bytes);
  CheckInside(signature.signed_bytes, signature.seal_der);
  CheckInside(signature.signed_bytes, signature.data_hash);
  CheckInside(signature.signed_bytes, signature.property_info);
  CheckInside(input, signature.certificate);
  CheckInside(input, signature.signature);
  if (signature.time_stamp) CheckInside(input, *signature.time_stamp);
  CHECK((signature.form == SealForm::k2014) ==
        (signature.seal.form == SealForm::k2014));
  CHECK(!signature.claimed_local || signature.claimed_time_s);
  const Result<Seal> seal = sealedger::notary::DecodeSeal(signature.seal_der);
  CHECK(seal && seal->info == signature.seal.info &&
        seal->signed_bytes == signature.seal.signed_bytes);
  CheckSeal(input, signature.seal);
}

void Try(std::string_view input) {
  TryDer(input);
  const auto kind = sealedger::notary::FindSealFileKind(input);
  const Result<Seal> seal = sealedger::notary::DecodeSeal(input);
  const Result<SealSignature> signature =
      sealedger::notary::DecodeSealSignature(input);
  CHECK(!seal || !signature);
  if (seal) {
    CHECK(kind && *kind == SealFileKind::kSeal);
    CheckSeal(input, *seal);
  }
  if (signature) {
    CHECK(kind && *kind == SealFileKind::kSignature);
    CheckSignature(input, *signature);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  Try(input);
  Try(Repaired(input, sealedger::notary::kMaxDerDepth));
  return 0;
}
