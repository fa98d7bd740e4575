// What is read as a party's key is one of the kinds that entries take and reads
// back from its own SPKI. The input is tried as the PEM itself and as what a
// PEM wraps, where mutations reach the DER. So are the log's own keys.

#include <openssl/err.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "ledger/check.h"
#include "ledger/ed25519.h"
#include "ledger/encoding.h"
#include "notary/entry.h"
#include "notary/party_key.h"

namespace {

using sealedger::ledger::Ed25519Key;
using sealedger::notary::ParsePartyKey;
using sealedger::notary::PartyKey;

constexpr std::string_view kBegin = "-----BEGIN PUBLIC KEY-----";
constexpr std::string_view kEnd = "-----END PUBLIC KEY-----";

std::string Wrap(std::string_view label, std::string_view der) {
  const std::string kind(label);
  std::string pem = "-----BEGIN " + kind + "-----\n";
  const std::string text = sealedger::ledger::EncodeBase64(der);
  for (size_t i = 0; i < text.size(); i += 64) {
    pem += text.substr(i, 64) + "\n";
  }
  return pem + "-----END " + kind + "-----\n";
}

void TryPublic(std::string_view pem) {
  const auto key = ParsePartyKey(pem, "/key");
  // What OpenSSL had to say is not left for whoever uses it next.
  CHECK(ERR_peek_error() == 0);
  if (!key) return;
  CHECK(pem.starts_with(kBegin));
  CHECK(pem.substr(0, pem.find_last_not_of("\r\n") + 1).ends_with(kEnd));
  CHECK(key->alg == "ed25519" || key->alg == "p256" || key->alg == "sm2");
  CHECK(ParsePartyKey(Wrap("PUBLIC KEY", key->spki), "/key").value() == *key);
  sealedger::notary::Entry entry;
  entry.by = "operator";
  entry.by_entry = 1;
  sealedger::notary::PartyEntry party;
  party.id = "acme";
  party.key = *key;
  entry.body = party;
  // An entry takes every key that is taken.
  CHECK(sealedger::notary::ParseEntry(sealedger::notary::FormatEntry(entry))
            .value() == entry);
}

void TryPrivate(std::string_view pem) {
  const auto key = Ed25519Key::FromPem(pem);
  CHECK(ERR_peek_error() == 0);
  if (!key) return;
  CHECK(Ed25519Key::FromPem(key->ToPem()).value().public_key() ==
        key->public_key());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  TryPublic(input);
  TryPublic(Wrap("PUBLIC KEY", input));
  TryPrivate(input);
  TryPrivate(Wrap("PRIVATE KEY", input));
  return 0;
}
