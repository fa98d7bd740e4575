// The other side of signed requests: a party's key, and the headers that its
// program would send. Written over OpenSSL alone, from the RFC: nothing of
// notary/request_base.cc or request_signature.cc has a part in them.
//
//   const RequestKey key(RequestKey::Kind::kP256);
//   headers = SignRequest(key, "POST", "/v1/evidence", body, "k-1", "acme",
//                         1'790'000'000);
//
// Thread rule: a key is immutable, and safe for concurrent use.
#pragma once

#include <openssl/bio.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ledger/encoding.h"
#include "ledger/hash.h"
#include "notary/entry.h"

namespace sealedger::testing {

class RequestKey {
 public:
  enum class Kind { kEd25519, kP256, kSm2 };

  // A new one.
  explicit RequestKey(Kind kind) : kind_(kind), key_(NewKey(kind), Free) {
    Must(key_ != nullptr);
  }

  // As entries and ParsePartyKey have it.
  notary::PartyKey party_key() const {
    static constexpr const char* kAlgs[] = {"ed25519", "p256", "sm2"};
    unsigned char* der = nullptr;
    const int size = i2d_PUBKEY(key_.get(), &der);
    Must(size > 0);
    notary::PartyKey key{kAlgs[static_cast<int>(kind_)],
                         std::string(der, der + size)};
    OPENSSL_free(der);
    return key;
  }

  // "PUBLIC KEY", as POST /v1/parties takes it.
  std::string public_pem() const {
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()),
                                                        BIO_free);
    Must(bio != nullptr && PEM_write_bio_PUBKEY(bio.get(), key_.get()) == 1);
    char* text = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &text);
    return std::string(text, text + size);
  }

  // 64 octets: Ed25519's own, or r and s.
  std::string Sign(std::string_view message) const {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(
        EVP_MD_CTX_new(), EVP_MD_CTX_free);
    EVP_PKEY_CTX* options = nullptr;
    Must(EVP_DigestSignInit(context.get(), &options, DigestOf(kind_), nullptr,
                            key_.get()) == 1);
    if (kind_ == Kind::kSm2) {
      Must(EVP_PKEY_CTX_set1_id(options, "1234567812345678", 16) == 1);
    }
    std::string value(128, '\0');
    size_t size = value.size();
    Must(EVP_DigestSign(context.get(),
                        reinterpret_cast<unsigned char*>(value.data()), &size,
                        reinterpret_cast<const unsigned char*>(message.data()),
                        message.size()) == 1);
    value.resize(size);
    return kind_ == Kind::kEd25519 ? value : RawOf(value);
  }

 private:
  static void Free(EVP_PKEY* key) { EVP_PKEY_free(key); }
  static void Must(bool done) {
    if (!done) throw std::runtime_error("OpenSSL could not");
  }

  static EVP_PKEY* NewKey(Kind kind) {
    if (kind == Kind::kEd25519) {
      return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    }
    if (kind == Kind::kSm2) return EVP_PKEY_Q_keygen(nullptr, nullptr, "SM2");
    return EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
  }

  static const EVP_MD* DigestOf(Kind kind) {
    if (kind == Kind::kEd25519) return nullptr;
    return kind == Kind::kSm2 ? EVP_sm3() : EVP_sha256();
  }

  static std::string RawOf(const std::string& der) {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> pair(
        d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())),
        ECDSA_SIG_free);
    Must(pair != nullptr);
    std::string raw(64, '\0');
    auto* out = reinterpret_cast<unsigned char*>(raw.data());
    Must(BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), out, 32) == 32);
    Must(BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), out + 32, 32) == 32);
    return raw;
  }

  Kind kind_;
  std::shared_ptr<EVP_PKEY> key_;
};

// Content-Digest, Idempotency-Key, Signature-Input and Signature.
inline std::vector<std::pair<std::string, std::string>> SignRequest(
    const RequestKey& key, const std::string& method, const std::string& path,
    std::string_view body, const std::string& idempotency_key,
    const std::string& keyid, int64_t created_s) {
  const std::string digest =
      "sha-256=:" + ledger::EncodeBase64(ledger::Sha256Of(body).view()) + ":";
  const std::string params =
      "(\"@method\" \"@path\" \"content-digest\" \"idempotency-key\")"
      ";created=" +
      std::to_string(created_s) + ";keyid=\"" + keyid + "\";tag=\"sealedger\"";
  const std::string base = "\"@method\": " + method + "\n\"@path\": " + path +
                           "\n\"content-digest\": " + digest +
                           "\n\"idempotency-key\": " + idempotency_key +
                           "\n\"@signature-params\": " + params;
  return {{"Content-Digest", digest},
          {"Idempotency-Key", idempotency_key},
          {"Signature-Input", "sig1=" + params},
          {"Signature", "sig1=:" + ledger::EncodeBase64(key.Sign(base)) + ":"}};
}

}  // namespace sealedger::testing
