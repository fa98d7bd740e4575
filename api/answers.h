// What routes answer with.
//
// Thread rule: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "api/http.h"
#include "notary/notary.h"

namespace sealedger::api {

Response JsonResponse(int status, std::string body);
Response TextResponse(int status, std::string body);
// 201 with Location, and Idempotency-Replayed where it is one.
Response RecordedResponse(const notary::Recorded& recorded);
// 200 {checkpoint, items, next}.
Response RegisterListResponse(const notary::RegisterList& list);

}  // namespace sealedger::api
