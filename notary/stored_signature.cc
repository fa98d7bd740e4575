#include "notary/stored_signature.h"

#include <cstdint>

#include "ledger/check.h"
#include "ledger/encoding.h"
#include "ledger/hash.h"

namespace sealedger::notary {
namespace {

constexpr char kFormat = 1;
constexpr size_t kSalt = 16;
constexpr size_t kOffsetAt = 1 + kSalt;
constexpr size_t kRestAt = kOffsetAt + sizeof(uint32_t);

}  // namespace

std::string CutSeal(std::string_view signature, size_t seal_offset,
                    size_t seal_size) {
  CHECK(signature.size() <= UINT32_MAX);
  CHECK(seal_offset <= signature.size() &&
        seal_size <= signature.size() - seal_offset);
  std::string stored;
  stored.reserve(kRestAt + signature.size() - seal_size);
  stored += kFormat;
  stored += ledger::RandomBytes(kSalt);
  ledger::AppendBigEndian32(&stored, static_cast<uint32_t>(seal_offset));
  stored += signature.substr(0, seal_offset);
  stored += signature.substr(seal_offset + seal_size);
  return stored;
}

Result<std::string> RestoreSignature(std::string_view stored,
                                     std::string_view seseal) {
  const auto corrupt = [] {
    return ledger::MakeError(ledger::Code::kCorruption, "signature-corrupt",
                             "a stored signature is not what was written");
  };
  if (stored.size() < kRestAt || stored.front() != kFormat) return corrupt();
  const size_t offset = ledger::ReadBigEndian32(stored.substr(kOffsetAt));
  const std::string_view rest = stored.substr(kRestAt);
  if (offset > rest.size()) return corrupt();
  std::string signature;
  signature.reserve(rest.size() + seseal.size());
  signature += rest.substr(0, offset);
  signature += seseal;
  signature += rest.substr(offset);
  return signature;
}

}  // namespace sealedger::notary
