#include "notary/seal_time_stamp.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pkcs7.h>
#include <openssl/ts.h>
#include <openssl/tserr.h>
#include <openssl/x509.h>

#include <array>
#include <ctime>
#include <memory>
#include <utility>
#include <vector>

#include "notary/certificate.h"
#include "notary/der.h"
#include "notary/openssl_parts.h"
#include "notary/sm2.h"

namespace sealedger::notary {

namespace {

using TokenPtr = std::unique_ptr<PKCS7, OpensslDeleter<PKCS7_free>>;
using ContentPtr =
    std::unique_ptr<TS_TST_INFO, OpensslDeleter<TS_TST_INFO_free>>;
using CertificatePtr = std::unique_ptr<X509, OpensslDeleter<X509_free>>;
using StorePtr = std::unique_ptr<X509_STORE, OpensslDeleter<X509_STORE_free>>;
using VerifierPtr =
    std::unique_ptr<TS_VERIFY_CTX, OpensslDeleter<TS_VERIFY_CTX_free>>;

struct StackDeleter {
  void operator()(STACK_OF(X509) * stack) const {
    sk_X509_pop_free(stack, X509_free);
  }
};
using StackPtr = std::unique_ptr<STACK_OF(X509), StackDeleter>;

constexpr std::string_view kGmSignedDataOid = "1.2.156.10197.6.1.4.2.2";
constexpr int64_t kMaxTimeMs = 253'402'300'799'999;  // the end of 9999

std::string_view View(const ASN1_STRING* string) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)),
          static_cast<size_t>(ASN1_STRING_length(string))};
}

std::string OidText(const ASN1_OBJECT* object) {
  std::array<char, 128> text{};
  OBJ_obj2txt(text.data(), text.size(), object, 1);
  return text.data();
}

TokenPtr ReadToken(std::string_view token) {
  const unsigned char* at = Bytes(token);
  TokenPtr read(d2i_PKCS7(nullptr, &at, static_cast<long>(token.size())));
  const bool whole = read != nullptr && at == Bytes(token) + token.size();
  return whole ? std::move(read) : nullptr;
}

StackPtr StackOf(std::span<const std::string> certificates) {
  StackPtr stack(sk_X509_new_null());
  for (const std::string& der : certificates) {
    const unsigned char* at = Bytes(der);
    CertificatePtr read(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
    // One that cannot be read is an authority for nothing.
    if (read != nullptr && sk_X509_push(stack.get(), read.get()) > 0) {
      static_cast<void>(read.release());
    }
  }
  return stack;
}

// RFC 3161 §2.4.2: a fraction of a second may follow the seconds. A bound must
// not lie before the moment that it stands for, so it is rounded up.
std::optional<int64_t> TimeOf(const ASN1_GENERALIZEDTIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) {
    return std::nullopt;
  }
  int64_t ms = static_cast<int64_t>(timegm(&parts)) * 1000;
  const std::string_view text = View(time);
  if (const size_t dot = text.find('.'); dot != std::string_view::npos) {
    int64_t unit = 100;
    bool more = false;
    for (size_t i = dot + 1; i < text.size(); ++i) {
      if (text[i] < '0' || text[i] > '9') break;
      ms += (text[i] - '0') * unit;
      more = more || (unit == 0 && text[i] != '0');
      unit /= 10;
    }
    ms += more ? 1 : 0;
  }
  if (ms < 0 || ms > kMaxTimeMs) return std::nullopt;
  return ms;
}

// nullopt where it is beyond reason, or negative.
std::optional<uint64_t> ToleranceOf(TS_ACCURACY* accuracy) {
  if (accuracy == nullptr) return 0;
  const auto value = [](const ASN1_INTEGER* part) -> std::optional<uint64_t> {
    uint64_t number = 0;
    if (part != nullptr && ASN1_INTEGER_get_uint64(&number, part) != 1) {
      return std::nullopt;
    }
    return number;
  };
  const auto seconds = value(TS_ACCURACY_get_seconds(accuracy));
  const auto millis = value(TS_ACCURACY_get_millis(accuracy));
  const auto micros = value(TS_ACCURACY_get_micros(accuracy));
  // RFC 3161 §2.4.2 bounds the last two.
  if (!seconds || !millis || !micros || *seconds > UINT32_MAX ||
      *millis > 999 || *micros > 999) {
    return std::nullopt;
  }
  return *seconds + (*millis > 0 || *micros > 0 ? 1 : 0);
}

