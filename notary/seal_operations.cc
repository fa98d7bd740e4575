#include "notary/seal_operations.h"

#include <utility>

#include "notary/sm2.h"

namespace sealedger::notary {

std::shared_ptr<const ReadableCertificate> PlainSealOperations::Read(
    const std::string& der) const {
  Result<CertificateFacts> facts = ReadCertificate(der);
  if (!facts) return nullptr;
  const bool is_sm2 = IsSm2Key(facts->spki);
  return std::make_shared<const ReadableCertificate>(
      ReadableCertificate{*std::move(facts), is_sm2});
}

CertificateFault PlainSealOperations::Judge(
    const std::string& der, std::span<const std::string> trusted,
    std::span<const std::string> between, int64_t at_s) const {
  return JudgeCertificate(der, trusted, between, at_s);
}

bool PlainSealOperations::IsMade(const Seal& seal, std::string_view spki,
                                 std::string_view value) const {
  return VerifySm2(spki, seal.signed_bytes, value);
}

bool PlainSealOperations::IsSigned(std::string_view spki,
                                   std::string_view value) const {
  return VerifySm2(spki, tbs_, value);
}

}  // namespace sealedger::notary
