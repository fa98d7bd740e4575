#include "tests/notary/token_samples.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <array>
#include <stdexcept>

#include "notary/der.h"
#include "notary/sm2.h"

namespace sealedger::testing {

namespace {

using notary::DerBitStringOf;
using notary::DerBooleanOf;
using notary::DerIntegerOf;
using notary::DerOf;
using notary::DerOidOf;
using notary::kDerExplicit0;
using notary::kDerGeneralizedTime;
using notary::kDerOctetString;
using notary::kDerSequence;
using notary::kDerUtcTime;
using notary::kDerUtf8String;
using notary::kSm2SignOid;
using notary::Sm2Key;

constexpr uint8_t kSet = 0x31;
constexpr uint8_t kNull = 0x05;
constexpr uint8_t kMillis = 0x80;
constexpr size_t kTagAndLength = 2;

constexpr std::string_view kEcdsaSha256 = "1.2.840.10045.4.3.2";
constexpr std::string_view kSha256 = "2.16.840.1.101.3.4.2.1";
constexpr std::string_view kSm3 = "1.2.156.10197.1.401";

struct DigestRow {
  std::string_view name;
  std::string_view oid;
  const char* openssl;
};
constexpr DigestRow kDigests[] = {
    {"SHA-1", "1.3.14.3.2.26", "SHA1"},
    {"SHA-256", kSha256, "SHA256"},
    {"SHA-384", "2.16.840.1.101.3.4.2.2", "SHA384"},
    {"SHA-512", "2.16.840.1.101.3.4.2.3", "SHA512"},
    {"SM3", kSm3, "SM3"},
};

const DigestRow& RowOf(std::string_view name) {
  for (const DigestRow& row : kDigests) {
    if (row.name == name) return row;
  }
  throw std::runtime_error("no such digest");
}

std::string DigestOf(std::string_view name, std::string_view message) {
  const EVP_MD* algorithm = EVP_get_digestbyname(RowOf(name).openssl);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (algorithm == nullptr ||
      EVP_Digest(message.data(), message.size(), digest.data(), &size,
                 algorithm, nullptr) != 1) {
    throw std::runtime_error("no digest");
  }
  return std::string(digest.begin(), digest.begin() + size);
}

std::string Seq(const std::string& content) {
  return DerOf(kDerSequence, content);
}
std::string Set(const std::string& content) { return DerOf(kSet, content); }
std::string Octets(std::string_view content) {
  return DerOf(kDerOctetString, content);
}
std::string Algorithm(std::string_view oid, bool null = false) {
  return Seq(DerOidOf(oid) + (null ? DerOf(kNull, "") : ""));
}
std::string NameOf(std::string_view common_name) {
  return Seq(
      Set(Seq(DerOidOf("2.5.4.3") + DerOf(kDerUtf8String, common_name))));
}

// A key that signs as tokens and certificates are signed.
class Signer {
 public:
  explicit Signer(TokenAuthority::Key kind) {
    if (kind == TokenAuthority::Key::kSm2) {
      sm2_ = std::make_unique<Sm2Key>(Sm2Key::Generate());
    } else {
      p256_ = EVP_EC_gen("P-256");
      if (p256_ == nullptr) throw std::runtime_error("no key");
    }
  }
  ~Signer() { EVP_PKEY_free(p256_); }
  Signer(const Signer&) = delete;
  Signer& operator=(const Signer&) = delete;

  std::string_view algorithm() const {
    return sm2_ ? kSm2SignOid : kEcdsaSha256;
  }
  std::string_view digest() const { return sm2_ ? "SM3" : "SHA-256"; }

  std::string Spki() const {
    if (sm2_) return sm2_->spki();
    unsigned char* der = nullptr;
    const int size = i2d_PUBKEY(p256_, &der);
    if (size <= 0) throw std::runtime_error("no public key");
    std::string spki(reinterpret_cast<char*>(der), static_cast<size_t>(size));
    OPENSSL_free(der);
    return spki;
  }

  std::string Sign(std::string_view message, std::string_view digest) const {
    if (sm2_) return sm2_->Sign(message);
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    std::array<unsigned char, 128> value{};
    size_t size = value.size();
    const bool signed_it =
        EVP_DigestSignInit(context, nullptr,
                           EVP_get_digestbyname(RowOf(digest).openssl), nullptr,
                           p256_) == 1 &&
        EVP_DigestSign(context, value.data(), &size,
                       reinterpret_cast<const unsigned char*>(message.data()),
                       message.size()) == 1;
    EVP_MD_CTX_free(context);
    if (!signed_it) throw std::runtime_error("no signature");
    return std::string(value.begin(),
                       value.begin() + static_cast<std::ptrdiff_t>(size));
  }

