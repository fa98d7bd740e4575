#include "notary/signature_judge.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "notary/certificate.h"
#include "notary/seal_reasons.h"
#include "notary/verify_sealed.h"

namespace sealedger::notary {
namespace {

using ledger::Code;
using ledger::MakeError;

constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kNames =
    {{{"format", "signature-format"},
      {"seal_signature", "seal-signature"},
      {"maker_certificate", "maker-certificate"},
      {"seal_validity", "seal-validity"},
      {"signature", "signer-signature"},
      {"signer_listed", "signer-not-listed"},
      {"signer_certificate", "signer-certificate"},
      {"data_hash", "data-hash-differs"},
      {"time_stamp", "signature-time-stamp"},
      {"register_status", "register-status"}}};

// What fails, and what must be known and is not.
bool KeepsOut(const Check& check) {
  return check.result == CheckResult::kFail ||
         (check.required && check.result == CheckResult::kNotChecked);
}

Error RefusalOf(const Check& check) {
  const auto found =
      std::find_if(kNames.begin(), kNames.end(),
                   [&](const auto& row) { return row.first == check.id; });
  CHECK(found != kNames.end());
  return MakeError(
      Code::kVerificationFailed, found->second,
      "the signature does not pass the check " + check.id + ": " + check.reason,
      "/signature");
}

constexpr size_t kMaxKept = 4096;
constexpr size_t kMaxKeptBytes = 8 << 20;

std::vector<Check> ListOf(const SignatureParts& parts, const Hash& sm3,
                          const SealTrust& trust, const SealQuestion& question,
                          Check register_status) {
  std::vector<Check> checks = CheckSignatureParts(parts, trust, question);
  checks.insert(checks.begin(),
                WellFormedSignature(parts.frame, parts.seal, sm3));
  // The place of the one that a file alone has.
  CHECK(checks.back().id == "register_status");
  checks.back() = std::move(register_status);
  return checks;
}

}  // namespace

// The operations on one signature, with what the judge keeps.
class SignatureJudge::Operations : public SealOperations {
 public:
  Operations(SignatureJudge& judge, const KnownSignature& signature)
      : judge_(judge), signature_(signature) {}

  std::shared_ptr<const ReadableCertificate> Read(
      const std::string& der) const override {
    return judge_.Read(der);
  }
  // By the judge's own trust, with nothing between.
  CertificateFault Judge(const std::string& der, std::span<const std::string>,
                         std::span<const std::string>,
                         int64_t at_s) const override {
    return judge_.JudgeChain(der, at_s);
  }
  bool IsMade(const Seal&, std::string_view spki,
              std::string_view value) const override {
    return judge_.IsMade(signature_.seal, spki, value);
  }
  bool IsSigned(std::string_view, std::string_view) const override {
    return signature_.seal.IsSigned(signature_.bytes, signature_.frame);
  }

