#include "api/answers.h"

#include <utility>

namespace sealedger::api {

Response JsonResponse(int status, std::string body) {
  Response response;
  response.status = status;
  response.content_type = "application/json";
  response.body = std::move(body);
  return response;
}

Response TextResponse(int status, std::string body) {
  Response response;
  response.status = status;
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::move(body);
  return response;
}

Response RecordedResponse(const notary::Recorded& recorded) {
  std::string body;
  notary::AppendReceipt(&body, recorded.receipt);
  Response response = JsonResponse(201, std::move(body));
  response.headers.emplace_back(
      "Location", "/v1/entries/" + std::to_string(recorded.receipt.index));
  if (recorded.replayed) {
    response.headers.emplace_back("Idempotency-Replayed", "true");
  }
  return response;
}

}  // namespace sealedger::api
