// Files as commands read and leave them.
//
// Thread rule: functions, safe for concurrent use.
#pragma once

#include <string>
#include <string_view>

#include "ledger/result.h"

namespace sealedger::tools {

// The first `max_bytes` of a file: all of it where it is no longer.
// kIo "unreadable-file".
ledger::Result<std::string> ReadAtMost(const std::string& path,
                                       size_t max_bytes);

inline constexpr unsigned kUsualMode = 0666;  // less what the umask takes
inline constexpr unsigned kSecretMode = 0600;

// Puts the content where `path` says, in one step: another reader sees the
// file of before, or the new one whole. kIo "unwritable-file".
ledger::Result<void> ReplaceFile(const std::string& path,
                                 std::string_view content,
                                 unsigned mode = kUsualMode);

}  // namespace sealedger::tools
