#include "notary/secure_memory.h"

#include <openssl/crypto.h>

#include "ledger/check.h"

namespace sealedger::notary {

SecureMemory EnsureSecureMemory() {
  // 1: as asked for; 2: made, but not locked or not kept out of dumps; 0: none,
  // and keys are then in ordinary memory.
  static const int made =
      CRYPTO_secure_malloc_init(kSecureMemory, kSecureMemoryOfKey);
  return made == 1 ? SecureMemory::kLocked : SecureMemory::kNotLocked;
}

std::string_view SecureMemoryText(SecureMemory memory) {
  switch (memory) {
    case SecureMemory::kLocked:
      return "locked";
    case SecureMemory::kNotLocked:
      return "not locked";
  }
  CHECK(false);
}

size_t SecureMemoryUsed() { return CRYPTO_secure_used(); }

}  // namespace sealedger::notary
