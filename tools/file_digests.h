// Digests of a file, read once in pieces: constant memory whatever its size.
//
// Thread rule: functions, safe for concurrent use.
#pragma once

#include <cstdint>
#include <string>

#include "ledger/hash.h"
#include "ledger/result.h"

namespace sealedger::tools {

struct FileDigests {
  ledger::Hash sha256;
  ledger::Hash sm3;
  uint64_t size = 0;  // in bytes, as hashed
};

// kIo "unreadable-file". Shows progress on a terminal.
ledger::Result<FileDigests> HashFile(const std::string& path);

}  // namespace sealedger::tools
