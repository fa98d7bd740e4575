// Memory for private keys that stay open: OpenSSL's secure heap, one arena
// between two pages that nobody may touch, kept out of core dumps and, where
// the system lets us lock it (RLIMIT_MEMLOCK), out of swap. OpenSSL puts the
// private number of a key in it by itself, once it is there, and each thread's
// state of random numbers.
//
// When the arena is full, OpenSSL opens and generates no further key, and gives
// no random numbers to a further thread. It is large enough for as many threads
// as a server may have (settings.h: 4,096), and whoever keeps keys open bounds
// their number (signer_cache.h). What a signature computes with a key meanwhile
// lies in ordinary memory, and is cleared.
//
// Thread rule: safe for concurrent use.
#pragma once

#include <cstddef>
#include <string_view>

namespace sealedger::notary {

// In bytes. A page is locked when it is used first; the limit must allow all.
inline constexpr size_t kSecureMemory = 4 << 20;
inline constexpr size_t kSecureMemoryOfKey = 32;  // an open SM2 key
inline constexpr size_t kSecureMemoryOfThread = 512;
static_assert(4096 * kSecureMemoryOfThread <= kSecureMemory / 2);

enum class SecureMemory {
  kLocked,
  // The system would not lock it (RLIMIT_MEMLOCK), or keep it out of dumps, or
  // give it at all.
  kNotLocked,
};

// Makes the arena, the first time in a process; says what came of it each time.
SecureMemory EnsureSecureMemory();
std::string_view SecureMemoryText(SecureMemory memory);  // "not locked"
// Bytes in use.
size_t SecureMemoryUsed();

}  // namespace sealedger::notary
