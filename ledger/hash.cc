#include "ledger/hash.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <climits>

#include "ledger/check.h"
#include "ledger/encoding.h"

namespace sealedger::ledger {
namespace {

struct ContextDeleter {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using ContextPtr = std::unique_ptr<EVP_MD_CTX, ContextDeleter>;

// Fetched once: a fetch takes a lock and costs more than a hash. Kept until the
// process ends, since threads may hash until then.
const EVP_MD* Fetched(Digest::Algorithm algorithm) {
  static EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  static EVP_MD* const sm3 = EVP_MD_fetch(nullptr, "SM3", nullptr);
  const EVP_MD* md = algorithm == Digest::Algorithm::kSha256 ? sha256 : sm3;
  CHECK(md != nullptr);
  return md;
}

ContextPtr NewContext(Digest::Algorithm algorithm) {
  ContextPtr context(EVP_MD_CTX_new());
  CHECK(context != nullptr);
  CHECK(EVP_DigestInit_ex2(context.get(), Fetched(algorithm), nullptr) == 1);
  return context;
}

// Without a name for the algorithm the context keeps its own, and its memory.
void Restart(EVP_MD_CTX* context) {
  CHECK(EVP_DigestInit_ex2(context, nullptr, nullptr) == 1);
}

void Add(EVP_MD_CTX* context, const void* bytes, size_t size) {
  CHECK(EVP_DigestUpdate(context, bytes, size) == 1);
}

Hash End(EVP_MD_CTX* context) {
  Hash hash;
  CHECK(EVP_DigestFinal_ex(context, hash.bytes.data(), nullptr) == 1);
  return hash;
}

EVP_MD_CTX* ThreadSha256() {
  thread_local const ContextPtr context =
      NewContext(Digest::Algorithm::kSha256);
  return context.get();
}

EVP_MD_CTX* ThreadSm3() {
  thread_local const ContextPtr context = NewContext(Digest::Algorithm::kSm3);
  return context.get();
}

Hash DigestOf(EVP_MD_CTX* context, std::string_view bytes) {
  Restart(context);
  Add(context, bytes.data(), bytes.size());
  return End(context);
}

}  // namespace

std::optional<Hash> HashFromBytes(std::string_view bytes) {
  if (bytes.size() != kHashSize) return std::nullopt;
  Hash hash;
  std::memcpy(hash.bytes.data(), bytes.data(), kHashSize);
  return hash;
}

std::optional<Hash> HashFromHex(std::string_view text) {
  if (text.size() != 2 * kHashSize) return std::nullopt;
  const std::optional<std::string> bytes = DecodeHex(text);
  if (!bytes) return std::nullopt;
  return HashFromBytes(*bytes);
}

std::optional<Hash> HashFromBase64(std::string_view text) {
  if (text.size() != (kHashSize + 2) / 3 * 4) return std::nullopt;
  const std::optional<std::string> bytes = DecodeBase64(text);
  if (!bytes) return std::nullopt;
  return HashFromBytes(*bytes);
}

std::string ToHex(const Hash& hash) { return EncodeHex(hash.view()); }

std::string ToBase64(const Hash& hash) { return EncodeBase64(hash.view()); }

Hash Sha256Of(std::string_view bytes) {
  return DigestOf(ThreadSha256(), bytes);
}

Hash Sm3Of(std::string_view bytes) { return DigestOf(ThreadSm3(), bytes); }

Hash LeafHash(std::string_view entry) {
  EVP_MD_CTX* const context = ThreadSha256();
  const uint8_t prefix = 0x00;
  Restart(context);
  Add(context, &prefix, 1);
  Add(context, entry.data(), entry.size());
  return End(context);
}

Hash NodeHash(const Hash& left, const Hash& right) {
  // One call with 65 bytes costs less than three calls.
  uint8_t input[1 + 2 * kHashSize];
  input[0] = 0x01;
  std::memcpy(input + 1, left.bytes.data(), kHashSize);
  std::memcpy(input + 1 + kHashSize, right.bytes.data(), kHashSize);
  EVP_MD_CTX* const context = ThreadSha256();
  Restart(context);
  Add(context, input, sizeof(input));
  return End(context);
}

Hash EmptyRoot() { return Sha256Of({}); }

Hash HmacSha256(std::string_view key, std::string_view message) {
  CHECK(key.size() <= INT_MAX);
  Hash mac;
  unsigned int size = 0;
  CHECK(HMAC(Fetched(Digest::Algorithm::kSha256), key.data(),
             static_cast<int>(key.size()),
             reinterpret_cast<const uint8_t*>(message.data()), message.size(),
             mac.bytes.data(), &size) != nullptr);
  CHECK(size == kHashSize);
  return mac;
}

struct Digest::Context {
  ContextPtr evp;
};

Digest::Digest(Algorithm algorithm)
    : context_(std::make_unique<Context>(Context{NewContext(algorithm)})) {}
Digest::~Digest() = default;
Digest::Digest(Digest&&) noexcept = default;
Digest& Digest::operator=(Digest&&) noexcept = default;

void Digest::Update(std::string_view bytes) {
  Add(context_->evp.get(), bytes.data(), bytes.size());
}

Hash Digest::Finish() {
  const Hash hash = End(context_->evp.get());
  Restart(context_->evp.get());
  return hash;
}

std::string RandomBytes(size_t count) {
  CHECK(count <= INT_MAX);
  std::string bytes(count, '\0');
  CHECK(RAND_priv_bytes(reinterpret_cast<uint8_t*>(bytes.data()),
                        static_cast<int>(count)) == 1);
  return bytes;
}

bool EqualSecrets(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace sealedger::ledger
