// SM2 signatures (GM/T 0003.2, GB/T 32918.2) with SM3, under the user ID
// 1234567812345678, for seals and certificates alike: OpenSSL's own default is
// the empty ID, which verifies nothing real.
//
// A signature value stands in files as DER SEQUENCE { r, s } or, with some
// vendors, as 64 raw octets r ‖ s. ReadSm2Value takes both and notes what is
// not the DER spelling; every other form is refused, r and s outside 1..n-1
// among them.
//
// Keys: only on the SM2 curve, named by its OID. The SM2 equation holds over
// P-256, too, and some programs accept that.
//
// Thread rule: functions are safe for concurrent use; a key is immutable.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "ledger/hash.h"
#include "ledger/result.h"

namespace sealedger::notary {

using ledger::Result;

// About 30 ms for whoever opens a key, and for each guess at a passphrase.
inline constexpr int kPassphraseRounds = 100'000;
inline constexpr std::string_view kSm2SignOid = "1.2.156.10197.1.501";
// One real file has this beside a good SM2 value.
inline constexpr std::string_view kSm2OtherOid = "1.2.156.10197.6.1.4.2.2";

struct Sm2Value {
  std::string der;          // the one DER spelling of r, s
  bool raw = false;         // it was r ‖ s
  bool normalised = false;  // an INTEGER was not minimal
};
// nullopt: none of the forms above.
std::optional<Sm2Value> ReadSm2Value(std::string_view value);

// `spki`: DER SubjectPublicKeyInfo. False for a key that is not on the SM2
// curve by name, a value that is not `der` of Sm2Value, and a wrong signature.
bool VerifySm2(std::string_view spki, std::string_view message,
               std::string_view der);
// True for a DER SubjectPublicKeyInfo of a point on the named SM2 curve.
bool IsSm2Key(std::string_view spki);

// A public key that is kept, for messages whose digest is known.
class Sm2PublicKey {
 public:
  // nullopt where IsSm2Key is false.
  static std::optional<Sm2PublicKey> FromSpki(std::string_view spki);
  ~Sm2PublicKey();
  Sm2PublicKey(Sm2PublicKey&&) noexcept;
  Sm2PublicKey& operator=(Sm2PublicKey&&) noexcept;

  // Z and, below, e of sm2_digest.h.
  const ledger::Hash& z() const { return z_; }
  // As VerifySm2 of the message whose digest is e.
  bool VerifyDigest(const ledger::Hash& e, std::string_view der) const;

 private:
  struct Native;
  Sm2PublicKey(std::unique_ptr<Native> native, const ledger::Hash& z);
  std::unique_ptr<Native> native_;
  ledger::Hash z_;
};

class Sm2Key {
 public:
  static Sm2Key Generate();
  // PKCS#8 PEM, encrypted or not. kMalformed "bad-key" (not of the SM2 curve,
  // too), kPermissionDenied "wrong-passphrase". Never asks a terminal.
  static Result<Sm2Key> FromPem(std::string_view pem,
                                std::string_view passphrase);
  // The same, and kMalformed "bad-key" for a key that is not encrypted.
  static Result<Sm2Key> FromEncryptedPem(std::string_view pem,
                                         std::string_view passphrase);
  ~Sm2Key();
  Sm2Key(Sm2Key&&) noexcept;
  Sm2Key& operator=(Sm2Key&&) noexcept;

  // PKCS#8 under PBES2 (PBKDF2 with HMAC-SHA-256, AES-256-CBC). The passphrase
  // is not empty.
  // `rounds` of PBKDF2 slow down whoever guesses: a passphrase that is random
  // needs few.
  std::string EncryptedPem(std::string_view passphrase,
                           int rounds = kPassphraseRounds) const;
  // DER SubjectPublicKeyInfo.
  std::string spki() const;
  // DER SEQUENCE { r, s }.
  std::string Sign(std::string_view message) const;
  // The same of the message whose digest is e = SM3(Z ‖ M) (sm2_digest.h).
  std::string SignDigest(const ledger::Hash& e) const;

  struct Native;  // OpenSSL's, for certificate.cc
  const Native& native() const { return *native_; }

 private:
  explicit Sm2Key(std::unique_ptr<Native> native);
  std::unique_ptr<Native> native_;
};

}  // namespace sealedger::notary
