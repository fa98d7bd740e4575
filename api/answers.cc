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

Response RegisterListResponse(const notary::RegisterList& list) {
  std::string body = "{\"checkpoint\":";
  notary::AppendJsonString(&body, list.checkpoint);
  body += ",\"items\":[";
  for (const std::string& item : list.items) {
    if (body.back() != '[') body.push_back(',');
    body += item;
  }
  body += "],\"next\":";
  if (list.next) {
    notary::AppendJsonString(&body, *list.next);
  } else {
    body += "null";
  }
  body.push_back('}');
  return JsonResponse(200, std::move(body));
}

}  // namespace sealedger::api
