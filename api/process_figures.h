// What the kernel says of this process.
//
// Thread rule: pure functions over /proc.
#pragma once

#include <cstdint>
#include <optional>

namespace sealedger::api {

// RssAnon: memory that is in use and is no file's.
std::optional<uint64_t> AnonymousMemoryBytes();
std::optional<uint64_t> OpenFiles();
uint64_t MaxOpenFiles();

}  // namespace sealedger::api
