#include "notary/known_seals.h"

#include <algorithm>
#include <utility>

#include "ledger/check.h"

namespace sealedger::notary {
namespace {

// Of one seal. Certificates beside those that it lists come from strangers.
constexpr size_t kMaxSigners = 16;
constexpr size_t kMaxSignerBytes = 32 << 10;

// In a file of 2020 that is the end of the maker's signature value. Of two
// files that end alike the one read last is kept.
constexpr size_t kKey = 64;

std::string_view KeyOf(std::string_view seseal) {
  return seseal.substr(seseal.size() - std::min(kKey, seseal.size()));
}

// `bytes` on both sides of the seal in them.
struct Sides {
  Sides(std::string_view bytes, const SealSignatureFrame& frame)
      : before(bytes.substr(0, frame.seal_offset)),
        after(bytes.substr(frame.seal_offset + frame.seal_size)) {}

  std::string_view before;
  std::string_view after;
};

}  // namespace

KnownSeal::KnownSeal(std::string seseal, Seal seal)
    : seseal_(std::move(seseal)),
      seal_(std::move(seal)),
      sm3_(ledger::Sm3Of(seseal_)),
      sha256_(ledger::Sha256Of(seseal_)),
      prefix_(seseal_),
      signers_(kMaxSigners, kMaxSignerBytes) {}

ledger::Hash KnownSeal::SignatureSm3(std::string_view bytes,
                                     const SealSignatureFrame& frame) const {
  CHECK(frame.seal_size == seseal_.size());
  const Sides sides(bytes, frame);
  return prefix_.Digest(sides.before, sides.after);
}

ledger::Hash KnownSeal::SignedDigest(std::string_view bytes,
                                     const SealSignatureFrame& frame,
                                     const ledger::Hash& z) const {
  CHECK(frame.seal_size == seseal_.size());
  const Sides sides(bytes, frame);
  const std::string_view head = sides.before.substr(frame.signed_offset);
  const size_t tail = frame.signed_size - head.size() - frame.seal_size;
  return prefix_.Digest(std::string(z.view()).append(head),
                        sides.after.substr(0, tail));
}

bool KnownSeal::IsSigned(std::string_view bytes,
                         const SealSignatureFrame& frame) const {
  if (frame.signature_oid != kSm2SignOid &&
      frame.signature_oid != kSm2OtherOid) {
    return false;
  }
  const std::optional<Sm2Value> value = ReadSm2Value(frame.signature);
  const auto signer = Signer(frame.certificate);
  return value && signer != nullptr && signer->key &&
         signer->key->VerifyDigest(SignedDigest(bytes, frame, signer->key->z()),
                                   value->der);
}

std::shared_ptr<const KnownSigner> KnownSeal::Signer(
    const std::string& certificate) const {
  {
    const std::lock_guard<std::mutex> lock(mu_);
    if (const auto* signer = signers_.Find(certificate)) return *signer;
  }
  Result<CertificateFacts> facts = ReadCertificate(certificate);
  if (!facts) return nullptr;
  std::optional<Sm2PublicKey> key = Sm2PublicKey::FromSpki(facts->spki);
  auto signer = std::make_shared<const KnownSigner>(
      KnownSigner{*std::move(facts), std::move(key)});
  const std::lock_guard<std::mutex> lock(mu_);
  signers_.Put(certificate, signer, certificate.size());
  return signer;
}

KnownSeals::KnownSeals(size_t max_seals, size_t max_bytes)
    : seals_(max_seals, max_bytes) {}

std::shared_ptr<const KnownSeal> KnownSeals::Find(std::string_view seseal) {
  std::shared_ptr<const KnownSeal> seal;
  {
    const std::lock_guard<std::mutex> lock(mu_);
    if (const auto* found = seals_.Find(KeyOf(seseal))) seal = *found;
  }
  return seal != nullptr && seal->seseal() == seseal ? seal : nullptr;
}

Result<std::shared_ptr<const KnownSeal>> KnownSeals::Read(
    std::string_view seseal) {
  if (auto known = Find(seseal)) return known;
  Result<Seal> seal = DecodeSeal(seseal);
  if (!seal) return std::move(seal).error();
  auto known =
      std::make_shared<const KnownSeal>(std::string(seseal), *std::move(seal));
  const std::lock_guard<std::mutex> lock(mu_);
  seals_.Put(std::string(KeyOf(seseal)), known, seseal.size());
  return known;
}

void KnownSeals::Forget(std::string_view seseal) {
  const std::lock_guard<std::mutex> lock(mu_);
  seals_.Erase(KeyOf(seseal));
}

size_t KnownSeals::count() const {
  const std::lock_guard<std::mutex> lock(mu_);
  return seals_.count();
}

}  // namespace sealedger::notary
