#include "notary/eseal_verify.h"

#include <algorithm>
#include <utility>

#include "ledger/hash.h"
#include "notary/certificate.h"
#include "notary/codes.h"
#include "notary/seal_operations.h"
#include "notary/seal_reasons.h"
#include "notary/seal_time_stamp.h"
#include "notary/sm2.h"
#include "notary/text.h"

namespace sealedger::notary {

namespace {

using Evidence = SealEvidence;

// What the reader of the format noticed about the seal's list of signers; it
// belongs to the check of that list.
constexpr std::string_view kOddListEntry = "unknown_cert_list_entry";

bool HasOddListEntry(const Seal& seal) {
  return std::find(seal.warnings.begin(), seal.warnings.end(), kOddListEntry) !=
         seal.warnings.end();
}

// One that stands in the file, and what could be read of it.
struct Holder {
  Holder(const std::string& certificate, const SealOperations& operations)
      : der(certificate), read(operations.Read(certificate)) {}

  const CertificateFacts* facts() const {
    return read == nullptr ? nullptr : &read->facts;
  }

  const std::string& der;
  const std::shared_ptr<const ReadableCertificate> read;
};

Evidence EvidenceOf(const Holder& holder) {
  Evidence evidence = {
      {"certificate_sha256", ledger::ToHex(ledger::Sha256Of(holder.der))}};
  if (holder.facts() == nullptr) return evidence;
  const CertificateFacts& facts = *holder.facts();
  evidence["subject"] =
      facts.subject.empty() ? "serial=" + facts.serial : facts.subject;
  return evidence;
}

std::string_view ReasonOf(CertificateFault fault) {
  switch (fault) {
    case CertificateFault::kNone:
      return "trusted";
    case CertificateFault::kMalformed:
      return "malformed_certificate";
    case CertificateFault::kNotYetValid:
      return "not_yet_valid";
    case CertificateFault::kExpired:
      return "expired";
    case CertificateFault::kUnknownIssuer:
      return "unknown_issuer";
    case CertificateFault::kWrongSignature:
      return "wrong_signature";
    case CertificateFault::kWrongUse:
      return "wrong_use";
    case CertificateFault::kWrongCurve:
      return "wrong_curve";
  }
  CHECK(false);
}

struct Certificates {
  const SealOperations& operations;
  const std::vector<std::string>& trusted;
  const std::vector<std::string>& between;
};

Check JudgeHolder(std::string_view id, const Holder& holder,
                  const Certificates& certificates, int64_t at_s,
                  Evidence evidence) {
  evidence["at"] = SealTimeText(at_s);
  if (const CertificateFacts* facts = holder.facts()) {
    evidence["issuer"] = facts->issuer;
    evidence["serial"] = facts->serial;
    evidence["not_before"] = SealTimeText(facts->not_before_s);
    evidence["not_after"] = SealTimeText(facts->not_after_s);
  }
  if (certificates.trusted.empty()) {
    return ConcludeSealCheck(id, "no_ca", evidence);
  }
  return ConcludeSealCheck(
      id,
      ReasonOf(certificates.operations.Judge(holder.der, certificates.trusted,
                                             certificates.between, at_s)),
      evidence);
}

// Files and certificates tell seconds.
int64_t SecondOf(const SigningMoment& moment) {
  return moment.at_ms / kSecondMs - (moment.at_ms % kSecondMs < 0 ? 1 : 0);
}

// The first that does not pass; else the one at the last of the moments.
template <typename Judge>
Check JudgeAt(const std::vector<SigningMoment>& moments, const Judge& judge) {
  CHECK(!moments.empty());
  Check check;
  for (const SigningMoment& moment : moments) {
    check = judge(moment);
    if (check.result != CheckResult::kPass) break;
  }
  return check;
}

struct SignedPart {
  std::string_view oid;
  std::string_view value;
  const Holder& holder;
};

// The reason why it is not signed; nullopt where it is. Notes what is odd.
template <typename IsBy>
std::optional<std::string_view> FindFault(const SignedPart& part,
                                          const IsBy& is_by,
                                          Evidence* evidence) {
  if (part.oid != kSm2SignOid && part.oid != kSm2OtherOid) {
    return "foreign_algorithm";
  }
  if (part.oid == kSm2OtherOid) AddSealWarning(evidence, "other_algorithm_oid");
  const std::optional<Sm2Value> value = ReadSm2Value(part.value);
  if (!value) return "malformed_value";
  if (value->raw) AddSealWarning(evidence, "raw_value");
  if (value->normalised) AddSealWarning(evidence, "value_not_minimal");
  if (part.holder.read == nullptr) return "malformed_certificate";
  if (!part.holder.read->is_sm2) return "wrong_curve";
  if (!is_by(part.holder.facts()->spki, value->der)) return "wrong_signature";
  return std::nullopt;
}

Check CheckMaker(const Seal& seal, const Holder& maker,
                 const SealOperations& operations) {
  Evidence evidence = EvidenceOf(maker);
  evidence["algorithm"] = seal.signature_oid;
  const auto fault = FindFault(
      {seal.signature_oid, seal.signature, maker},
      [&](std::string_view spki, std::string_view value) {
        return operations.IsMade(seal, spki, value);
      },
      &evidence);
  return ConcludeSealCheck("seal_signature", fault.value_or("signed_by_maker"),
                           evidence);
}

Check CheckSigner(const SignatureParts& parts, const Holder& signer) {
  Evidence evidence = EvidenceOf(signer);
  evidence["algorithm"] = parts.frame.signature_oid;
  const auto fault = FindFault(
      {parts.frame.signature_oid, parts.frame.signature, signer},
      [&](std::string_view spki, std::string_view value) {
        return parts.operations.IsSigned(spki, value);
      },
      &evidence);
  return ConcludeSealCheck("signature", fault.value_or("signed_by_signer"),
                           evidence);
}

Check CheckValidity(const Seal& seal, const std::vector<SigningMoment>& moments,
                    bool zone_taken = false) {
  constexpr std::string_view kId = "seal_validity";
  Evidence evidence = {{"valid_from", SealTimeText(seal.info.valid_from_s)},
                       {"valid_to", SealTimeText(seal.info.valid_to_s)}};
  if (moments.empty()) {
    return ConcludeSealCheck(kId, "no_signing_time", evidence);
  }
  if (zone_taken) AddSealWarning(&evidence, "local_time");
  return JudgeAt(moments, [&](const SigningMoment& moment) {
    const int64_t at_s = SecondOf(moment);
    evidence["at"] = SealTimeText(at_s);
    evidence["time_from"] = moment.from;
    if (at_s < seal.info.valid_from_s) {
      return ConcludeSealCheck(kId, "not_yet_valid", evidence);
    }
    if (at_s > seal.info.valid_to_s) {
      return ConcludeSealCheck(kId, "expired", evidence);
    }
    return ConcludeSealCheck(kId, "within_validity", evidence);
  });
}

std::vector<SigningMoment> MomentsOf(const SealSignatureFrame& signature,
                                     const SealQuestion& question) {
  if (question.at_s) return {{*question.at_s * kSecondMs, "asked"}};
  if (!question.moments.empty() || !signature.claimed_time_s) {
    return question.moments;
  }
  return {
      {*signature.claimed_time_s * kSecondMs, kStatedMoment, kSecondMs - 1}};
}

Check CheckSigningTime(const SignatureParts& parts,
                       const SealQuestion& question,
                       const std::vector<SigningMoment>& moments) {
  const auto& claimed = parts.frame.claimed_time_s;
  if (claimed && question.latest_claim_s &&
      *claimed > *question.latest_claim_s) {
    return ConcludeSealCheck(
        "seal_validity", "claimed_in_future",
        {{"claimed", SealTimeText(*claimed)},
         {"latest", SealTimeText(*question.latest_claim_s)}});
  }
  const bool stated = std::any_of(
      moments.begin(), moments.end(),
      [](const SigningMoment& moment) { return moment.from == kStatedMoment; });
  return CheckValidity(parts.seal, moments,
                       stated && parts.frame.claimed_local);
}

Check CheckMakerCertificate(const Seal& seal, const Holder& maker,
                            const Certificates& certificates) {
  return JudgeHolder("maker_certificate", maker, certificates,
                     seal.info.created_s, EvidenceOf(maker));
}

Check RegisterStatus(const Seal& seal) {
  return ConcludeSealCheck("register_status", "offline",
                           {{"code", seal.info.es_id}}, false);
}

Check CheckListed(const Seal& seal, const Holder& signer) {
  constexpr std::string_view kId = "signer_listed";
  const SealInfo& info = seal.info;
  const std::vector<std::string>& list =
      info.lists_digests ? info.digests : info.certificates;
  const ledger::Hash sm3 = ledger::Sm3Of(signer.der);
  Evidence evidence = EvidenceOf(signer);
  evidence["certificate_sm3"] = ledger::ToHex(sm3);
  evidence["listed"] = std::to_string(list.size());
  if (HasOddListEntry(seal)) AddSealWarning(&evidence, kOddListEntry);
  const std::string_view wanted =
      info.lists_digests ? sm3.view() : std::string_view(signer.der);
  const bool listed = std::find(list.begin(), list.end(), wanted) != list.end();
  if (!listed) return ConcludeSealCheck(kId, "not_listed", evidence);
  return ConcludeSealCheck(kId, info.lists_digests ? "digest_listed" : "listed",
                           evidence);
}

bool LooksLikeUscc(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
  });
}

