// How a command reaches a service: --url and --token-file, else SEALEDGER_URL
// and SEALEDGER_TOKEN.
//
// Thread rule: values; one thread at a time.
#pragma once

#include <optional>
#include <string>

#include "ledger/result.h"
#include "tools/command.h"
#include "tools/http_client.h"

namespace sealedger::tools {

struct ServerAccess {
  std::optional<std::string> url;
  std::optional<std::string> token_file;
};

// Adds the two options.
void AddServerOptions(Command& command, ServerAccess* access);

// --url, else SEALEDGER_URL; an empty one is none.
std::optional<std::string> UrlOf(const ServerAccess& access);

enum class Need { kToken, kNoToken };

// kInvalidArgument "usage" where the address is given nowhere, or the token
// (with Need::kToken); kIo "unreadable-file" for the token file.
ledger::Result<HttpClient> Connect(const ServerAccess& access, Need need);

// The exit code for an error of Connect or of a request.
Exit ExitOf(const ledger::Error& error);

// Sends a write until it is answered with something else than "later": after
// no-connection, no-answer, 429 and 503 it is sent again with the same
// Idempotency-Key, at most five times within a minute. An answer that is not
// ok() is its problem.
ledger::Result<HttpAnswer> SendUntilAnswered(
    HttpClient& client, const HttpClient::Request& request);
// The same, with an answer that is not ok() given back, for who reads more in
// it than its problem.
ledger::Result<HttpAnswer> SendUntilDecided(HttpClient& client,
                                            const HttpClient::Request& request);

}  // namespace sealedger::tools
