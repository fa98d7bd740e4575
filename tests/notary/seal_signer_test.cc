#include "notary/seal_signer.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "notary/checkpoint_extension.h"
#include "notary/der.h"
#include "notary/eseal_verify.h"
#include "notary/sm2_digest.h"
#include "notary/stored_signature.h"
#include "tests/notary/seal_edits.h"
#include "tests/notary/signer_samples.h"
#include "tests/support/aborts.h"
#include "tests/support/files.h"

namespace sealedger::notary {
namespace {

using testing::CertificateFor;
using testing::DerPartAt;
using testing::kSealCode;
using testing::MemoryKeys;
using testing::NotingKey;
using testing::SealFor;
using testing::Shop;

using Signer = std::shared_ptr<const SealSigner>;

SignatureRequest Request() {
  return {testing::kSigningTime,
          ledger::Sm3Of(testing::kProtectedBytes),
          "/Doc_0/Signs/Sign_0/Signature.xml",
          {}};
}

// The signer of a seal whose key is in custody.
Signer Made(MemoryKeys& keys, size_t picture = 38 << 10) {
  const auto key = keys.Make(kSealCode);
  const auto signer = MakeSealSigner(
      SealFor({CertificateFor(key->spki)}, picture), kSealCode, keys);
  REQUIRE(signer);
  return *signer;
}

// One whose key signs nothing, but keeps the digest that it was asked for.
Signer Noting(std::shared_ptr<const NotingKey> key, size_t seal_size) {
  const ledger::Hash z = ledger::Sm3Of("z");
  return std::make_shared<const SealSigner>(
      DerOf(kDerSequence, DerOf(kDerOctetString, std::string(seal_size, 's'))),
      SealSignerFacts{kSealCode, "certificate", 0, 0, 0, 0}, z, std::move(key));
}

std::string NameOf(const Result<Signer>& signer) {
  return signer ? "" : signer.error().name;
}

TEST_CASE("a signature by a key in custody passes every check") {
  MemoryKeys keys;
  const Signer signer = Made(keys);
  const auto made = signer->Sign(Request());
  REQUIRE(made);
  const auto signature = DecodeSealSignature(made->bytes);
  REQUIRE(signature);
  CHECK(signature->form == SealForm::k2020);
  CHECK(signature->version == kSealVersion);
  CHECK(signature->warnings.empty());
  CHECK(signature->seal_der == signer->seseal());
  CHECK(signature->claimed_time_s == testing::kSigningTime);
  CHECK(signature->data_hash == Request().data_hash.view());
  CHECK(signature->property_info == Request().property_info);
  CHECK(signature->extensions.empty());
  CHECK(signature->certificate == signer->facts().certificate);
  CHECK(signature->signature_oid == kSm2SignOid);
  const auto value = ReadSm2Value(signature->signature);
  REQUIRE(value);
  CHECK(value->der == signature->signature);
  CHECK_FALSE(signature->time_stamp);
  const auto checks = CheckSealSignature(*signature, testing::ShopTrust(),
                                         testing::ShopQuestion());
  for (const Check& check : checks) {
    CAPTURE(check.id);
    if (check.id != "register_status") {
      CHECK(check.result == CheckResult::kPass);
    }
  }
}

TEST_CASE("a signature is told by its SM3, and stored without its seal") {
  MemoryKeys keys;
  const Signer signer = Made(keys);
  const auto made = signer->Sign(Request());
  REQUIRE(made);
  CHECK(made->sm3 == ledger::Sm3Of(made->bytes));
  CHECK(made->stored.size() < 2000);
  const auto restored = RestoreSignature(made->stored, signer->seseal());
  REQUIRE(restored);
  CHECK(*restored == made->bytes);
  const auto again = signer->Sign(Request());
  REQUIRE(again);
  CHECK(again->bytes != made->bytes);
}

TEST_CASE("the octets are those of another writer of the same structure") {
  MemoryKeys keys;
  const Signer signer = Made(keys);
  SignatureRequest request = Request();
  for (const bool extended : {false, true}) {
    if (extended) {
      request.extensions = {{"2.999.26.3.1", false, "one"},
                            {"2.999.26.3.2", true, ""}};
    }
    const auto made = signer->Sign(request);
    REQUIRE(made);
    const std::string other =
        Shop().Signature2020({.seal = signer->seseal(),
                              .property_info = request.property_info,
                              .extensions = request.extensions});
    CHECK(DerPartAt(made->bytes, {0}) == DerPartAt(other, {0}));
    CHECK(DerPartAt(made->bytes, {2}) == DerPartAt(other, {2}));
    CHECK(testing::WithDerPart(
              testing::WithDerPart(made->bytes, {1}, DerPartAt(other, {1})),
              {3}, DerPartAt(other, {3})) == other);
  }
}

TEST_CASE("a checkpoint inside is under the signature") {
  MemoryKeys keys;
  const Signer signer = Made(keys, 100);
  const CheckpointExtension checkpoint = {"example.com/log", 70'000,
                                          ledger::Sm3Of("root")};
  SignatureRequest request = Request();
  request.extensions = {
      {"2.999.26.3.1", false, EncodeCheckpointExtension(checkpoint)}};
  const auto made = signer->Sign(request);
  REQUIRE(made);
  auto signature = DecodeSealSignature(made->bytes);
  REQUIRE(signature);
  CHECK(signature->extensions == request.extensions);
  CHECK(ReadCheckpointExtension(signature->extensions.at(0).value) ==
        checkpoint);
  const auto facts = ReadCertificate(signature->certificate);
  REQUIRE(facts);
  CHECK(VerifySm2(facts->spki, signature->signed_bytes, signature->signature));
  signature->signed_bytes[signature->signed_bytes.size() - 1] ^= 1;
  CHECK_FALSE(
      VerifySm2(facts->spki, signature->signed_bytes, signature->signature));
}

TEST_CASE("digests follow the lengths, from one octet of length to three") {
  const auto key = std::make_shared<NotingKey>();
  for (const size_t seal_size : {0, 20, 100, 200, 65'400, 70'000}) {
    const Signer signer = Noting(key, seal_size);
    for (size_t size = 0; size <= kMaxPropertyInfo;
         size += size < 300 ? 1 : 4) {
      SignatureRequest request = Request();
      request.property_info.assign(size, 'p');
      // As values of r and s are.
      key->value.assign(70 + size % 3, 'v');
      const auto made = signer->Sign(request);
      REQUIRE(made);
      const std::string tbs = DerPartAt(made->bytes, {0});
      const bool right =
          IsDer(made->bytes) && made->sm3 == ledger::Sm3Of(made->bytes) &&
          key->asked == Sm2Digest(ledger::Sm3Of("z"), tbs) &&
          DerPartAt(made->bytes, {0, 1}) == signer->seseal() &&
          *RestoreSignature(made->stored, signer->seseal()) == made->bytes;
      if (!right) FAIL(seal_size << " " << size);
    }
  }
}

TEST_CASE("the key in custody is found by a certificate that the seal lists") {
  MemoryKeys keys;
  const auto key = keys.Make(kSealCode);
  const std::string certificate = CertificateFor(key->spki);
  const std::string& stranger = Shop().stranger().certificate;
  for (const auto& listed :
       {std::vector{certificate, stranger}, std::vector{stranger, certificate},
        std::vector{std::string("x"), certificate}}) {
    const std::string seal = SealFor(listed);
    const auto signer = MakeSealSigner(seal, kSealCode, keys);
    REQUIRE(NameOf(signer) == "");
    CHECK((*signer)->facts() ==
          SealSignerFacts{kSealCode, certificate, testing::kSealFrom,
                          testing::kSealTo, testing::kCertificateFrom,
                          testing::kCertificateTo});
    CHECK((*signer)->seseal() == seal);
    CHECK((*signer)->Sign(Request()));
  }
}

TEST_CASE("a seal without a key in custody has no signer") {
  MemoryKeys keys;
  const auto key = keys.Make(kSealCode);
  const std::string certificate = CertificateFor(key->spki);
  const auto name = [&](const std::string& seal, const char* code = kSealCode) {
    const auto signer = MakeSealSigner(seal, code, keys);
    if (!signer && signer.error().name == "no-key-in-custody") {
      CHECK(signer.error().code == ledger::Code::kConflict);
    }
    return NameOf(signer);
  };
  REQUIRE(name(SealFor({certificate})) == "");
  CHECK(name(SealFor({Shop().stranger().certificate})) == "no-key-in-custody");
  CHECK(name(SealFor({"x"})) == "no-key-in-custody");
  CHECK(name(Shop().Seal2020(Shop().InfoWithDigests())) == "no-key-in-custody");
  // The key of another seal, though the certificate is listed.
  CHECK(name(SealFor({certificate}), "11010000000025") == "no-key-in-custody");
  // What a signature of 2020 has no place for.
  SealInfo info = Shop().Info();
  info.certificates = {certificate};
  CHECK(name(Shop().Seal2014(info)) == "no-key-in-custody");
  // Another key under the id.
  keys.keys[key->id] = std::make_shared<NotingKey>();
  CHECK(name(SealFor({certificate})) == "no-key-in-custody");
}

TEST_CASE("why there is no signer, or no signature, is passed on") {
  MemoryKeys keys;
  const auto corrupt = MakeSealSigner("no seal", kSealCode, keys);
  CHECK(NameOf(corrupt) == "seal-corrupt");
  CHECK(corrupt.error().code == ledger::Code::kCorruption);
  CHECK(testing::Aborts(
      [&] { static_cast<void>(MakeSealSigner("no seal", "../key", keys)); }));

  const testing::TempDir dir;
  const std::string folder = (dir.path() / "seals").string();
  const auto key = OpenSealKeyFolder(folder, "phrase")->Make(kSealCode);
  REQUIRE(key);
  const std::string seal = SealFor({CertificateFor(key->spki)});
  const auto other = OpenSealKeyFolder(folder, "another phrase");
  CHECK(NameOf(MakeSealSigner(seal, kSealCode, *other)) == "wrong-passphrase");
  const auto right = OpenSealKeyFolder(folder, "phrase");
  CHECK(NameOf(MakeSealSigner(seal, kSealCode, *right)) == "");

  const auto away = std::make_shared<NotingKey>();
  away->fails = true;
  const auto made = Noting(away, 20)->Sign(Request());
  REQUIRE_FALSE(made);
  CHECK(made.error().name == "module-away");
}

TEST_CASE("what is signed about is within its bounds") {
  const Signer signer = Noting(std::make_shared<NotingKey>(), 20);
  const auto aborts = [&](const auto& change) {
    SignatureRequest request = Request();
    change(request);
    return testing::Aborts([&] { static_cast<void>(signer->Sign(request)); });
  };
  CHECK_FALSE(aborts([](SignatureRequest&) {}));
  CHECK(aborts([](SignatureRequest& request) {
    request.property_info.assign(kMaxPropertyInfo + 1, 'p');
  }));
  CHECK(aborts(
      [](SignatureRequest& request) { request.property_info = "签章"; }));
  CHECK(aborts([](SignatureRequest& request) { request.time_s = -1; }));
  CHECK(aborts([](SignatureRequest& request) {
    request.extensions = {{"no OID", false, ""}};
  }));
}

TEST_CASE("threads sign at once with one signer") {
  MemoryKeys keys;
  const Signer signer = Made(keys, 2000);
  const auto facts = ReadCertificate(signer->facts().certificate);
  std::vector<int> wrong(4, 0);
  std::vector<std::thread> threads;
  for (size_t t = 0; t < wrong.size(); ++t) {
    threads.emplace_back([&, t] {
      for (size_t i = 0; i < 10; ++i) {
        SignatureRequest request = Request();
        request.property_info.assign(17 * i + t, 'p');
        const auto made = signer->Sign(request);
        const auto signature = made ? DecodeSealSignature(made->bytes)
                                    : Result<SealSignature>(made.error());
        if (!signature || made->sm3 != ledger::Sm3Of(made->bytes) ||
            !VerifySm2(facts->spki, signature->signed_bytes,
                       signature->signature)) {
          ++wrong[t];
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == std::vector<int>(4, 0));
}

}  // namespace
}  // namespace sealedger::notary
