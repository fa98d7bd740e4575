#include "notary/seal_maker.h"

#include <algorithm>
#include <array>
#include <utility>

#include "ledger/encoding.h"
#include "notary/certificate.h"
#include "notary/codes.h"
#include "notary/disclosure.h"
#include "notary/eseal_verify.h"
#include "notary/png.h"
#include "notary/request_members.h"
#include "notary/text.h"

namespace sealedger::notary {
namespace {

using ledger::Code;
using ledger::MakeError;

constexpr std::string_view kVendor = "SLG";
constexpr uint64_t kMaxSideMm = 1000;
constexpr size_t kMaxSigners = 16;
// Beside the largest picture and the maker's certificate, a file that readers
// take (kMaxSealFile).
constexpr size_t kMaxSignerBytes = 128 << 10;

SealPicture ReadPicture(Members& request) {
  Members members = request.Object("picture");
  SealPicture picture;
  const std::string& type = members.String("type");
  const auto bytes = ledger::DecodeBase64(members.String("base64"));
  picture.width_mm =
      static_cast<int64_t>(members.Integer("width_mm", kMaxSideMm));
  picture.height_mm =
      static_cast<int64_t>(members.Integer("height_mm", kMaxSideMm));
  if (members.ok() && type != "png") {
    members.Fail("type", Code::kInvalidArgument, "bad-picture",
                 "the type of a picture is png");
  }
  if (members.ok() && (picture.width_mm == 0 || picture.height_mm == 0)) {
    members.Fail(picture.width_mm == 0 ? "width_mm" : "height_mm",
                 Code::kInvalidArgument, "bad-picture",
                 "a seal is 1 to 1,000 mm wide and high");
  }
  if (members.ok() && !bytes) {
    members.Fail("base64", Code::kInvalidArgument, "bad-picture",
                 "the picture is not in padded standard base64");
  }
  if (members.ok()) {
    if (Result<PictureSize> size = CheckPng(*bytes); !size) {
      Error bad = std::move(size).error();
      bad.field = members.PointerTo("base64");
      members.Fail(std::move(bad));
    }
  }
  picture.type = "PNG";
  picture.data = bytes.value_or("");
  if (!members.Finish()) request.Fail(members.error());
  return picture;
}

std::vector<std::string> ReadSigners(Members& request) {
  std::vector<std::string> signers;
  const Json::Array* list = request.OptionalArray("signers");
  if (list == nullptr) return signers;
  const auto bad = [&](std::string_view detail) {
    request.Fail("signers", Code::kInvalidArgument, "bad-certificate", detail);
  };
  if (list->empty() || list->size() > kMaxSigners) {
    bad("a seal has 1 to 16 signers");
    return signers;
  }
  size_t bytes = 0;
  for (const Json& value : *list) {
    const std::string* pem = value.if_string();
    Result<std::vector<std::string>> read =
        ReadCertificatesPem(pem == nullptr ? "" : *pem);
    if (!read || read->size() != 1) {
      bad("each signer is one certificate in PEM");
      return {};
    }
    if (std::find(signers.begin(), signers.end(), read->front()) !=
        signers.end()) {
      bad("a signer is there twice");
      return {};
    }
    bytes += read->front().size();
    signers.push_back(std::move(read->front()));
  }
  if (bytes > kMaxSignerBytes) {
    bad("the signers' certificates have more than 128 KiB together");
    return {};
  }
  return signers;
}

std::string_view FaultText(CertificateFault fault) {
  switch (fault) {
    case CertificateFault::kNone:
      return "is in order";
    case CertificateFault::kMalformed:
      return "cannot be read";
    case CertificateFault::kNotYetValid:
      return "is not valid yet";
    case CertificateFault::kExpired:
      return "has expired";
    case CertificateFault::kUnknownIssuer:
      return "does not lead to a certificate that is trusted here";
    case CertificateFault::kWrongSignature:
      return "bears a wrong signature";
    case CertificateFault::kWrongUse:
      return "is not for signing";
    case CertificateFault::kWrongCurve:
      return "is not of an SM2 key";
  }
  CHECK(false);
}

Error BadAuthority(std::string_view detail) {
  return MakeError(Code::kUnavailable, "seal-authority", detail);
}

// Whose certificates the seal lists, and the key in custody among them.
struct Signers {
  std::vector<std::string> certificates;
  std::optional<std::string> key_id;
};

Result<Signers> CheckGivenSigners(const SealAuthority& authority,
                                  const SealDesign& design, int64_t now_s) {
  // When they may begin to sign: not before the seal is there, however long it
  // is said to be valid.
  const int64_t at_s = std::max(now_s, design.valid_from_ms / kSecondMs);
  for (size_t i = 0; i < design.signers.size(); ++i) {
    const CertificateFault fault =
        JudgeCertificate(design.signers[i], authority.cas, {}, at_s);
    if (fault == CertificateFault::kNone) continue;
    return MakeError(
        Code::kVerificationFailed, "signer-certificate",
        "the signer's certificate " + std::string(FaultText(fault)),
        "/signers/" + std::to_string(i));
  }
  return Signers{design.signers, std::nullopt};
}

Result<Signers> MakeSigner(const SealAuthority& authority, SealKeys& keys,
                           const std::string& code, const SealGround& ground,
                           const SealDesign& design) {
  if (!authority.ca_key) {
    return BadAuthority("there is no key that could certify one in custody");
  }
  Result<SealKeys::NewKey> key = keys.Make(code);
  if (!key) return std::move(key).error();
  // As certificates of government seals have it: the code, and the unit's USCC
  // before its name.
  const CertificateNames names{
      code, ground.application.uscc + ground.organization_name.value_or("")};
  Result<std::string> certificate = IssueCertificate(
      key->spki, names,
      {design.valid_from_ms / kSecondMs, design.valid_to_ms / kSecondMs},
      authority.cas.front(), *authority.ca_key);
  if (!certificate) {
    static_cast<void>(keys.Remove(key->id));
    return std::move(certificate).error();
  }
  return Signers{{*std::move(certificate)}, std::move(key->id)};
}

// What the entry will state of the file.
SealFileMade Describe(std::string seseal, const Seal& seal, bool made_here) {
  SealFileMade made;
  made.facts = FactsOf(seseal, seal);
  made.facts.made_here = made_here;
  made.facts.name = MakeDisclosures({{"name", seal.info.name}});
  made.blobs = made.facts.name;
  made.blobs.push_back(seseal);
  made.seseal = std::move(seseal);
  return made;
}

// The checks of a seal that must pass before it is taken, and the name of the
// refusal where one does not.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3>
    kDemanded = {{{"seal_signature", "seal-signature"},
                  {"maker_certificate", "maker-certificate"},
                  {"seal_validity", "seal-validity"}}};

std::optional<Error> FirstFault(const std::vector<Check>& checks) {
  for (const auto& [id, name] : kDemanded) {
    const auto check =
        std::find_if(checks.begin(), checks.end(),
                     [id = id](const Check& c) { return c.id == id; });
    if (check != checks.end() && check->result == CheckResult::kPass) continue;
    return MakeError(Code::kVerificationFailed, name,
                     "the seal does not pass the check " + std::string(id) +
                         (check == checks.end() ? "" : ": " + check->reason),
                     "/seseal");
  }
  // A part that may be absent, and is wrong where it is there.
  const auto failed = std::find_if(
      checks.begin(), checks.end(),
      [](const Check& check) { return check.result == CheckResult::kFail; });
  if (failed == checks.end()) return std::nullopt;
  return MakeError(
      Code::kVerificationFailed, "seal-time-stamp",
      "the seal does not pass the check " + failed->id + ": " + failed->reason,
      "/seseal");
}

// What an entry can say of a seal, whoever made it. How many signers it lists,
// the entry's size decides (AdmitSeal).
Result<void> CheckStated(const SealInfo& info) {
  if (info.valid_from_s < 0 || info.valid_to_s <= info.valid_from_s) {
    return MakeError(Code::kInvalidArgument, "bad-validity",
                     "the seal's validity begins before 1970, or ends as it "
                     "begins",
                     "/seseal");
  }
  return CheckName(info.name, "/seseal");
}

}  // namespace

SealRequest ReadSealRequest(Members& request) {
  SealRequest seal;
  seal.application = request.String("application");
  if (request.ok() && !IsId(seal.application)) {
    request.Fail("application", Code::kInvalidArgument, "bad-id",
                 "an id is [a-z0-9][a-z0-9._-]{0,63}");
  }
  seal.code = request.String("code");
  if (request.ok() && !IsSealCode(seal.code)) {
    request.Fail("code", Code::kInvalidArgument, "bad-seal-code",
                 "a seal code has 13 or 14 digits");
  }
  if (const std::string* code = request.OptionalString("physical_code")) {
    seal.physical_code = *code;
    if (!IsPhysicalCode(*code)) {
      request.Fail("physical_code", Code::kInvalidArgument, "bad-physical-code",
                   "1 to 64 printable ASCII characters without spaces");
    }
  }
  if (const std::string* custodian = request.OptionalString("custodian")) {
    seal.custodian = *custodian;
    if (!IsId(*custodian)) {
      request.Fail("custodian", Code::kInvalidArgument, "bad-id",
                   "an id is [a-z0-9][a-z0-9._-]{0,63}");
    }
  }
  if (const std::string* replaces = request.OptionalString("replaces")) {
    seal.replaces = *replaces;
    if (!IsSealCode(*replaces)) {
      request.Fail("replaces", Code::kInvalidArgument, "bad-seal-code",
                   "a seal code has 13 or 14 digits");
    }
  }
  return seal;
}

SealDesign ReadSealDesign(Members& request) {
  SealDesign design;
  design.name = ReadName(request, "name");
  design.picture = ReadPicture(request);
  design.valid_from_ms = ReadTime(request, "valid_from");
  design.valid_to_ms = ReadTime(request, "valid_to");
  // The file tells seconds.
  if (request.ok() &&
      design.valid_to_ms / kSecondMs <= design.valid_from_ms / kSecondMs) {
    request.Fail("valid_to", Code::kInvalidArgument, "bad-validity",
                 "the validity ends before, or in the second, it begins");
  }
  design.signers = ReadSigners(request);
  return design;
}

Result<RequestedSeal> ReadRequestedSeal(const Json& body) {
  Members members(body, "");
  RequestedSeal seal;
  seal.request = ReadSealRequest(members);
  if (members.Has("seseal")) {
    const auto bytes = ledger::DecodeBase64(members.String("seseal"));
    if (members.ok() && !bytes) {
      members.Fail("seseal", Code::kInvalidArgument, "bad-base64",
                   "the seal is not in padded standard base64");
    }
    seal.seseal = bytes.value_or("");
  } else {
    seal.design = ReadSealDesign(members);
  }
  if (!members.Finish()) return members.error();
  return seal;
}

MadeSeal FactsOf(std::string_view seseal, const Seal& seal) {
  MadeSeal facts;
  facts.valid_from_ms = seal.info.valid_from_s * kSecondMs;
  facts.valid_to_ms = seal.info.valid_to_s * kSecondMs;
  facts.seseal_sm3 = ledger::Sm3Of(seseal);
  facts.seseal_sha256 = ledger::Sha256Of(seseal);
  facts.maker_sha256 = ledger::Sha256Of(seal.maker_certificate);
  for (const std::string& certificate : seal.info.certificates) {
    facts.signers_sha256.push_back(ledger::Sha256Of(certificate));
  }
  return facts;
}

Result<SealFileMade> MakeSeal(const SealAuthority& authority, SealKeys& keys,
                              const std::string& code, const SealGround& ground,
                              const SealDesign& design, int64_t now_ms) {
  const int64_t now_s = now_ms / kSecondMs;
  if (now_ms > design.valid_to_ms) {
    return MakeError(Code::kVerificationFailed, "seal-expired",
                     "the seal's validity has ended", "/valid_to");
  }
  Result<CertificateFacts> ca = ReadCertificate(authority.cas.front());
  if (!ca) return std::move(ca).error();
  if (design.signers.empty() &&
      design.valid_to_ms / kSecondMs > ca->not_after_s) {
    return MakeError(Code::kVerificationFailed, "validity-too-long",
                     "the seal would outlast the authority's certificate, "
                     "which ends at " +
                         FormatTime(ca->not_after_s * kSecondMs),
                     "/valid_to");
  }
  const CertificateFault fault =
      JudgeCertificate(authority.maker_certificate, authority.cas, {}, now_s);
  if (fault != CertificateFault::kNone) {
    return BadAuthority("the seal maker's certificate " +
                        std::string(FaultText(fault)));
  }
  Result<Signers> signers =
      design.signers.empty() ? MakeSigner(authority, keys, code, ground, design)
                             : CheckGivenSigners(authority, design, now_s);
  if (!signers) return std::move(signers).error();

  SealInfo info;
  info.vendor = kVendor;
  info.es_id = code;
  info.name = design.name;
  info.certificates = std::move(signers->certificates);
  info.created_s = now_s;
  info.valid_from_s = design.valid_from_ms / kSecondMs;
  info.valid_to_s = design.valid_to_ms / kSecondMs;
  info.picture = design.picture;
  const std::string info_der = EncodeSealInfo(info);
  std::string seseal = EncodeSeal(info_der, authority.maker_certificate,
                                  authority.maker_key.Sign(info_der));
  // As a stranger reads it, before anybody gets it.
  Result<Seal> seal = DecodeSeal(seseal);
  CHECK(seal && seal->info == info);
  const std::vector<Check> checks =
      CheckSeal(*seal, {authority.cas, {}}, std::max(now_s, info.valid_from_s));
  CHECK(!FirstFault(checks));
  SealFileMade made = Describe(std::move(seseal), *seal, true);
  // To the millisecond, as they were asked for.
  made.facts.valid_from_ms = design.valid_from_ms;
  made.facts.valid_to_ms = design.valid_to_ms;
  made.key_id = std::move(signers->key_id);
  // The certificate bears the organisation's name.
  if (made.key_id) made.facts.organization = ground.organization;
  return made;
}

Result<SealFileMade> AdoptSeal(const SealAuthority& authority,
                               const std::string& code, std::string seseal,
                               int64_t now_ms, std::vector<Check>* checks) {
  const int64_t now_s = now_ms / kSecondMs;
  const Verdict verdict =
      VerifySealFile(seseal, {authority.cas, {}}, {}, now_s);
  *checks = verdict.checks;
  Result<Seal> seal = DecodeSeal(seseal);
  if (!seal) {
    return MakeError(Code::kVerificationFailed, "seal-format",
                     seal.error().detail, "/seseal");
  }
  if (std::optional<Error> fault = FirstFault(verdict.checks)) {
    return *std::move(fault);
  }
  // Other makers number their files by other rules; one seal code, though, is
  // not another one.
  if (IsSealCode(seal->info.es_id) && seal->info.es_id != code) {
    return MakeError(Code::kVerificationFailed, "seal-code-differs",
                     "the file is of the seal " + seal->info.es_id, "/code");
  }
  if (Result<void> stated = CheckStated(seal->info); !stated) {
    return std::move(stated).error();
  }
  return Describe(std::move(seseal), *seal, false);
}

}  // namespace sealedger::notary
