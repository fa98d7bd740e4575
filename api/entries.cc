// /v1/entries: lists, receipts, bundles, and the erasure of private fields.

#include <utility>

#include "api/answers.h"
#include "api/auth.h"
#include "api/inputs.h"
#include "api/routes.h"
#include "notary/text.h"

namespace sealedger::api {

namespace {

const notary::Caller* Pointer(const std::optional<notary::Caller>& caller) {
  return caller ? &*caller : nullptr;
}

std::optional<std::string> Copy(const std::string* text) {
  return text == nullptr ? std::nullopt : std::optional<std::string>(*text);
}

Result<notary::EntryFilter> ReadFilter(const Request& request) {
  Result<void> parameters =
      CheckParameters(request, {"kind", "by", "chain", "from", "to", "cursor"});
  if (!parameters) return std::move(parameters).error();
  notary::EntryFilter filter;
  filter.kind = Copy(FindParameter(request, "kind"));
  filter.by = Copy(FindParameter(request, "by"));
  if (filter.by && !notary::IsId(*filter.by)) {
    return MakeError(Code::kInvalidArgument, "bad-id",
                     "the parameter by is the id of a party");
  }
  Result<std::optional<uint64_t>> chain = ReadIndexParameter(request, "chain");
  if (!chain) return std::move(chain).error();
  filter.chain = *chain;
  Result<std::optional<int64_t>> from = ReadTimeParameter(request, "from");
  if (!from) return std::move(from).error();
  filter.from_ms = *from;
  Result<std::optional<int64_t>> to = ReadTimeParameter(request, "to");
  if (!to) return std::move(to).error();
  filter.to_ms = *to;
  filter.cursor = Copy(FindParameter(request, "cursor"));
  return filter;
}

Result<Response> ListEntries(const notary::Notary& notary,
                             const Request& request) {
  Result<std::optional<notary::Caller>> caller = FindCaller(notary, request);
  if (!caller) return std::move(caller).error();
  Result<notary::EntryFilter> filter = ReadFilter(request);
  if (!filter) return std::move(filter).error();
  Result<notary::ReceiptList> list =
      notary.ListEntries(Pointer(*caller), *filter);
  if (!list) return std::move(list).error();
  return JsonResponse(200, notary::WriteReceiptList(*list));
}

Result<Response> GetEntry(const notary::Notary& notary, const Request& request,
                          const PathValues& values) {
  Result<std::optional<notary::Caller>> caller = FindCaller(notary, request);
  if (!caller) return std::move(caller).error();
  Result<void> parameters = CheckParameters(request, {});
  if (!parameters) return std::move(parameters).error();
  Result<uint64_t> index = ReadIndex(values[0]);
  if (!index) return std::move(index).error();
  Result<notary::Receipt> receipt = notary.ReadEntry(Pointer(*caller), *index);
  if (!receipt) return std::move(receipt).error();
  std::string body;
  notary::AppendReceipt(&body, *receipt);
  return JsonResponse(200, std::move(body));
}

Result<Response> GetBundle(const notary::Notary& notary, const Request& request,
                           const PathValues& values) {
  Result<std::optional<notary::Caller>> caller = FindCaller(notary, request);
  if (!caller) return std::move(caller).error();
  Result<void> parameters = CheckParameters(request, {"chain"});
  if (!parameters) return std::move(parameters).error();
  const std::string* chain = FindParameter(request, "chain");
  if (chain != nullptr && *chain != "full") {
    return MakeError(Code::kInvalidArgument, "bad-parameter",
                     "the parameter chain has the value full, or is absent");
  }
  Result<uint64_t> index = ReadIndex(values[0]);
  if (!index) return std::move(index).error();
  Result<std::string> bundle =
      notary.ReadBundle(Pointer(*caller), *index, chain != nullptr);
  if (!bundle) return std::move(bundle).error();
  return JsonResponse(200, std::move(*bundle));
}

Result<Response> GetSignature(const notary::Notary& notary,
                              const Request& request,
                              const PathValues& values) {
  Result<notary::Caller> caller = RequireCaller(notary, request);
  if (!caller) return std::move(caller).error();
  Result<void> parameters = CheckParameters(request, {});
  if (!parameters) return std::move(parameters).error();
  Result<uint64_t> index = ReadIndex(values[0]);
  if (!index) return std::move(index).error();
  Result<std::string> signature = notary.ReadSignature(&*caller, *index);
  if (!signature) return std::move(signature).error();
  Response response;
  response.content_type = "application/octet-stream";
  response.body = *std::move(signature);
  return response;
}

Result<Response> PostErasure(notary::Notary& notary, const Request& request,
                             const PathValues& values) {
  Result<notary::WriteContext> context = ReadWriteContext(notary, request);
  if (!context) return std::move(context).error();
  Result<uint64_t> index = ReadIndex(values[0]);
  if (!index) return std::move(index).error();
  Result<notary::Json> body = ReadJsonBody(request);
  if (!body) return std::move(body).error();
  Result<notary::Recorded> recorded =
      notary.EraseDisclosures(*context, *index, *body);
  if (!recorded) return std::move(recorded).error();
  return RecordedResponse(*recorded);
}

}  // namespace

void AddEntryRoutes(Router& router, notary::Notary& notary) {
  router.Add({"GET", "/v1/entries",
              [&notary](const Request& request, const PathValues&) {
                return ListEntries(notary, request);
              }});
  router.Add({"GET", "/v1/entries/{index}",
              [&notary](const Request& request, const PathValues& values) {
                return GetEntry(notary, request, values);
              }});
  router.Add({"GET", "/v1/entries/{index}/bundle",
              [&notary](const Request& request, const PathValues& values) {
                return GetBundle(notary, request, values);
              }});
  router.Add({"GET", "/v1/entries/{index}/signature",
              [&notary](const Request& request, const PathValues& values) {
                return GetSignature(notary, request, values);
              }});
  router.Add({"POST", "/v1/entries/{index}/erasure",
              [&notary](const Request& request, const PathValues& values) {
                return PostErasure(notary, request, values);
              }});
}

}  // namespace sealedger::api
