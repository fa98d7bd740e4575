#include "tools/bench_document.h"

#include <utility>

#include "ledger/check.h"
#include "ledger/encoding.h"
#include "notary/canonical_json.h"
#include "notary/text.h"

namespace sealedger::tools {

namespace {

using notary::Json;

constexpr uint64_t kDocumentSize = 1048576;

// As long as media types and labels may be; the quotation marks, which JSON
// spells with two bytes each, bring the entry to its size.
std::string MediaType() {
  return "application/vnd.example+zip; profile=\"" + std::string(88, 'a') +
         "\"";
}
std::string Label() {
  return std::string(42, '"') + std::string(notary::kMaxLabel - 42, 'b');
}

Json Body(uint64_t n, PrivateFields fields) {
  const FileDigests digests = BenchDigests(n);
  Json body(Json::Object{
      {"document", Json::Object{{"media_type", MediaType()},
                                {"sha256", ledger::ToHex(digests.sha256)},
                                {"size", digests.size},
                                {"sm3", ledger::ToHex(digests.sm3)}}},
      {"label", Label()}});
  if (fields == PrivateFields::kTwo) {
    body.Add("private", Json::Object{{"contact", "+86 10 5555 0123"},
                                     {"signatory", "Example Person"}});
  }
  return body;
}

}  // namespace

FileDigests BenchDigests(uint64_t n) {
  FileDigests digests;
  digests.sha256 = ledger::Sha256Of("bench document " + std::to_string(n));
  // Nothing looks at whose digest it is.
  digests.sm3 = ledger::Sha256Of(digests.sha256.view());
  digests.size = kDocumentSize;
  return digests;
}

notary::Caller BenchCaller() { return {"operator", notary::Role::kAdmin}; }

notary::PreparedEvidence PrepareBenchEvidence(uint64_t n) {
  auto prepared =
      notary::PrepareEvidence(BenchCaller(), Body(n, PrivateFields::kNone), "");
  CHECK(prepared.has_value());
  return *std::move(prepared);
}

std::string BenchEntry(uint64_t n) {
  notary::Draft::Values values;
  const std::string time = notary::FormatTime(1700000000000);
  values.time = time;
  values.by_entry = 1;
  return PrepareBenchEvidence(n).draft.Fill(values);
}

std::string BenchBody(uint64_t n, PrivateFields fields) {
  return notary::WriteJson(Body(n, fields));
}

BenchRequest::BenchRequest(std::string_view path, std::string_view token,
                           PrivateFields fields) {
  const std::string body = BenchBody(0, fields);
  text_ = "POST " + std::string(path) +
          " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " +
          std::string(token) +
          "\r\nContent-Type: application/json\r\nContent-Length: " +
          std::to_string(body.size()) + "\r\n\r\n" + body;
  const FileDigests digests = BenchDigests(0);
  sha256_at_ = text_.find(ledger::ToHex(digests.sha256));
  sm3_at_ = text_.find(ledger::ToHex(digests.sm3));
}

std::string_view BenchRequest::For(uint64_t n) {
  const FileDigests digests = BenchDigests(n);
  const std::string sha256 = ledger::ToHex(digests.sha256);
  const std::string sm3 = ledger::ToHex(digests.sm3);
  text_.replace(sha256_at_, sha256.size(), sha256);
  text_.replace(sm3_at_, sm3.size(), sm3);
  return text_;
}

}  // namespace sealedger::tools
