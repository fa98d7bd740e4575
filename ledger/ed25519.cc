#include "ledger/ed25519.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <utility>

#include "ledger/check.h"

namespace sealedger::ledger {
namespace {

constexpr size_t kMaxPemSize = 4096;

template <auto Free>
struct Deleter {
  template <typename T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using ContextPtr = std::unique_ptr<EVP_MD_CTX, Deleter<EVP_MD_CTX_free>>;
using BioPtr = std::unique_ptr<BIO, Deleter<BIO_free>>;
using Pkcs8Ptr =
    std::unique_ptr<PKCS8_PRIV_KEY_INFO, Deleter<PKCS8_PRIV_KEY_INFO_free>>;

// Takes back what OpenSSL adds to this thread's error queue, where TLS code
// would mistake it for its own.
class ErrorMark {
 public:
  ErrorMark() { ERR_set_mark(); }
  ~ErrorMark() { ERR_pop_to_mark(); }
  ErrorMark(const ErrorMark&) = delete;
  ErrorMark& operator=(const ErrorMark&) = delete;
};

// One PEM block, as PEM_read_bio takes it apart.
struct PemBlock {
  char* name = nullptr;
  char* header = nullptr;
  unsigned char* data = nullptr;
  long size = 0;

  PemBlock() = default;
  PemBlock(const PemBlock&) = delete;
  PemBlock& operator=(const PemBlock&) = delete;
  ~PemBlock() {
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_clear_free(data, static_cast<size_t>(size));
  }
};

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string PublicKeyOf(const EVP_PKEY* key) {
  std::string bytes(kEd25519KeySize, '\0');
  size_t size = bytes.size();
  CHECK(EVP_PKEY_get_raw_public_key(
            key, reinterpret_cast<unsigned char*>(bytes.data()), &size) == 1);
  CHECK(size == kEd25519KeySize);
  return bytes;
}

// The label is looked at here and not left to OpenSSL's own reader, which
// would take other kinds of key, and ask the terminal for a passphrase.
KeyPtr ReadPkcs8Pem(std::string_view pem) {
  const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  CHECK(bio != nullptr);
  PemBlock block;
  if (PEM_read_bio(bio.get(), &block.name, &block.header, &block.data,
                   &block.size) != 1) {
    return nullptr;
  }
  if (std::string_view(block.name) != PEM_STRING_PKCS8INF ||
      !std::string_view(block.header).empty()) {
    return nullptr;
  }
  const unsigned char* end = block.data;
  const Pkcs8Ptr info(d2i_PKCS8_PRIV_KEY_INFO(nullptr, &end, block.size));
  if (info == nullptr || end != block.data + block.size) return nullptr;
  return KeyPtr(EVP_PKCS82PKEY(info.get()));
}

}  // namespace

struct Ed25519Key::Handle {
  KeyPtr key;
};

Ed25519Key::Ed25519Key(std::shared_ptr<const Handle> handle,
                       std::string public_key)
    : handle_(std::move(handle)), public_key_(std::move(public_key)) {}

Ed25519Key Ed25519Key::Generate() {
  KeyPtr key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  CHECK(key != nullptr);
  std::string public_key = PublicKeyOf(key.get());
  return Ed25519Key(std::make_shared<const Handle>(Handle{std::move(key)}),
                    std::move(public_key));
}

Result<Ed25519Key> Ed25519Key::FromSeed(std::string_view seed) {
  if (seed.size() != kEd25519KeySize) {
    return MakeError(Code::kMalformed, "ed25519-key",
                     "the seed of an Ed25519 key is 32 bytes");
  }
  KeyPtr key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr,
                                          Bytes(seed), seed.size()));
  CHECK(key != nullptr);
  std::string public_key = PublicKeyOf(key.get());
  return Ed25519Key(std::make_shared<const Handle>(Handle{std::move(key)}),
                    std::move(public_key));
}

Result<Ed25519Key> Ed25519Key::FromPem(std::string_view pem) {
  const ErrorMark mark;
  KeyPtr key = pem.size() <= kMaxPemSize ? ReadPkcs8Pem(pem) : nullptr;
  if (key == nullptr || EVP_PKEY_get_id(key.get()) != EVP_PKEY_ED25519) {
    return MakeError(Code::kMalformed, "ed25519-key",
                     "not an Ed25519 key in PKCS#8 PEM without a passphrase");
  }
  std::string public_key = PublicKeyOf(key.get());
  return Ed25519Key(std::make_shared<const Handle>(Handle{std::move(key)}),
                    std::move(public_key));
}

std::string Ed25519Key::ToPem() const {
  const BioPtr bio(BIO_new(BIO_s_secmem()));
  CHECK(bio != nullptr);
  CHECK(PEM_write_bio_PKCS8PrivateKey(bio.get(), handle_->key.get(), nullptr,
                                      nullptr, 0, nullptr, nullptr) == 1);
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  CHECK(size > 0);
  return std::string(text, static_cast<size_t>(size));
}

Result<std::string> Ed25519Key::Sign(std::string_view message) const {
  const ErrorMark mark;
  const ContextPtr context(EVP_MD_CTX_new());
  std::string signature(kEd25519SignatureSize, '\0');
  size_t size = signature.size();
  if (context == nullptr ||
      EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr,
                         handle_->key.get()) != 1 ||
      EVP_DigestSign(context.get(),
                     reinterpret_cast<unsigned char*>(signature.data()), &size,
                     Bytes(message), message.size()) != 1 ||
      size != kEd25519SignatureSize) {
    return MakeError(Code::kIo, "ed25519", "OpenSSL could not sign");
  }
  return signature;
}

bool VerifyEd25519(std::string_view public_key, std::string_view message,
                   std::string_view signature) {
  if (public_key.size() != kEd25519KeySize ||
      signature.size() != kEd25519SignatureSize) {
    return false;
  }
  const ErrorMark mark;
  const KeyPtr key(EVP_PKEY_new_raw_public_key(
      EVP_PKEY_ED25519, nullptr, Bytes(public_key), public_key.size()));
  const ContextPtr context(EVP_MD_CTX_new());
  return key != nullptr && context != nullptr &&
         EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr,
                              key.get()) == 1 &&
         EVP_DigestVerify(context.get(), Bytes(signature), signature.size(),
                          Bytes(message), message.size()) == 1;
}

}  // namespace sealedger::ledger
