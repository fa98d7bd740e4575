#include "notary/sm2.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/objects.h>
#include <openssl/params.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include <array>
#include <climits>
#include <utility>

#include "ledger/check.h"
#include "ledger/encoding.h"
#include "notary/openssl_parts.h"
#include "notary/sm2_digest.h"

namespace sealedger::notary {
namespace {

using ledger::Code;
using ledger::Error;

using Pkcs8Ptr = std::unique_ptr<PKCS8_PRIV_KEY_INFO,
                                 OpensslDeleter<PKCS8_PRIV_KEY_INFO_free>>;
using EncryptedPtr = std::unique_ptr<X509_SIG, OpensslDeleter<X509_SIG_free>>;
using KeyContextPtr =
    std::unique_ptr<EVP_PKEY_CTX, OpensslDeleter<EVP_PKEY_CTX_free>>;

constexpr size_t kMaxPem = 4096;
constexpr size_t kScalar = 32;  // octets of r, of s
constexpr int kSaltSize = 16;
// SEQUENCE of two INTEGERs of at most 33 octets.
constexpr size_t kMaxValue = 2 + 2 * (2 + 1 + kScalar);

// The one DER of an SM2 key up to its point: the curve by its name, never by
// its parameters (another generator would make another curve of it), the point
// uncompressed.
constexpr std::string_view kSpkiPrefix =
    "3059301306072a8648ce3d020106082a811ccf5501822d03420004";
constexpr size_t kSpkiSize = 91;
constexpr size_t kPointSize = 1 + kSm2Point;  // 04, x and y

// n, the order of the curve's group (GB/T 32918.5 §2).
constexpr std::string_view kOrder =
    "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123";

constexpr char kDerSequenceTag = 0x30;
constexpr char kDerIntegerTag = 0x02;

bool HasHighBit(char octet) { return (octet & 0x80) != 0; }

// A scalar as 32 big-endian octets, where it lies in 1..n-1.
std::optional<std::string> InRange(std::string_view octets) {
  CHECK(octets.size() <= kScalar);
  std::string scalar(kScalar - octets.size(), '\0');
  scalar += octets;
  // Of equal length, so that the order of octets is that of numbers.
  if (scalar == std::string(kScalar, '\0') ||
      scalar >= *ledger::DecodeHex(kOrder)) {
    return std::nullopt;
  }
  return scalar;
}

// Takes tag and length of one octet each, and the content that they announce,
// from the front of `rest`.
std::optional<std::string_view> TakeShort(char tag, std::string_view* rest) {
  if (rest->size() < 2 || (*rest)[0] != tag || HasHighBit((*rest)[1])) {
    return std::nullopt;
  }
  const size_t size = static_cast<uint8_t>((*rest)[1]);
  if (size > rest->size() - 2) return std::nullopt;
  const std::string_view content = rest->substr(2, size);
  rest->remove_prefix(2 + size);
  return content;
}

// An INTEGER of 1..n-1, with whatever zero octets before it.
std::optional<std::string> TakeScalar(std::string_view* rest,
                                      bool* normalised) {
  std::optional<std::string_view> content = TakeShort(kDerIntegerTag, rest);
  // With its first bit set it would be negative.
  if (!content || content->empty() || HasHighBit(content->front())) {
    return std::nullopt;
  }
  while (content->size() > 1 && content->front() == '\0') {
    if (!HasHighBit((*content)[1])) *normalised = true;
    content->remove_prefix(1);
  }
  if (content->size() > kScalar) return std::nullopt;
  return InRange(*content);
}

std::string IntegerOf(std::string_view scalar) {
  while (scalar.front() == '\0') scalar.remove_prefix(1);
  std::string content(HasHighBit(scalar.front()) ? 1 : 0, '\0');
  content += scalar;
  return std::string{kDerIntegerTag, static_cast<char>(content.size())} +
         content;
}

std::string DerOfScalars(std::string_view r, std::string_view s) {
  const std::string content = IntegerOf(r) + IntegerOf(s);
  return std::string{kDerSequenceTag, static_cast<char>(content.size())} +
         content;
}

std::optional<Sm2Value> ReadDerValue(std::string_view value) {
  std::optional<std::string_view> content = TakeShort(kDerSequenceTag, &value);
  if (!content || !value.empty()) return std::nullopt;
  Sm2Value read;
  const auto r = TakeScalar(&*content, &read.normalised);
  if (!r) return std::nullopt;
  const auto s = TakeScalar(&*content, &read.normalised);
  if (!s || !content->empty()) return std::nullopt;
  read.der = DerOfScalars(*r, *s);
  return read;
}

std::optional<Sm2Value> ReadRawValue(std::string_view value) {
  if (value.size() != 2 * kScalar) return std::nullopt;
  const auto r = InRange(value.substr(0, kScalar));
  const auto s = InRange(value.substr(kScalar));
  if (!r || !s) return std::nullopt;
  Sm2Value read;
  read.der = DerOfScalars(*r, *s);
  read.raw = true;
  return read;
}

// nullptr for what is no SM2 key; OpenSSL sees to it that the point lies on the
// curve. From its parts, which takes a quarter of the time of d2i_PUBKEY.
EvpKeyPtr ReadSpki(std::string_view spki) {
  if (spki.size() != kSpkiSize ||
      !spki.starts_with(*ledger::DecodeHex(kSpkiPrefix))) {
    return nullptr;
  }
  std::string curve = "SM2";
  std::string point(spki.substr(kSpkiSize - kPointSize));
  std::array<OSSL_PARAM, 3> parts = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, curve.data(),
                                       0),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                        point.size()),
      OSSL_PARAM_construct_end()};
  const KeyContextPtr context(
      EVP_PKEY_CTX_new_from_name(nullptr, "SM2", nullptr));
  EVP_PKEY* key = nullptr;
  if (context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY,
                        parts.data()) != 1) {
    return nullptr;
  }
  return EvpKeyPtr(key);
}

