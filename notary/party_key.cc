#include "notary/party_key.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <algorithm>
#include <optional>
#include <string>

#include "ledger/encoding.h"

namespace sealedger::notary {
namespace {

constexpr size_t kMaxPem = 4096;
constexpr std::string_view kBegin = "-----BEGIN PUBLIC KEY-----";
constexpr std::string_view kEnd = "-----END PUBLIC KEY-----";

// The one DER that each kind of key has: the bytes before the key itself, and
// the size in all. Curves by their names, never by their parameters (another
// generator would make another curve of it), points uncompressed.
struct Kind {
  std::string_view alg;
  std::string_view prefix;  // hex
  size_t size;
};
constexpr Kind kKinds[] = {
    {"ed25519", "302a300506032b6570032100", 44},
    {"p256", "3059301306072a8648ce3d020106082a8648ce3d03010703420004", 91},
    {"sm2", "3059301306072a8648ce3d020106082a811ccf5501822d03420004", 91},
};

std::string_view WithoutLineEnds(std::string_view text) {
  const size_t last = text.find_last_not_of("\r\n");
  return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

// OpenSSL's own reader would pass over text around the block, take other
// labels, and ask the terminal for a passphrase where a header says so.
std::optional<std::string> DecodePem(std::string_view pem) {
  pem = WithoutLineEnds(pem);
  if (!pem.starts_with(kBegin) || !pem.ends_with(kEnd) ||
      pem.size() < kBegin.size() + kEnd.size()) {
    return std::nullopt;
  }
  std::string text(
      pem.substr(kBegin.size(), pem.size() - kBegin.size() - kEnd.size()));
  text.erase(std::remove_if(text.begin(), text.end(),
                            [](char c) { return c == '\r' || c == '\n'; }),
             text.end());
  return ledger::DecodeBase64(text);
}

// True when OpenSSL takes it: a point lies on its curve.
bool IsKey(std::string_view der) {
  // Its complaints are taken back from the thread's queue, where TLS code would
  // mistake them for its own.
  ERR_set_mark();
  const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
  EVP_PKEY* key = d2i_PUBKEY(nullptr, &bytes, static_cast<long>(der.size()));
  const bool taken = key != nullptr;
  EVP_PKEY_free(key);
  ERR_pop_to_mark();
  return taken;
}

}  // namespace

Result<PartyKey> ParsePartyKey(std::string_view pem, std::string_view field) {
  const Error bad = ledger::MakeError(
      ledger::Code::kInvalidArgument, "bad-key",
      "the key is no PEM public key of Ed25519, P-256 or SM2", field);
  if (pem.size() > kMaxPem) return bad;
  const std::optional<std::string> der = DecodePem(pem);
  if (!der) return bad;
  for (const Kind& kind : kKinds) {
    if (der->size() == kind.size &&
        der->starts_with(*ledger::DecodeHex(kind.prefix)) && IsKey(*der)) {
      return PartyKey{std::string(kind.alg), *der};
    }
  }
  return bad;
}

}  // namespace sealedger::notary
