// How a command of the register asks for an entry: one request, sent until it
// is decided, its receipt checked before anything is said of it.
//
// Thread rule: one thread at a time.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/result.h"
#include "notary/entry.h"
#include "tools/command.h"
#include "tools/server_access.h"

namespace sealedger::tools {

struct WriteOptions {
  ServerAccess access;
  std::optional<std::string> key;
  std::optional<std::string> vkey;
};

// --url, --token-file, --key and --vkey.
void AddWriteOptions(Command& command, WriteOptions* options);

struct Write {
  std::string method = "POST";  // or DELETE, which has no body
  std::string path;             // "/v1/organizations"
  Json body;                    // an object
  // Whether the entry, and what else the answer holds, is what was asked for:
  // one of the register, about its subject.
  std::function<bool(const notary::Entry& entry, const Json& answer)> fits;
  // Keeps what the answer brought besides the entry, where there is something.
  std::function<Result<void>(const Json& answer)> keep;
  // Where `keep` puts it, where that is to be told.
  std::optional<std::string> file;
};

// Prints index, kind and subject of the entry that was made, the checks that
// the answer brought, and the file that was kept:
//
//   20  seal.issued  35010000000117
//   also 19
//
//   25  document.sealed  35010000000117
//   pass  format  well_formed
//
// With --json {"also"?: [19], "checks"?: […], "code": "35010000000117",
// "file"?: "…", "index": 20, "kind": "seal.issued"}; the subject of an
// application is "id", of an organisation "uscc". A refusal that comes with
// checks ends with 1 and tells them, and so does a receipt that does not hold;
// what was not kept is told with the index.
Exit RunWrite(const WriteOptions& options, const Write& write, Output& output);

// Words of the line, for bodies and paths. kInvalidArgument "usage".
ledger::Error WrongUse(std::string_view detail);
// A time with or without milliseconds, in milliseconds since 1970; `option` is
// how the line names it.
Result<std::optional<int64_t>> ReadMoment(
    std::string_view option, const std::optional<std::string>& text);
// Adds the member where it is given.
void AddIfGiven(std::string_view name, const std::optional<std::string>& text,
                Json* body);
void AddMoment(std::string_view name, const std::optional<int64_t>& time_ms,
               Json* body);

}  // namespace sealedger::tools
