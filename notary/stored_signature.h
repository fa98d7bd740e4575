// An electronic seal signature as it is stored: without the seal inside, which
// is kept once, and given back byte for byte.
//
//   01                format
//   16 octets         random: the same signature, registered twice, has two
//                     blobs, one of which may be erased without the other
//   32 bit            where the seal stands, big-endian
//   all but the seal
//
// Thread rule: pure functions but for the randomness.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "ledger/result.h"

namespace sealedger::notary {

using ledger::Result;

// The seal's place: of SealSignatureFrame (eseal.h); CHECK-fails beyond the
// bytes.
std::string CutSeal(std::string_view signature, size_t seal_offset,
                    size_t seal_size);

// kCorruption "signature-corrupt" for what is no such blob. That it is the
// right seal, and that no byte changed, the digest on record tells.
Result<std::string> RestoreSignature(std::string_view stored,
                                     std::string_view seseal);

}  // namespace sealedger::notary
