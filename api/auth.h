// Who calls: Authorization: Bearer slg_… (RFC 6750). The edge finds out who it
// is; what he may do, the notary decides.
//
// Refusals, both 401: token-required without the header, wrong-token for what
// is no token, is not known or has expired. They look alike to a caller who
// tries tokens.
//
// Thread rule: pure functions over a notary.
#pragma once

#include <optional>

#include "api/http.h"
#include "notary/notary.h"

namespace sealedger::api {

// The caller, or token-required.
Result<notary::Caller> RequireCaller(const notary::Notary& notary,
                                     const Request& request);

// For what the public may read: nullopt without a token. A token that is wrong
// is refused here, too: whoever sends one wants to be known by it.
Result<std::optional<notary::Caller>> FindCaller(const notary::Notary& notary,
                                                 const Request& request);

// All that a write needs but its JSON: the caller, the request as it came, the
// idempotency key, a signature of the request where it bears one. A write has
// no query: unknown-parameter.
Result<notary::WriteContext> ReadWriteContext(const notary::Notary& notary,
                                              const Request& request);

// The token in the headers, unchecked but for its form.
Result<std::optional<std::string_view>> ReadBearerToken(const Headers& headers);

}  // namespace sealedger::api
