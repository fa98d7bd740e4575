// Who signed what: that a signature is verified, and that nothing of what it
// covers may change.
#include "notary/request_signature.h"

#include <doctest/doctest.h>
#include <openssl/bn.h>
#include <openssl/err.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ledger/encoding.h"
#include "notary/request_base.h"
#include "tests/notary/request_signer.h"

namespace sealedger::notary {
namespace {

using testing::RequestKey;
using testing::SignRequest;
using Kind = RequestKey::Kind;

constexpr Kind kKinds[] = {Kind::kEd25519, Kind::kP256, Kind::kSm2};
constexpr int64_t kCreated = 1'790'000'000;
const std::string kPath = "/v1/evidence";
const std::string kBody = "{\"hello\": \"world\"}";
const std::string kBase =
    "\"@method\": POST\n"
    "\"@path\": /v1/evidence\n"
    "\"content-digest\": "
    "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:\n"
    "\"idempotency-key\": k-1\n"
    "\"@signature-params\": (\"@method\" \"@path\" \"content-digest\" "
    "\"idempotency-key\");created=1790000000;keyid=\"acme\";tag=\"sealedger\"";

RequestHeaders Signed(const RequestKey& key) {
  return SignRequest(key, "POST", kPath, kBody, "k-1", "acme", kCreated);
}

PartyKey KeyOf(const std::string& alg, const std::string& spki_base64) {
  return {alg, *ledger::DecodeBase64(spki_base64)};
}

bool Verifies(const PartyKey& key, const std::string& base,
              const std::string& signature_base64) {
  return VerifyRequestSignature(key, base,
                                *ledger::DecodeBase64(signature_base64));
}

std::string Flipped(std::string bytes, size_t bit) {
  bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
  return bytes;
}

// The same r, and n - s.
std::string Twin(const std::string& signature, const char* order) {
  const auto made = [](BIGNUM* number) {
    return std::unique_ptr<BIGNUM, decltype(&BN_free)>(number, BN_free);
  };
  BIGNUM* parsed = nullptr;
  REQUIRE(BN_hex2bn(&parsed, order) == 64);
  const auto n = made(parsed);
  const auto* octets = reinterpret_cast<const unsigned char*>(signature.data());
  const auto s = made(BN_bin2bn(octets + 32, 32, nullptr));
  REQUIRE(BN_sub(s.get(), n.get(), s.get()) == 1);
  std::string twin = signature;
  REQUIRE(BN_bn2binpad(s.get(),
                       reinterpret_cast<unsigned char*>(twin.data()) + 32,
                       32) == 32);
  return twin;
}

TEST_CASE("a signature is of one key of one kind") {
  for (const Kind kind : kKinds) {
    const RequestKey key(kind);
    const std::string signature = key.Sign(kBase);
    for (const Kind other : kKinds) {
      PartyKey wrong = RequestKey(other).party_key();
      CHECK_FALSE(VerifyRequestSignature(wrong, kBase, signature));
      wrong.spki = key.party_key().spki;
      CHECK(VerifyRequestSignature(wrong, kBase, signature) == (other == kind));
    }
  }
  CHECK(ERR_peek_error() == 0);
}

TEST_CASE("no byte of a header may change") {
  const RequestKey key(Kind::kEd25519);
  const PartyKey registered = key.party_key();
  const RequestHeaders headers = Signed(key);
  const auto is_taken = [&](const RequestHeaders& changed) {
    const auto read = ReadSignedRequest("POST", kPath, changed, kBody);
    return read && *read &&
           VerifyRequestSignature(registered, (*read)->base,
                                  (*read)->signature);
  };
  REQUIRE(is_taken(headers));
  for (size_t header = 0; header < headers.size(); ++header) {
    CAPTURE(header);
    const std::string value = headers[header].second;
    RequestHeaders changed = headers;
    for (size_t bit = 0; bit < 8 * value.size(); ++bit) {
      CAPTURE(bit);
      changed[header].second = Flipped(value, bit);
      CHECK_FALSE(is_taken(changed));
    }
    for (size_t i = 0; i < value.size(); ++i) {
      CAPTURE(i);
      changed[header].second = std::string(value).erase(i, 1);
      CHECK_FALSE(is_taken(changed));
      changed[header].second = std::string(value).insert(i, 1, value[i]);
      CHECK_FALSE(is_taken(changed));
    }
  }
}

TEST_CASE("no byte of method, path and body may change") {
  const RequestKey key(Kind::kEd25519);
  const RequestHeaders headers = Signed(key);
  const auto is_taken = [&](const std::string& method, const std::string& path,
                            const std::string& body) {
    const auto read = ReadSignedRequest(method, path, headers, body);
    return read && *read &&
           VerifyRequestSignature(key.party_key(), (*read)->base,
                                  (*read)->signature);
  };
  REQUIRE(is_taken("POST", kPath, kBody));
  CHECK_FALSE(is_taken("PUT", kPath, kBody));
  CHECK_FALSE(is_taken("POST", kPath + "/", kBody));
  CHECK_FALSE(is_taken("POST", "/v1/evidenc%65", kBody));
  for (size_t bit = 0; bit < 8 * kPath.size(); ++bit) {
    CAPTURE(bit);
    CHECK_FALSE(is_taken("POST", Flipped(kPath, bit), kBody));
  }
  for (size_t bit = 0; bit < 8 * kBody.size(); ++bit) {
    CAPTURE(bit);
    CHECK_FALSE(is_taken("POST", kPath, Flipped(kBody, bit)));
  }
}

TEST_CASE("no byte of a base and of a signature may change") {
  for (const Kind kind : kKinds) {
    const RequestKey key(kind);
    const PartyKey registered = key.party_key();
    const std::string& alg = registered.alg;
    CAPTURE(alg);
    const std::string signature = key.Sign(kBase);
    REQUIRE(VerifyRequestSignature(registered, kBase, signature));
    for (size_t i = 0; i < kBase.size(); ++i) {
      CAPTURE(i);
      const std::string base = Flipped(kBase, 8 * i + i % 8);
      CHECK_FALSE(VerifyRequestSignature(registered, base, signature));
    }
    for (size_t i = 0; i < signature.size(); ++i) {
      CAPTURE(i);
      const std::string other = Flipped(signature, 8 * i + i % 8);
      CHECK_FALSE(VerifyRequestSignature(registered, kBase, other));
    }
    CHECK_FALSE(VerifyRequestSignature(registered, kBase + "\n", signature));
    CHECK_FALSE(VerifyRequestSignature(registered, "", signature));
  }
  CHECK(ERR_peek_error() == 0);
}

// RFC 9421 appendix B.2.6 and B.2.4: over other components, which make no base
// of ours, by kinds of key that are.
TEST_CASE("the signatures of RFC 9421 verify") {
  const PartyKey ed25519 =
      KeyOf("ed25519",
            "MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=");
  const std::string request =
      "\"date\": Tue, 20 Apr 2021 02:07:55 GMT\n"
      "\"@method\": POST\n"
      "\"@path\": /foo\n"
      "\"@authority\": example.com\n"
      "\"content-type\": application/json\n"
      "\"content-length\": 18\n"
      "\"@signature-params\": (\"date\" \"@method\" \"@path\" \"@authority\" "
      "\"content-type\" \"content-length\");created=1618884473"
      ";keyid=\"test-key-ed25519\"";
  const std::string by_ed25519 =
      "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQ"
      "v5lIp5WPpBKRCw==";
  CHECK(Verifies(ed25519, request, by_ed25519));
  CHECK_FALSE(ParseRequestBase(request));
  const PartyKey p256 = KeyOf(
      "p256",
      "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqIVYZVLCrPZHGHjP17CTW0/+D9Lfw0EkjqF7"
      "xB4FivAxzic30tMM4GF+hR6Dxh71Z50VGGdldkkDXZCnTNnoXQ==");
  const std::string response =
      "\"@status\": 200\n"
      "\"content-type\": application/json\n"
      "\"content-digest\": sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJ"
      "gJc4GTsPp29l5oGX69wWdXymyU0rjJuahq4l5aGgfLQ==:\n"
      "\"content-length\": 23\n"
      "\"@signature-params\": (\"@status\" \"content-type\" \"content-digest\" "
      "\"content-length\");created=1618884473;keyid=\"test-key-ecc-p256\"";
  const std::string by_p256 =
      "wNmSUAhwb5LxtOtOpNa6W5xj067m5hFrj0XQ4fvpaCLx0NKocgPquLgyahnzDnDAUy5eCdlY"
      "UEkLIj+32oiasw==";
  CHECK(Verifies(p256, response, by_p256));
  CHECK_FALSE(Verifies(p256, request, by_p256));
}

// Made by other programs with the keys of RFC 9421 appendix B.1 and of GM/T
// 0003.5 appendix A.2.
TEST_CASE("what other programs sign is taken") {
  const std::vector<std::pair<PartyKey, std::string>> samples = {
      {KeyOf("ed25519",
             "MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs="),
       "QyHyh8XINnJMjR333gurNUZ6atxHbMar6GvW3fhvp8FekjR3lrXacZ12oyBRt0R2Vgy43f+"
       "tV6I5uMmOEBZQDQ=="},
      {KeyOf("p256",
             "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqIVYZVLCrPZHGHjP17CTW0/+D9Lfw"
             "0EkjqF7xB4FivAxzic30tMM4GF+hR6Dxh71Z50VGGdldkkDXZCnTNnoXQ=="),
       "JKloR4P0C2SXS8HI0JJe2gQVs3rrA8pl5zU1agD5ExmeQdYrAtsaoit2m/"
       "h6MA+XhlXLsEeRoCgFATEWx3YYKw=="},
      {KeyOf(
           "sm2",
           "MFkwEwYHKoZIzj0CAQYIKoEcz1UBgi0DQgAECfnfMR5UIaFQ3X0WHkvFxnIXn60YM/"
           "wHa7CP81bzUCDM6kkM4md1pS3G6nGMwapgCu0F+/NeCEpmMvYHLamtEw=="),
       "Wu5AY4CD+1/D0U73OTjrg2a1nMiGtp5kSJZVKhmaWxaA1ZzTqxCmrRSCUUI0zbKmlfeeCqN"
       "6Dy9hEka4Zj9LdA=="}};
  for (const auto& [key, signature] : samples) {
    const std::string& alg = key.alg;
    CAPTURE(alg);
    RequestHeaders headers = Signed(RequestKey(Kind::kEd25519));
    headers.back().second = "sig1=:" + signature + ":";
    const auto read = ReadSignedRequest("POST", kPath, headers, kBody);
    REQUIRE(read);
    REQUIRE(*read);
    CHECK((*read)->base == kBase);
    CHECK(VerifyRequestSignature(key, (*read)->base, (*read)->signature));
  }
}

TEST_CASE("a signature of P-256 has a twin, of SM2 it has none") {
  const RequestKey p256(Kind::kP256);
  const std::string by_p256 = p256.Sign(kBase);
  const std::string twin =
      Twin(by_p256,
           "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
  CHECK(twin != by_p256);
  CHECK(VerifyRequestSignature(p256.party_key(), kBase, twin));
  const RequestKey sm2(Kind::kSm2);
  CHECK_FALSE(VerifyRequestSignature(
      sm2.party_key(), kBase,
      Twin(
          sm2.Sign(kBase),
          "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123")));
}

TEST_CASE("a signature is 64 octets, and r and s are in their range") {
  const std::string zero(32, '\0');
  const std::string all(32, '\xff');
  for (const Kind kind : kKinds) {
    const RequestKey key(kind);
    const PartyKey registered = key.party_key();
    const std::string good = key.Sign(kBase);
    const std::string r = good.substr(0, 32);
    const std::string s = good.substr(32);
    // In DER, without octets or with one more, and with parts out of range.
    for (const std::string& signature :
         {std::string(), r, good.substr(1), good.substr(0, 63), good + "x",
          std::string(1, '\0') + good,
          "\x30\x46\x02\x21" + std::string(1, '\0') + r + "\x02\x21" +
              std::string(1, '\0') + s,
          "\x30\x44\x02\x20" + r + "\x02\x20" + s, zero + s, r + zero,
          zero + zero, all + s, r + all, all + all, s + r}) {
      CHECK_FALSE(VerifyRequestSignature(registered, kBase, signature));
    }
  }
  CHECK(ERR_peek_error() == 0);
}

TEST_CASE("a key that is none of the three verifies nothing") {
  for (const Kind kind : kKinds) {
    const RequestKey key(kind);
    const PartyKey good = key.party_key();
    const std::string signature = key.Sign(kBase);
    for (const std::string alg : {"", "rsa", "ED25519", "p-256", "sm2 "}) {
      CHECK_FALSE(VerifyRequestSignature({alg, good.spki}, kBase, signature));
    }
    for (const std::string& spki :
         {std::string(), good.spki + "x", good.spki.substr(1),
          good.spki.substr(0, good.spki.size() - 1),
          std::string(good.spki.size(), '\0')}) {
      CHECK_FALSE(VerifyRequestSignature({good.alg, spki}, kBase, signature));
    }
    // Each bit, so that a point beside its curve is among them, and another
    // curve, algorithm and form of point.
    for (size_t bit = 0; bit < 8 * good.spki.size(); bit += 3) {
      CAPTURE(bit);
      CHECK_FALSE(VerifyRequestSignature({good.alg, Flipped(good.spki, bit)},
                                         kBase, signature));
    }
  }
  // TLS on this thread must not find what OpenSSL said about a key.
  CHECK(ERR_peek_error() == 0);
}

}  // namespace
}  // namespace sealedger::notary
