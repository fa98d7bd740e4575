// A bundle taken apart into files that other people's tools read:
//
//   entry.json         the entry's exact bytes: the ledger's leaf
//   entry.tlog-proof   inclusion proof and checkpoint (C2SP tlog-proof)
//   seal.esl           of seal.issued: the SESeal
//   signature.dat      of document.sealed: the SES_Signature
//   certificate-N.der  of the seal's maker, of the signer, and others
//   request.base       of a signed request: what was signed (RFC 9421),
//   request.signature  by whom `by` names,
//   request.body       and the body that was sent
//   party.json         the entry with that party's key
//   party.tlog-proof   and its proof
//   README.md          the commands that check each
//
// All but the first two and the last only where the bundle has them.
//
// Thread rule: pure functions and values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ledger/result.h"

namespace sealedger::tools {

struct UnpackedFile {
  std::string name;
  std::string content;
};

// Checks shapes only; the files are there to be checked by others. kMalformed
// where the bundle cannot be read.
ledger::Result<std::vector<UnpackedFile>> UnpackBundle(std::string_view bundle);

}  // namespace sealedger::tools
