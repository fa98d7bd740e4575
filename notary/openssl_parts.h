// What sm2.cc and certificate.cc share of OpenSSL: owners of its pointers, one
// PEM block, the inside of an Sm2Key. For files of notary/ over OpenSSL only.
//
// Thread rule: values, each for one thread at a time; an EvpKeyPtr's key may be
// used by many.
#pragma once

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <memory>
#include <string>
#include <string_view>

#include "notary/sm2.h"

namespace sealedger::notary {

template <auto Free>
struct OpensslDeleter {
  template <typename T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};
using BioPtr = std::unique_ptr<BIO, OpensslDeleter<BIO_free>>;
using EvpKeyPtr = std::unique_ptr<EVP_PKEY, OpensslDeleter<EVP_PKEY_free>>;
using DigestContextPtr =
    std::unique_ptr<EVP_MD_CTX, OpensslDeleter<EVP_MD_CTX_free>>;

// Takes back what OpenSSL adds to this thread's error queue, where TLS code
// would mistake it for its own.
class ErrorMark {
 public:
  ErrorMark() { ERR_set_mark(); }
  ~ErrorMark() { ERR_pop_to_mark(); }
  ErrorMark(const ErrorMark&) = delete;
  ErrorMark& operator=(const ErrorMark&) = delete;
};

inline const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// The DER that an i2d function gives of a value; empty where it fails.
template <auto I2d, typename T>
std::string Encoded(const T* value) {
  unsigned char* der = nullptr;
  const int size = I2d(value, &der);
  if (size <= 0) return {};
  std::string bytes(reinterpret_cast<const char*>(der),
                    static_cast<size_t>(size));
  OPENSSL_free(der);
  return bytes;
}

// A source over bytes that outlive it; nullptr where there are none.
inline BioPtr MemoryBio(std::string_view bytes) {
  if (bytes.empty()) return nullptr;
  return BioPtr(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

// One PEM block, as PEM_read_bio takes it apart: it passes over text before it,
// and decrypts nothing, so that nobody is asked for a passphrase. The content
// is cleansed, since it may be a key.
class PemBlock {
 public:
  PemBlock() = default;
  PemBlock(const PemBlock&) = delete;
  PemBlock& operator=(const PemBlock&) = delete;
  ~PemBlock() {
    OPENSSL_free(name_);
    OPENSSL_free(header_);
    OPENSSL_clear_free(data_, static_cast<size_t>(size_));
  }

  // Once per object. False where there is no further block, or no whole one.
  bool Read(BIO* bio) {
    return PEM_read_bio(bio, &name_, &header_, &data_, &size_) == 1;
  }
  std::string_view label() const { return name_; }
  // Headers say that it is encrypted in the old way ("Proc-Type: 4,ENCRYPTED").
  bool has_headers() const { return *header_ != '\0'; }
  std::string_view der() const {
    return {reinterpret_cast<const char*>(data_), static_cast<size_t>(size_)};
  }

 private:
  char* name_ = nullptr;
  char* header_ = nullptr;
  unsigned char* data_ = nullptr;
  long size_ = 0;
};

struct Sm2Key::Native {
  EvpKeyPtr key;
};

inline constexpr std::string_view kSm2UserId = "1234567812345678";

// Made ready by EVP_DigestSignInit or EVP_DigestVerifyInit for SM3 under the
// user ID; nullptr where the key is none for that.
template <auto Init>
DigestContextPtr Sm2Context(EVP_PKEY* key) {
  DigestContextPtr context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* options = nullptr;  // a part of the context
  if (context == nullptr ||
      Init(context.get(), &options, EVP_sm3(), nullptr, key) != 1 ||
      EVP_PKEY_CTX_set1_id(options, kSm2UserId.data(),
                           static_cast<int>(kSm2UserId.size())) != 1) {
    return nullptr;
  }
  return context;
}

}  // namespace sealedger::notary
