// What a seal or signature file holds, as one JSON value and as the table that
// people read. Nothing of it is checked but the format.
//
//   {"code": "35010000000017", "created": TIME, "extensions": [{"critical",
//    "oid", "value"}…], "kind": "seal", "maker": CERTIFICATE, "name", …}
//   {"claimed_time"?, "data_hash", "kind": "signature", "property_info",
//    "seal": {…}, "signer": CERTIFICATE, "time_stamp"?: {…}, …}
//
// Times are as FormatTime writes them, or "before 1970"; numbers beyond what
// JSON holds are texts.
//
// Thread rule: pure functions.
#pragma once

#include <string_view>

#include "tools/output.h"

namespace sealedger::tools {

// kMalformed "seal-format".
Result<Json> SealSheet(std::string_view bytes);

// The value line by line, with its texts made harmless for a terminal.
void PrintSheet(const Json& sheet, Output& output);

}  // namespace sealedger::tools
