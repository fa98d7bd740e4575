#include "notary/sm2_digest.h"

#include <string>

#include "ledger/check.h"
#include "ledger/encoding.h"
#include "notary/openssl_parts.h"

namespace sealedger::notary {
namespace {

// a, b, xG, yG.
constexpr std::string_view kCurve =
    "fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc"
    "28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93"
    "32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7"
    "bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0";

// ENTL ‖ ID ‖ a ‖ b ‖ xG ‖ yG.
std::string MakePrefix() {
  constexpr size_t kBits = 8 * kSm2UserId.size();
  std::string prefix{static_cast<char>(kBits >> 8),
                     static_cast<char>(kBits & 0xff)};
  prefix += kSm2UserId;
  return prefix + *ledger::DecodeHex(kCurve);
}

}  // namespace

ledger::Hash Sm2Identity(std::string_view point) {
  CHECK(point.size() == kSm2Point);
  static const std::string prefix = MakePrefix();
  return ledger::Sm3Of(prefix + std::string(point));
}

ledger::Hash Sm2Digest(const ledger::Hash& z, std::string_view message) {
  ledger::Digest digest(ledger::Digest::Algorithm::kSm3);
  digest.Update(z.view());
  digest.Update(message);
  return digest.Finish();
}

}  // namespace sealedger::notary
