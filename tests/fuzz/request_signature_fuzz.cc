// What is read as a signature base is written as the same bytes. A request that
// is read as signed has a base of its own method, path and body; and the three
// keys below verify nothing but the one base that was signed with them, for the
// corpus. The input is tried as a base, as a request (its first line, headers,
// an empty line, the body), and as a key.

#include <openssl/err.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "ledger/check.h"
#include "ledger/encoding.h"
#include "ledger/hash.h"
#include "notary/request_base.h"
#include "notary/request_signature.h"

namespace {

namespace ledger = sealedger::ledger;
using sealedger::notary::CheckCreated;
using sealedger::notary::FormatRequestBase;
using sealedger::notary::kMaxRequestBase;
using sealedger::notary::kRequestSignatureSize;
using sealedger::notary::ParseRequestBase;
using sealedger::notary::SignedRequest;
using sealedger::notary::VerifyRequestSignature;

constexpr std::string_view kSignedBase =
    "\"@method\": POST\n"
    "\"@path\": /v1/evidence\n"
    "\"content-digest\": "
    "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:\n"
    "\"idempotency-key\": k-1\n"
    "\"@signature-params\": (\"@method\" \"@path\" \"content-digest\" "
    "\"idempotency-key\");created=1790000000;keyid=\"acme\";tag=\"sealedger\"";

// RFC 9421 appendix B.1, and GM/T 0003.5 appendix A.2.
constexpr struct {
  const char* alg;
  std::string_view spki;
} kKeys[] = {
    {"ed25519", "MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs="},
    {"p256",
     "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqIVYZVLCrPZHGHjP17CTW0/"
     "+D9Lfw0EkjqF7xB4FivAxzic30tMM4GF+hR6Dxh71Z50VGGdldkkDXZCnTNnoXQ=="},
    {"sm2",
     "MFkwEwYHKoZIzj0CAQYIKoEcz1UBgi0DQgAECfnfMR5UIaFQ3X0WHkvFxnIXn60YM/"
     "wHa7CP81bzUCDM6kkM4md1pS3G6nGMwapgCu0F+/NeCEpmMvYHLamtEw=="}};

void TryBase(std::string_view text) {
  const auto base = ParseRequestBase(text);
  if (!base) return;
  CHECK(FormatRequestBase(*base) == text);
  CHECK(text.size() <= kMaxRequestBase);
  // What it is judged by has a bound.
  const int64_t created_ms = base->created_s * 1000;
  CHECK(CheckCreated(base->created_s, created_ms));
  CHECK(!CheckCreated(base->created_s, created_ms + 300'001));
}

// Whatever is before the first `end`, taken from the front with it.
std::string_view TakeUntil(std::string_view end, std::string_view* rest) {
  const size_t at = rest->find(end);
  const std::string_view taken = rest->substr(0, at);
  rest->remove_prefix(at == std::string_view::npos ? rest->size()
                                                   : at + end.size());
  return taken;
}

void TryRequest(std::string_view text) {
  std::string_view head = TakeUntil("\n\n", &text);
  const std::string_view body = text;
  std::string_view target = TakeUntil("\n", &head);
  const std::string_view method = TakeUntil(" ", &target);
  sealedger::notary::RequestHeaders headers;
  while (!head.empty()) {
    std::string_view value = TakeUntil("\n", &head);
    const std::string_view name = TakeUntil(": ", &value);
    headers.emplace_back(name, value);
  }
  const auto read =
      sealedger::notary::ReadSignedRequest(method, target, headers, body);
  if (!read || !*read) return;
  const SignedRequest& request = **read;
  CHECK(request.body == body);
  CHECK(request.signature.size() == kRequestSignatureSize);
  TryBase(request.base);
  const auto base = ParseRequestBase(request.base);
  CHECK(base->method == method);
  CHECK(base->path == target);
  CHECK(base->content_sha256 == ledger::Sha256Of(body));
  for (const auto& key : kKeys) {
    if (VerifyRequestSignature({key.alg, *ledger::DecodeBase64(key.spki)},
                               request.base, request.signature)) {
      CHECK(request.base == kSignedBase);
    }
  }
}

void TryKey(std::string_view spki) {
  const std::string signature(kRequestSignatureSize, '\x01');
  for (const auto& key : kKeys) {
    // Some keys verify what nobody signed; all that is asked is an answer.
    (void)VerifyRequestSignature({key.alg, std::string(spki)}, kSignedBase,
                                 signature);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  TryBase(input);
  TryRequest(input);
  TryKey(input);
  // What OpenSSL had to say is not left for whoever uses it next.
  CHECK(ERR_peek_error() == 0);
  return 0;
}
