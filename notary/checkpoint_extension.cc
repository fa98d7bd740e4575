#include "notary/checkpoint_extension.h"

#include "ledger/check.h"
#include "ledger/checkpoint.h"
#include "notary/der.h"

namespace sealedger::notary {

std::string EncodeCheckpointExtension(const CheckpointExtension& checkpoint) {
  CHECK(ledger::IsOrigin(checkpoint.origin) && checkpoint.size <= INT64_MAX);
  return DerOf(kDerSequence,
               DerOf(kDerUtf8String, checkpoint.origin) +
                   DerIntegerOf(static_cast<int64_t>(checkpoint.size)) +
                   DerOf(kDerOctetString, checkpoint.root.view()));
}

std::optional<CheckpointExtension> ReadCheckpointExtension(
    std::string_view der) {
  DerReader file(der);
  const auto sequence = file.Take(kDerSequence);
  if (!sequence || !file.AtEnd()) return std::nullopt;
  DerReader parts(sequence->content);
  const auto origin = parts.Take(kDerUtf8String);
  const auto size = parts.Take(kDerInteger);
  const auto root = parts.Take(kDerOctetString);
  if (!origin || !size || !root || !parts.AtEnd()) return std::nullopt;
  const auto number = ReadDerInteger(*size);
  const auto hash = ledger::HashFromBytes(root->content);
  if (!ledger::IsOrigin(origin->content) || !number || *number < 0 || !hash) {
    return std::nullopt;
  }
  return CheckpointExtension{std::string(origin->content),
                             static_cast<uint64_t>(*number), *hash};
}

}  // namespace sealedger::notary
