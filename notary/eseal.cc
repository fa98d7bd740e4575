#include "notary/eseal.h"

#include <algorithm>
#include <utility>

#include "ledger/check.h"
#include "ledger/hash.h"
#include "notary/der.h"
#include "notary/der_parts.h"

namespace sealedger::notary {
namespace {

constexpr int64_t kLocalOffset = 8 * 3600;  // UTC+8

// Text in 2014's timeInfo; d is a digit.
constexpr std::string_view kLocalTime = "dddd-dd-dd dd:dd:dd";
constexpr std::string_view kUtcTime = "dddd-dd-ddTdd:dd:dd.dddZ";

// The tags of the elements, one octet each; "" where not all are elements.
std::string TagsOf(std::string_view content) {
  std::string tags;
  DerReader reader(content);
  while (!reader.AtEnd()) {
    const std::optional<DerElement> element = reader.Next();
    if (!element) return "";
    tags += static_cast<char>(element->tag);
  }
  return tags;
}

// SEQUENCE, OCTET STRING, OID, BIT STRING: a seal as well as a signature.
constexpr std::string_view kShape2020 = "\x30\x04\x06\x03";
constexpr std::string_view kShapeStamped = "\x30\x04\x06\x03\xa0";

// Of a slice of the file.
size_t OffsetIn(std::string_view file, std::string_view slice) {
  return static_cast<size_t>(slice.data() - file.data());
}

std::optional<SealForm> FormOfSeal(std::string_view content) {
  const std::string tags = TagsOf(content);
  if (tags == "\x30\x30") return SealForm::k2014;
  if (tags == kShape2020) return SealForm::k2020;
  if (tags == kShapeStamped) return SealForm::k2025;
  return std::nullopt;
}

std::optional<SealForm> FormOfSignature(std::string_view content) {
  const std::string tags = TagsOf(content);
  if (tags == "\x30\x03") return SealForm::k2014;
  if (tags == kShape2020 || tags == kShapeStamped) return SealForm::k2020;
  return std::nullopt;
}

// The time stamp of 2025's seals is optional: without one they have the shape
// of 2020.
bool FitsVersion(SealForm form, int64_t version) {
  switch (form) {
    case SealForm::k2014:
      return version >= 1 && version <= 3;
    case SealForm::k2020:
      return version == 4 || version == 5;
    case SealForm::k2025:
      return version == 5;
  }
  return false;
}

void CheckVersion(DerParts& parts, SealForm form, int64_t version) {
  if (!FitsVersion(form, version)) parts.Warn("version_differs_from_shape");
}

std::vector<SealExtension> ReadExtensions(DerParts parts) {
  std::vector<SealExtension> extensions;
  while (parts.More()) {
    DerParts part = parts.Sequence("extension");
    SealExtension extension;
    extension.oid = part.Oid("extnID");
    if (part.NextIs(kDerBoolean)) {
      extension.critical = part.Value(
          ReadDerBoolean(part.Take(kDerBoolean, "critical")), "critical");
    }
    extension.value = part.Octets("extnValue");
    part.End();
    extensions.push_back(std::move(extension));
  }
  return extensions;
}

std::vector<SealExtension> ReadExplicitExtensions(DerParts& parts) {
  DerParts tagged = parts.Inside(parts.Take(kDerExplicit0, "extDatas"), "[0]");
  std::vector<SealExtension> extensions =
      ReadExtensions(tagged.Sequence("extDatas"));
  tagged.End();
  return extensions;
}

std::optional<std::string> ReadTimeStamp(DerParts& parts) {
  if (!parts.NextIs(kDerExplicit0)) return std::nullopt;
  DerParts tagged = parts.Inside(parts.Take(kDerExplicit0, "timeStamp"), "[0]");
  std::string token = tagged.Bits("timeStamp");
  tagged.End();
  return token;
}

// SEQUENCE { type PrintableString, value OCTET STRING } of an SM3's size. The
// type is free text and decides nothing.
std::optional<std::string> ReadDigest(const DerElement& element) {
  if (element.tag != kDerSequence) return std::nullopt;
  DerReader reader(element.content);
  const std::optional<DerElement> type = reader.Take(kDerPrintableString);
  const std::optional<DerElement> value = reader.Take(kDerOctetString);
  const bool is_digest = type && ReadDerText(*type) && value &&
                         value->content.size() == ledger::kHashSize &&
                         reader.AtEnd();
  if (!is_digest) return std::nullopt;
  return std::string(value->content);
}

// One real file has a certificate as hexadecimal text: what is not of the
// list's type lists nobody.
void ReadCertList(DerParts& parts, SealInfo* info) {
  DerReader entries(parts.Take(kDerSequence, "certList").content);
  while (const std::optional<DerElement> entry = entries.Next()) {
    const std::optional<std::string> digest = ReadDigest(*entry);
    if (info->lists_digests && digest) {
      info->digests.push_back(*digest);
    } else if (!info->lists_digests && entry->tag == kDerOctetString) {
      info->certificates.emplace_back(entry->content);
    } else {
      parts.Warn("unknown_cert_list_entry");
    }
  }
}

void ReadProperty(DerParts parts, SealForm form, SealInfo* info) {
  const bool is_2014 = form == SealForm::k2014;
  info->type = parts.Integer("type");
  info->name = parts.Text(kDerUtf8String, "name");
  if (!is_2014) {
    const int64_t list_type = parts.Integer("certListType");
    info->lists_digests = list_type == kListsDigests;
    if (!info->lists_digests && list_type != kListsCertificates) {
      parts.Fail("certListType");
    }
  }
  ReadCertList(parts, info);
  const uint8_t due = is_2014 ? kDerUtcTime : kDerGeneralizedTime;
  info->created_s = parts.Time(due, "createDate");
  info->valid_from_s = parts.Time(due, "validStart");
  info->valid_to_s = parts.Time(due, "validEnd");
  parts.End();
}

SealPicture ReadPicture(DerParts parts) {
  SealPicture picture;
  picture.type = parts.Text(kDerIa5String, "type");
  picture.data = parts.Octets("data");
  picture.width_mm = parts.Integer("width");
  picture.height_mm = parts.Integer("height");
  parts.End();
  return picture;
}

SealInfo ReadInfo(DerParts parts, SealForm form) {
  SealInfo info;
  DerParts header = parts.Sequence("header");
  if (header.Text(kDerIa5String, "ID") != kSealHeaderId) header.Fail("ID");
  info.version = header.Integer("version");
  CheckVersion(header, form, info.version);
  info.vendor = header.Text(kDerIa5String, "Vid");
  header.End();
  info.es_id = parts.Text(kDerIa5String, "esID");
  ReadProperty(parts.Sequence("property"), form, &info);
  info.picture = ReadPicture(parts.Sequence("picture"));
  if (parts.NextIs(kDerSequence)) {
    info.extensions = ReadExtensions(parts.Sequence("extDatas"));
  } else if (parts.NextIs(kDerExplicit0)) {
    parts.Warn("ext_explicit");
    info.extensions = ReadExplicitExtensions(parts);
  }
  parts.End();
  return info;
}

// The maker's part of a seal; gives the bytes of certificate and algorithm,
// which he signs in 2014.
std::string ReadMaker(DerParts& parts, Seal* seal) {
  const DerElement certificate = parts.Take(kDerOctetString, "cert");
  const DerElement algorithm = parts.Take(kDerOid, "signAlgID");
  seal->maker_certificate = certificate.content;
  seal->signature_oid = parts.Value(ReadDerOid(algorithm), "signAlgID");
  seal->signature = parts.Bits("signedValue");
  return std::string(certificate.whole).append(algorithm.whole);
}

Seal ReadSeal(DerParts parts, SealForm form) {
  Seal seal;
  seal.form = form;
  const DerElement info = parts.Take(kDerSequence, "eSealInfo");
  seal.info = ReadInfo(parts.Inside(info, "eSealInfo"), form);
  seal.signed_bytes = info.whole;
  if (form == SealForm::k2014) {
    DerParts sign_info = parts.Sequence("signInfo");
    const std::string also_signed = ReadMaker(sign_info, &seal);
    sign_info.End();
    seal.signed_bytes = DerOf(kDerSequence, seal.signed_bytes + also_signed);
  } else {
    ReadMaker(parts, &seal);
    seal.time_stamp = ReadTimeStamp(parts);
  }
  parts.End();
  return seal;
}

// The seal inside, unread but for its shape.
void ReadSealPlace(DerParts& tbs, std::string_view file,
                   SealSignatureFrame* frame) {
  const DerElement element = tbs.Take(kDerSequence, "eseal");
  const std::optional<SealForm> form = FormOfSeal(element.content);
  const bool is_2014 = frame->form == SealForm::k2014;
  if (!form || (*form == SealForm::k2014) != is_2014 ||
      element.whole.size() > kMaxSealFile) {
    tbs.Fail("eseal");
    return;
  }
  frame->seal_offset = OffsetIn(file, element.whole);
  frame->seal_size = element.whole.size();
}

bool IsShaped(std::string_view text, std::string_view shape) {
  return std::equal(text.begin(), text.end(), shape.begin(), shape.end(),
                    [](char c, char at) {
                      return at == 'd' ? c >= '0' && c <= '9' : c == at;
                    });
}

// The moment in text of one of those shapes, as if its zone were UTC.
std::optional<int64_t> TimeOfText(std::string_view text) {
  std::string digits;
  for (const char c : text.substr(0, kLocalTime.size())) {
    if (c >= '0' && c <= '9') digits += c;
  }
  digits += 'Z';
  return ReadDerTime({kDerGeneralizedTime, digits, digits});
}

// 2014's timeInfo is a BIT STRING that holds a DER time; vendors write text,
// one with and some without a zone. All else (a time stamp token) is no claim.
void ReadTimeInfo2014(DerParts& tbs, SealSignatureFrame* frame) {
  constexpr std::string_view kName = "timeInfo";
  const std::string info = tbs.Bits(kName);
  const bool local = IsShaped(info, kLocalTime);
  if (local || IsShaped(info, kUtcTime)) {
    const int64_t time = tbs.Value(TimeOfText(info), kName);
    frame->claimed_time_s = local ? time - kLocalOffset : time;
    frame->claimed_local = local;
    return;
  }
  DerReader reader(info);
  const std::optional<DerElement> element = reader.Next();
  if (element && reader.AtEnd() &&
      (element->tag == kDerUtcTime || element->tag == kDerGeneralizedTime)) {
    frame->claimed_time_s = tbs.Value(ReadDerTime(*element), kName);
  }
}

// `file` is what `parts` are the content of.
SealSignatureFrame ReadFrame(DerParts parts, std::string_view file,
                             SealForm form) {
  const bool is_2014 = form == SealForm::k2014;
  SealSignatureFrame frame;
  frame.form = form;
  const DerElement to_sign = parts.Take(kDerSequence, "toSign");
  DerParts tbs = parts.Inside(to_sign, "toSign");
  frame.version = tbs.Integer("version");
  CheckVersion(tbs, form, frame.version);
  ReadSealPlace(tbs, file, &frame);
  if (is_2014) {
    ReadTimeInfo2014(tbs, &frame);
  } else {
    frame.claimed_time_s = tbs.Time(kDerGeneralizedTime, "timeInfo");
  }
  frame.data_hash = tbs.Bits("dataHash");
  frame.property_info = tbs.Text(kDerIa5String, "propertyInfo");
  if (!is_2014 && tbs.NextIs(kDerExplicit0)) {
    frame.extensions = ReadExplicitExtensions(tbs);
  }
  DerParts& signer = is_2014 ? tbs : parts;
  frame.certificate = signer.Octets("cert");
  frame.signature_oid = signer.Oid("signatureAlgID");
  tbs.End();
  frame.signature = parts.Bits("signature");
  if (!is_2014) frame.time_stamp = ReadTimeStamp(parts);
  parts.End();
  // What is missing has no place; the fault is noted.
  if (frame.seal_size != 0) {
    frame.signed_offset = OffsetIn(file, to_sign.whole);
    frame.signed_size = to_sign.whole.size();
  }
  return frame;
}

ledger::Error BadFormat(std::string_view detail) {
  return ledger::MakeError(ledger::Code::kMalformed, "seal-format", detail);
}

ledger::Error BadPart(const std::string& path) {
  return BadFormat(path + " is missing, malformed or out of place");
}

// The content of the one SEQUENCE that the bytes are.
Result<std::string_view> ReadOutermost(std::string_view bytes,
                                       size_t max_size) {
  if (bytes.size() > max_size) {
    return BadFormat("more than " + std::to_string(max_size) + " bytes");
  }
  const std::optional<DerElement> element = DerReader(bytes).Take(kDerSequence);
  if (!element || !IsDer(bytes)) {
    return BadFormat("not one SEQUENCE in strict DER with nothing after it");
  }
  return element->content;
}

// The one SEQUENCE in strict DER that `der` is; faults are told under `path`.
Result<Seal> ReadSealAt(std::string_view der, std::string path) {
  const std::optional<DerElement> element = DerReader(der).Take(kDerSequence);
  const std::optional<SealForm> form =
      element ? FormOfSeal(element->content) : std::nullopt;
  if (!form) return BadFormat("not the shape of an electronic seal");
  DerFindings findings;
  Seal seal =
      ReadSeal(DerParts(element->content, std::move(path), &findings), *form);
  if (!findings.fault.empty()) return BadPart(findings.fault);
  seal.warnings = std::move(findings.warnings);
  return seal;
}

}  // namespace

Result<Seal> DecodeSeal(std::string_view bytes) {
  const Result<std::string_view> content = ReadOutermost(bytes, kMaxSealFile);
  if (!content) return content.error();
  return ReadSealAt(bytes, "SESeal");
}

Result<SealSignatureFrame> DecodeSealSignatureFrame(std::string_view bytes) {
  const Result<std::string_view> content =
      ReadOutermost(bytes, kMaxSealSignature);
  if (!content) return content.error();
  const std::optional<SealForm> form = FormOfSignature(*content);
  if (!form) return BadFormat("not the shape of an electronic seal signature");
  DerFindings findings;
  SealSignatureFrame frame =
      ReadFrame(DerParts(*content, "SES_Signature", &findings), bytes, *form);
  if (!findings.fault.empty()) return BadPart(findings.fault);
  frame.warnings = std::move(findings.warnings);
  return frame;
}

Result<SealSignature> DecodeSealSignature(std::string_view bytes) {
  Result<SealSignatureFrame> frame = DecodeSealSignatureFrame(bytes);
  if (!frame) return std::move(frame).error();
  const std::string_view der =
      bytes.substr(frame->seal_offset, frame->seal_size);
  Result<Seal> seal = ReadSealAt(der, "SES_Signature.toSign.eseal");
  if (!seal) return std::move(seal).error();
  SealSignature signature;
  static_cast<SealSignatureFrame&>(signature) = *std::move(frame);
  signature.seal = *std::move(seal);
  signature.seal_der = der;
  signature.signed_bytes =
      bytes.substr(signature.signed_offset, signature.signed_size);
  return signature;
}

Result<SealFileKind> FindSealFileKind(std::string_view bytes) {
  const Result<std::string_view> content =
      ReadOutermost(bytes, kMaxSealSignature);
  if (!content) return content.error();
  // Since 2020 both have the same outermost elements. The first begins with a
  // header in a seal, and with a version in a signature.
  const std::optional<DerElement> first =
      DerReader(*content).Take(kDerSequence);
  const std::optional<uint8_t> begin =
      first ? DerReader(first->content).Peek() : std::nullopt;
  if (begin == kDerSequence && FormOfSeal(*content)) {
    return SealFileKind::kSeal;
  }
  if (begin == kDerInteger && FormOfSignature(*content)) {
    return SealFileKind::kSignature;
  }
  return BadFormat("neither an electronic seal nor a signature by its shape");
}

std::string_view SealFormName(SealForm form) {
  switch (form) {
    case SealForm::k2014:
      return "GM/T 0031-2014";
    case SealForm::k2020:
      return "GB/T 38540-2020";
    case SealForm::k2025:
      return "GM/T 0031-2025";
  }
  CHECK(false);
}

}  // namespace sealedger::notary
