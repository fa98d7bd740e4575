// Keys of seals in memory, for tests of what signs with them.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "notary/certificate.h"
#include "notary/seal_keys.h"
#include "notary/sm2.h"
#include "tests/notary/seal_cases.h"

namespace sealedger::testing {

inline constexpr const char* kSealCode = "11010000000017";  // of Shop().Info()

class MemoryKey : public notary::SealKeySigner {
 public:
  explicit MemoryKey(notary::Sm2Key key)
      : key_(std::move(key)), spki_(key_.spki()) {}

  const std::string& spki() const override { return spki_; }
  notary::Result<std::string> SignDigest(const ledger::Hash& e) const override {
    return key_.SignDigest(e);
  }

 private:
  const notary::Sm2Key key_;
  const std::string spki_;
};

// One that keeps what it is asked to sign, and answers at once.
class NotingKey : public notary::SealKeySigner {
 public:
  const std::string& spki() const override { return spki_; }
  notary::Result<std::string> SignDigest(const ledger::Hash& e) const override {
    asked = e;
    if (fails) {
      return ledger::MakeError(ledger::Code::kUnavailable, "module-away",
                               "the hardware module does not answer");
    }
    return value;
  }

  mutable ledger::Hash asked;
  bool fails = false;
  std::string value = "not a value";

 private:
  const std::string spki_ = "not a key";
};

class MemoryKeys : public notary::SealKeys {
 public:
  notary::Result<NewKey> Make(std::string_view code) override {
    auto key = std::make_shared<const MemoryKey>(notary::Sm2Key::Generate());
    NewKey made{notary::SealKeyId(code, key->spki()), key->spki()};
    keys[made.id] = std::move(key);
    return made;
  }
  notary::Result<std::shared_ptr<const notary::SealKeySigner>> Open(
      const std::string& id) override {
    const auto found = keys.find(id);
    if (found != keys.end()) return found->second;
    return ledger::MakeError(ledger::Code::kNotFound, "no-such-key", "none");
  }
  notary::Result<std::vector<std::string>> List() override {
    std::vector<std::string> ids;
    for (const auto& [id, key] : keys) ids.push_back(id);
    return ids;
  }
  notary::Result<void> Remove(const std::string& id) override {
    keys.erase(id);
    return {};
  }

  std::map<std::string, std::shared_ptr<const notary::SealKeySigner>> keys;
};

// A certificate of the shop's for a key in custody.
inline std::string CertificateFor(const std::string& spki) {
  const auto certificate =
      notary::IssueCertificate(spki, {kSealCode, "Acme Contracts Ltd."},
                               {kCertificateFrom, kCertificateTo},
                               Shop().root().certificate, Shop().root().key);
  REQUIRE(certificate.has_value());
  return *certificate;
}

// A seal with a picture of that many bytes, which lists these certificates.
inline std::string SealFor(const std::vector<std::string>& certificates,
                           size_t picture = 38 << 10) {
  notary::SealInfo info = Shop().Info();
  info.certificates = certificates;
  info.picture.data = std::string(picture, '\x55');
  return Shop().Seal2020(info);
}

}  // namespace sealedger::testing
