// Electronic seals (SESeal, 电子印章) and electronic seal signatures
// (SES_Signature, 电子签章): GM/T 0031-2014, GB/T 38540-2020, and the version 5
// of GM/T 0031-2025 are read, GB/T 38540-2020 is written (notary/FORMAT.md).
//
// Which of them a file is, its shape says and never its version number: a real
// file says 4 and has the layout of 2014. The input is one strict DER SEQUENCE
// with nothing after it; what is verified later are slices of it, never a
// re-encoding.
//
// Thread rule: values; pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/hash.h"
#include "ledger/result.h"

namespace sealedger::notary {

using ledger::Result;

inline constexpr size_t kMaxSealFile = 512 << 10;
inline constexpr size_t kMaxSealSignature = 1 << 20;
inline constexpr size_t kMaxPropertyInfo = 1024;  // bytes, as written
inline constexpr int64_t kSealVersion = 4;        // as written
inline constexpr std::string_view kSealHeaderId = "ES";
// certListType.
inline constexpr int64_t kListsCertificates = 1;
inline constexpr int64_t kListsDigests = 2;

enum class SealForm { k2014, k2020, k2025 };

// Which parts are odd but taken, as words of the verdict's evidence.
// "version_differs_from_shape", "unused_bits", "unknown_cert_list_entry",
// "ext_explicit", "time_type" (UTCTime for GeneralizedTime, or the reverse).
using SealWarnings = std::vector<std::string>;

struct SealExtension {
  std::string oid;
  bool critical = false;
  std::string value;

  bool operator==(const SealExtension&) const = default;
};

struct SealPicture {
  std::string type;  // "PNG", as the file spells it
  std::string data;
  int64_t width_mm = 0;
  int64_t height_mm = 0;

  bool operator==(const SealPicture&) const = default;
};

// SES_SealInfo.
struct SealInfo {
  int64_t version = kSealVersion;
  std::string vendor;  // Vid
  std::string es_id;
  int64_t type = 1;  // raw: files give it no common meaning
  std::string name;
  // Who may sign with it: certificates (DER), or digests (SM3 of the DER, 32
  // bytes), never both. Entries that are neither list nobody.
  std::vector<std::string> certificates;
  std::vector<std::string> digests;
  bool lists_digests = false;  // certListType 2
  int64_t created_s = 0;
  int64_t valid_from_s = 0;
  int64_t valid_to_s = 0;
  SealPicture picture;
  std::vector<SealExtension> extensions;

  bool operator==(const SealInfo&) const = default;
};

struct Seal {
  SealForm form = SealForm::k2020;
  SealInfo info;
  // What the maker signed: the DER of SES_SealInfo, or of 2014's SEQUENCE.
  std::string signed_bytes;
  std::string maker_certificate;  // DER, as it stands
  std::string signature_oid;
  std::string signature;  // the value's octets, in whatever form
  std::optional<std::string> time_stamp;  // 2025
  SealWarnings warnings;
};

// SES_Signature but for the seal inside, of which only the place is told: what
// is left to read where the seal is known. Places are in the file.
struct SealSignatureFrame {
  SealForm form = SealForm::k2020;
  int64_t version = kSealVersion;
  size_t seal_offset = 0;  // of the SESeal
  size_t seal_size = 0;
  size_t signed_offset = 0;  // of the TBS_Sign, which the seal is a part of
  size_t signed_size = 0;
  // Of timeInfo, in the seconds of 1970; nullopt where it is a time stamp token
  // or text that is no time.
  std::optional<int64_t> claimed_time_s;
  bool claimed_local = false;  // text without a zone: taken as UTC+8
  std::string data_hash;       // octets, of whatever length
  std::string property_info;   // never a path to be trusted
  std::vector<SealExtension> extensions;
  std::string certificate;  // the signer's, DER
  std::string signature_oid;
  std::string signature;
  std::optional<std::string> time_stamp;  // DER of the token
  SealWarnings warnings;                  // none of the seal's
};

struct SealSignature : SealSignatureFrame {
  Seal seal;
  std::string seal_der;      // the seal inside, as it stands
  std::string signed_bytes;  // the DER of the whole TBS_Sign
};

// kMalformed "seal-format", the detail naming the part.
Result<Seal> DecodeSeal(std::string_view bytes);
Result<SealSignature> DecodeSealSignature(std::string_view bytes);
// DecodeSealSignature but for the seal, which has the shape that is due and may
// be malformed inside.
Result<SealSignatureFrame> DecodeSealSignatureFrame(std::string_view bytes);
// Which of the two the bytes are by their outermost shape; neither is an error
// of the same name.
enum class SealFileKind { kSeal, kSignature };
Result<SealFileKind> FindSealFileKind(std::string_view bytes);

// SES_SealInfo after GB/T 38540: what the maker signs. CHECK-fails on texts
// outside IA5 where IA5String is due and on a name that is not UTF-8.
std::string EncodeSealInfo(const SealInfo& info);
// SESeal from the above, the maker's certificate and his signature value (DER).
std::string EncodeSeal(std::string_view info, std::string_view certificate,
                       std::string_view signature);

// What a signer states beside the seal.
struct SignatureRequest {
  int64_t time_s = 0;         // in the seconds of 1970, to the year 9999
  ledger::Hash data_hash;     // SM3 of the protected bytes
  std::string property_info;  // IA5, at most kMaxPropertyInfo
  std::vector<SealExtension> extensions;
};

// SES_Signature after GB/T 38540, in parts, so that the seal (some 40 kB) is
// copied once and hashed ahead:
//
//   30 L  30 L 02 01 04  SESeal  timeInfo … extDatas  cert OID signature
//   outer └─ head ────┘          └─ tail ──────────┘  └─ end ──────────┘
//         └─ TBS_Sign ─────────────────────────────┘
//
// CHECK-fails on what SignatureRequest does not allow.
std::string EncodeSignatureTail(const SignatureRequest& request);
std::string EncodeSignatureHead(size_t seal_size, size_t tail_size);
// From the signer's certificate and his signature value (DER).
std::string EncodeSignatureEnd(std::string_view certificate,
                               std::string_view signature);
// `size`: of all that follows.
std::string EncodeSignatureOuter(size_t size);

std::string_view SealFormName(SealForm form);  // "GM/T 0031-2014" and so on

}  // namespace sealedger::notary
