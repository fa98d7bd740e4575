// The signed request that made a bundle's subject as files, and the commands
// that check it with OpenSSL 3.
//
// Thread rule: pure functions.
#pragma once

#include "notary/bundle.h"
#include "notary/entry.h"
#include "tools/unpack_part.h"

namespace sealedger::tools {

// request.base, request.signature and request.body, and, where the bundle has
// the entry that names the party's key, party.json and party.tlog-proof. Empty
// where the bundle has no request.
UnpackedPart UnpackRequest(const notary::Bundle& bundle,
                           const notary::Entry& subject);

}  // namespace sealedger::tools
