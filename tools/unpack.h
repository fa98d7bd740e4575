// A bundle taken apart into files that other people's tools read:
//
//   entry.json        the entry's exact bytes: the ledger's leaf
//   entry.tlog-proof  inclusion proof and checkpoint (C2SP tlog-proof)
//   README.md         the commands that check each
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