// A government signer's certificate carries CN = seal code and O = USCC and the
// unit's name. Others do as they like: where it looks so, it should agree.
void CrossCheck(const SealInfo& info, const CertificateFacts& facts,
                Evidence* evidence) {
  if (IsSealCode(facts.common_name) && facts.common_name != info.es_id) {
    AddSealWarning(evidence, "code_differs");
  }
  constexpr size_t kUsccSize = 18;
  const std::string uscc = facts.organization.substr(0, kUsccSize);
  if (uscc.size() == kUsccSize && LooksLikeUscc(uscc) && !IsUscc(uscc)) {
    AddSealWarning(evidence, "wrong_uscc");
  }
}

Check CheckSignerCertificate(const Seal& seal, const Holder& signer,
                             const Certificates& certificates,
                             const std::vector<SigningMoment>& moments) {
  constexpr std::string_view kId = "signer_certificate";
  Evidence evidence = EvidenceOf(signer);
  if (signer.facts() != nullptr) {
    CrossCheck(seal.info, *signer.facts(), &evidence);
  }
  if (moments.empty()) {
    return ConcludeSealCheck(kId, "no_signing_time", evidence);
  }
  return JudgeAt(moments, [&](const SigningMoment& moment) {
    evidence["time_from"] = moment.from;
    return JudgeHolder(kId, signer, certificates, SecondOf(moment), evidence);
  });
}

