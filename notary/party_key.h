// Public keys of parties: Ed25519, P-256, SM2, as SPKI. Over OpenSSL.
//
// Thread rule: pure functions.
#pragma once

#include <string_view>

#include "ledger/result.h"
#include "notary/entry.h"

namespace sealedger::notary {

// A PEM "PUBLIC KEY" of one of the three kinds, at most 4,096 bytes, with
// nothing around or beside the base64 but line ends. The DER has one spelling:
// a curve by its name, a point uncompressed. kInvalidArgument "bad-key"
// otherwise.
Result<PartyKey> ParsePartyKey(std::string_view pem, std::string_view field);

}  // namespace sealedger::notary
