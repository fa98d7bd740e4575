// GET /v1/documents/{digest}: where a document stands in the ledger, by its
// SHA-256, or by "sm3:" and its SM3.

#include <utility>

#include "api/answers.h"
#include "api/auth.h"
#include "api/inputs.h"
#include "api/routes.h"

namespace sealedger::api {

namespace {

Result<notary::DocumentDigest> ReadDigest(std::string_view text) {
  constexpr std::string_view kSm3 = "sm3:";
  notary::DocumentDigest digest;
  if (text.starts_with(kSm3)) {
    digest.algorithm = notary::DocumentDigest::Algorithm::kSm3;
    text.remove_prefix(kSm3.size());
  }
  const std::optional<ledger::Hash> hash = ledger::HashFromHex(text);
  if (!hash) {
    return MakeError(Code::kInvalidArgument, "bad-digest",
                     "a digest is 64 digits of lower-case hex, an SM3 digest "
                     "after \"sm3:\"");
  }
  digest.hash = *hash;
  return digest;
}

Result<Response> GetDocument(const notary::Notary& notary,
                             const Request& request, const PathValues& values) {
  Result<std::optional<notary::Caller>> caller = FindCaller(notary, request);
  if (!caller) return std::move(caller).error();
  Result<void> parameters = CheckParameters(request, {"cursor"});
  if (!parameters) return std::move(parameters).error();
  Result<notary::DocumentDigest> digest = ReadDigest(values[0]);
  if (!digest) return std::move(digest).error();
  const std::string* cursor = FindParameter(request, "cursor");
  Result<notary::ReceiptList> list = notary.FindDocument(
      *caller ? &**caller : nullptr, *digest,
      cursor == nullptr ? std::nullopt : std::optional<std::string>(*cursor));
  if (!list) return std::move(list).error();
  return JsonResponse(200, notary::WriteReceiptList(*list));
}

}  // namespace

void AddDocumentRoutes(Router& router, notary::Notary& notary) {
  router.Add({"GET", "/v1/documents/{digest}",
              [&notary](const Request& request, const PathValues& values) {
                return GetDocument(notary, request, values);
              }});
}

}  // namespace sealedger::api
