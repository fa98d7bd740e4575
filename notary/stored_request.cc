#include "notary/stored_request.h"

#include "ledger/encoding.h"
#include "notary/canonical_json.h"
#include "notary/json_members.h"

namespace sealedger::notary {

std::string FormatStoredRequest(const SignedRequest& request) {
  Json json{Json::Object{}};
  json.Add("base", request.base);
  json.Add("body", request.body);
  json.Add("signature", ledger::EncodeBase64(request.signature));
  return WriteJson(json);
}

Result<SignedRequest> ParseStoredRequest(std::string_view text) {
  const ledger::Error corrupt =
      ledger::MakeError(ledger::Code::kCorruption, "request-corrupt",
                        "a stored request cannot be read");
  const Result<Json> json = ParseJson(text);
  if (!json) return corrupt;
  Members members(*json, "");
  SignedRequest request;
  request.base = members.String("base");
  request.body = members.String("body");
  const auto signature = ledger::DecodeBase64(members.String("signature"));
  if (!members.Finish() || !signature) return corrupt;
  request.signature = *signature;
  return request;
}

}  // namespace sealedger::notary
