// Lists as CSV (RFC 4180) for people's tables. A cell that a table program
// would take for a formula (it begins with = + - @, one of these in full width,
// or a tab) gets a leading apostrophe.
//
// Thread rule: pure functions.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/http.h"

namespace sealedger::api {

void AppendCsvCell(std::string* out, std::string_view text);

// A first line with the names, then a line for each of these JSON objects:
// their members of these names, empty where absent. Lines end with CR LF.
// kCorruption "internal" where an item is no object.
Result<std::string> WriteCsv(std::span<const std::string> items,
                             std::span<const std::string_view> names);

}  // namespace sealedger::api
