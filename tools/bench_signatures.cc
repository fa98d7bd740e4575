#include "tools/bench_signatures.h"

#include <optional>
#include <utility>
#include <variant>

#include "ledger/encoding.h"
#include "notary/canonical_json.h"
#include "notary/certificate.h"
#include "notary/eseal.h"
#include "notary/sm2.h"
#include "tools/receipt_check.h"

namespace sealedger::tools {

using ledger::Code;
using ledger::MakeError;
using ledger::Result;
using notary::Json;

namespace {

ledger::Error Wrong(std::string_view what) {
  return MakeError(Code::kVerificationFailed, "wrong-answer",
                   "what was measured is wrong: " + std::string(what));
}

std::string Head(std::string_view path, const std::string& token) {
  return "POST " + std::string(path) +
         " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " + token +
         "\r\nContent-Type: application/json\r\nContent-Length: ";
}

std::string RequestOf(const std::string& head, const std::string& body) {
  return head + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::optional<std::string> SignatureIn(std::string_view body) {
  const auto json = notary::ParseJson(body);
  const Json* signature = json ? json->Find("signature") : nullptr;
  if (signature == nullptr || signature->if_string() == nullptr) return {};
  return ledger::DecodeBase64(*signature->if_string());
}

}  // namespace

SealingCheck::SealingCheck(const BenchCustody& custody,
                           ledger::VerifierKey vkey)
    : custody_(custody), vkey_(std::move(vkey)) {}

Result<void> SealingCheck::Holds(uint64_t n, std::string_view signature) const {
  const auto read = notary::DecodeSealSignature(signature);
  if (!read) return Wrong("a signature cannot be read");
  const auto certificate = notary::ReadCertificate(read->certificate);
  if (!certificate || read->seal_der != custody_.seseal ||
      read->data_hash != ledger::Sm3Of(BenchProtected(n)).view() ||
      !notary::VerifySm2(certificate->spki, read->signed_bytes,
                         read->signature)) {
    return Wrong("a signature does not verify");
  }
  return {};
}

Result<void> SealingCheck::Entered(std::string_view receipt,
                                   std::string_view signature) const {
  const auto received = CheckReceipt(receipt, vkey_);
  if (!received) return Wrong(received.error().detail);
  const auto* sealed =
      std::get_if<notary::DocumentSealed>(&received->entry.body);
  if (sealed == nullptr || sealed->seal_code != custody_.code ||
      sealed->signature_sm3 != ledger::Sm3Of(signature)) {
    return Wrong("an entry is of another signature");
  }
  return {};
}

OrderSource::OrderSource(const BenchCustody& custody, const SealingCheck& check)
    : BenchSource(201),
      check_(check),
      head_(Head("/v1/seals/" + custody.code + "/signatures", custody.token)) {}

std::string_view OrderSource::RequestFor(uint64_t number) {
  request_ = RequestOf(head_, BenchOrder(number));
  return request_;
}

Result<void> OrderSource::Verify(uint64_t number, const std::string& body) {
  const auto signature = SignatureIn(body);
  if (!signature) return Wrong("an answer lacks the signature");
  Result<void> holds = check_.Holds(number, *signature);
  return holds ? check_.Entered(body, *signature) : holds;
}

GivenSource::GivenSource(const BenchCustody& custody, const SealingCheck& check,
                         const std::vector<std::string>& signatures)
    : BenchSource(201), check_(check), signatures_(signatures) {
  const std::string head = Head("/v1/seal-signatures", custody.token);
  for (uint64_t n = 0; n < signatures.size(); ++n) {
    requests_.push_back(RequestOf(head, BenchGiven(n, signatures[n])));
  }
}

std::string_view GivenSource::RequestFor(uint64_t number) {
  return requests_[number];
}

Result<void> GivenSource::Verify(uint64_t number, const std::string& body) {
  return check_.Entered(body, signatures_[number]);
}

}  // namespace sealedger::tools
