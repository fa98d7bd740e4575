#include "notary/sm2.h"

#include <doctest/doctest.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include <string>

#include "ledger/encoding.h"
#include "tests/notary/openssl_command.h"

namespace sealedger::notary {
namespace {

using testing::HasOpenssl;
using testing::ReadFile;
using testing::RunOpenssl;
using testing::TempDir;
using testing::WriteFile;

const std::string kPrefix =
    "3059301306072a8648ce3d020106082a811ccf5501822d03420004";
const std::string kOrder =
    "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123";
// GM/T 0003.5-2012, appendix A.2: key, message "message digest", r and s.
const std::string kSampleKey =
    kPrefix +
    "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13";
const std::string kSampleR =
    "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3";
const std::string kSampleS =
    "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa";

std::string Hex(const std::string& hex) { return *ledger::DecodeHex(hex); }

std::string Octet(size_t value) {
  return ledger::EncodeHex(std::string(1, static_cast<char>(value)));
}

// DER in hex, lengths short.
std::string Tlv(const std::string& tag, const std::string& content) {
  return tag + Octet(content.size() / 2) + content;
}
std::string Integer(const std::string& content) { return Tlv("02", content); }
std::string Pair(const std::string& r, const std::string& s) {
  return Tlv("30", r + s);
}
// Of scalars with the high bit set, whose INTEGERs begin with 00.
const std::string kR = Integer("00" + kSampleR);
const std::string kS = Integer("00" + kSampleS);
const std::string kSample = Pair(kR, kS);

std::string Minus(const std::string& a, const std::string& b) {
  const std::string from = Hex(a);
  const std::string take = Hex(b);
  std::string out(from.size(), '\0');
  int borrow = 0;
  for (size_t i = from.size(); i-- > 0;) {
    const int digit =
        static_cast<uint8_t>(from[i]) - static_cast<uint8_t>(take[i]) - borrow;
    borrow = digit < 0 ? 1 : 0;
    out[i] = static_cast<char>(digit + 256 * borrow);
  }
  return ledger::EncodeHex(out);
}

bool IsRefused(const std::string& hex) {
  return !ReadSm2Value(Hex(hex)).has_value();
}

bool VerifiesSample(const std::string& value_hex) {
  return VerifySm2(Hex(kSampleKey), "message digest", Hex(value_hex));
}

std::string ErrorName(const Result<Sm2Key>& key) {
  // TLS on this thread must not find what OpenSSL said about a key.
  CHECK(ERR_peek_error() == 0);
  return key ? "" : key.error().name;
}

// A PEM block around DER.
std::string Pem(const std::string& label, const std::string& der) {
  std::string text = ledger::EncodeBase64(der);
  for (size_t i = 64; i < text.size(); i += 65) text.insert(i, "\n");
  return "-----BEGIN " + label + "-----\n" + text + "\n-----END " + label +
         "-----\n";
}

// PKCS#8 of the sample key, with this private key and this point.
std::string Pkcs8(const std::string& d, const std::string& point) {
  const std::string ec = Tlv(
      "30", Integer("01") + Tlv("04", d) + "a144" + Tlv("03", "00" + point));
  const std::string content = Integer("00") +
                              "301306072a8648ce3d020106082a811ccf5501822d" +
                              Tlv("04", ec);
  return Hex("3081" + Octet(content.size() / 2) + content);
}
const std::string kSamplePrivate =
    "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8";
const std::string kSamplePoint = "04" + kSampleKey.substr(kPrefix.size());

TEST_CASE("the standard's own sample verifies") {
  CHECK(VerifiesSample(kSample));
  CHECK_FALSE(VerifySm2(Hex(kSampleKey), "message digesu", Hex(kSample)));
  CHECK_FALSE(VerifySm2(Hex(kSampleKey), "", Hex(kSample)));
}

TEST_CASE("a signature is of one message by one key") {
  const Sm2Key key = Sm2Key::Generate();
  const Sm2Key other = Sm2Key::Generate();
  for (const std::string message : {"", "a", "text"}) {
    CAPTURE(message);
    const std::string value = key.Sign(message);
    CHECK(VerifySm2(key.spki(), message, value));
    CHECK_FALSE(VerifySm2(key.spki(), message + ".", value));
    CHECK_FALSE(VerifySm2(other.spki(), message, value));
  }
  CHECK(key.Sign("a") != key.Sign("a"));
  CHECK(ERR_peek_error() == 0);
}

TEST_CASE("no bit of a signature may change") {
  const std::string sample = Hex(kSample);
  for (size_t bit = 0; bit < 8 * sample.size(); ++bit) {
    CAPTURE(bit);
    std::string value = sample;
    value[bit / 8] = static_cast<char>(value[bit / 8] ^ (1 << (bit % 8)));
    CHECK_FALSE(VerifySm2(Hex(kSampleKey), "message digest", value));
  }
  CHECK(ERR_peek_error() == 0);
}

TEST_CASE("n - s is no second spelling of s, as it is with ECDSA") {
  const std::string twin = Pair(kR, Integer(Minus(kOrder, kSampleS)));
  REQUIRE_FALSE(IsRefused(twin));
  CHECK_FALSE(VerifiesSample(twin));
}

TEST_CASE("a signature under the empty user ID does not verify") {
  TempDir folder;
  if (!HasOpenssl(folder)) return;
  REQUIRE(RunOpenssl(folder, "genpkey -algorithm SM2 -out key.pem"));
  REQUIRE(
      RunOpenssl(folder, "pkey -in key.pem -pubout -outform DER -out spki"));
  WriteFile(folder.path() / "message", "text");
  REQUIRE(RunOpenssl(folder, "dgst -sm3 -sign key.pem -out value message"));
  const std::string spki = ReadFile(folder.path() / "spki");
  CHECK_FALSE(VerifySm2(spki, "text", ReadFile(folder.path() / "value")));
  REQUIRE(RunOpenssl(folder,
                     "dgst -sm3 -sign key.pem -sigopt distid:1234567812345678 "
                     "-out value message"));
  CHECK(VerifySm2(spki, "text", ReadFile(folder.path() / "value")));
}

TEST_CASE(
    "what is signed here is verified by others, and their keys are read") {
  TempDir folder;
  if (!HasOpenssl(folder)) return;
  REQUIRE(RunOpenssl(folder, "genpkey -algorithm SM2 -out key.pem"));
  REQUIRE(RunOpenssl(folder, "pkey -in key.pem -pubout -out public.pem"));
  REQUIRE(RunOpenssl(folder,
                     "pkcs8 -topk8 -v2 aes-128-cbc -in key.pem "
                     "-passout pass:secret -out sealed.pem"));
  const auto plain = Sm2Key::FromPem(ReadFile(folder.path() / "key.pem"), "");
  REQUIRE(plain);
  const auto sealed =
      Sm2Key::FromPem(ReadFile(folder.path() / "sealed.pem"), "secret");
  REQUIRE(sealed);
  CHECK(plain->spki() == sealed->spki());
  WriteFile(folder.path() / "message", "text");
  WriteFile(folder.path() / "value", sealed->Sign("text"));
  const std::string verify =
      "dgst -sm3 -verify public.pem -signature value "
      "-sigopt distid:1234567812345678 message";
  CHECK(RunOpenssl(folder, verify));
  WriteFile(folder.path() / "message", "texu");
  CHECK_FALSE(RunOpenssl(folder, verify));
}

TEST_CASE("an encrypted key is opened by its passphrase, by others too") {
  const Sm2Key key = Sm2Key::Generate();
  const std::string pem = key.EncryptedPem("secret");
  CHECK(pem.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));
  const Result<Sm2Key> opened = Sm2Key::FromPem(pem, "secret");
  REQUIRE(opened);
  CHECK(opened->spki() == key.spki());
  CHECK(VerifySm2(key.spki(), "text", opened->Sign("text")));
  TempDir folder;
  if (!HasOpenssl(folder)) return;
  WriteFile(folder.path() / "key.pem", pem);
  REQUIRE(RunOpenssl(folder,
                     "pkey -in key.pem -passin pass:secret -pubout "
                     "-outform DER -out spki"));
  CHECK(ReadFile(folder.path() / "spki") == key.spki());
  REQUIRE(RunOpenssl(folder, "asn1parse -in key.pem"));
  const std::string printed = testing::Printed(folder);
  for (const std::string_view part :
       {":PBES2", ":PBKDF2", ":hmacWithSHA256", ":aes-256-cbc", ":0186A0"}) {
    CAPTURE(part);
    CHECK(printed.find(part) != std::string::npos);
  }
}

TEST_CASE("an older way of encrypting a key is not read") {
  TempDir folder;
  if (!HasOpenssl(folder)) return;
  REQUIRE(RunOpenssl(folder, "genpkey -algorithm SM2 -out key.pem"));
  REQUIRE(RunOpenssl(folder,
                     "pkcs8 -topk8 -v1 PBE-SHA1-3DES -in key.pem "
                     "-passout pass:secret -out sealed.pem"));
  const std::string pem = ReadFile(folder.path() / "sealed.pem");
  CHECK(ErrorName(Sm2Key::FromPem(pem, "secret")) == "bad-key");
}

TEST_CASE("a wrong passphrase is told from a key that is none") {
  const std::string pem = Sm2Key::Generate().EncryptedPem("secret");
  for (const std::string_view wrong : {"", "secreu", "secret "}) {
    CAPTURE(wrong);
    const Result<Sm2Key> key = Sm2Key::FromPem(pem, wrong);
    CHECK(ErrorName(key) == "wrong-passphrase");
    REQUIRE_FALSE(key);
    CHECK(key.error().code == ledger::Code::kPermissionDenied);
  }
}

TEST_CASE("what is no key in PKCS#8 PEM is refused") {
  const std::string good =
      Pem("PRIVATE KEY", Pkcs8(kSamplePrivate, kSamplePoint));
  REQUIRE(ErrorName(Sm2Key::FromPem(good, "")) == "");
  CHECK(Sm2Key::FromPem(good, "")->spki() == Hex(kSampleKey));
  const std::string der = Pkcs8(kSamplePrivate, kSamplePoint);
  for (const std::string& pem :
       {std::string(), std::string("text"), good.substr(0, good.size() - 9),
        Pem("PUBLIC KEY", Hex(kSampleKey)), Pem("EC PRIVATE KEY", der),
        Pem("PRIVATE KEY", der + "x"), Pem("ENCRYPTED PRIVATE KEY", der),
        Pem("PRIVATE KEY", der.substr(0, der.size() - 1)),
        good + std::string(4096, '\n')}) {
    CAPTURE(pem);
    const Result<Sm2Key> key = Sm2Key::FromPem(pem, "secret");
    CHECK(ErrorName(key) == "bad-key");
  }
}

TEST_CASE("a header that asks for a passphrase is refused, unasked") {
  std::string pem = Pem("PRIVATE KEY", Pkcs8(kSamplePrivate, kSamplePoint));
  pem.insert(pem.find('\n') + 1,
             "Proc-Type: 4,ENCRYPTED\n"
             "DEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n");
  CHECK(ErrorName(Sm2Key::FromPem(pem, "secret")) == "bad-key");
}

TEST_CASE("the two halves of a key belong together") {
  const std::string other = Sm2Key::Generate().spki().substr(26);
  const std::string mixed = Pkcs8(kSamplePrivate, ledger::EncodeHex(other));
  CHECK(ErrorName(Sm2Key::FromPem(Pem("PRIVATE KEY", mixed), "")) == "bad-key");
}

TEST_CASE("a private key is taken on the SM2 curve by its name only") {
  TempDir folder;
  if (!HasOpenssl(folder)) return;
  const auto made = [&](const std::string& arguments) {
    REQUIRE(RunOpenssl(folder, "genpkey -out key.pem " + arguments));
    return ErrorName(Sm2Key::FromPem(ReadFile(folder.path() / "key.pem"), ""));
  };
  CHECK(made("-algorithm EC -pkeyopt ec_paramgen_curve:SM2") == "");
  CHECK(made("-algorithm EC -pkeyopt ec_paramgen_curve:SM2 "
             "-pkeyopt ec_param_enc:explicit") == "bad-key");
  CHECK(made("-algorithm EC -pkeyopt ec_paramgen_curve:P-256") == "bad-key");
  CHECK(made("-algorithm ED25519") == "bad-key");
}

TEST_CASE("a public key is a point on the SM2 curve, named by its OID") {
  CHECK(IsSm2Key(Hex(kSampleKey)));
  std::string spki = kSampleKey;
  CHECK_FALSE(IsSm2Key(Hex(spki + "00")));
  CHECK_FALSE(IsSm2Key(Hex(spki.substr(2))));
  CHECK_FALSE(IsSm2Key(Hex(kPrefix + kSamplePoint)));
  CHECK_FALSE(IsSm2Key(""));
  spki.back() = '2';  // a point beside the curve
  CHECK_FALSE(IsSm2Key(Hex(spki)));
  // P-256 and its base point.
  CHECK_FALSE(IsSm2Key(
      Hex("3059301306072a8648ce3d020106082a8648ce3d03010703420004"
          "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
          "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")));
  // A point of the SM2 curve under the name of P-256, the names being of one
  // length.
  spki = kSampleKey;
  spki.replace(26, 20, "06082a8648ce3d030107");
  CHECK_FALSE(IsSm2Key(Hex(spki)));
  CHECK_FALSE(VerifySm2(Hex(spki), "message digest", Hex(kSample)));
  CHECK(ERR_peek_error() == 0);
}

TEST_CASE("explicit parameters make no SM2 key, though the curve is the same") {
  TempDir folder;
  if (!HasOpenssl(folder)) return;
  REQUIRE(RunOpenssl(folder,
                     "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:SM2 "
                     "-pkeyopt ec_param_enc:explicit -out key.pem"));
  REQUIRE(
      RunOpenssl(folder, "pkey -in key.pem -pubout -outform DER -out spki"));
  WriteFile(folder.path() / "message", "text");
  const std::string spki = ReadFile(folder.path() / "spki");
  CHECK_FALSE(IsSm2Key(spki));
  CHECK_FALSE(VerifySm2(spki, "text", Hex(kSample)));
}

TEST_CASE("DER of r and s is one value's one spelling") {
  const auto value = ReadSm2Value(Hex(kSample));
  REQUIRE(value);
  CHECK(ledger::EncodeHex(value->der) == kSample);
  CHECK_FALSE(value->raw);
  CHECK_FALSE(value->normalised);
  // Small scalars too.
  const std::string small = Pair(Integer("01"), Integer("0080"));
  const auto read = ReadSm2Value(Hex(small));
  REQUIRE(read);
  CHECK(ledger::EncodeHex(read->der) == small);
  CHECK_FALSE(read->normalised);
}

TEST_CASE("64 raw octets are read, and noted") {
  const auto value = ReadSm2Value(Hex(kSampleR + kSampleS));
  REQUIRE(value);
  CHECK(value->raw);
  CHECK_FALSE(value->normalised);
  CHECK(ledger::EncodeHex(value->der) == kSample);
  CHECK(VerifiesSample(ledger::EncodeHex(value->der)));
  // Only as what it was made to.
  CHECK_FALSE(VerifiesSample(kSampleR + kSampleS));
  CHECK(IsRefused(kSampleR + kSampleS + "00"));
  CHECK(IsRefused("00" + kSampleR + kSampleS));
  CHECK(IsRefused(kSampleR + kSampleS.substr(2)));
}

TEST_CASE("zero octets too many are taken away, and noted") {
  for (const auto& [r, s] :
       {std::pair{Integer("0000" + kSampleR), kS},
        std::pair{kR, Integer("0000" + kSampleS)},
        std::pair{Integer("0000000000000000" + kSampleR), kS}}) {
    const std::string hex = Pair(r, s);
    CAPTURE(hex);
    const auto value = ReadSm2Value(Hex(hex));
    REQUIRE(value);
    CHECK(value->normalised);
    CHECK_FALSE(value->raw);
    CHECK(ledger::EncodeHex(value->der) == kSample);
    CHECK_FALSE(VerifiesSample(hex));
  }
  const auto small = ReadSm2Value(Hex(Pair(Integer("0001"), Integer("02"))));
  REQUIRE(small);
  CHECK(small->normalised);
  CHECK(ledger::EncodeHex(small->der) == Pair(Integer("01"), Integer("02")));
}

TEST_CASE("every other form of a value is refused") {
  CHECK(IsRefused(""));
  CHECK(IsRefused("30"));
  CHECK(IsRefused("3000"));
  // Negative.
  CHECK(IsRefused(Pair(Integer(kSampleR), kS)));
  CHECK(IsRefused(Pair(kR, Integer(kSampleS))));
  // Lengths in their long form.
  const std::string content = kR + kS;
  CHECK(IsRefused("3081" + Octet(content.size() / 2) + content));
  CHECK(IsRefused(Tlv("30", "028121" + kR.substr(4) + kS)));
  CHECK(IsRefused("3080" + content + "0000"));
  // An octet of length 128 or more is none of the short form.
  const std::string zeros(60, '0');
  const std::string padded =
      Integer("00" + zeros + kSampleR) + Integer("00" + zeros + kSampleS);
  REQUIRE(padded.size() / 2 >= 128);
  CHECK(IsRefused(Pair(padded, "")));
  // Something after, between and missing.
  CHECK(IsRefused(kSample + "00"));
  CHECK(IsRefused(Pair(kR, kS + "00")));
  CHECK(IsRefused(Pair(kR, kS + Integer("01"))));
  CHECK(IsRefused(Pair(kR, "")));
  CHECK(IsRefused(Pair(kR, Integer(""))));
  CHECK(IsRefused(Pair(Integer(""), kS)));
  // Other tags.
  CHECK(IsRefused(Tlv("31", content)));
  CHECK(IsRefused(Pair(Tlv("04", "00" + kSampleR), kS)));
  // 33 octets of number.
  CHECK(IsRefused(Pair(Integer("01" + kSampleR), kS)));
}

TEST_CASE("a value that ends early is refused, wherever it does") {
  const std::string sample = Hex(kSample);
  for (size_t size = 0; size < sample.size(); ++size) {
    if (size == 64) continue;  // raw then, though of other numbers
    CAPTURE(size);
    CHECK_FALSE(ReadSm2Value(std::string_view(sample).substr(0, size)));
  }
}

TEST_CASE("r and s lie in 1 to n-1") {
  const std::string zero(64, '0');
  const std::string one = zero.substr(1) + "1";
  const std::string most = Minus(kOrder, one);
  const std::string all(64, 'f');
  for (const std::string& good : {one, most}) {
    CAPTURE(good);
    CHECK_FALSE(IsRefused(good + one));
    CHECK_FALSE(IsRefused(one + good));
    CHECK_FALSE(IsRefused(Pair(Integer("00" + good), Integer("01"))));
  }
  for (const std::string& bad : {zero, kOrder, all}) {
    CAPTURE(bad);
    CHECK(IsRefused(bad + one));
    CHECK(IsRefused(one + bad));
    CHECK(IsRefused(Pair(Integer("00" + bad), Integer("01"))));
    CHECK(IsRefused(Pair(Integer("01"), Integer("00" + bad))));
  }
  CHECK(IsRefused(Pair(Integer("00"), Integer("01"))));
}

}  // namespace
}  // namespace sealedger::notary