 private:
  std::unique_ptr<Sm2Key> sm2_;
  EVP_PKEY* p256_ = nullptr;
};

std::string Extension(std::string_view oid, const std::string& value) {
  return Seq(DerOidOf(oid) + DerBooleanOf(true) + Octets(value));
}

std::string CaExtensions() {
  // keyCertSign
  return Extension("2.5.29.19", Seq(DerBooleanOf(true))) +
         Extension("2.5.29.15", std::string("\x03\x02\x02\x04", 4));
}

std::string AuthorityExtensions(bool for_time_stamps) {
  // digitalSignature
  std::string all = Extension("2.5.29.15", std::string("\x03\x02\x07\x80", 4));
  if (for_time_stamps) {
    all += Extension("2.5.29.37", Seq(DerOidOf("1.3.6.1.5.5.7.3.8")));
  }
  return all;
}

struct Subject {
  std::string name;
  std::string spki;
  std::string from;
  std::string to;
  std::string extensions;
  int64_t serial = 1;
};

std::string CertificateOf(const Subject& subject, const std::string& issuer,
                          const Signer& by) {
  const std::string tbs = Seq(
      DerOf(kDerExplicit0, DerIntegerOf(2)) + DerIntegerOf(subject.serial) +
      Algorithm(by.algorithm()) + NameOf(issuer) +
      Seq(DerOf(kDerUtcTime, subject.from) + DerOf(kDerUtcTime, subject.to)) +
      NameOf(subject.name) + subject.spki +
      DerOf(0xa3, Seq(subject.extensions)));
  return Seq(tbs + Algorithm(by.algorithm()) +
             DerBitStringOf(by.Sign(tbs, by.digest())));
}

constexpr int64_t kSerial = 7;
constexpr const char* kAuthorityName = "Sample Time Authority";

}  // namespace

struct TokenAuthority::Parts {
  explicit Parts(const Making& making)
      : issuer_name(making.root_name), issuer_key(making.key), key(making.key) {
    const Signer root_key(making.key);
    const Subject of_root = {making.root_name, root_key.Spki(), "200101000000Z",
                             "490101000000Z", CaExtensions()};
    const Signer& by = making.with_intermediate ? issuer_key : root_key;
    root = CertificateOf(of_root, making.root_name, root_key);
    if (making.with_intermediate) {
      issuer_name = "Sample Time Issuer";
      Subject of_issuer = of_root;
      of_issuer.name = issuer_name;
      of_issuer.spki = issuer_key.Spki();
      intermediate = CertificateOf(of_issuer, making.root_name, root_key);
    }
    certificate =
        CertificateOf({kAuthorityName, key.Spki(), making.from, making.to,
                       AuthorityExtensions(making.for_time_stamps), kSerial},
                      issuer_name, by);
  }

  std::string issuer_name;
  Signer issuer_key;
  Signer key;
  std::string root;
  std::string intermediate;  // empty where there is none
  std::string certificate;
};

TokenAuthority::TokenAuthority(const Making& making)
    : parts_(std::make_unique<Parts>(making)) {}
TokenAuthority::~TokenAuthority() = default;

const std::string& TokenAuthority::root() const { return parts_->root; }
const std::string& TokenAuthority::certificate() const {
  return parts_->certificate;
}

std::string TokenAuthority::Token(const TokenOrder& order) const {
  const Signer& key = parts_->key;
  const DigestRow& digest = RowOf(order.digest);
  const std::string_view signed_by =
      order.signature_digest.empty() ? key.digest() : order.signature_digest;
  std::string info = DerIntegerOf(1) + DerOidOf("2.999.1") +
                     Seq(Algorithm(digest.oid, true) +
                         Octets(DigestOf(order.digest, order.stamped))) +
                     DerIntegerOf(42) +
                     DerOf(kDerGeneralizedTime, order.time + "Z");
  if (order.accuracy_s) {
    const std::string millis =
        order.accuracy_ms
            ? DerOf(kMillis,
                    DerIntegerOf(*order.accuracy_ms).substr(kTagAndLength))
            : "";
    info += Seq(DerIntegerOf(*order.accuracy_s) + millis);
  }
  info = Seq(info);

  const auto attribute = [](std::string_view oid, const std::string& value) {
    return Seq(DerOidOf(oid) + Set(value));
  };
  constexpr std::string_view kTstInfo = "1.2.840.113549.1.9.16.1.4";
  const std::string attributes =
      attribute("1.2.840.113549.1.9.3", DerOidOf(kTstInfo)) +
      attribute("1.2.840.113549.1.9.4", Octets(DigestOf(signed_by, info))) +
      attribute(
          "1.2.840.113549.1.9.16.2.47",
          Seq(Seq(Seq(Octets(DigestOf("SHA-256", parts_->certificate))))));

  const std::string key_digest = Algorithm(RowOf(signed_by).oid);
  const std::string signer = Seq(
      DerIntegerOf(1) +
      Seq(NameOf(parts_->issuer_name) + DerIntegerOf(kSerial)) + key_digest +
      DerOf(kDerExplicit0, attributes) + Algorithm(key.algorithm()) +
      Octets(key.Sign(Set(attributes), signed_by)));
  const std::string signed_data = Seq(
      DerIntegerOf(3) + Set(key_digest) +
      Seq(DerOidOf(kTstInfo) + DerOf(kDerExplicit0, Octets(info))) +
      (order.with_certificate
           ? DerOf(kDerExplicit0, parts_->certificate + parts_->intermediate)
           : "") +
      Set(signer));
  return Seq(DerOidOf(order.of_gm ? "1.2.156.10197.6.1.4.2.2"
                                  : "1.2.840.113549.1.7.2") +
             DerOf(kDerExplicit0, signed_data));
}

}  // namespace sealedger::testing
