// Seals in use: /v1/seals/{code}/signatures and …/authorizations, and
// /v1/seal-signatures.

#include <utility>
#include <vector>

#include "api/answers.h"
#include "api/auth.h"
#include "api/inputs.h"
#include "api/problem.h"
#include "api/routes.h"
#include "ledger/encoding.h"

namespace sealedger::api {

namespace {

// The receipt and one member more.
void AddMember(std::string_view name, std::string_view json,
               Response* response) {
  std::string& body = response->body;
  body.pop_back();
  body.reserve(body.size() + name.size() + json.size() + 8);
  body.append(",\"").append(name).append("\":").append(json).push_back('}');
}

Result<Response> PostAuthorization(notary::Notary& notary,
                                   const Request& request,
                                   const PathValues& values) {
  Result<notary::WriteContext> context = ReadWriteContext(notary, request);
  if (!context) return std::move(context).error();
  Result<notary::Json> body = ReadJsonBody(request);
  if (!body) return std::move(body).error();
  Result<notary::Recorded> recorded =
      notary.AuthorizeSeal(*context, values[0], *body);
  if (!recorded) return std::move(recorded).error();
  return RecordedResponse(*recorded);
}

Result<Response> DeleteAuthorization(notary::Notary& notary,
                                     const Request& request,
                                     const PathValues& values) {
  Result<notary::WriteContext> context = ReadWriteContext(notary, request);
  if (!context) return std::move(context).error();
  if (!request.body.empty()) {
    return MakeError(Code::kInvalidArgument, "invalid-request",
                     "this request has no body");
  }
  Result<notary::Recorded> recorded =
      notary.DeauthorizeSeal(*context, values[0], values[1]);
  if (!recorded) return std::move(recorded).error();
  return RecordedResponse(*recorded);
}

Result<Response> PostSignature(notary::Notary& notary, const Request& request,
                               const PathValues& values) {
  Result<notary::WriteContext> context = ReadWriteContext(notary, request);
  if (!context) return std::move(context).error();
  Result<notary::Json> body = ReadJsonBody(request);
  if (!body) return std::move(body).error();
  Result<notary::IssuedSignature> issued =
      notary.SignWithSeal(*context, values[0], *body);
  if (!issued) return std::move(issued).error();
  Response response = RecordedResponse(issued->recorded);
  if (issued->signature) {
    std::string json = ledger::EncodeBase64(*issued->signature);
    json.insert(json.begin(), '"');
    json.push_back('"');
    AddMember("signature", json, &response);
  }
  return response;
}

Result<Response> PostSealSignature(notary::Notary& notary,
                                   const Request& request) {
  Result<notary::WriteContext> context = ReadWriteContext(notary, request);
  if (!context) return std::move(context).error();
  Result<notary::Json> body = ReadJsonBody(request);
  if (!body) return std::move(body).error();
  std::vector<notary::Check> checks;
  Result<notary::Recorded> recorded =
      notary.RegisterSignature(*context, *body, &checks);
  if (!recorded) {
    return recorded.error().code == Code::kVerificationFailed
               ? ProblemResponse(recorded.error(), checks)
               : Result<Response>(std::move(recorded).error());
  }
  Response response = RecordedResponse(*recorded);
  AddMember("checks", notary::WriteJson(notary::ChecksJson(checks)), &response);
  return response;
}

}  // namespace

void AddSealingRoutes(Router& router, notary::Notary& notary) {
  router.Add({"POST", "/v1/seals/{code}/authorizations",
              [&notary](const Request& request, const PathValues& values) {
                return PostAuthorization(notary, request, values);
              }});
  router.Add({"DELETE", "/v1/seals/{code}/authorizations/{party}",
              [&notary](const Request& request, const PathValues& values) {
                return DeleteAuthorization(notary, request, values);
              }});
  router.Add({"POST", "/v1/seals/{code}/signatures",
              [&notary](const Request& request, const PathValues& values) {
                return PostSignature(notary, request, values);
              }});
  router.Add({"POST", "/v1/seal-signatures",
              [&notary](const Request& request, const PathValues&) {
                return PostSealSignature(notary, request);
              }});
}

}  // namespace sealedger::api