Pkcs8Ptr ReadPkcs8(std::string_view der) {
  const unsigned char* at = Bytes(der);
  Pkcs8Ptr info(
      d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(der.size())));
  return at == Bytes(der) + der.size() ? std::move(info) : nullptr;
}

// Encrypted under PBES2; PKCS#12's own schemes and the older ones are not read.
EncryptedPtr ReadEncrypted(std::string_view der) {
  const unsigned char* at = Bytes(der);
  EncryptedPtr sealed(
      d2i_X509_SIG(nullptr, &at, static_cast<long>(der.size())));
  if (sealed == nullptr || at != Bytes(der) + der.size()) return nullptr;
  const X509_ALGOR* algorithm = nullptr;
  const ASN1_OBJECT* oid = nullptr;
  X509_SIG_get0(sealed.get(), &algorithm, nullptr);
  X509_ALGOR_get0(&oid, nullptr, nullptr, algorithm);
  return OBJ_obj2nid(oid) == NID_pbes2 ? std::move(sealed) : nullptr;
}

Error BadKey() {
  return ledger::MakeError(Code::kMalformed, "bad-key",
                           "not an SM2 private key in PKCS#8 PEM");
}

Result<Pkcs8Ptr> OpenPem(std::string_view pem, std::string_view passphrase) {
  const BioPtr bio = MemoryBio(pem);
  PemBlock block;
  if (bio == nullptr || !block.Read(bio.get()) || block.has_headers()) {
    return BadKey();
  }
  if (block.label() == PEM_STRING_PKCS8INF) return ReadPkcs8(block.der());
  if (block.label() != PEM_STRING_PKCS8) return BadKey();
  const EncryptedPtr sealed = ReadEncrypted(block.der());
  if (sealed == nullptr) return BadKey();
  Pkcs8Ptr info(PKCS8_decrypt(sealed.get(), passphrase.data(),
                              static_cast<int>(passphrase.size())));
  if (info == nullptr) {
    return ledger::MakeError(Code::kPermissionDenied, "wrong-passphrase",
                             "the passphrase does not open the key");
  }
  return info;
}

// The private key lies in its range, and the public one beside it is its own:
// a signature covers the public key, too, and would verify nowhere.
bool IsConsistent(EVP_PKEY* key) {
  const KeyContextPtr context(
      EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  return context != nullptr && EVP_PKEY_check(context.get()) == 1;
}

}  // namespace

std::optional<Sm2Value> ReadSm2Value(std::string_view value) {
  // 64 octets that are DER to the last one are not r ‖ s by chance.
  if (std::optional<Sm2Value> read = ReadDerValue(value)) return read;
  return ReadRawValue(value);
}

bool VerifySm2(std::string_view spki, std::string_view message,
               std::string_view der) {
  const std::optional<Sm2Value> value = ReadSm2Value(der);
  if (!value || value->der != der) return false;
  const ErrorMark mark;
  const EvpKeyPtr key = ReadSpki(spki);
  if (key == nullptr) return false;
  const DigestContextPtr context = Sm2Context<EVP_DigestVerifyInit>(key.get());
  return context != nullptr &&
         EVP_DigestVerify(context.get(), Bytes(der), der.size(), Bytes(message),
                          message.size()) == 1;
}

bool IsSm2Key(std::string_view spki) {
  const ErrorMark mark;
  return ReadSpki(spki) != nullptr;
}

struct Sm2PublicKey::Native {
  EvpKeyPtr key;
};

Sm2PublicKey::Sm2PublicKey(std::unique_ptr<Native> native,
                           const ledger::Hash& z)
    : native_(std::move(native)), z_(z) {}
Sm2PublicKey::~Sm2PublicKey() = default;
Sm2PublicKey::Sm2PublicKey(Sm2PublicKey&&) noexcept = default;
Sm2PublicKey& Sm2PublicKey::operator=(Sm2PublicKey&&) noexcept = default;

std::optional<Sm2PublicKey> Sm2PublicKey::FromSpki(std::string_view spki) {
  const ErrorMark mark;
  EvpKeyPtr key = ReadSpki(spki);
  if (key == nullptr) return std::nullopt;
  return Sm2PublicKey(std::make_unique<Native>(Native{std::move(key)}),
                      Sm2Identity(spki.substr(kSpkiSize - kSm2Point)));
}

