#include "notary/seal_signer.h"

#include <optional>
#include <string_view>
#include <utility>

#include "ledger/check.h"
#include "notary/certificate.h"
#include "notary/codes.h"
#include "notary/sm2.h"
#include "notary/stored_signature.h"

namespace sealedger::notary {

namespace {

using ledger::Code;
using ledger::MakeError;

ledger::Error NoKey() {
  return MakeError(Code::kConflict, "no-key-in-custody",
                   "no key of the seal is in custody here");
}

}  // namespace

SealSigner::SealSigner(std::string seseal, SealSignerFacts facts,
                       const ledger::Hash& z,
                       std::shared_ptr<const SealKeySigner> key)
    : seseal_(std::move(seseal)),
      facts_(std::move(facts)),
      z_(z),
      key_(std::move(key)),
      prefix_(seseal_) {
  CHECK(key_ != nullptr);
}

Result<MadeSignature> SealSigner::Sign(const SignatureRequest& request) const {
  const std::string tail = EncodeSignatureTail(request);
  std::string head = EncodeSignatureHead(seseal_.size(), tail.size());
  const Result<std::string> value = key_->SignDigest(
      prefix_.Digest(std::string(z_.view()).append(head), tail));
  if (!value) return value.error();
  const std::string end = EncodeSignatureEnd(facts_.certificate, *value);

  const size_t inside = head.size() + seseal_.size() + tail.size() + end.size();
  head.insert(0, EncodeSignatureOuter(inside));
  MadeSignature made;
  made.bytes.reserve(head.size() + inside);
  made.bytes.append(head).append(seseal_).append(tail).append(end);
  made.sm3 = prefix_.Digest(
      head, std::string_view(made.bytes).substr(head.size() + seseal_.size()));
  made.stored = CutSeal(made.bytes, head.size(), seseal_.size());
  return made;
}

Result<std::shared_ptr<const SealSigner>> MakeSealSigner(
    std::string seseal, const std::string& code, SealKeys& keys) {
  CHECK(IsSealCode(code));
  const Result<Seal> seal = DecodeSeal(seseal);
  if (!seal) {
    return MakeError(Code::kCorruption, "seal-corrupt",
                     "the file of the seal is none: " + seal.error().detail);
  }
  // A signature as it is written here holds no seal of 2014.
  if (seal->form == SealForm::k2014) return NoKey();
  for (const std::string& certificate : seal->info.certificates) {
    const Result<CertificateFacts> facts = ReadCertificate(certificate);
    const std::optional<Sm2PublicKey> key =
        facts ? Sm2PublicKey::FromSpki(facts->spki) : std::nullopt;
    if (!key) continue;
    auto opened = keys.Open(SealKeyId(code, facts->spki));
    if (!opened && opened.error().code == Code::kNotFound) continue;
    if (!opened) return std::move(opened).error();
    // An id holds a part of the key's digest.
    if ((*opened)->spki() != facts->spki) continue;
    return std::make_shared<const SealSigner>(
        std::move(seseal),
        SealSignerFacts{code, certificate, seal->info.valid_from_s,
                        seal->info.valid_to_s, facts->not_before_s,
                        facts->not_after_s},
        key->z(), *std::move(opened));
  }
  return NoKey();
}

}  // namespace sealedger::notary
