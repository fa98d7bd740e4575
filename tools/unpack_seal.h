// The seal or seal signature of a bundle as files, and the commands that check
// it with OpenSSL 3.
//
// Thread rule: pure functions.
#pragma once

#include "notary/bundle.h"
#include "notary/entry.h"
#include "tools/unpack_part.h"

namespace sealedger::tools {

// seal.esl or signature.dat, and certificate-1.der and so on: of the seal's
// maker, of the signer (of a seal alone: of each whom it lists), and those that
// the bundle brings. A file that is no seal comes without its certificates.
// Empty where the bundle has no such file.
UnpackedPart UnpackSeal(const notary::Bundle& bundle,
                        const notary::Entry& subject);

}  // namespace sealedger::tools
