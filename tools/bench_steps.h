// Where the time of one append goes: the service in this process under POST
// /v1/evidence, and the sequencer's own figures of its commits, divided by
// their entries.
//
// Thread rule: one run a process.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ledger/result.h"

namespace sealedger::tools {

struct BenchStep {
  std::string_view name;
  std::string_view what;
  std::string_view unit = "µs";
};

// All that TimeSteps tells.
inline constexpr BenchStep kSteps[] = {
    {"admit", "of one append: admit and hash"},
    {"write", "of one append: write and sync"},
    {"gather", "of one append: gather, or wait, before a commit is written"},
    {"sign", "of one append: sign, while the next commit is written"},
    {"guard", "of one append: write and sync the guard, likewise"},
    {"publish", "of one append: publish, likewise"},
    {"http", "of one append: HTTP alone, as GET /healthz takes"},
    {"total", "one append, all connections together"},
    {"commit", "entries in one commit", "entries"},
};

// By the names of kSteps. Errors: as of opening a service; kVerificationFailed
// "wrong-answer".
ledger::Result<std::vector<std::pair<std::string, double>>> TimeSteps(
    const std::string& data_dir, const std::string& log_file,
    size_t connections, std::chrono::nanoseconds duration,
    uint64_t first_document, uint64_t* verified);

}  // namespace sealedger::tools
