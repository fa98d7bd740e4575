// POST /v1/evidence and /v1/evidence/batch: digests of documents go in,
// receipts come out.

#include <memory>
#include <utility>

#include "api/answers.h"
#include "api/auth.h"
#include "api/inputs.h"
#include "api/routes.h"

namespace sealedger::api {

namespace {

constexpr size_t kPieceSize = size_t{64} << 10;

// {checkpoint, receipts [...]}, written receipt by receipt: the text of 10,000
// is never held whole.
bool WriteBatch(const notary::RecordedBatch& batch, const Sink& sink) {
  std::string piece = "{\"checkpoint\":";
  notary::AppendJsonString(&piece, batch.checkpoint);
  piece += ",\"receipts\":[";
  bool first = true;
  for (const notary::BatchReceipt& receipt : batch.receipts) {
    if (!first) piece.push_back(',');
    first = false;
    notary::AppendBatchReceipt(&piece, receipt);
    if (piece.size() < kPieceSize) continue;
    if (!sink(piece)) return false;
    piece.clear();
  }
  piece += "]}";
  return sink(piece);
}

Result<Response> PostEvidence(notary::Notary& notary, const Request& request) {
  Result<notary::WriteContext> context = ReadWriteContext(notary, request);
  if (!context) return std::move(context).error();
  Result<notary::Json> body = ReadJsonBody(request);
  if (!body) return std::move(body).error();
  Result<notary::Recorded> recorded = notary.RecordEvidence(*context, *body);
  if (!recorded) return std::move(recorded).error();
  return RecordedResponse(*recorded);
}

// A body that large is nobody's to sign and ours to keep.
Result<void> CheckUnsigned(const Request& request) {
  if (FindHeader(request.headers, "Signature") == nullptr &&
      FindHeader(request.headers, "Signature-Input") == nullptr) {
    return {};
  }
  return MakeError(Code::kInvalidArgument, "signed-batch",
                   "a batch bears no signature: sign single requests");
}

Result<Response> PostBatch(notary::Notary& notary, const Request& request) {
  Result<void> bare = CheckUnsigned(request);
  if (!bare) return std::move(bare).error();
  Result<notary::WriteContext> context = ReadWriteContext(notary, request);
  if (!context) return std::move(context).error();
  Result<notary::Json> body = ReadJsonBody(request, kManyValues);
  if (!body) return std::move(body).error();
  Result<notary::RecordedBatch> recorded =
      notary.RecordEvidenceBatch(*context, *body);
  if (!recorded) return std::move(recorded).error();

  Response response = JsonResponse(201, {});
  if (recorded->replayed) {
    response.headers.emplace_back("Idempotency-Replayed", "true");
  }
  response.stream = [batch = std::make_shared<const notary::RecordedBatch>(
                         std::move(*recorded))](const Sink& sink) {
    return WriteBatch(*batch, sink);
  };
  return response;
}

}  // namespace

void AddEvidenceRoutes(Router& router, notary::Notary& notary) {
  router.Add({"POST", "/v1/evidence",
              [&notary](const Request& request, const PathValues&) {
                return PostEvidence(notary, request);
              }});
  router.Add({"POST", "/v1/evidence/batch",
              [&notary](const Request& request, const PathValues&) {
                return PostBatch(notary, request);
              },
              kMaxLargeBody,
              [&notary](const Request& head) -> Result<bool> {
                Result<notary::Caller> caller = RequireCaller(notary, head);
                if (!caller) return std::move(caller).error();
                return true;
              }});
}

}  // namespace sealedger::api
