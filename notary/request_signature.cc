#include "notary/request_signature.h"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/params.h>

#include <algorithm>
#include <array>

#include "ledger/check.h"
#include "ledger/ed25519.h"
#include "ledger/encoding.h"
#include "notary/openssl_parts.h"
#include "notary/request_base.h"
#include "notary/sm2.h"

namespace sealedger::notary {
namespace {

using ledger::Code;
using ledger::Error;

using PairPtr = std::unique_ptr<ECDSA_SIG, OpensslDeleter<ECDSA_SIG_free>>;
using KeyContextPtr =
    std::unique_ptr<EVP_PKEY_CTX, OpensslDeleter<EVP_PKEY_CTX_free>>;

// The one DER that party_key.h gives a key of either kind: these octets before
// the key itself, which are 32, or the 65 of an uncompressed point.
constexpr std::string_view kEd25519Prefix = "302a300506032b6570032100";
constexpr std::string_view kP256Prefix =
    "3059301306072a8648ce3d020106082a8648ce3d030107034200";
constexpr size_t kPointSize = 65;

Error Malformed(std::string_view detail) {
  return ledger::MakeError(Code::kUnauthenticated, "signature-malformed",
                           detail);
}

Error BadDigest(std::string_view detail) {
  return ledger::MakeError(Code::kUnauthenticated, "signature-digest", detail);
}

char Lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

struct Field {
  size_t count = 0;
  std::string_view value;  // of the last one
};

// `name` is in lower case.
Field FindField(const RequestHeaders& headers, std::string_view name) {
  Field field;
  for (const auto& [key, value] : headers) {
    if (std::equal(key.begin(), key.end(), name.begin(), name.end(),
                   [](char sent, char due) { return Lower(sent) == due; })) {
      ++field.count;
      field.value = value;
    }
  }
  return field;
}

// A key of RFC 8941 §3.1.2.
bool IsLabel(std::string_view text) {
  const auto starts = [](char c) { return (c >= 'a' && c <= 'z') || c == '*'; };
  const auto follows = [&](char c) {
    return starts(c) || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.';
  };
  return !text.empty() && starts(text.front()) &&
         std::all_of(text.begin(), text.end(), follows);
}

struct Labelled {
  std::string_view label;
  std::string_view value;
};

// label=value, where value may be anything: a second label ends up in it, and
// is no part of what is taken as one.
std::optional<Labelled> SplitLabel(std::string_view text) {
  const size_t equals = text.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  const std::string_view label = text.substr(0, equals);
  if (!IsLabel(label)) return std::nullopt;
  return Labelled{label, text.substr(equals + 1)};
}

// A byte sequence of RFC 8941 §3.3.5, of the size that all signatures have.
std::optional<std::string> ReadOctets(std::string_view value) {
  if (value.size() < 2 || value.front() != ':' || value.back() != ':') {
    return std::nullopt;
  }
  auto octets = ledger::DecodeBase64(value.substr(1, value.size() - 2));
  if (!octets || octets->size() != kRequestSignatureSize) return std::nullopt;
  return octets;
}

struct SignatureFields {
  std::string_view params;
  std::string octets;
};

Result<SignatureFields> ReadSignatureFields(const Field& input,
                                            const Field& signature) {
  if (input.count != 1 || signature.count != 1) {
    return Malformed("Signature-Input and Signature are due once each");
  }
  const std::optional<Labelled> params = SplitLabel(input.value);
  const std::optional<Labelled> value = SplitLabel(signature.value);
  if (!params || !value || params->label != value->label) {
    return Malformed(
        "Signature-Input and Signature do not begin with one label");
  }
  std::optional<std::string> octets = ReadOctets(value->value);
  if (!octets) return Malformed("Signature is not one value of 64 octets");
  return SignatureFields{params->value, *std::move(octets)};
}

Result<void> CheckDigest(const Field& digest, std::string_view body) {
  if (digest.count == 0) return BadDigest("there is no Content-Digest");
  if (digest.count > 1 || digest.value.find(',') != std::string_view::npos) {
    return Malformed("Content-Digest holds more than one digest");
  }
  const auto sha256 = ParseContentDigest(digest.value);
  if (!sha256) return BadDigest("Content-Digest is not sha-256=:base64:");
  if (*sha256 != ledger::Sha256Of(body)) {
    return BadDigest("Content-Digest is that of another body");
  }
  return {};
}

// The same signature in DER, which OpenSSL takes.
std::string DerOfRaw(std::string_view signature) {
  CHECK(signature.size() == kRequestSignatureSize);
  const PairPtr pair(ECDSA_SIG_new());
  const int half = kRequestSignatureSize / 2;
  BIGNUM* r = BN_bin2bn(Bytes(signature), half, nullptr);
  BIGNUM* s = BN_bin2bn(Bytes(signature) + half, half, nullptr);
  CHECK(pair != nullptr && ECDSA_SIG_set0(pair.get(), r, s) == 1);
  return Encoded<i2d_ECDSA_SIG>(pair.get());
}

// What follows the prefix of that kind; nullopt where it is another key.
std::optional<std::string_view> KeyAfter(std::string_view prefix_hex,
                                         size_t size, std::string_view spki) {
  const size_t prefix_size = prefix_hex.size() / 2;
  if (spki.size() != prefix_size + size ||
      !spki.starts_with(*ledger::DecodeHex(prefix_hex))) {
    return std::nullopt;
  }
  return spki.substr(prefix_size);
}

// nullptr for what is no P-256 key; OpenSSL sees to it that the point lies on
// the curve. From its parts, which takes less time than d2i_PUBKEY.
EvpKeyPtr ReadP256(std::string_view spki) {
  const auto octets = KeyAfter(kP256Prefix, kPointSize, spki);
  // 04: uncompressed.
  if (!octets || octets->front() != 0x04) return nullptr;
  std::string curve = "P-256";
  std::string point(*octets);
  std::array<OSSL_PARAM, 3> parts = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, curve.data(),
                                       0),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                        point.size()),
      OSSL_PARAM_construct_end()};
  const KeyContextPtr context(
      EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* key = nullptr;
  if (context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY,
                        parts.data()) != 1) {
    return nullptr;
  }
  return EvpKeyPtr(key);
}

