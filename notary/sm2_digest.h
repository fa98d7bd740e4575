// What an SM2 signature value is over (GB/T 32918.2 §5.5, §6.1):
//
//   Z = SM3(ENTL ‖ ID ‖ a ‖ b ‖ xG ‖ yG ‖ xA ‖ yA)     of a key and its owner
//   e = SM3(Z ‖ M)                                     of a message M
//
// ID is the user ID of sm2.h, ENTL its length in bits, two octets; all else 32
// octets each, big-endian: the curve's parameters and base point
// (GB/T 32918.5 §2), and the public key's point.
//
// Thread rule: pure functions.
#pragma once

#include <cstddef>
#include <string_view>

#include "ledger/hash.h"

namespace sealedger::notary {

inline constexpr size_t kSm2Point = 64;  // octets of x ‖ y

// Z of the key whose point is x ‖ y.
ledger::Hash Sm2Identity(std::string_view point);
// e of the message under a key's Z.
ledger::Hash Sm2Digest(const ledger::Hash& z, std::string_view message);

}  // namespace sealedger::notary