const char* DigestName(int nid) {
  switch (nid) {
    case NID_sha256:
      return "SHA-256";
    case NID_sha384:
      return "SHA-384";
    case NID_sha512:
      return "SHA-512";
    case NID_sm3:
      return "SM3";
    default:
      return nullptr;
  }
}

bool IsDigestOf(int nid, std::string_view message, std::string_view imprint) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (EVP_Digest(message.data(), message.size(), digest.data(), &size,
                 EVP_get_digestbynid(nid), nullptr) != 1) {
    return false;
  }
  return imprint ==
         std::string_view(reinterpret_cast<const char*>(digest.data()), size);
}

bool NamesSm2(const PKCS7_SIGNER_INFO* signer) {
  const std::string oid = OidText(signer->digest_enc_alg->algorithm);
  // The last two are those of the curve and of plain SM2.
  for (const std::string_view sm2 :
       {kSm2SignOid, kSm2OtherOid, std::string_view("1.2.156.10197.1.301"),
        std::string_view("1.2.156.10197.1.301.1")}) {
    if (oid == sm2) return true;
  }
  return false;
}

// GM/T 0010: the same as CMS under OIDs of its own, and always of SM2.
bool IsGmSignedData(std::string_view token) {
  if (!IsDer(token)) return false;
  const auto whole = DerReader(token).Take(kDerSequence);
  if (!whole) return false;
  const auto type = DerReader(whole->content).Take(kDerOid);
  return type && ReadDerOid(*type) == kGmSignedDataOid;
}

TokenState StateOf(CertificateFault fault) {
  switch (fault) {
    case CertificateFault::kNone:
      return TokenState::kGood;
    case CertificateFault::kNotYetValid:
      return TokenState::kNotYetValid;
    case CertificateFault::kExpired:
      return TokenState::kExpired;
    case CertificateFault::kUnknownIssuer:
    case CertificateFault::kMalformed:
      return TokenState::kUnknownIssuer;
    case CertificateFault::kWrongSignature:
      return TokenState::kWrongSignature;
    case CertificateFault::kWrongUse:
    case CertificateFault::kWrongCurve:
      return TokenState::kWrongUse;
  }
  CHECK(false);
}

class TokenJudge {
 public:
  TokenJudge(PKCS7* token, std::span<const std::string> authorities)
      : token_(token),
        authorities_(authorities),
        trusted_(StackOf(authorities)) {}

  JudgedToken Judge(std::string_view stamped);

 private:
  // False where the token is malformed.
  bool ReadFacts();
  void FindSigner();
  bool IsSm2Signed() const;
  TokenState JudgeImprint(std::string_view stamped) const;
  TokenState JudgeSigner() const;
  // What remains: that certificate's purpose, its name among the signed
  // attributes, and the signature itself.
  TokenState JudgeSignature() const;

  PKCS7* const token_;
  const std::span<const std::string> authorities_;
  const StackPtr trusted_;
  ContentPtr content_;
  TokenFacts facts_;
  std::string signer_;  // DER; empty where there is none
};

JudgedToken TokenJudge::Judge(std::string_view stamped) {
  if (!ReadFacts()) return {};
  FindSigner();
  if (const auto read = ReadCertificate(signer_)) {
    facts_.authority = read->subject;
  }
  TokenState state = TokenState::kSm2Signed;
  if (!IsSm2Signed()) state = JudgeImprint(stamped);
  if (state == TokenState::kGood) state = JudgeSigner();
  if (state == TokenState::kGood) state = JudgeSignature();
  return {state, facts_};
}

bool TokenJudge::ReadFacts() {
  content_.reset(PKCS7_to_TS_TST_INFO(token_));
  if (content_ == nullptr) return false;
  STACK_OF(PKCS7_SIGNER_INFO)* signers = PKCS7_get_signer_info(token_);
  if (signers == nullptr || sk_PKCS7_SIGNER_INFO_num(signers) != 1) {
    return false;
  }
  const auto time = TimeOf(TS_TST_INFO_get_time(content_.get()));
  const auto tolerance = ToleranceOf(TS_TST_INFO_get_accuracy(content_.get()));
  if (!time || !tolerance) return false;
  facts_.time_ms = *time;
  facts_.tolerance_s = *tolerance;
  TS_MSG_IMPRINT* imprint = TS_TST_INFO_get_msg_imprint(content_.get());
  const ASN1_OBJECT* digest = TS_MSG_IMPRINT_get_algo(imprint)->algorithm;
  const char* name = DigestName(OBJ_obj2nid(digest));
  facts_.digest = name != nullptr ? name : OidText(digest);
  return true;
}