bool VerifyP256(std::string_view spki, std::string_view base,
                std::string_view signature) {
  const EvpKeyPtr key = ReadP256(spki);
  const DigestContextPtr context(EVP_MD_CTX_new());
  const std::string der = DerOfRaw(signature);
  return key != nullptr && context != nullptr &&
         EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr,
                              key.get()) == 1 &&
         EVP_DigestVerify(context.get(), Bytes(der), der.size(), Bytes(base),
                          base.size()) == 1;
}

}  // namespace

Result<std::optional<SignedRequest>> ReadSignedRequest(
    std::string_view method, std::string_view target,
    const RequestHeaders& headers, std::string_view body) {
  const Field input = FindField(headers, "signature-input");
  const Field signature = FindField(headers, "signature");
  if (input.count == 0 && signature.count == 0) {
    return std::optional<SignedRequest>();
  }
  if (body.size() > kMaxSignedBody) {
    return ledger::MakeError(Code::kInvalidArgument, "signed-body-too-large",
                             "the body of a signed request is at most 64 KiB");
  }
  Result<SignatureFields> fields = ReadSignatureFields(input, signature);
  if (!fields) return std::move(fields).error();
  const Field key = FindField(headers, "idempotency-key");
  if (key.count == 0) {
    return ledger::MakeError(Code::kUnauthenticated, "signature-key-required",
                             "a signed request has an Idempotency-Key");
  }
  if (key.count > 1) return Malformed("Idempotency-Key stands there twice");
  const Field digest = FindField(headers, "content-digest");
  if (Result<void> checked = CheckDigest(digest, body); !checked) {
    return std::move(checked).error();
  }
  std::string base = JoinRequestBase(
      {method, target, digest.value, key.value, fields->params});
  const Result<RequestBase> parsed = ParseRequestBase(base);
  if (!parsed) return Malformed(parsed.error().detail);
  return std::optional<SignedRequest>(SignedRequest{
      std::move(base), std::move(fields->octets), std::string(body)});
}

bool VerifyRequestSignature(const PartyKey& key, std::string_view base,
                            std::string_view signature) {
  if (signature.size() != kRequestSignatureSize) return false;
  const ErrorMark mark;
  if (key.alg == "ed25519") {
    const auto octets =
        KeyAfter(kEd25519Prefix, ledger::kEd25519KeySize, key.spki);
    return octets && ledger::VerifyEd25519(*octets, base, signature);
  }
  if (key.alg == "p256") return VerifyP256(key.spki, base, signature);
  // Not ReadSm2Value, which would take 64 octets of DER for DER.
  if (key.alg == "sm2") return VerifySm2(key.spki, base, DerOfRaw(signature));
  return false;
}

}  // namespace sealedger::notary
