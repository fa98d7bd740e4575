// /v1/seals: issued, led through their life, and asked about.

#include <array>
#include <utility>

#include "api/answers.h"
#include "api/auth.h"
#include "api/csv.h"
#include "api/inputs.h"
#include "api/problem.h"
#include "api/routes.h"
#include "ledger/encoding.h"
#include "notary/codes.h"

namespace sealedger::api {

namespace {

constexpr std::array<std::string_view, 15> kColumns = {
    "code",      "name",       "uscc",     "organization", "type",
    "ordinal",   "division",   "status",   "expired",      "physical_code",
    "custodian", "valid_from", "valid_to", "issued_at",    "index"};

const notary::Caller* Pointer(const std::optional<notary::Caller>& caller) {
  return caller ? &*caller : nullptr;
}

Result<Response> PostSeal(notary::Notary& notary, const Request& request) {
  Result<notary::WriteContext> context = ReadWriteContext(notary, request);
  if (!context) return std::move(context).error();
  Result<notary::Json> body = ReadJsonBody(request);
  if (!body) return std::move(body).error();
  std::vector<notary::Check> checks;
  Result<notary::IssuedSeal> issued =
      notary.IssueSeal(*context, *body, &checks);
  if (!issued && !checks.empty()) {
    return ProblemResponse(issued.error(), checks);
  }
  if (!issued) return std::move(issued).error();
  Response response = RecordedResponse(issued->recorded);
  if (issued->seseal) {
    // The receipt and one member more.
    response.body.pop_back();
    response.body +=
        ",\"seseal\":\"" + ledger::EncodeBase64(*issued->seseal) + "\"}";
  }
  return response;
}

Result<Response> PostSealEvent(notary::Notary& notary, const Request& request,
                               const PathValues& values) {
  Result<notary::WriteContext> context = ReadWriteContext(notary, request);
  if (!context) return std::move(context).error();
  Result<notary::Json> body = ReadJsonBody(request);
  if (!body) return std::move(body).error();
  Result<notary::Recorded> recorded =
      notary.RecordSealEvent(*context, values[0], *body);
  if (!recorded) return std::move(recorded).error();
  return RecordedResponse(*recorded);
}

// The parameter, where it is there and `fits`.
Result<std::optional<std::string>> ReadCode(const Request& request,
                                            std::string_view name,
                                            bool (*fits)(std::string_view),
                                            std::string_view refusal) {
  const std::string* text = FindParameter(request, name);
  if (text == nullptr) return std::optional<std::string>();
  if (fits(*text)) return std::optional<std::string>(*text);
  return MakeError(Code::kInvalidArgument, refusal,
                   "the parameter " + std::string(name) + " is no such code");
}

Result<notary::SealFilter> ReadFilter(const Request& request) {
  Result<void> parameters =
      CheckParameters(request, {"uscc", "type", "status", "division",
                                "issued_from", "issued_to", "cursor"});
  if (!parameters) return std::move(parameters).error();
  notary::SealFilter filter;
  auto uscc = ReadCode(request, "uscc", notary::IsUscc, "bad-uscc");
  if (!uscc) return std::move(uscc).error();
  filter.uscc = *std::move(uscc);
  auto type = ReadCode(request, "type", notary::IsSealType, "bad-seal-type");
  if (!type) return std::move(type).error();
  filter.type = *std::move(type);
  auto division =
      ReadCode(request, "division", notary::IsDivision, "bad-parameter");
  if (!division) return std::move(division).error();
  filter.division = *std::move(division);
  if (const std::string* status = FindParameter(request, "status")) {
    filter.status = notary::ParseSealStatus(*status);
    if (!filter.status) {
      return MakeError(Code::kInvalidArgument, "bad-parameter",
                       "the parameter status is a status of seals");
    }
  }
  Result<std::optional<int64_t>> from =
      ReadTimeParameter(request, "issued_from");
  if (!from) return std::move(from).error();
  filter.issued_from_ms = *from;
  Result<std::optional<int64_t>> to = ReadTimeParameter(request, "issued_to");
  if (!to) return std::move(to).error();
  filter.issued_to_ms = *to;
  if (const std::string* cursor = FindParameter(request, "cursor")) {
    filter.cursor = *cursor;
  }
  return filter;
}

bool WantsCsv(const Request& request) {
  const std::string* accept = FindHeader(request.headers, "Accept");
  return accept != nullptr && accept->starts_with("text/csv");
}

// What the members `next` and `checkpoint` say stands in headers.
Result<Response> CsvResponse(const notary::RegisterList& list) {
  Result<std::string> csv = WriteCsv(list.items, kColumns);
  if (!csv) return std::move(csv).error();
  Response response;
  response.content_type = "text/csv; charset=utf-8";
  response.body = *std::move(csv);
  if (list.next) {
    response.headers.emplace_back("Sealedger-Next-Cursor", *list.next);
  }
  response.headers.emplace_back("Sealedger-Checkpoint",
                                ledger::EncodeBase64(list.checkpoint));
  return response;
}

Result<Response> ListSeals(const notary::Notary& notary,
                           const Request& request) {
  Result<notary::Caller> caller = RequireCaller(notary, request);
  if (!caller) return std::move(caller).error();
  Result<notary::SealFilter> filter = ReadFilter(request);
  if (!filter) return std::move(filter).error();
  Result<notary::RegisterList> list = notary.ListSeals(&*caller, *filter);
  if (!list) return std::move(list).error();
  if (WantsCsv(request)) return CsvResponse(*list);
  return RegisterListResponse(*list);
}

Result<Response> GetSeal(const notary::Notary& notary, const Request& request,
                         const PathValues& values) {
  Result<notary::Caller> caller = RequireCaller(notary, request);
  if (!caller) return std::move(caller).error();
  Result<void> parameters = CheckParameters(request, {});
  if (!parameters) return std::move(parameters).error();
  Result<notary::Json> seal = notary.ReadSeal(&*caller, values[0]);
  if (!seal) return std::move(seal).error();
  return JsonResponse(200, notary::WriteJson(*seal));
}

Result<Response> GetSealFile(const notary::Notary& notary,
                             const Request& request, const PathValues& values) {
  Result<notary::Caller> caller = RequireCaller(notary, request);
  if (!caller) return std::move(caller).error();
  Result<void> parameters = CheckParameters(request, {});
  if (!parameters) return std::move(parameters).error();
  Result<std::string> file = notary.ReadSealFile(&*caller, values[0]);
  if (!file) return std::move(file).error();
  Response response;
  response.content_type = "application/octet-stream";
  response.body = *std::move(file);
  return response;
}

Result<Response> GetSealHistory(const notary::Notary& notary,
                                const Request& request,
                                const PathValues& values) {
  Result<std::optional<notary::Caller>> caller = FindCaller(notary, request);
  if (!caller) return std::move(caller).error();
  Result<void> parameters = CheckParameters(request, {});
  if (!parameters) return std::move(parameters).error();
  Result<notary::ReceiptList> list =
      notary.SealHistory(Pointer(*caller), values[0]);
  if (!list) return std::move(list).error();
  return JsonResponse(200, notary::WriteReceiptList(*list));
}

Result<Response> GetSealStatus(const notary::Notary& notary,
                               const Request& request,
                               const PathValues& values) {
  Result<void> parameters = CheckParameters(request, {"at", "size"});
  if (!parameters) return std::move(parameters).error();
  Result<std::optional<int64_t>> at = ReadTimeParameter(request, "at");
  if (!at) return std::move(at).error();
  Result<std::optional<uint64_t>> size = ReadIndexParameter(request, "size");
  if (!size) return std::move(size).error();
  Result<notary::Json> status = notary.SealStatusAt(values[0], *at, *size);
  if (!status) return std::move(status).error();
  return JsonResponse(200, notary::WriteJson(*status));
}

}  // namespace

void AddSealRoutes(Router& router, notary::Notary& notary) {
  router.Add({"POST", "/v1/seals",
              [&notary](const Request& request, const PathValues&) {
                return PostSeal(notary, request);
              }});
  router.Add({"GET", "/v1/seals",
              [&notary](const Request& request, const PathValues&) {
                return ListSeals(notary, request);
              }});
  router.Add({"GET", "/v1/seals/{code}",
              [&notary](const Request& request, const PathValues& values) {
                return GetSeal(notary, request, values);
              }});
  router.Add({"POST", "/v1/seals/{code}/events",
              [&notary](const Request& request, const PathValues& values) {
                return PostSealEvent(notary, request, values);
              }});
  router.Add({"GET", "/v1/seals/{code}/file",
              [&notary](const Request& request, const PathValues& values) {
                return GetSealFile(notary, request, values);
              }});
  router.Add({"GET", "/v1/seals/{code}/history",
              [&notary](const Request& request, const PathValues& values) {
                return GetSealHistory(notary, request, values);
              }});
  router.Add({"GET", "/v1/seals/{code}/status",
              [&notary](const Request& request, const PathValues& values) {
                return GetSealStatus(notary, request, values);
              }});
}

}  // namespace sealedger::api