void TokenJudge::FindSigner() {
  STACK_OF(X509)* signers = PKCS7_get0_signers(token_, trusted_.get(), 0);
  if (signers == nullptr) return;
  if (sk_X509_num(signers) == 1) {
    signer_ = Encoded<i2d_X509>(sk_X509_value(signers, 0));
  }
  sk_X509_free(signers);
}

bool TokenJudge::IsSm2Signed() const {
  if (const auto read = ReadCertificate(signer_)) return IsSm2Key(read->spki);
  return NamesSm2(sk_PKCS7_SIGNER_INFO_value(PKCS7_get_signer_info(token_), 0));
}

TokenState TokenJudge::JudgeImprint(std::string_view stamped) const {
  TS_MSG_IMPRINT* imprint = TS_TST_INFO_get_msg_imprint(content_.get());
  const int nid = OBJ_obj2nid(TS_MSG_IMPRINT_get_algo(imprint)->algorithm);
  // What the signature is over must not be weaker than what it stamps.
  const PKCS7_SIGNER_INFO* signer =
      sk_PKCS7_SIGNER_INFO_value(PKCS7_get_signer_info(token_), 0);
  if (DigestName(nid) == nullptr ||
      DigestName(OBJ_obj2nid(signer->digest_alg->algorithm)) == nullptr) {
    return TokenState::kForeignDigest;
  }
  return IsDigestOf(nid, stamped, View(TS_MSG_IMPRINT_get_msg(imprint)))
             ? TokenState::kGood
             : TokenState::kWrongImprint;
}

TokenState TokenJudge::JudgeSigner() const {
  if (authorities_.empty()) return TokenState::kNoAuthority;
  if (signer_.empty()) return TokenState::kUnknownIssuer;
  std::vector<std::string> others;
  STACK_OF(X509)* carried = token_->d.sign->cert;
  for (int i = 0; i < sk_X509_num(carried); ++i) {
    others.push_back(Encoded<i2d_X509>(sk_X509_value(carried, i)));
  }
  return StateOf(JudgeCertificate(signer_, authorities_, others,
                                  facts_.time_ms / 1000, false));
}

TokenState TokenJudge::JudgeSignature() const {
  StorePtr store(X509_STORE_new());
  const VerifierPtr verifier(TS_VERIFY_CTX_new());
  CHECK(store != nullptr && verifier != nullptr);
  // The signer's chain and time were judged, by rules that OpenSSL does not
  // know all of: to it that certificate alone is trusted, at any time.
  const std::string signers[] = {signer_};
  StackPtr stack = StackOf(signers);
  CHECK(sk_X509_num(stack.get()) == 1);
  X509_STORE_add_cert(store.get(), sk_X509_value(stack.get(), 0));
  X509_STORE_set_flags(store.get(),
                       X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_NO_CHECK_TIME);
  // The verifier owns both of these from here on.
  TS_VERIFY_CTX_set_store(verifier.get(), store.release());
  TS_VERIFY_CTX_set_certs(verifier.get(), stack.release());
  TS_VERIFY_CTX_set_flags(verifier.get(), TS_VFY_SIGNATURE | TS_VFY_VERSION);
  if (TS_RESP_verify_token(verifier.get(), token_) == 1) {
    return TokenState::kGood;
  }
  // The chain was found good before: what OpenSSL asks of the certificate
  // besides is that it is for time stamps and nothing else.
  const unsigned long error = ERR_peek_last_error();
  return ERR_GET_LIB(error) == ERR_LIB_TS &&
                 ERR_GET_REASON(error) == TS_R_CERTIFICATE_VERIFY_ERROR
             ? TokenState::kWrongUse
             : TokenState::kWrongSignature;
}

}  // namespace

JudgedToken JudgeTimeStamp(std::string_view token, std::string_view stamped,
                           std::span<const std::string> authorities) {
  const ErrorMark mark;
  if (IsGmSignedData(token)) return {TokenState::kSm2Signed, std::nullopt};
  const TokenPtr read = ReadToken(token);
  if (read == nullptr) return {};
  return TokenJudge(read.get(), authorities).Judge(stamped);
}

}  // namespace sealedger::notary
