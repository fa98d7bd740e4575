#include "notary/party_key.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

namespace sealedger::notary {
namespace {

constexpr size_t kMaxPem = 4096;

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(BIO* bio) const { BIO_free(bio); }
};

// "" for a kind that we do not take.
std::string_view AlgorithmOf(const EVP_PKEY* key) {
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_ED25519:
      return "ed25519";
    case EVP_PKEY_SM2:
      return "sm2";
    case EVP_PKEY_EC: {
      char group[64];
      size_t size = 0;
      if (EVP_PKEY_get_group_name(key, group, sizeof group, &size) != 1) {
        return "";
      }
      const int curve = OBJ_sn2nid(group);
      if (curve == NID_X9_62_prime256v1) return "p256";
      if (curve == NID_sm2) return "sm2";
      return "";
    }
    default:
      return "";
  }
}

}  // namespace

Result<PartyKey> ParsePartyKey(std::string_view pem, std::string_view field) {
  const Error bad = ledger::MakeError(
      ledger::Code::kInvalidArgument, "bad-key",
      "the key is no PEM public key of Ed25519, P-256 or SM2", field);
  if (pem.size() > kMaxPem) return bad;
  const std::unique_ptr<BIO, FreeKey> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const std::unique_ptr<EVP_PKEY, FreeKey> key(
      PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr));
  if (key == nullptr) return bad;
  const std::string_view alg = AlgorithmOf(key.get());
  if (alg.empty()) return bad;
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key.get(), &der);
  if (size <= 0) return bad;
  PartyKey parsed{std::string(alg), std::string(reinterpret_cast<char*>(der),
                                                static_cast<size_t>(size))};
  OPENSSL_free(der);
  return parsed;
}

}  // namespace sealedger::notary
