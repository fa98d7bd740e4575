#include "notary/party_key.h"

#include <doctest/doctest.h>
#include <openssl/err.h>

#include <string>

#include "ledger/encoding.h"

namespace sealedger::notary {
namespace {

const std::string kEd25519 =
    "302a300506032b6570032100"
    "ed4928c628d1c2c6eae90338905995612959273a5c63f93636c14614ac8738d1";
// The base point of each curve.
const std::string kP256 =
    "3059301306072a8648ce3d020106082a8648ce3d03010703420004"
    "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";
const std::string kSm2 =
    "3059301306072a8648ce3d020106082a811ccf5501822d03420004"
    "32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7"
    "bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0";

std::string Base64OfHex(const std::string& hex) {
  return ledger::EncodeBase64(*ledger::DecodeHex(hex));
}

std::string Pem(const std::string& hex) {
  return "-----BEGIN PUBLIC KEY-----\n" + Base64OfHex(hex) +
         "\n-----END PUBLIC KEY-----\n";
}

bool Refused(const std::string& pem) {
  const Result<PartyKey> key = ParsePartyKey(pem, "/key");
  // TLS on this thread must not find what OpenSSL said about a key.
  CHECK(ERR_peek_error() == 0);
  return !key && key.error().name == "bad-key" && key.error().field == "/key";
}

std::string Replaced(std::string text, const std::string& what,
                     const std::string& by) {
  const size_t at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), by);
}

TEST_CASE("a key of each kind is read as its DER") {
  for (const auto& [alg, hex] :
       {std::pair{"ed25519", kEd25519}, {"p256", kP256}, {"sm2", kSm2}}) {
    const std::string_view algorithm = alg;
    CAPTURE(algorithm);
    const Result<PartyKey> key = ParsePartyKey(Pem(hex), "/key");
    REQUIRE(key);
    CHECK(key->alg == alg);
    CHECK(ledger::EncodeHex(key->spki) == hex);
  }
}

TEST_CASE("lines of a key end in LF or CRLF, the last one in neither, too") {
  std::string pem = Pem(kP256);
  pem.insert(60, "\r\n");
  CHECK(ParsePartyKey(pem, "/key"));
  pem.pop_back();
  CHECK(ParsePartyKey(pem, "/key"));
}

TEST_CASE("nothing stands around a key") {
  const std::string pem = Pem(kEd25519);
  CHECK(Refused("hello\n" + pem));
  CHECK(Refused("\n" + pem));
  CHECK(Refused(pem + "hello\n"));
  CHECK(Refused(pem + pem));
  CHECK(Refused(pem + std::string(1, '\0')));
  CHECK(Refused(Replaced(pem, "\nM", "\n M")));
}

TEST_CASE("a key of another label is refused") {
  const std::string pem = Pem(kEd25519);
  for (const char* label : {"PRIVATE", "EC PUBLIC", "public"}) {
    CAPTURE(label);
    std::string other = Replaced(pem, "PUBLIC", label);
    CHECK(Refused(other));
    CHECK(Refused(Replaced(other, "END PUBLIC", "END " + std::string(label))));
  }
  CHECK(Refused(""));
  CHECK(Refused("-----BEGIN PUBLIC KEY-----"));
  CHECK(Refused("-----BEGIN PUBLIC KEY----------END PUBLIC KEY-----"));
}

TEST_CASE("a header that asks for a passphrase is refused, unasked") {
  CHECK(Refused(Replaced(Pem(kEd25519), "\n",
                         "\nProc-Type: 4,ENCRYPTED\n"
                         "DEK-Info: AES-128-CBC,"
                         "00112233445566778899AABBCCDDEEFF\n\n")));
}

TEST_CASE("a key has one DER") {
  CHECK(Refused(Pem(kEd25519 + "00")));
  CHECK(Refused(Pem(kEd25519.substr(0, kEd25519.size() - 2))));
  // A point that is not on its curve, and one that is none.
  CHECK(Refused(Pem(Replaced(kP256, "51f5", "51f4"))));
  CHECK(Refused(Pem(Replaced(kSm2, "f0a0", "f0a1"))));
  CHECK(Refused(Pem(Replaced(kP256, kP256.substr(54), std::string(128, '0')))));
  // The same point, compressed.
  CHECK(
      Refused(Pem("3039301306072a8648ce3d020106082a8648ce3d030107032200"
                  "036b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a1"
                  "3945d898c296")));
  // Another curve: P-384's name before a point of P-256.
  CHECK(
      Refused(Pem(Replaced(kP256, "06082a8648ce3d030107", "06052b81040022"))));
}

TEST_CASE("a curve is known by its name, not by its parameters") {
  CHECK(Refused(
      "-----BEGIN PUBLIC KEY-----\n"
      "MIIBSzCCAQMGByqGSM49AgEwgfcCAQEwLAYHKoZIzj0BAQIhAP////8AAAABAAAA\n"
      "AAAAAAAAAAAA////////////////MFsEIP////8AAAABAAAAAAAAAAAAAAAA////\n"
      "///////////8BCBaxjXYqjqT57PrvVV2mIa8ZR0GsMxTsPY7zjw+J9JgSwMVAMSd\n"
      "NgiG5wSTamZ44ROdJreBn36QBEEEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5\n"
      "RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9QIhAP////8AAAAA\n"
      "//////////+85vqtpxeehPO5ysL8YyVRAgEBA0IABCZ2T1X6444R9rvXjdd9nB1r\n"
      "mPeWzjKkaSslSOj3dkw0bpkFO5mmP/9lRahYNcrQP6kppOmZlIX91TQK093Aito=\n"
      "-----END PUBLIC KEY-----\n"));
}

}  // namespace
}  // namespace sealedger::notary
