// TOML read into Json, so that settings are read as strictly as requests
// (json_members.h). The only file pair that knows toml++.
//
// Floats, dates and integers beyond ±(2^53-1) are refused: no setting has them.
//
// Thread rule: pure functions.
#pragma once

#include <string_view>

#include "ledger/result.h"
#include "notary/canonical_json.h"

namespace sealedger::notary {

// kMalformed (name "toml") with line and column.
Result<Json> ParseToml(std::string_view text);

}  // namespace sealedger::notary
