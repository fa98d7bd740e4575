// Seals that are known, and what is then left of a signature with one: its
// frame (eseal.h).

#include "notary/known_seals.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "notary/eseal_verify.h"
#include "notary/sm2_digest.h"
#include "tests/notary/seal_edits.h"
#include "tests/notary/signer_samples.h"

namespace sealedger::notary {
namespace {

using testing::SealFor;
using testing::SealSample;
using testing::Shop;

bool Fails(const SealSample& sample, std::string_view id) {
  return std::find(sample.fails.begin(), sample.fails.end(), id) !=
         sample.fails.end();
}

std::vector<SealSample> AllSignatures() {
  std::vector<SealSample> all = Shop().GoodSignatures();
  std::vector<SealSample> bad = Shop().BadSignatures();
  std::move(bad.begin(), bad.end(), std::back_inserter(all));
  return all;
}

TEST_CASE("a frame says of a signature all but its seal") {
  size_t read = 0;
  for (const SealSample& sample : AllSignatures()) {
    CAPTURE(sample.name);
    const auto whole = DecodeSealSignature(sample.bytes);
    const auto frame = DecodeSealSignatureFrame(sample.bytes);
    if (!whole) {
      // But for the seal, nothing more is taken.
      const bool in_seal =
          whole.error().detail.find("toSign.eseal.") != std::string::npos;
      CHECK(frame.has_value() == in_seal);
      continue;
    }
    REQUIRE(frame);
    ++read;
    const std::string_view bytes = sample.bytes;
    CHECK(bytes.substr(frame->seal_offset, frame->seal_size) ==
          whole->seal_der);
    CHECK(bytes.substr(frame->signed_offset, frame->signed_size) ==
          whole->signed_bytes);
    CHECK(whole->seal_offset == frame->seal_offset);
    CHECK(frame->form == whole->form);
    CHECK(frame->version == whole->version);
    CHECK(frame->claimed_time_s == whole->claimed_time_s);
    CHECK(frame->claimed_local == whole->claimed_local);
    CHECK(frame->data_hash == whole->data_hash);
    CHECK(frame->property_info == whole->property_info);
    CHECK(frame->extensions == whole->extensions);
    CHECK(frame->certificate == whole->certificate);
    CHECK(frame->signature_oid == whole->signature_oid);
    CHECK(frame->signature == whole->signature);
    CHECK(frame->time_stamp == whole->time_stamp);
    CHECK(frame->warnings == whole->warnings);
  }
  CHECK(read > 20);
}

TEST_CASE("a known seal tells what a signature's decoder and checks tell") {
  KnownSeals seals;
  size_t good = 0;
  size_t bad = 0;
  for (const SealSample& sample : AllSignatures()) {
    CAPTURE(sample.name);
    const auto whole = DecodeSealSignature(sample.bytes);
    if (!whole) continue;
    const auto frame = DecodeSealSignatureFrame(sample.bytes);
    REQUIRE(frame);
    const auto seal = seals.Read(whole->seal_der);
    REQUIRE(seal);
    const KnownSeal& known = **seal;
    CHECK(known.seseal() == whole->seal_der);
    CHECK(known.seal().info == whole->seal.info);
    CHECK(known.seal().warnings == whole->seal.warnings);
    CHECK(known.sm3() == ledger::Sm3Of(whole->seal_der));
    CHECK(known.sha256() == ledger::Sha256Of(whole->seal_der));
    CHECK(known.SignatureSm3(sample.bytes, *frame) ==
          ledger::Sm3Of(sample.bytes));
    const ledger::Hash z = ledger::Sm3Of("z");
    CHECK(known.SignedDigest(sample.bytes, *frame, z) ==
          Sm2Digest(z, whole->signed_bytes));
    const bool is_signed = known.IsSigned(sample.bytes, *frame);
    CHECK(is_signed == !Fails(sample, "signature"));
    CHECK(is_signed == known.IsSigned(sample.bytes, *frame));
    ++(is_signed ? good : bad);
  }
  CHECK(good > 20);
  CHECK(bad > 5);
}

TEST_CASE("a seal is known by all of its bytes") {
  KnownSeals seals;
  const std::string one = SealFor({Shop().signer().certificate}, 500);
  CHECK(seals.Find(one) == nullptr);
  const auto read = seals.Read(one);
  REQUIRE(read);
  CHECK(seals.Find(one) == *read);
  CHECK(*seals.Read(one) == *read);
  // Others that end alike: one of another picture, and a part of it.
  SealInfo info = Shop().Info();
  info.picture.data = std::string(500, '\x66');
  const std::string other = testing::WithDerPart(
      one, {0, 3}, testing::DerPartAt(Shop().Seal2020(info), {0, 3}));
  REQUIRE(other.size() == one.size());
  REQUIRE(other.substr(other.size() - 64) == one.substr(one.size() - 64));
  CHECK(seals.Find(other) == nullptr);
  CHECK(seals.Find(std::string_view(one).substr(1)) == nullptr);
  CHECK(seals.Find("") == nullptr);
  const auto second = seals.Read(other);
  REQUIRE(second);
  CHECK((*second)->sm3() == ledger::Sm3Of(other));
  CHECK(seals.Find(other) == *second);
  CHECK(seals.Find(one) == nullptr);
}

TEST_CASE("known seals are bounded, and can be forgotten") {
  KnownSeals few(2, 100'000);
  std::vector<std::string> files;
  for (size_t i = 0; i < 3; ++i) {
    files.push_back(SealFor({Shop().signer().certificate}, 500 + i));
    REQUIRE(few.Read(files.back()));
  }
  CHECK(few.count() == 2);
  CHECK(few.Find(files[0]) == nullptr);
  CHECK(few.Find(files[2]) != nullptr);
  few.Forget(files[2]);
  CHECK(few.Find(files[2]) == nullptr);
  CHECK(few.Find(files[1]) != nullptr);
  KnownSeals small(10, files[1].size() + files[2].size() - 1);
  for (const std::string& file : files) REQUIRE(small.Read(file));
  CHECK(small.count() == 1);
  CHECK(small.Find(files[2]) != nullptr);
  KnownSeals none;
  const auto malformed = none.Read("no seal");
  REQUIRE_FALSE(malformed);
  CHECK(malformed.error().name == "seal-format");
  CHECK(none.count() == 0);
}

TEST_CASE("a signer's certificate is read once, and a stranger's bounded") {
  KnownSeals seals;
  const auto seal = seals.Read(SealFor({Shop().signer().certificate}, 500));
  REQUIRE(seal);
  const auto signer = (*seal)->Signer(Shop().signer().certificate);
  REQUIRE(signer != nullptr);
  CHECK(signer->key);
  CHECK(signer->facts.common_name == "11010000000017");
  CHECK((*seal)->Signer(Shop().signer().certificate) == signer);
  CHECK((*seal)->Signer("no certificate") == nullptr);
  for (int i = 0; i < 16; ++i) {
    const auto person =
        Shop().Issue("Passer-by " + std::to_string(i),
                     testing::kCertificateFrom, testing::kCertificateTo);
    REQUIRE((*seal)->Signer(person.certificate) != nullptr);
  }
  CHECK((*seal)->Signer(Shop().signer().certificate) != signer);
}

TEST_CASE("threads verify at once with one known seal") {
  KnownSeals seals;
  const std::string seal = SealFor({Shop().signer().certificate}, 2000);
  std::vector<std::string> files;
  for (size_t i = 0; i < 8; ++i) {
    files.push_back(Shop().Signature2020(
        {.seal = seal, .property_info = std::string(40 * i, 'p')}));
  }
  std::vector<int> wrong(4, 0);
  std::vector<std::thread> threads;
  for (size_t t = 0; t < wrong.size(); ++t) {
    threads.emplace_back([&, t] {
      for (size_t i = 0; i < 2 * files.size(); ++i) {
        const std::string& file = files[(i + t) % files.size()];
        const auto frame = DecodeSealSignatureFrame(file);
        const auto known = seals.Read(std::string_view(file).substr(
            frame->seal_offset, frame->seal_size));
        if (!known || !(*known)->IsSigned(file, *frame) ||
            (*known)->SignatureSm3(file, *frame) != ledger::Sm3Of(file)) {
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
