// The checkpoint inside an electronic seal signature: a value of
// TBS_Sign.extDatas, by which the signature shows that it was not made before
// that checkpoint of a ledger was known.
//
//   SEQUENCE { origin UTF8String, size INTEGER, root OCTET STRING }
//
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ledger/hash.h"

namespace sealedger::notary {

struct CheckpointExtension {
  std::string origin;  // as ledger::IsOrigin allows it
  uint64_t size = 0;   // below 2^63
  ledger::Hash root;

  bool operator==(const CheckpointExtension&) const = default;
};

// DER. CHECK-fails on what the fields do not allow.
std::string EncodeCheckpointExtension(const CheckpointExtension& checkpoint);
// nullopt for all but what EncodeCheckpointExtension gives.
std::optional<CheckpointExtension> ReadCheckpointExtension(
    std::string_view der);

}  // namespace sealedger::notary