Check CheckDataHash(const SealSignatureFrame& signature,
                    const SealQuestion& question) {
  constexpr std::string_view kId = "data_hash";
  std::optional<ledger::Hash> given = question.protected_sm3;
  if (question.protected_bytes) {
    given = ledger::Sm3Of(*question.protected_bytes);
  }
  const bool required = given.has_value();
  const auto stated = ledger::HashFromBytes(signature.data_hash);
  if (!stated) {
    return ConcludeSealCheck(
        kId, "wrong_length",
        {{"bytes", std::to_string(signature.data_hash.size())}}, required);
  }
  Evidence evidence = {{"data_hash", ledger::ToHex(*stated)}};
  if (!required) {
    return ConcludeSealCheck(kId, "no_protected_bytes", evidence, required);
  }
  evidence["given"] = ledger::ToHex(*given);
  return ConcludeSealCheck(kId, *given == *stated ? "same" : "differs",
                           evidence, required);
}

std::string_view ReasonOf(TokenState state) {
  switch (state) {
    case TokenState::kGood:
      return "stamped";
    case TokenState::kMalformed:
      return "malformed_token";
    case TokenState::kSm2Signed:
      return "sm2_token";
    case TokenState::kForeignDigest:
      return "foreign_digest";
    case TokenState::kWrongImprint:
      return "wrong_imprint";
    case TokenState::kNoAuthority:
      return "no_tsa_ca";
    case TokenState::kUnknownIssuer:
      return "unknown_issuer";
    case TokenState::kNotYetValid:
      return "not_yet_valid";
    case TokenState::kExpired:
      return "expired";
    case TokenState::kWrongUse:
      return "wrong_use";
    case TokenState::kWrongSignature:
      return "wrong_signature";
  }
  CHECK(false);
}

