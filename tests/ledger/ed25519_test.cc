#include "ledger/ed25519.h"

#include <doctest/doctest.h>

#include <string>

#include "ledger/encoding.h"

namespace sealedger::ledger {
namespace {

std::string Hex(std::string_view text) {
  const auto bytes = DecodeHex(text);
  REQUIRE(bytes);
  return *bytes;
}

Ed25519Key TestKey() {
  return Ed25519Key::FromSeed(std::string(32, '\x01')).value();
}

void CheckPemRefused(std::string_view pem) {
  CAPTURE(pem);
  const auto key = Ed25519Key::FromPem(pem);
  REQUIRE_FALSE(key);
  CHECK(key.error().code == Code::kMalformed);
}

TEST_CASE("Ed25519 gives the values of RFC 8032 section 7.1") {
  struct Vector {
    const char* seed;
    const char* public_key;
    const char* message;
    const char* signature;
  };
  const Vector vectors[] = {
      {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
       "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
       "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821"
       "590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
      {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
       "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
       "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e"
       "43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
  };
  for (const Vector& vector : vectors) {
    const auto key = Ed25519Key::FromSeed(Hex(vector.seed));
    REQUIRE(key);
    CHECK(EncodeHex(key->public_key()) == vector.public_key);
    const auto signature = key->Sign(Hex(vector.message));
    REQUIRE(signature);
    CHECK(EncodeHex(*signature) == vector.signature);
    CHECK(VerifyEd25519(key->public_key(), Hex(vector.message), *signature));
  }
}

TEST_CASE("a signature over something else is refused") {
  const Ed25519Key key = TestKey();
  const std::string message = "seal";
  const std::string signature = key.Sign(message).value();
  REQUIRE(VerifyEd25519(key.public_key(), message, signature));
  CHECK_FALSE(VerifyEd25519(key.public_key(), "seaL", signature));
  CHECK_FALSE(VerifyEd25519(key.public_key(), "", signature));
  CHECK_FALSE(
      VerifyEd25519(Ed25519Key::Generate().public_key(), message, signature));
  for (size_t bit = 0; bit < 8 * signature.size(); ++bit) {
    std::string changed = signature;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    REQUIRE_FALSE(VerifyEd25519(key.public_key(), message, changed));
  }
}

TEST_CASE("keys and signatures of another length are refused") {
  const Ed25519Key key = TestKey();
  const std::string& public_key = key.public_key();
  const std::string signature = key.Sign("seal").value();
  CHECK_FALSE(VerifyEd25519(public_key.substr(1), "seal", signature));
  CHECK_FALSE(VerifyEd25519(public_key + '\0', "seal", signature));
  CHECK_FALSE(VerifyEd25519("", "seal", signature));
  CHECK_FALSE(VerifyEd25519(public_key, "seal", signature.substr(0, 63)));
  CHECK_FALSE(VerifyEd25519(public_key, "seal", signature + '\0'));
  CHECK_FALSE(VerifyEd25519(public_key, "seal", ""));
  for (const size_t size : {0, 31, 33, 64}) {
    const auto refused = Ed25519Key::FromSeed(std::string(size, 'x'));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Code::kMalformed);
  }
}

TEST_CASE("generated keys differ and sign") {
  const Ed25519Key one = Ed25519Key::Generate();
  const Ed25519Key two = Ed25519Key::Generate();
  CHECK(one.public_key() != two.public_key());
  CHECK(VerifyEd25519(one.public_key(), "seal", one.Sign("seal").value()));
}

TEST_CASE("a key is read back from PEM") {
  const Ed25519Key key = Ed25519Key::Generate();
  const std::string pem = key.ToPem();
  CHECK(pem.starts_with("-----BEGIN PRIVATE KEY-----\n"));
  CHECK(pem.ends_with("-----END PRIVATE KEY-----\n"));
  const auto read = Ed25519Key::FromPem(pem);
  REQUIRE(read);
  CHECK(read->public_key() == key.public_key());
  CHECK(read->ToPem() == pem);
  CHECK(read->Sign("seal").value() == key.Sign("seal").value());
}

TEST_CASE("the PEM of RFC 8410 section 10.3 is read") {
  const auto key = Ed25519Key::FromPem(
      "-----BEGIN PRIVATE KEY-----\n"
      "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
      "-----END PRIVATE KEY-----\n");
  REQUIRE(key);
  CHECK(EncodeHex(key->public_key()) ==
        "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1");
}

TEST_CASE("PEM of anything but an open Ed25519 key is refused") {
  const std::string pem = TestKey().ToPem();
  CheckPemRefused("");
  CheckPemRefused("seal");
  CheckPemRefused(pem.substr(0, pem.size() / 2));
  REQUIRE(Ed25519Key::FromPem(std::string(100, '\n') + pem));
  CheckPemRefused(std::string(5000, '\n') + pem);
  const std::string begin = "-----BEGIN PRIVATE KEY-----\n";
  const std::string end = "-----END PRIVATE KEY-----\n";
  const std::string body =
      pem.substr(begin.size(), pem.size() - begin.size() - end.size() - 1);
  CHECK(Ed25519Key::FromPem(begin + body + '\n' + end));
  CheckPemRefused(begin + EncodeBase64(*DecodeBase64(body) + '\0') + '\n' +
                  end);
  CheckPemRefused(begin + "Proc-Type: 4,ENCRYPTED\n\n" + body + '\n' + end);
  std::string relabelled = pem;
  for (size_t at; (at = relabelled.find("PRIVATE")) != std::string::npos;) {
    relabelled.replace(at, 7, "PUBLIC");
  }
  CheckPemRefused(relabelled);
  // An Ed25519 key under the passphrase "seal".
  CheckPemRefused(
      "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
      "MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAhj31bze0vYqwICCAAw\n"
      "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEEd2LO1giYiLotgP0YJ8hkkEQAUn\n"
      "XjZtpsck5csyuVxJp7D+PhQaWeMM6qXSssROGvMuqnVSHwFK7/tbWoBDvPpMpD/d\n"
      "x0xZESZrlBt8mlwPO3g=\n"
      "-----END ENCRYPTED PRIVATE KEY-----\n");
  // A public key, and a key on P-256.
  CheckPemRefused(
      "-----BEGIN PUBLIC KEY-----\n"
      "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
      "-----END PUBLIC KEY-----\n");
  CheckPemRefused(
      "-----BEGIN PRIVATE KEY-----\n"
      "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgRpc6czltA3jyQ79f\n"
      "NBz1G4cbyhNK5JsI/kvIG6aDjDShRANCAASS8jXHkjIGFXtXiyfVskJDpnps29EB\n"
      "+uI0wBwTmEC3eTeX/F1wx/gETLReSy1mnTiNN7RkiJpFQW5+xcob5gvJ\n"
      "-----END PRIVATE KEY-----\n");
}

}  // namespace
}  // namespace sealedger::ledger
