// Public keys of parties: Ed25519, P-256, SM2, as SPKI. Over OpenSSL.
//
// Thread rule: pure functions.
#pragma once

#include <string_view>

#include "ledger/result.h"
#include "notary/entry.h"

namespace sealedger::notary {

// A PEM "PUBLIC KEY" of one of the three kinds, with nothing around it.
// kInvalidArgument "bad-key" otherwise.
Result<PartyKey> ParsePartyKey(std::string_view pem, std::string_view field);

}  // namespace sealedger::notary
