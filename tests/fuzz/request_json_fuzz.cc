// What the edge reads before anything else may look at it: the head of a
// request, its query, its idempotency key and token, and its JSON body.

#include <cstdint>
#include <string>
#include <string_view>

#include "api/auth.h"
#include "api/client.h"
#include "api/http.h"
#include "api/inputs.h"
#include "api/request_head.h"
#include "ledger/check.h"
#include "notary/canonical_json.h"

namespace {

namespace api = sealedger::api;
namespace notary = sealedger::notary;

// Whatever was accepted keeps what ParseRequestHead promises.
void CheckHead(const api::RequestHead& head) {
  const api::Request& request = head.request;
  CHECK(request.headers.size() <= api::kMaxHeaders);
  CHECK(request.target.size() <= api::kMaxTarget);
  CHECK(request.target.starts_with(request.path));
  CHECK(request.path.starts_with('/'));
  CHECK(api::IsPercentEncoded(request.target));
  CHECK(api::FindHeader(request.headers, "Transfer-Encoding") == nullptr);
  CHECK(request.method != "POST" || head.content_length);
  for (const auto& [name, value] : request.query) {
    for (const char c : name + value) CHECK(static_cast<uint8_t>(c) >= 0x20);
  }
  for (const auto& [name, value] : request.headers) {
    CHECK(!name.empty());
    CHECK(value.find_first_of("\r\n") == std::string::npos);
  }
  const auto key = api::ReadIdempotencyKey(request.headers);
  if (key && *key) {
    CHECK(!(*key)->empty() && (*key)->size() <= 255);
    for (const char c : **key) CHECK(c > 0x20 && c < 0x7f);
  }
  const auto token = api::ReadBearerToken(request.headers);
  if (token && *token) CHECK((*token)->starts_with("slg_"));
  const std::string address =
      api::ClientAddress("10.0.0.1", {"10.0.0.1"}, request.headers);
  CHECK(api::NormalAddress(address) == address);
  CHECK(
      !api::ChooseRequestId("10.0.0.1", {"10.0.0.1"}, request.headers).empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const size_t end = api::FindHeadEnd(bytes);
  std::string_view body = bytes;
  if (end <= api::kMaxHead) {
    const auto head = api::ParseRequestHead(bytes.substr(0, end));
    if (head) CheckHead(*head);
    body.remove_prefix(end);
  } else {
    CHECK(!api::OversizedHead(bytes).name.empty());
  }
  api::Request request;
  request.body = body;
  const auto json = api::ReadJsonBody(request);
  // What a body says does not change when it is written down and read again.
  if (json) {
    const auto again = notary::ParseJson(notary::WriteJson(*json));
    CHECK(again && notary::WriteJson(*again) == notary::WriteJson(*json));
  }
  return 0;
}
