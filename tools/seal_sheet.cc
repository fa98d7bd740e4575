#include "tools/seal_sheet.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "ledger/encoding.h"
#include "ledger/hash.h"
#include "notary/certificate.h"
#include "notary/eseal.h"
#include "notary/eseal_verify.h"

namespace sealedger::tools {

namespace {

using notary::SealTimeText;

Json NumberOf(int64_t number) {
  const bool fits =
      number >= -notary::kMaxJsonInteger && number <= notary::kMaxJsonInteger;
  return fits ? Json(number) : Json(std::to_string(number));
}

std::string Sha256Text(std::string_view bytes) {
  return ledger::ToHex(ledger::Sha256Of(bytes));
}

std::string Sm3Text(std::string_view bytes) {
  return ledger::ToHex(ledger::Sm3Of(bytes));
}

Json CertificateSheet(std::string_view der) {
  Json sheet(Json::Object{});
  if (const auto facts = notary::ReadCertificate(der)) {
    sheet.Add("subject", facts->subject);
    sheet.Add("issuer", facts->issuer);
    sheet.Add("serial", facts->serial);
    sheet.Add("not_before", SealTimeText(facts->not_before_s));
    sheet.Add("not_after", SealTimeText(facts->not_after_s));
  } else {
    sheet.Add("malformed", true);
  }
  sheet.Add("sha256", Sha256Text(der));
  sheet.Add("sm3", Sm3Text(der));
  return sheet;
}

Json SignersSheet(const notary::SealInfo& info) {
  Json::Array signers;
  for (const std::string& der : info.certificates) {
    signers.push_back(CertificateSheet(der));
  }
  for (const std::string& digest : info.digests) {
    signers.push_back(Json::Object{{"sm3", ledger::EncodeHex(digest)}});
  }
  return signers;
}

Json PictureSheet(const notary::SealPicture& picture) {
  return Json::Object{{"type", picture.type},
                      {"bytes", uint64_t{picture.data.size()}},
                      {"width_mm", NumberOf(picture.width_mm)},
                      {"height_mm", NumberOf(picture.height_mm)},
                      {"sha256", Sha256Text(picture.data)}};
}

Json ExtensionsSheet(const std::vector<notary::SealExtension>& extensions) {
  Json::Array sheet;
  for (const notary::SealExtension& extension : extensions) {
    sheet.push_back(
        Json::Object{{"oid", extension.oid},
                     {"critical", extension.critical},
                     {"value", ledger::EncodeBase64(extension.value)}});
  }
  return sheet;
}

Json WordsSheet(const notary::SealWarnings& words) {
  Json::Array sheet;
  for (const std::string& word : words) sheet.push_back(word);
  return sheet;
}

Json TimeStampSheet(std::string_view token) {
  return Json::Object{{"bytes", uint64_t{token.size()}},
                      {"sha256", Sha256Text(token)}};
}

Json SheetOf(const notary::Seal& seal, std::string_view bytes) {
  const notary::SealInfo& info = seal.info;
  Json sheet(Json::Object{});
  sheet.Add("kind", "seal");
  sheet.Add("standard", notary::SealFormName(seal.form));
  sheet.Add("version", NumberOf(info.version));
  sheet.Add("code", info.es_id);
  sheet.Add("name", info.name);
  sheet.Add("type", NumberOf(info.type));
  sheet.Add("vendor", info.vendor);
  sheet.Add("created", SealTimeText(info.created_s));
  sheet.Add("valid_from", SealTimeText(info.valid_from_s));
  sheet.Add("valid_to", SealTimeText(info.valid_to_s));
  sheet.Add("picture", PictureSheet(info.picture));
  sheet.Add("signers", SignersSheet(info));
  sheet.Add("extensions", ExtensionsSheet(info.extensions));
  sheet.Add("maker", CertificateSheet(seal.maker_certificate));
  sheet.Add("algorithm", seal.signature_oid);
  if (seal.time_stamp)
    sheet.Add("time_stamp", TimeStampSheet(*seal.time_stamp));
  sheet.Add("warnings", WordsSheet(seal.warnings));
  sheet.Add("sm3", Sm3Text(bytes));
  return sheet;
}

Json SheetOf(const notary::SealSignature& signature, std::string_view bytes) {
  Json sheet(Json::Object{});
  sheet.Add("kind", "signature");
  sheet.Add("standard", notary::SealFormName(signature.form));
  sheet.Add("version", NumberOf(signature.version));
  if (signature.claimed_time_s) {
    sheet.Add("claimed_time", SealTimeText(*signature.claimed_time_s));
  }
  if (signature.claimed_local) sheet.Add("claimed_zone", "taken for UTC+8");
  sheet.Add("data_hash", ledger::EncodeHex(signature.data_hash));
  sheet.Add("property_info", signature.property_info);
  sheet.Add("signer", CertificateSheet(signature.certificate));
  sheet.Add("algorithm", signature.signature_oid);
  if (signature.time_stamp) {
    sheet.Add("time_stamp", TimeStampSheet(*signature.time_stamp));
  }
  sheet.Add("extensions", ExtensionsSheet(signature.extensions));
  sheet.Add("warnings", WordsSheet(signature.warnings));
  sheet.Add("sm3", Sm3Text(bytes));
  sheet.Add("seal", SheetOf(signature.seal, signature.seal_der));
  return sheet;
}

constexpr size_t kLabelWidth = 16;

std::string LabelOf(std::string_view name, size_t indent) {
  std::string label(indent, ' ');
  label += name;
  std::replace(label.begin(), label.end(), '_', ' ');
  return label;
}

std::string TextOf(const Json& value) {
  if (const std::string* text = value.if_string()) return *text;
  if (const bool* truth = value.if_bool()) return *truth ? "yes" : "no";
  return notary::WriteJson(value);
}

void PrintMember(std::string_view name, const Json& value, size_t indent,
                 Output& output);

void PrintObject(const Json::Object& members, size_t indent, Output& output) {
  for (const auto& [name, value] : members) {
    PrintMember(name, value, indent, output);
  }
}

void PrintMember(std::string_view name, const Json& value, size_t indent,
                 Output& output) {
  std::string label = LabelOf(name, indent);
  if (const Json::Object* object = value.if_object()) {
    output.Line(label);
    PrintObject(*object, indent + 2, output);
    return;
  }
  if (const Json::Array* array = value.if_array()) {
    if (array->empty()) {
      label.resize(std::max(label.size() + 1, kLabelWidth), ' ');
      output.Line(label + "none");
    }
    for (const Json& item : *array) PrintMember(name, item, indent, output);
    return;
  }
  label.resize(std::max(label.size() + 1, kLabelWidth), ' ');
  output.Line(label + Printable(TextOf(value)));
}

}  // namespace

Result<Json> SealSheet(std::string_view bytes) {
  const auto kind = notary::FindSealFileKind(bytes);
  if (!kind) return kind.error();
  if (*kind == notary::SealFileKind::kSeal) {
    const auto seal = notary::DecodeSeal(bytes);
    if (!seal) return seal.error();
    return SheetOf(*seal, bytes);
  }
  const auto signature = notary::DecodeSealSignature(bytes);
  if (!signature) return signature.error();
  return SheetOf(*signature, bytes);
}

void PrintSheet(const Json& sheet, Output& output) {
  const Json::Object* members = sheet.if_object();
  CHECK(members != nullptr);
  PrintObject(*members, 0, output);
}

}  // namespace sealedger::tools
