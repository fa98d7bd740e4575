// Seals in use (notary.h): authorisations, signatures in custody, signatures
// made elsewhere.

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "notary/checkpoint_extension.h"
#include "notary/eseal.h"
#include "notary/evidence.h"
#include "notary/notary.h"
#include "notary/notary_parts.h"
#include "notary/sealing.h"
#include "notary/signature_judge.h"
#include "notary/stored_signature.h"
#include "notary/subject_chain.h"

namespace sealedger::notary {
namespace {

using ledger::Code;
using ledger::MakeError;

// A seal that changes while a signature is judged is looked at again.
constexpr int kJudgements = 3;

Result<void> CheckValidNow(const SealSignerFacts& facts, int64_t now_s) {
  if (now_s < facts.seal_from_s) {
    return MakeError(Code::kVerificationFailed, "seal-not-yet-valid",
                     "the seal's validity has not begun");
  }
  if (now_s > facts.seal_to_s) {
    return MakeError(Code::kVerificationFailed, "seal-expired",
                     "the seal's validity has ended");
  }
  if (now_s < facts.certificate_from_s || now_s > facts.certificate_to_s) {
    return MakeError(Code::kVerificationFailed, "signer-certificate",
                     "the certificate of the seal's key is not valid now");
  }
  return {};
}

Result<void> FillSealing(const Caller& caller, DocumentSealed entry,
                         std::string stored, int64_t good_until_ms,
                         std::optional<uint64_t> judged_at, Sealing* sealing) {
  Result<PreparedSealing> prepared =
      PrepareSealing(caller, std::move(entry), ledger::Sha256Of(stored),
                     good_until_ms, judged_at);
  if (!prepared) return std::move(prepared).error();
  sealing->prepared.emplace(*std::move(prepared));
  sealing->blobs = {std::move(stored)};
  return {};
}

Error NoAuthority() {
  return MakeError(Code::kUnavailable, "seal-authority",
                   "no seal authority is set up here: `init` makes one for "
                   "trials, the settings name one in earnest");
}

}  // namespace

Result<std::shared_ptr<const SealSigner>> Notary::Parts::SignerOf(
    const std::string& code, const SealRecord& seal) {
  return signers.Get(code, [&]() -> Result<std::shared_ptr<const SealSigner>> {
    Result<std::optional<std::string>> file = ReadSealBlob(seal.issued);
    if (!file) return std::move(file).error();
    if (!file->has_value()) {
      return MakeError(Code::kConflict, "no-key-in-custody",
                       "the file of this seal was erased");
    }
    return MakeSealSigner(**std::move(file), code, *seal_keys);
  });
}

Result<void> Notary::Parts::ForgetSeal(uint64_t issued,
                                       const std::string& code) {
  signers.Forget(code);
  if (!judge) return {};
  Result<std::optional<std::string>> file = ReadSealBlob(issued);
  if (!file) return std::move(file).error();
  if (file->has_value()) judge->seals().Forget(**file);
  return {};
}

Result<Recorded> Notary::AuthorizeSeal(const WriteContext& context,
                                       const std::string& code,
                                       const Json& body) {
  Result<void> permitted = RequireRole(context.caller, {Role::kPlatform});
  if (!permitted) return std::move(permitted).error();
  Result<SealAuthorization> prepared = PrepareAuthorization(code, body);
  if (!prepared) return std::move(prepared).error();
  return parts_->SubmitOne(
      context, kSealAuthorized, {}, [&](ledger::AdmitView& view) {
        return AdmitAuthorization(context.caller, *prepared, view);
      });
}

Result<Recorded> Notary::DeauthorizeSeal(const WriteContext& context,
                                         const std::string& code,
                                         const std::string& party) {
  Result<void> permitted = RequireRole(context.caller, {Role::kPlatform});
  if (!permitted) return std::move(permitted).error();
  Result<SealAuthorization> prepared = PrepareDeauthorization(code, party);
  if (!prepared) return std::move(prepared).error();
  return parts_->SubmitOne(
      context, kSealDeauthorized, {}, [&](ledger::AdmitView& view) {
        return AdmitAuthorization(context.caller, *prepared, view);
      });
}

// Signed, entered, and only then released: the commit asks once more whether
// the seal may sign, and a signature whose seal changed meanwhile is thrown
// away with its refusal.
Result<IssuedSignature> Notary::SignWithSeal(const WriteContext& context,
                                             const std::string& code,
                                             const Json& body) {
  Result<void> permitted = RequireRole(context.caller, {Role::kPlatform});
  if (!permitted) return std::move(permitted).error();
  Result<SealingRequest> request = ReadSealingRequest(body);
  if (!request) return std::move(request).error();
  if (request->time_stamp) {
    return MakeError(Code::kUnavailable, "time-stamp-authority",
                     "no time stamp authority is set up here", "/time_stamp");
  }
  if (!parts_->seal_keys) return NoAuthority();
  Sealing sealing;
  const auto make = [&]() -> Result<void> {
    const ledger::PublishedPtr published = parts_->ledger->published();
    const int64_t now_ms = LedgerNowMs(*published);
    const ReadState read = parts_->PresentState();
    Result<void> may = CheckActor(context.caller, read, now_ms);
    if (!may) return may;
    Result<SealRecord> seal =
        FindSigningSeal(context.caller.party, code, read, now_ms);
    if (!seal) return std::move(seal).error();
    Result<std::shared_ptr<const SealSigner>> signer =
        parts_->SignerOf(code, *seal);
    if (!signer) return std::move(signer).error();
    const SealSignerFacts& facts = (*signer)->facts();
    SignatureRequest wanted;
    wanted.time_s = now_ms / kSecondMs;
    wanted.data_hash = request->protected_bytes.sm3;
    wanted.property_info = request->property_info;
    wanted.extensions = {
        {parts_->settings.seals.checkpoint_oid, false,
         EncodeCheckpointExtension(
             {parts_->vkey.name, published->head.size, published->head.root})}};
    Result<void> valid = CheckValidNow(facts, wanted.time_s);
    if (!valid) return valid;
    Result<MadeSignature> made = (*signer)->Sign(wanted);
    if (!made) return std::move(made).error();
    DocumentSealed entry;
    entry.made_here = true;
    entry.protected_bytes = request->protected_bytes;
    entry.document = request->document;
    entry.seal_code = code;
    entry.signature_sm3 = made->sm3;
    entry.signer_sha256 = ledger::Sha256Of(facts.certificate);
    entry.claimed_ms = wanted.time_s * kSecondMs;
    entry.checkpoint_size = published->head.size;
    sealing.signature = std::move(made->bytes);
    const int64_t last_s = std::min(facts.seal_to_s, facts.certificate_to_s);
    return FillSealing(
        context.caller, std::move(entry), std::move(made->stored),
        last_s * kSecondMs + (kSecondMs - 1), std::nullopt, &sealing);
  };
  Result<Parts::Outcome> outcome = parts_->Submit(
      context, sealing.blobs,
      [&](ledger::AdmitView& view) {
        return AdmitSealing(context.caller, *sealing.prepared, view);
      },
      make, 0, Parts::Before::kAsks);
  if (!outcome) return std::move(outcome).error();
  IssuedSignature issued;
  if (outcome->sequenced) {
    issued.signature = std::move(sealing.signature);
  } else {
    Result<std::optional<std::string>> stored =
        parts_->ReadSignatureBytes(outcome->run.first);
    if (!stored) return std::move(stored).error();
    issued.signature = *std::move(stored);
  }
  Result<Recorded> recorded =
      parts_->Answer(context, *std::move(outcome), kDocumentSealed, {});
  if (!recorded) return std::move(recorded).error();
  issued.recorded = *std::move(recorded);
  return issued;
}

Result<void> Notary::Parts::JudgeGiven(const Caller& caller,
                                       const GivenSignature& given,
                                       int64_t now_ms,
                                       std::optional<uint64_t> known_size,
                                       std::vector<Check>* checks,
                                       Sealing* sealing) {
  const auto malformed = [checks](const Error& error) {
    *checks = {MalformedSignature(error)};
    return MakeError(Code::kVerificationFailed, "signature-format",
                     error.detail, "/signature");
  };
  const Result<SealSignatureFrame> frame =
      DecodeSealSignatureFrame(given.signature);
  if (!frame) return malformed(frame.error());
  const std::string_view seseal =
      std::string_view(given.signature)
          .substr(frame->seal_offset, frame->seal_size);
  KnownSeals& seals = judge->seals();
  std::shared_ptr<const KnownSeal> seal = seals.Find(seseal);
  Result<std::optional<std::string>> code = notary::ReadSealFile(
      PresentState(), seal != nullptr ? seal->sm3() : ledger::Sm3Of(seseal));
  if (!code) return std::move(code).error();
  if (!code->has_value()) {
    const Result<SealSignature> whole = DecodeSealSignature(given.signature);
    if (!whole) return malformed(whole.error());
    *checks = JudgeUnregistered(*whole, ledger::Sm3Of(given.signature),
                                given.protected_bytes, judge->trust(), now_ms);
    return MakeError(Code::kVerificationFailed, "unknown-seal",
                     "the seal inside the signature is none of the register",
                     "/signature");
  }
  if (seal == nullptr) {
    Result<std::shared_ptr<const KnownSeal>> read = seals.Read(seseal);
    if (!read) return malformed(read.error());
    seal = *std::move(read);
  }
  // Also what is written and not published yet, which the commit goes by.
  Result<SealChain> chain =
      ReadSealChain(*ledger, **code, known_size.value_or(ledger::kMaxTreeSize));
  if (!chain) return std::move(chain).error();
  const uint64_t size = known_size.value_or(std::max(
      ledger->published()->head.size, chain->entries.back().index + 1));
  const KnownSignature signature{given.signature, *frame, *seal,
                                 seal->SignatureSm3(given.signature, *frame)};
  const JudgedSignature judged = judge->Judge(signature, given.protected_bytes,
                                              now_ms, chain->links(), size);
  *checks = judged.checks;
  if (judged.refusal) return *judged.refusal;
  DocumentSealed entry;
  entry.protected_bytes = given.protected_bytes;
  entry.document = given.document;
  entry.seal_code = **code;
  entry.signature_sm3 = signature.sm3;
  entry.signer_sha256 = ledger::Sha256Of(frame->certificate);
  entry.claimed_ms = *frame->claimed_time_s * kSecondMs;
  for (const Check& check : judged.checks) {
    entry.verdicts.emplace(check.id, CheckResultName(check.result));
  }
  return FillSealing(
      caller, std::move(entry),
      CutSeal(given.signature, frame->seal_offset, frame->seal_size),
      judged.good_until_ms, chain->entries.back().index, sealing);
}

// As it was judged when it was entered: for the answer to a request that is
// sent again.
Result<void> Notary::Parts::JudgeAgain(const Caller& caller,
                                       const GivenSignature& given,
                                       uint64_t index,
                                       std::vector<Check>* checks) {
  Result<std::string> text = ledger->ReadEntry(index, *ledger->published());
  if (!text) return std::move(text).error();
  Result<Entry> entry = ParseEntry(*text);
  if (!entry) return std::move(entry).error();
  Sealing unused;
  return JudgeGiven(caller, given, entry->time_ms, index, checks, &unused);
}

Result<Recorded> Notary::RegisterSignature(const WriteContext& context,
                                           const Json& body,
                                           std::vector<Check>* checks) {
  Result<void> permitted = RequireRole(
      context.caller, {Role::kAdmin, Role::kIssuer, Role::kPlatform});
  if (!permitted) return std::move(permitted).error();
  Result<GivenSignature> given = ReadGivenSignature(body);
  if (!given) return std::move(given).error();
  if (!parts_->seal_authority) return NoAuthority();
  for (int judged = 1;; ++judged) {
    Sealing sealing;
    const auto judge = [&]() -> Result<void> {
      const int64_t now_ms = LedgerNowMs(*parts_->ledger->published());
      Result<void> may =
          CheckActor(context.caller, parts_->PresentState(), now_ms);
      if (!may) return may;
      return parts_->JudgeGiven(context.caller, *given, now_ms, std::nullopt,
                                checks, &sealing);
    };
    Result<Parts::Outcome> outcome = parts_->Submit(
        context, sealing.blobs,
        [&](ledger::AdmitView& view) {
          return AdmitSealing(context.caller, *sealing.prepared, view);
        },
        judge);
    if (outcome && !outcome->sequenced) {
      Result<void> told = parts_->JudgeAgain(context.caller, *given,
                                             outcome->run.first, checks);
      if (!told) return std::move(told).error();
    }
    if (outcome) {
      return parts_->Answer(context, *std::move(outcome), kDocumentSealed, {});
    }
    if (outcome.error().name != "seal-changed" || judged == kJudgements) {
      return std::move(outcome).error();
    }
  }
}

Result<std::optional<std::string>> Notary::Parts::ReadSignatureBytes(
    uint64_t index) const {
  const ledger::PublishedPtr published = ledger->published();
  Result<std::string> text = ledger->ReadEntry(index, *published);
  if (!text) return std::move(text).error();
  Result<Entry> entry = ParseEntry(*text);
  if (!entry) return std::move(entry).error();
  const auto* sealed = std::get_if<DocumentSealed>(&entry->body);
  if (sealed == nullptr) return NoSuchEntry();
  Result<EntrySide> side = ReadSide(index, *published);
  if (!side) return std::move(side).error();
  if (side->blobs.empty()) return std::optional<std::string>();
  Result<std::optional<std::string>> stored =
      private_store->Get(side->blobs.front());
  if (!stored) return std::move(stored).error();
  if (!stored->has_value()) return std::optional<std::string>();
  Result<std::optional<SealRecord>> seal =
      ReadSealRecord(PresentState(), sealed->seal_code);
  if (!seal) return std::move(seal).error();
  if (!seal->has_value()) return CorruptState("sseal/" + sealed->seal_code);
  Result<std::optional<std::string>> file = ReadSealBlob((*seal)->issued);
  if (!file) return std::move(file).error();
  if (!file->has_value()) return std::optional<std::string>();
  Result<std::string> signature = RestoreSignature(**stored, **file);
  if (!signature) return std::move(signature).error();
  if (ledger::Sm3Of(*signature) != sealed->signature_sm3) {
    return MakeError(Code::kCorruption, "signature-corrupt",
                     "the stored signature is not the one on record");
  }
  return std::optional<std::string>(*std::move(signature));
}

Result<std::string> Notary::ReadSignature(const Caller* caller,
                                          uint64_t index) const {
  if (caller == nullptr) {
    return MakeError(Code::kUnauthenticated, "token-required",
                     "this is shown to token holders alone");
  }
  const ledger::PublishedPtr published = parts_->ledger->published();
  Result<std::string> text = parts_->ledger->ReadEntry(index, *published);
  if (!text) return std::move(text).error();
  Result<Entry> entry = ParseEntry(*text);
  if (!entry) return std::move(entry).error();
  if (!std::holds_alternative<DocumentSealed>(entry->body)) {
    return MakeError(Code::kNotFound, "no-signature",
                     "the entry is of no sealed document");
  }
  if (!SeesBytes(*caller, *entry)) {
    return MakeError(Code::kPermissionDenied, "not-owner",
                     "the signature is another party's");
  }
  Result<std::optional<std::string>> bytes = parts_->ReadSignatureBytes(index);
  if (!bytes) return std::move(bytes).error();
  if (bytes->has_value()) return **std::move(bytes);
  return MakeError(Code::kNotFound, "signature-erased",
                   "the signature, or the file of its seal, was erased");
}

}  // namespace sealedger::notary