 private:
  SignatureJudge& judge_;
  const KnownSignature& signature_;
};

SignatureJudge::SignatureJudge(SealTrust trust)
    : trust_(std::move(trust)),
      certificates_(kMaxKept, kMaxKeptBytes),
      good_(kMaxKept, kMaxKeptBytes),
      made_(kMaxKept, kMaxKeptBytes) {}

std::shared_ptr<const ReadableCertificate> SignatureJudge::Read(
    const std::string& der) {
  {
    const std::lock_guard<std::mutex> lock(mu_);
    if (const auto* kept = certificates_.Find(der)) return *kept;
  }
  auto read = PlainSealOperations().Read(der);
  if (read == nullptr) return nullptr;
  const std::lock_guard<std::mutex> lock(mu_);
  certificates_.Put(der, read, der.size());
  return read;
}

SignatureJudge::Span SignatureJudge::SpanOf(const std::string& der) {
  Span span{std::numeric_limits<int64_t>::min(),
            std::numeric_limits<int64_t>::max()};
  const auto note = [&](const std::string& certificate) {
    const auto read = Read(certificate);
    if (read == nullptr) return;
    span.from_s = std::max(span.from_s, read->facts.not_before_s);
    span.to_s = std::min(span.to_s, read->facts.not_after_s);
  };
  note(der);
  for (const std::string& ca : trust_.seal_cas) note(ca);
  return span;
}

CertificateFault SignatureJudge::JudgeChain(const std::string& der,
                                            int64_t at_s) {
  const Span span = SpanOf(der);
  const bool within = span.from_s <= at_s && at_s <= span.to_s;
  if (within) {
    const std::lock_guard<std::mutex> lock(mu_);
    if (good_.Find(der) != nullptr) return CertificateFault::kNone;
  }
  const CertificateFault fault =
      JudgeCertificate(der, trust_.seal_cas, {}, at_s);
  if (within && fault == CertificateFault::kNone) {
    const std::lock_guard<std::mutex> lock(mu_);
    good_.Put(der, true, der.size());
  }
  return fault;
}

bool SignatureJudge::IsMade(const KnownSeal& seal, std::string_view spki,
                            std::string_view value) {
  const std::string key(seal.sm3().view());
  {
    const std::lock_guard<std::mutex> lock(mu_);
    if (const bool* kept = made_.Find(key)) return *kept;
  }
  const bool made = PlainSealOperations().IsMade(seal.seal(), spki, value);
  const std::lock_guard<std::mutex> lock(mu_);
  made_.Put(key, made, key.size());
  return made;
}

int64_t SignatureJudge::EndOfValidities(const KnownSignature& signature,
                                        int64_t now_ms) {
  int64_t end_ms = std::numeric_limits<int64_t>::max();
  const auto note = [&](int64_t end_s) {
    // The last second belongs to it.
    const int64_t last_ms = end_s * kSecondMs + (kSecondMs - 1);
    if (last_ms >= now_ms) end_ms = std::min(end_ms, last_ms);
  };
  note(signature.seal.seal().info.valid_to_s);
  const auto note_certificate = [&](const std::string& der) {
    if (const auto read = Read(der)) note(read->facts.not_after_s);
  };
  note_certificate(signature.frame.certificate);
  for (const std::string& ca : trust_.seal_cas) note_certificate(ca);
  return end_ms;
}

std::vector<Check> JudgeUnregistered(const SealSignature& signature,
                                     const Hash& sm3,
                                     const ProtectedDigests& protected_bytes,
                                     const SealTrust& trust, int64_t now_ms) {
  const PlainSealOperations operations(signature.signed_bytes);
  return ListOf({signature, signature.seal, operations}, sm3, trust,
                QuestionOf(signature, false, now_ms, protected_bytes, trust),
                ConcludeSealCheck("register_status", "not_registered", {}));
}

JudgedSignature SignatureJudge::Judge(const KnownSignature& signature,
                                      const ProtectedDigests& protected_bytes,
                                      int64_t now_ms,
                                      std::span<const ChainEntry> chain,
                                      uint64_t size) {
  CHECK(!chain.empty());
  const SealQuestion question =
      QuestionOf(signature.frame, false, now_ms, protected_bytes, trust_);
  const Operations operations(*this, signature);
  JudgedSignature judged;
  judged.checks =
      ListOf({signature.frame, signature.seal.seal(), operations},
             signature.sm3, trust_, question,
             question.moments.empty()
                 ? ConcludeSealCheck("register_status", "no_signing_time", {})
                 : JudgeRegisterStatus(chain, question.moments, size, size));
  const auto bad =
      std::find_if(judged.checks.begin(), judged.checks.end(), KeepsOut);
  if (bad != judged.checks.end()) judged.refusal = RefusalOf(*bad);
  judged.good_until_ms = EndOfValidities(signature, now_ms);
  return judged;
}

}  // namespace sealedger::notary
