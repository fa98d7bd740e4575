// Ed25519 (RFC 8032) over OpenSSL.
//
// Thread rule: immutable objects, safe for concurrent use.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "ledger/result.h"

namespace sealedger::ledger {

inline constexpr size_t kEd25519KeySize = 32;
inline constexpr size_t kEd25519SignatureSize = 64;

class Ed25519Key {
 public:
  static Ed25519Key Generate();
  // 32 bytes of seed: for tests and vectors. kMalformed at another length.
  static Result<Ed25519Key> FromSeed(std::string_view seed);
  // PKCS#8 PEM, without a passphrase. kMalformed for anything else.
  static Result<Ed25519Key> FromPem(std::string_view pem);

  std::string ToPem() const;
  // 32 bytes.
  const std::string& public_key() const { return public_key_; }
  // 64 bytes. Fails only where OpenSSL does (kIo).
  Result<std::string> Sign(std::string_view message) const;

 private:
  struct Handle;
  Ed25519Key(std::shared_ptr<const Handle> handle, std::string public_key);

  std::shared_ptr<const Handle> handle_;
  std::string public_key_;
};

// False for a wrong signature and for lengths other than 32 and 64.
bool VerifyEd25519(std::string_view public_key, std::string_view message,
                   std::string_view signature);

}  // namespace sealedger::ledger
