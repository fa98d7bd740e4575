#include "notary/verify_sealed.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "ledger/proof.h"
#include "notary/certificate.h"
#include "notary/checkpoint_extension.h"
#include "notary/seal_reasons.h"
#include "notary/seal_time_stamp.h"
#include "notary/text.h"

namespace sealedger::notary {
namespace {

using Evidence = SealEvidence;

constexpr std::array<std::string_view, 7> kSignatureChecks = {
    "seal_signature", "maker_certificate",  "seal_validity", "signature",
    "signer_listed",  "signer_certificate", "data_hash"};

bool IsOfCertificates(std::string_view id) {
  return id == "maker_certificate" || id == "signer_certificate";
}

// Certificates in the bundle are under nothing but the trust in an authority.
bool RequiresCertificates(const SealedSubject& subject) {
  return !subject.trust.seal_cas.empty() ||
         !subject.bundle.certificates.empty();
}

void AddUnchecked(std::span<const std::string_view> ids,
                  std::string_view reason, const SealedSubject& subject,
                  std::vector<Check>* checks) {
  for (const std::string_view id : ids) {
    const bool required =
        !IsOfCertificates(id) || RequiresCertificates(subject);
    checks->push_back(ConcludeSealCheck(id, reason, {}, required));
  }
}

Check* FindCheck(std::vector<Check>* checks, std::string_view id) {
  const auto found =
      std::find_if(checks->begin(), checks->end(),
                   [id](const Check& check) { return check.id == id; });
  CHECK(found != checks->end());
  return &*found;
}

// A check that came out well does not pass after all.
void Refuse(std::vector<Check>* checks, std::string_view id,
            std::string_view reason, const Evidence& evidence) {
  Check* check = FindCheck(checks, id);
  Evidence all = check->evidence;
  for (const auto& [name, value] : evidence) all[name] = value;
  *check = ConcludeSealCheck(id, reason, std::move(all));
}

const SealIssued* IssuedOf(const SealedSubject& subject) {
  if (const auto* issued = std::get_if<SealIssued>(&subject.entry.body)) {
    return issued;
  }
  if (subject.chain.empty()) return nullptr;
  return std::get_if<SealIssued>(&subject.chain.front().entry->body);
}

void CompareSeal(std::string_view seseal, const SealIssued* issued,
                 std::vector<Check>* checks) {
  if (issued == nullptr) return;
  const Hash sm3 = ledger::Sm3Of(seseal);
  if (sm3 == issued->seseal_sm3) return;
  Refuse(checks, "seal_signature", "not_the_issued_seal",
         {{"recorded", ledger::ToHex(issued->seseal_sm3)},
          {"given", ledger::ToHex(sm3)}});
}

// Each certificate that the bundle brings stands above one in the file, or
// above another of them.
bool AreNeeded(const std::vector<std::string>& brought,
               std::initializer_list<std::string_view> ends) {
  std::vector<std::string> issuers;
  const auto note = [&issuers](std::string_view der) {
    const Result<CertificateFacts> facts = ReadCertificate(der);
    if (facts) issuers.push_back(facts->issuer);
  };
  for (const std::string_view end : ends) note(end);
  for (const std::string& der : brought) {
    const Result<CertificateFacts> facts = ReadCertificate(der);
    if (!facts || facts->subject == facts->issuer) return false;
    note(der);
  }
  for (size_t i = 0; i < brought.size(); ++i) {
    const auto begin = brought.begin();
    const auto end = begin + static_cast<std::ptrdiff_t>(i);
    if (std::find(begin, end, brought[i]) != end) return false;
    const Result<CertificateFacts> facts = ReadCertificate(brought[i]);
    if (std::find(issuers.begin(), issuers.end(), facts->subject) ==
        issuers.end()) {
      return false;
    }
  }
  return true;
}

void FinishCertificates(const SealedSubject& subject,
                        std::initializer_list<std::string_view> ends,
                        std::string_view last_id, std::vector<Check>* checks) {
  if (!AreNeeded(subject.bundle.certificates, ends)) {
    Refuse(checks, last_id, "unneeded_certificate", {});
  }
  for (Check& check : *checks) {
    if (!IsOfCertificates(check.id)) continue;
    check.required = RequiresCertificates(subject);
  }
}

// The tree that a signature names is one of this log, and lies below the entry.
Check CheckSignedCheckpoint(const SealedSubject& subject,
                            const DocumentSealed& sealed,
                            const SealSignature& signature) {
  constexpr std::string_view kId = "signed_checkpoint";
  const auto conclude = [kId](std::string_view reason, Evidence evidence) {
    return ConcludeSealCheck(kId, reason, std::move(evidence), false);
  };
  std::optional<CheckpointExtension> named;
  for (const SealExtension& extension : signature.extensions) {
    auto read = ReadCheckpointExtension(extension.value);
    if (read && !named) named = *std::move(read);
  }
  if (!named || named->size != sealed.checkpoint_size) {
    return conclude("not_in_signature",
                    {{"size", std::to_string(*sealed.checkpoint_size)}});
  }
  Evidence evidence = {{"size", std::to_string(named->size)},
                       {"root", ledger::ToHex(named->root)}};
  if (!subject.checkpoint) return conclude("no_checkpoint", evidence);
  const ledger::Checkpoint& newest = *subject.checkpoint;
  evidence["newest_size"] = std::to_string(newest.head.size);
  if (named->origin != newest.origin) return conclude("other_log", evidence);
  if (named->size > subject.bundle.entries[0].index) {
    return conclude("not_below_entry", evidence);
  }
  if (!subject.bundle.signed_checkpoint) {
    return conclude("not_included", evidence);
  }
  const bool holds = ledger::VerifyConsistency(
                         named->size, newest.head.size, named->root,
                         newest.head.root, *subject.bundle.signed_checkpoint)
                         .has_value();
  return conclude(holds ? "consistent" : "wrong_path", evidence);
}

Check CheckCustody(const SealedSubject& subject, const DocumentSealed& sealed) {
  constexpr std::string_view kId = "custody";
  Evidence evidence = {{"code", sealed.seal_code}};
  if (!sealed.made_here) {
    return ConcludeSealCheck(kId, "made_elsewhere", evidence);
  }
  evidence["party"] = subject.entry.by;
  if (subject.chain.empty()) {
    return ConcludeSealCheck(kId, "chain_not_checked", evidence);
  }
  const Custody custody =
      CustodyOf(subject.chain, subject.entry.by, subject.entry.time_ms,
                subject.bundle.entries[0].index);
  if (custody.is_custodian)
    return ConcludeSealCheck(kId, "custodian", evidence);
  if (!custody.authorized) {
    return ConcludeSealCheck(kId, "not_authorized", evidence);
  }
  evidence["index"] = std::to_string(*custody.authorized);
  return ConcludeSealCheck(kId, "authorized", evidence);
}

Check CheckStatus(const SealedSubject& subject,
                  const std::vector<SigningMoment>& moments) {
  constexpr std::string_view kId = "register_status";
  const uint64_t entered = subject.bundle.entries[0].index;
  if (subject.chain.empty()) {
    return ConcludeSealCheck(kId, "chain_not_checked", {});
  }
  if (moments.empty()) return ConcludeSealCheck(kId, "no_signing_time", {});
  const uint64_t size =
      subject.checkpoint ? subject.checkpoint->head.size : entered;
  return JudgeRegisterStatus(subject.chain, moments, entered, size);
}

// What the entry says of the signature is what the signature says.
void CompareSignature(std::string_view bytes, const SealSignature& signature,
                      const DocumentSealed& sealed,
                      std::vector<Check>* checks) {
  const Hash sm3 = ledger::Sm3Of(bytes);
  if (signature.claimed_time_s &&
      *signature.claimed_time_s * kSecondMs != sealed.claimed_ms) {
    Refuse(checks, "signature", "other_claimed_time",
           {{"recorded", FormatTime(sealed.claimed_ms)},
            {"given", SealTimeText(*signature.claimed_time_s)}});
  }
  if (sm3 != sealed.signature_sm3) {
    Refuse(checks, "signature", "not_the_recorded_signature",
           {{"recorded", ledger::ToHex(sealed.signature_sm3)},
            {"given", ledger::ToHex(sm3)}});
  }
  const Hash signer = ledger::Sha256Of(signature.certificate);
  if (signer != sealed.signer_sha256) {
    Refuse(checks, "signer_listed", "not_the_recorded_signer",
           {{"recorded", ledger::ToHex(sealed.signer_sha256)},
            {"given", ledger::ToHex(signer)}});
  }
}

std::optional<IntervalEnd> EndOf(const SealSignatureFrame& signature,
                                 const SealTrust& trust) {
  if (!signature.time_stamp) return std::nullopt;
  const JudgedToken judged =
      JudgeTimeStamp(*signature.time_stamp, signature.signature, trust.tsa_cas);
  if (judged.state != TokenState::kGood) return std::nullopt;
  IntervalEnd end;
  end.side = IntervalEnd::Side::kNotAfter;
  end.of = IntervalEnd::Subject::kSignature;
  end.source = judged.facts->authority;
  end.time_ms = judged.facts->time_ms;
  end.tolerance_s = judged.facts->tolerance_s;
  return end;
}

// The checks of the bytes, with `time_stamp` where there is a token.
std::vector<Check> CheckBytes(const SealedSubject& subject,
                              const DocumentSealed& sealed,
                              std::string_view bytes,
                              const SealSignature& signature,
                              const SealQuestion& question) {
  std::vector<Check> checks =
      CheckSealSignature(signature, subject.trust, question);
  // This bundle tells what a file alone does not.
  checks.erase(std::remove_if(checks.begin(), checks.end(),
                              [](const Check& check) {
                                return check.id == "register_status";
                              }),
               checks.end());
  FindCheck(&checks, "seal_signature")->evidence["seal"] =
      signature.seal.info.name;
  CompareSeal(signature.seal_der, IssuedOf(subject), &checks);
  CompareSignature(bytes, signature, sealed, &checks);
  FinishCertificates(subject,
                     {signature.seal.maker_certificate, signature.certificate},
                     "signer_certificate", &checks);
  return checks;
}

// What the entry says was sealed.
void TellSubject(const DocumentSealed& sealed, std::vector<Check>* checks) {
  Evidence& evidence = FindCheck(checks, "data_hash")->evidence;
  evidence["protected_sm3"] = ledger::ToHex(sealed.protected_bytes.sm3);
  if (sealed.document) {
    evidence["document_sha256"] = ledger::ToHex(sealed.document->sha256);
  }
}

void CheckDocument(const SealedSubject& subject, const DocumentSealed& sealed,
                   SealedVerdict* verdict) {
  const auto& seal = subject.bundle.seal;
  const bool given = seal && seal->signature;
  std::optional<SealSignature> signature;
  if (given) {
    Result<SealSignature> decoded = DecodeSealSignature(*seal->signature);
    if (decoded) signature = *std::move(decoded);
  }
  SealQuestion question;
  std::vector<SigningMoment> moments = SigningMomentsOf(
      sealed.made_here, subject.entry.time_ms, sealed.claimed_ms, std::nullopt);
  if (signature) {
    question = QuestionOf(*signature, sealed.made_here, subject.entry.time_ms,
                          sealed.protected_bytes, subject.trust);
    question.certificates = subject.bundle.certificates;
    moments = question.moments;
  }
  verdict->checks.push_back(CheckStatus(subject, moments));
  verdict->checks.push_back(CheckCustody(subject, sealed));
  if (!signature) {
    std::vector<Check> checks;
    AddUnchecked(kSignatureChecks,
                 given ? "signature_not_read" : "bytes_withheld", subject,
                 &checks);
    if (given) Refuse(&checks, "signature", "malformed", {});
    TellSubject(sealed, &checks);
    verdict->checks.insert(verdict->checks.end(), checks.begin(), checks.end());
    return;
  }
  std::vector<Check> checks =
      CheckBytes(subject, sealed, *seal->signature, *signature, question);
  TellSubject(sealed, &checks);
  verdict->checks.insert(verdict->checks.end(), checks.begin(), checks.end());
  if (sealed.checkpoint_size) {
    verdict->checks.push_back(
        CheckSignedCheckpoint(subject, sealed, *signature));
  }
  if (const auto end = EndOf(*signature, subject.trust)) {
    verdict->ends.push_back(*end);
  }
}

void CheckIssued(const SealedSubject& subject, const SealIssued& issued,
                 SealedVerdict* verdict) {
  constexpr std::array<std::string_view, 2> kIds = {"seal_signature",
                                                    "maker_certificate"};
  const auto& seal = subject.bundle.seal;
  if (!seal || !seal->seseal) {
    AddUnchecked(kIds, "bytes_withheld", subject, &verdict->checks);
    return;
  }
  const Result<Seal> decoded = DecodeSeal(*seal->seseal);
  if (!decoded) {
    AddUnchecked(kIds, "signature_not_read", subject, &verdict->checks);
    Refuse(&verdict->checks, "seal_signature", "malformed", {});
    return;
  }
  std::vector<Check> checks =
      CheckSeal(*decoded, subject.trust, subject.entry.time_ms / kSecondMs,
                subject.bundle.certificates);
  CompareSeal(*seal->seseal, &issued, &checks);
  FinishCertificates(subject, {decoded->maker_certificate}, "maker_certificate",
                     &checks);
  for (Check& check : checks) {
    if (std::find(kIds.begin(), kIds.end(), check.id) != kIds.end()) {
      verdict->checks.push_back(std::move(check));
    }
  }
}

}  // namespace

std::vector<SigningMoment> SigningMomentsOf(
    bool made_here, int64_t entered_ms, std::optional<int64_t> claimed_ms,
    const std::optional<int64_t>& stamped_ms) {
  const SigningMoment entered{entered_ms, kEnteredMoment};
  if (made_here) return {entered};
  if (stamped_ms) return {{*stamped_ms, kStampedMoment}};
  if (!claimed_ms) return {};
  if (*claimed_ms > entered_ms) return {entered};
  const int64_t span =
      std::min<int64_t>(kSecondMs - 1, entered_ms - *claimed_ms);
  return {{*claimed_ms, kStatedMoment, span}, entered};
}

std::optional<int64_t> StampedTime(const SealSignatureFrame& signature,
                                   const SealTrust& trust) {
  const std::optional<IntervalEnd> end = EndOf(signature, trust);
  if (!end) return std::nullopt;
  return end->time_ms;
}

SealQuestion QuestionOf(const SealSignatureFrame& signature, bool made_here,
                        int64_t entered_ms,
                        const ProtectedDigests& protected_bytes,
                        const SealTrust& trust) {
  std::optional<int64_t> claimed_ms;
  if (signature.claimed_time_s) {
    claimed_ms = *signature.claimed_time_s * kSecondMs;
  }
  const std::optional<int64_t> stamped_ms = StampedTime(signature, trust);
  SealQuestion question;
  question.moments =
      SigningMomentsOf(made_here, entered_ms, claimed_ms, stamped_ms);
  question.protected_sm3 = protected_bytes.sm3;
  if (!stamped_ms) {
    question.latest_claim_s = (entered_ms + kLatestClaimMs) / kSecondMs;
  }
  return question;
}

SealedVerdict CheckSealedSubject(const SealedSubject& subject) {
  SealedVerdict verdict;
  if (const auto* sealed = std::get_if<DocumentSealed>(&subject.entry.body)) {
    CheckDocument(subject, *sealed, &verdict);
    verdict.claims.push_back(
        {.id = "claimed_time", .text = FormatTime(sealed->claimed_ms)});
    return verdict;
  }
  CheckIssued(subject, std::get<SealIssued>(subject.entry.body), &verdict);
  return verdict;
}

}  // namespace sealedger::notary
