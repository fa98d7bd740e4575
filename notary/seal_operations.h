// SealOperations: what takes long in the checks of seals and signatures, so
// that whoever judges many of them can keep answers (signature_judge.h).
//
// Thread rule: safe for concurrent use.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "notary/certificate.h"
#include "notary/eseal.h"

namespace sealedger::notary {

struct ReadableCertificate {
  CertificateFacts facts;
  bool is_sm2 = false;  // its key is an SM2 key on the named curve
};

class SealOperations {
 public:
  virtual ~SealOperations() = default;

  // nullptr where it cannot be read.
  virtual std::shared_ptr<const ReadableCertificate> Read(
      const std::string& der) const = 0;
  // JudgeCertificate.
  virtual CertificateFault Judge(const std::string& der,
                                 std::span<const std::string> trusted,
                                 std::span<const std::string> between,
                                 int64_t at_s) const = 0;
  // Whether the value (DER of Sm2Value) is by the key over the seal info, and
  // over the TBS.
  virtual bool IsMade(const Seal& seal, std::string_view spki,
                      std::string_view value) const = 0;
  virtual bool IsSigned(std::string_view spki,
                        std::string_view value) const = 0;
};

// Each operation anew. `tbs`: DER of the TBS; empty for a seal alone. It
// outlives the object.
class PlainSealOperations : public SealOperations {
 public:
  explicit PlainSealOperations(std::string_view tbs = {}) : tbs_(tbs) {}

  std::shared_ptr<const ReadableCertificate> Read(
      const std::string& der) const override;
  CertificateFault Judge(const std::string& der,
                         std::span<const std::string> trusted,
                         std::span<const std::string> between,
                         int64_t at_s) const override;
  bool IsMade(const Seal& seal, std::string_view spki,
              std::string_view value) const override;
  bool IsSigned(std::string_view spki, std::string_view value) const override;

 private:
  const std::string_view tbs_;
};

}  // namespace sealedger::notary