struct Stamp {
  Check check;
  JudgedToken judged;
};

Stamp CheckTimeStamp(std::string_view token, std::string_view value,
                     const SealTrust& trust) {
  Stamp stamp;
  stamp.judged = JudgeTimeStamp(token, value, trust.tsa_cas);
  Evidence evidence = {
      {"token_sha256", ledger::ToHex(ledger::Sha256Of(token))}};
  if (const auto& facts = stamp.judged.facts) {
    evidence["authority"] = facts->authority;
    evidence["digest"] = facts->digest;
    evidence["time"] = FormatTime(facts->time_ms);
    evidence["tolerance_s"] = std::to_string(facts->tolerance_s);
  }
  const bool required =
      !trust.tsa_cas.empty() && stamp.judged.state != TokenState::kSm2Signed;
  stamp.check = ConcludeSealCheck("time_stamp", ReasonOf(stamp.judged.state),
                                  std::move(evidence), required);
  return stamp;
}

std::optional<IntervalEnd> EndOf(const JudgedToken& judged) {
  if (judged.state != TokenState::kGood) return std::nullopt;
  IntervalEnd end;
  end.side = IntervalEnd::Side::kNotAfter;
  end.of = IntervalEnd::Subject::kSignature;
  end.source = judged.facts->authority;
  end.time_ms = judged.facts->time_ms;
  end.tolerance_s = judged.facts->tolerance_s;
  return end;
}

std::vector<Check> ChecksOf(const SignatureParts& parts, const SealTrust& trust,
                            const SealQuestion& question,
                            std::vector<IntervalEnd>* ends) {
  const Seal& seal = parts.seal;
  const SealSignatureFrame& frame = parts.frame;
  const Holder maker(seal.maker_certificate, parts.operations);
  const Holder signer(frame.certificate, parts.operations);
  const Certificates certificates{parts.operations, trust.seal_cas,
                                  question.certificates};
  const std::vector<SigningMoment> moments = MomentsOf(frame, question);

  std::vector<Check> checks;
  checks.push_back(CheckMaker(seal, maker, parts.operations));
  if (seal.time_stamp)
    AddSealWarning(&checks.back().evidence, "inner_time_stamp");
  checks.push_back(CheckMakerCertificate(seal, maker, certificates));
  checks.push_back(CheckSigningTime(parts, question, moments));
  checks.push_back(CheckSigner(parts, signer));
  checks.push_back(CheckListed(seal, signer));
  checks.push_back(CheckSignerCertificate(seal, signer, certificates, moments));
  checks.push_back(CheckDataHash(frame, question));
  if (frame.time_stamp) {
    Stamp stamp = CheckTimeStamp(*frame.time_stamp, frame.signature, trust);
    checks.push_back(std::move(stamp.check));
    if (const auto end = EndOf(stamp.judged)) ends->push_back(*end);
  }
  checks.push_back(RegisterStatus(seal));
  return checks;
}

Check WellFormed(std::string_view kind, SealForm form, int64_t version,
                 const Seal& seal, const ledger::Hash& sm3,
                 const SealWarnings& warnings) {
  Evidence evidence = {{"kind", std::string(kind)},
                       {"standard", std::string(SealFormName(form))},
                       {"version", std::to_string(version)},
                       {"seal", seal.info.name},
                       {"code", seal.info.es_id},
                       {"sm3", ledger::ToHex(sm3)}};
  for (const std::string& word : warnings) AddSealWarning(&evidence, word);
  return ConcludeSealCheck("format", "well_formed", std::move(evidence));
}

Check Malformed(std::string_view kind, const Error& error) {
  return ConcludeSealCheck(
      "format", "malformed",
      {{"kind", std::string(kind)}, {"detail", error.detail}});
}

