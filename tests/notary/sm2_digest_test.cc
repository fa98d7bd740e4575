// SM2 over digests: against the standard's sample, against the functions over
// messages, and against the program openssl, both ways.

#include "notary/sm2_digest.h"

#include <doctest/doctest.h>
#include <openssl/err.h>

#include <string>

#include "ledger/encoding.h"
#include "notary/sm2.h"
#include "tests/notary/openssl_command.h"

namespace sealedger::notary {
namespace {

using testing::HasOpenssl;
using testing::ReadFile;
using testing::RunOpenssl;
using testing::TempDir;
using testing::WriteFile;

std::string Hex(const std::string& hex) { return *ledger::DecodeHex(hex); }

// GM/T 0003.5-2012, appendix A.2, message "message digest".
const std::string kPoint =
    "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13";
const std::string kSpki =
    "3059301306072a8648ce3d020106082a811ccf5501822d03420004" + kPoint;
const std::string kZ =
    "b2e14c5c79c6df5b85f4fe7ed8db7a262b9da7e07ccb0ea9f4747b8ccda8a4f3";
const std::string kE =
    "f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640";
const std::string kValue =
    "3046"
    "022100f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
    "022100b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa";

Sm2PublicKey PublicKey(const std::string& spki) {
  auto key = Sm2PublicKey::FromSpki(spki);
  REQUIRE(key);
  return *std::move(key);
}

TEST_CASE("Z and e are those of the standard's own sample") {
  const ledger::Hash z = Sm2Identity(Hex(kPoint));
  CHECK(ledger::ToHex(z) == kZ);
  CHECK(ledger::ToHex(Sm2Digest(z, "message digest")) == kE);
  const Sm2PublicKey key = PublicKey(Hex(kSpki));
  CHECK(key.z() == z);
  CHECK(key.VerifyDigest(*ledger::HashFromHex(kE), Hex(kValue)));
}

TEST_CASE("what is signed by digest verifies by message, and the reverse") {
  const Sm2Key key = Sm2Key::Generate();
  const Sm2PublicKey open = PublicKey(key.spki());
  const Sm2PublicKey other = PublicKey(Sm2Key::Generate().spki());
  for (const std::string message : {"", "a", "text"}) {
    CAPTURE(message);
    const ledger::Hash e = Sm2Digest(open.z(), message);
    const std::string value = key.SignDigest(e);
    CHECK(VerifySm2(key.spki(), message, value));
    CHECK_FALSE(VerifySm2(key.spki(), message + ".", value));
    CHECK(open.VerifyDigest(e, value));
    CHECK(open.VerifyDigest(e, key.Sign(message)));
    CHECK_FALSE(open.VerifyDigest(Sm2Digest(open.z(), message + "."), value));
    CHECK_FALSE(open.VerifyDigest(Sm2Digest(other.z(), message), value));
    CHECK_FALSE(other.VerifyDigest(e, value));
  }
  const ledger::Hash e = Sm2Digest(open.z(), "a");
  CHECK(key.SignDigest(e) != key.SignDigest(e));
  CHECK(ERR_peek_error() == 0);
}

TEST_CASE("no bit of a digest or a value may change") {
  const Sm2PublicKey key = PublicKey(Hex(kSpki));
  const ledger::Hash e = *ledger::HashFromHex(kE);
  const std::string value = Hex(kValue);
  for (size_t bit = 0; bit < 8 * ledger::kHashSize; ++bit) {
    ledger::Hash changed = e;
    changed.bytes[bit / 8] ^= static_cast<uint8_t>(1 << (bit % 8));
    if (key.VerifyDigest(changed, value)) FAIL("digest " << bit);
  }
  for (size_t bit = 0; bit < 8 * value.size(); ++bit) {
    std::string changed = value;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    if (key.VerifyDigest(e, changed)) FAIL("value " << bit);
  }
  CHECK(ERR_peek_error() == 0);
}

TEST_CASE("a value verifies in its one DER spelling only") {
  const Sm2PublicKey key = PublicKey(Hex(kSpki));
  const ledger::Hash e = *ledger::HashFromHex(kE);
  const std::string raw =
      Hex(kValue.substr(10, 64)) + Hex(kValue.substr(10 + 64 + 6, 64));
  REQUIRE(ReadSm2Value(raw)->der == Hex(kValue));
  CHECK_FALSE(key.VerifyDigest(e, raw));
  CHECK_FALSE(key.VerifyDigest(e, ""));
  CHECK_FALSE(key.VerifyDigest(e, Hex(kValue + "00")));
}

TEST_CASE("a public key that is kept is one that is taken elsewhere") {
  CHECK_FALSE(Sm2PublicKey::FromSpki(""));
  CHECK_FALSE(Sm2PublicKey::FromSpki(Hex(kSpki + "00")));
  std::string beside = kSpki;
  beside.back() = '2';
  CHECK_FALSE(Sm2PublicKey::FromSpki(Hex(beside)));
  std::string p256 = kSpki;
  p256.replace(26, 20, "06082a8648ce3d030107");
  CHECK_FALSE(Sm2PublicKey::FromSpki(Hex(p256)));
  CHECK(ERR_peek_error() == 0);
}

TEST_CASE("others verify what is signed by digest, and are verified by it") {
  TempDir folder;
  if (!HasOpenssl(folder)) return;
  REQUIRE(RunOpenssl(folder, "genpkey -algorithm SM2 -out key.pem"));
  REQUIRE(RunOpenssl(folder, "pkey -in key.pem -pubout -out public.pem"));
  const auto key = Sm2Key::FromPem(ReadFile(folder.path() / "key.pem"), "");
  REQUIRE(key);
  const Sm2PublicKey open = PublicKey(key->spki());
  const ledger::Hash e = Sm2Digest(open.z(), "text");
  WriteFile(folder.path() / "message", "text");
  WriteFile(folder.path() / "e", e.view());
  WriteFile(folder.path() / "value", key->SignDigest(e));
  const std::string id = "-sigopt distid:1234567812345678 ";
  CHECK(RunOpenssl(folder, "dgst -sm3 -verify public.pem -signature value " +
                               id + "message"));
  CHECK(RunOpenssl(folder,
                   "pkeyutl -verify -pubin -inkey public.pem -in e "
                   "-sigfile value"));
  REQUIRE(RunOpenssl(folder,
                     "dgst -sm3 -sign key.pem -out value " + id + "message"));
  CHECK(open.VerifyDigest(e, ReadFile(folder.path() / "value")));
  REQUIRE(RunOpenssl(folder, "pkeyutl -sign -inkey key.pem -in e -out value"));
  CHECK(open.VerifyDigest(e, ReadFile(folder.path() / "value")));
  CHECK(VerifySm2(key->spki(), "text", ReadFile(folder.path() / "value")));
}

}  // namespace
}  // namespace sealedger::notary
