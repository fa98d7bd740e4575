// A signed request as it is stored, erasable, beside the entry that it made:
//
//   {"base":"\"@method\": POST\n…","body":"{…}","signature":"QyHy…"}
//
// Thread rule: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "ledger/result.h"
#include "notary/request_signature.h"

namespace sealedger::notary {

std::string FormatStoredRequest(const SignedRequest& request);
// kCorruption "request-corrupt".
Result<SignedRequest> ParseStoredRequest(std::string_view text);

}  // namespace sealedger::notary