Verdict VerifySeal(std::string_view bytes, const SealTrust& trust,
                   int64_t at_s) {
  const Result<Seal> seal = DecodeSeal(bytes);
  Verdict verdict;
  if (!seal) {
    verdict.checks.push_back(Malformed("seal", seal.error()));
    return verdict;
  }
  verdict.checks = CheckSeal(*seal, trust, at_s);
  verdict.checks.insert(
      verdict.checks.begin(),
      WellFormed("seal", seal->form, seal->info.version, *seal,
                 ledger::Sm3Of(bytes), seal->warnings));
  return verdict;
}

Verdict VerifySignature(std::string_view bytes, const SealTrust& trust,
                        const SealQuestion& question) {
  const Result<SealSignature> signature = DecodeSealSignature(bytes);
  Verdict verdict;
  if (!signature) {
    verdict.checks.push_back(MalformedSignature(signature.error()));
    return verdict;
  }
  const PlainSealOperations operations(signature->signed_bytes);
  verdict.checks = ChecksOf({*signature, signature->seal, operations}, trust,
                            question, &verdict.ends);
  verdict.checks.insert(
      verdict.checks.begin(),
      WellFormedSignature(*signature, signature->seal, ledger::Sm3Of(bytes)));
  if (signature->claimed_time_s) {
    verdict.claims.push_back(
        {"claimed_time", SealTimeText(*signature->claimed_time_s)});
  }
  return verdict;
}

}  // namespace

Verdict VerifySealFile(std::string_view bytes, const SealTrust& trust,
                       const SealQuestion& question, int64_t now_s) {
  const Result<SealFileKind> kind = FindSealFileKind(bytes);
  if (!kind) {
    Verdict verdict;
    verdict.checks.push_back(Malformed("unknown", kind.error()));
    return verdict;
  }
  return *kind == SealFileKind::kSeal
             ? VerifySeal(bytes, trust, question.at_s.value_or(now_s))
             : VerifySignature(bytes, trust, question);
}

std::vector<Check> CheckSeal(const Seal& seal, const SealTrust& trust,
                             int64_t at_s,
                             const std::vector<std::string>& certificates) {
  const PlainSealOperations operations;
  const Holder maker(seal.maker_certificate, operations);
  std::vector<Check> checks;
  checks.push_back(CheckMaker(seal, maker, operations));
  checks.push_back(CheckMakerCertificate(
      seal, maker, {operations, trust.seal_cas, certificates}));
  checks.push_back(CheckValidity(seal, {{at_s * kSecondMs, "asked"}}));
  if (seal.time_stamp) {
    checks.push_back(
        CheckTimeStamp(*seal.time_stamp, seal.signature, trust).check);
  }
  checks.push_back(RegisterStatus(seal));
  return checks;
}

Check WellFormedSignature(const SealSignatureFrame& frame, const Seal& seal,
                          const ledger::Hash& sm3) {
  SealWarnings warnings = frame.warnings;
  for (const std::string& word : seal.warnings) {
    const bool told =
        word == kOddListEntry ||
        std::find(warnings.begin(), warnings.end(), word) != warnings.end();
    if (!told) warnings.push_back(word);
  }
  return WellFormed("signature", frame.form, frame.version, seal, sm3,
                    warnings);
}

Check MalformedSignature(const Error& error) {
  return Malformed("signature", error);
}

std::vector<Check> CheckSealSignature(const SealSignature& signature,
                                      const SealTrust& trust,
                                      const SealQuestion& question) {
  const PlainSealOperations operations(signature.signed_bytes);
  return CheckSignatureParts({signature, signature.seal, operations}, trust,
                             question);
}

std::vector<Check> CheckSignatureParts(const SignatureParts& parts,
                                       const SealTrust& trust,
                                       const SealQuestion& question) {
  std::vector<IntervalEnd> ends;
  return ChecksOf(parts, trust, question, &ends);
}

std::string SealTimeText(int64_t unix_s) {
  return unix_s < 0 ? "before 1970" : FormatTime(unix_s * 1000);
}

}  // namespace sealedger::notary
