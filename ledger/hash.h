// SHA-256 and the hashes of the Merkle tree (RFC 6962 §2.1, RFC 9162 §2.1.1):
//
//   leaf hash  SHA-256(0x00 ‖ entry)
//   node hash  SHA-256(0x01 ‖ left ‖ right)
//   empty tree SHA-256("")
//
// Thread rule: functions are safe for concurrent use (each thread has its own
// OpenSSL context, reused: four times the rate of a fresh one); a Sha256 or
// Sm3 object serves one thread at a time.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sealedger::ledger {

// 32 bytes of SHA-256 (or SM3, where the name of the variable says so).
struct Hash {
  std::array<uint8_t, 32> bytes{};

  std::string_view view() const {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  // clang-tidy 14 takes the 0 that a defaulted <=> compares with for a pointer.
  auto operator<=>(const Hash&) const =
      default;  // NOLINT(modernize-use-nullptr)
};

inline constexpr size_t kHashSize = 32;

// nullopt unless `bytes` are exactly 32.
std::optional<Hash> HashFromBytes(std::string_view bytes);
// Lower-case hex of 64 characters, nothing else.
std::optional<Hash> HashFromHex(std::string_view text);
// Padded standard base64 of 32 bytes, nothing else.
std::optional<Hash> HashFromBase64(std::string_view text);
std::string ToHex(const Hash& hash);
std::string ToBase64(const Hash& hash);

Hash Sha256Of(std::string_view bytes);
Hash Sm3Of(std::string_view bytes);
Hash LeafHash(std::string_view entry);
Hash NodeHash(const Hash& left, const Hash& right);
Hash EmptyRoot();

// HMAC-SHA-256 (RFC 2104).
Hash HmacSha256(std::string_view key, std::string_view message);

// A digest over bytes that come in pieces.
class Digest {
 public:
  enum class Algorithm { kSha256, kSm3 };

  explicit Digest(Algorithm algorithm);
  ~Digest();
  Digest(Digest&&) noexcept;
  Digest& operator=(Digest&&) noexcept;

  void Update(std::string_view bytes);
  // Ends the digest; the object then starts again from nothing.
  Hash Finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

// `count` bytes from the system's generator for keys (RAND_priv_bytes).
// CHECK-fails where the system has none to give: nothing can be done then.
std::string RandomBytes(size_t count);

// True when the two are equal; the time taken does not depend on where they
// differ.
bool EqualSecrets(std::string_view a, std::string_view b);

}  // namespace sealedger::ledger