bool Sm2PublicKey::VerifyDigest(const ledger::Hash& e,
                                std::string_view der) const {
  const std::optional<Sm2Value> value = ReadSm2Value(der);
  if (!value || value->der != der) return false;
  const ErrorMark mark;
  const KeyContextPtr context(
      EVP_PKEY_CTX_new_from_pkey(nullptr, native_->key.get(), nullptr));
  return context != nullptr && EVP_PKEY_verify_init(context.get()) == 1 &&
         EVP_PKEY_verify(context.get(), Bytes(der), der.size(), e.bytes.data(),
                         e.bytes.size()) == 1;
}

Sm2Key::Sm2Key(std::unique_ptr<Native> native) : native_(std::move(native)) {}
Sm2Key::~Sm2Key() = default;
Sm2Key::Sm2Key(Sm2Key&&) noexcept = default;
Sm2Key& Sm2Key::operator=(Sm2Key&&) noexcept = default;

Sm2Key Sm2Key::Generate() {
  const ErrorMark mark;
  EvpKeyPtr key(EVP_PKEY_Q_keygen(nullptr, nullptr, "SM2"));
  CHECK(key != nullptr);
  return Sm2Key(std::make_unique<Native>(Native{std::move(key)}));
}

Result<Sm2Key> Sm2Key::FromPem(std::string_view pem,
                               std::string_view passphrase) {
  CHECK(passphrase.size() <= INT_MAX);
  if (pem.size() > kMaxPem) return BadKey();
  const ErrorMark mark;
  const Result<Pkcs8Ptr> info = OpenPem(pem, passphrase);
  if (!info) return info.error();
  if (*info == nullptr) return BadKey();
  EvpKeyPtr key(EVP_PKCS82PKEY(info->get()));
  if (key == nullptr || !IsSm2Key(Encoded<i2d_PUBKEY>(key.get())) ||
      !IsConsistent(key.get())) {
    return BadKey();
  }
  return Sm2Key(std::make_unique<Native>(Native{std::move(key)}));
}

Result<Sm2Key> Sm2Key::FromEncryptedPem(std::string_view pem,
                                        std::string_view passphrase) {
  if (pem.size() > kMaxPem) return BadKey();
  {
    const ErrorMark mark;
    const BioPtr bio = MemoryBio(pem);
    PemBlock block;
    if (bio == nullptr || !block.Read(bio.get()) ||
        block.label() != PEM_STRING_PKCS8) {
      return ledger::MakeError(Code::kMalformed, "bad-key",
                               "not an encrypted private key in PKCS#8 PEM");
    }
  }
  return FromPem(pem, passphrase);
}

std::string Sm2Key::EncryptedPem(std::string_view passphrase,
                                 int rounds) const {
  CHECK(!passphrase.empty() && passphrase.size() <= INT_MAX);
  const ErrorMark mark;
  const Pkcs8Ptr info(EVP_PKEY2PKCS8(native_->key.get()));
  CHECK(info != nullptr);
  // The first argument names the pseudorandom function: PBES2 then.
  const EncryptedPtr sealed(
      PKCS8_encrypt(NID_hmacWithSHA256, EVP_aes_256_cbc(), passphrase.data(),
                    static_cast<int>(passphrase.size()), nullptr, kSaltSize,
                    rounds, info.get()));
  const BioPtr bio(BIO_new(BIO_s_mem()));
  CHECK(sealed != nullptr && bio != nullptr);
  CHECK(PEM_write_bio_PKCS8(bio.get(), sealed.get()) == 1);
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  CHECK(size > 0);
  return std::string(text, static_cast<size_t>(size));
}

std::string Sm2Key::spki() const {
  std::string der = Encoded<i2d_PUBKEY>(native_->key.get());
  CHECK(!der.empty());
  return der;
}

std::string Sm2Key::Sign(std::string_view message) const {
  const ErrorMark mark;
  const DigestContextPtr context =
      Sm2Context<EVP_DigestSignInit>(native_->key.get());
  CHECK(context != nullptr);
  std::array<unsigned char, kMaxValue> value;
  size_t size = value.size();
  CHECK(EVP_DigestSign(context.get(), value.data(), &size, Bytes(message),
                       message.size()) == 1);
  return std::string(reinterpret_cast<const char*>(value.data()), size);
}

std::string Sm2Key::SignDigest(const ledger::Hash& e) const {
  const ErrorMark mark;
  // A context of its own each time: 2 of the 400 microseconds.
  const KeyContextPtr context(
      EVP_PKEY_CTX_new_from_pkey(nullptr, native_->key.get(), nullptr));
  CHECK(context != nullptr && EVP_PKEY_sign_init(context.get()) == 1);
  std::array<unsigned char, kMaxValue> value;
  size_t size = value.size();
  CHECK(EVP_PKEY_sign(context.get(), value.data(), &size, e.bytes.data(),
                      e.bytes.size()) == 1);
  return std::string(reinterpret_cast<const char*>(value.data()), size);
}

}  // namespace sealedger::notary
