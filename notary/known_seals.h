// KnownSeals: seals that were read before, by their bytes, with all that is the
// same for every signature that holds one. What is left of such a signature is
// its frame (eseal.h), a tail of some hundred bytes to hash, and one SM2
// operation.
//
// Thread rule: safe for concurrent use; a KnownSeal is immutable but for the
// states that it keeps, and safe for concurrent use.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "ledger/hash.h"
#include "ledger/result.h"
#include "notary/certificate.h"
#include "notary/eseal.h"
#include "notary/lru_map.h"
#include "notary/sm2.h"
#include "notary/sm3_prefix.h"

namespace sealedger::notary {

// A certificate that signs with a seal.
struct KnownSigner {
  CertificateFacts facts;
  std::optional<Sm2PublicKey> key;  // absent where it is of no SM2 key
};

class KnownSeal {
 public:
  // `seal`: DecodeSeal of `seseal`.
  KnownSeal(std::string seseal, Seal seal);

  const std::string& seseal() const { return seseal_; }
  const Seal& seal() const { return seal_; }
  const ledger::Hash& sm3() const { return sm3_; }
  const ledger::Hash& sha256() const { return sha256_; }

  // Below, `frame` is that of the signature `bytes`, in which this seal stands;
  // CHECK-fails where a seal of another length does.

  // SM3 of the whole signature.
  ledger::Hash SignatureSm3(std::string_view bytes,
                            const SealSignatureFrame& frame) const;
  // e that its value is over, under the signer's Z (sm2_digest.h).
  ledger::Hash SignedDigest(std::string_view bytes,
                            const SealSignatureFrame& frame,
                            const ledger::Hash& z) const;
  // True where the value is the signer's over the whole TBS_Sign. Why it is
  // not, CheckSealSignature (eseal_verify.h) tells.
  bool IsSigned(std::string_view bytes, const SealSignatureFrame& frame) const;
  // What is read of a signer's certificate; nullptr where it is none. Those
  // used last are kept.
  std::shared_ptr<const KnownSigner> Signer(
      const std::string& certificate) const;

 private:
  const std::string seseal_;
  const Seal seal_;
  const ledger::Hash sm3_;
  const ledger::Hash sha256_;
  const Sm3Prefix prefix_;
  mutable std::mutex mu_;
  // By certificate; guarded by mu_.
  mutable LruMap<std::shared_ptr<const KnownSigner>> signers_;
};

class KnownSeals {
 public:
  static constexpr size_t kMaxSeals = 1024;
  // Of their files. Decoded, a seal is two or three times in memory.
  static constexpr size_t kMaxBytes = 16 << 20;

  explicit KnownSeals(size_t max_seals = kMaxSeals,
                      size_t max_bytes = kMaxBytes);

  // nullptr where none of exactly these bytes is kept.
  std::shared_ptr<const KnownSeal> Find(std::string_view seseal);
  // Find, or read and kept: for seals that are on record, lest strangers' fill
  // the place. As DecodeSeal.
  Result<std::shared_ptr<const KnownSeal>> Read(std::string_view seseal);
  // For a file that is erased.
  void Forget(std::string_view seseal);

  size_t count() const;

 private:
  mutable std::mutex mu_;
  // By the end of the file; guarded by mu_.
  LruMap<std::shared_ptr<const KnownSeal>> seals_;
};

}  // namespace sealedger::notary
