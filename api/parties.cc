// /v1/parties: who takes part, and with which key.

#include <utility>

#include "api/answers.h"
#include "api/auth.h"
#include "api/inputs.h"
#include "api/routes.h"

namespace sealedger::api {

namespace {

Result<Response> PostParty(notary::Notary& notary, const Request& request) {
  Result<notary::WriteContext> context = ReadWriteContext(notary, request);
  if (!context) return std::move(context).error();
  Result<notary::Json> body = ReadJsonBody(request);
  if (!body) return std::move(body).error();
  Result<notary::Recorded> recorded = notary.RegisterParty(*context, *body);
  if (!recorded) return std::move(recorded).error();
  return RecordedResponse(*recorded);
}

Result<Response> PostPartyEvent(notary::Notary& notary, const Request& request,
                                const PathValues& values) {
  Result<notary::WriteContext> context = ReadWriteContext(notary, request);
  if (!context) return std::move(context).error();
  Result<notary::Json> body = ReadJsonBody(request);
  if (!body) return std::move(body).error();
  Result<notary::Recorded> recorded =
      notary.ChangeParty(*context, values[0], *body);
  if (!recorded) return std::move(recorded).error();
  return RecordedResponse(*recorded);
}

Result<Response> GetParty(const notary::Notary& notary, const Request& request,
                          const PathValues& values) {
  Result<notary::Caller> caller = RequireCaller(notary, request);
  if (!caller) return std::move(caller).error();
  Result<void> parameters = CheckParameters(request, {});
  if (!parameters) return std::move(parameters).error();
  Result<notary::Json> party = notary.ReadParty(&*caller, values[0]);
  if (!party) return std::move(party).error();
  return JsonResponse(200, notary::WriteJson(*party));
}

}  // namespace

void AddPartyRoutes(Router& router, notary::Notary& notary) {
  router.Add({"POST", "/v1/parties",
              [&notary](const Request& request, const PathValues&) {
                return PostParty(notary, request);
              }});
  router.Add({"POST", "/v1/parties/{id}/events",
              [&notary](const Request& request, const PathValues& values) {
                return PostPartyEvent(notary, request, values);
              }});
  router.Add({"GET", "/v1/parties/{id}",
              [&notary](const Request& request, const PathValues& values) {
                return GetParty(notary, request, values);
              }});
}

}  // namespace sealedger::api
