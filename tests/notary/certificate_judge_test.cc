#include <doctest/doctest.h>
#include <openssl/err.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "notary/certificate.h"
#include "tests/notary/openssl_command.h"
#include "tests/notary/sample_certificates.h"

namespace sealedger::notary {
namespace {

using testing::kCaExtensions;
using testing::kSampleEnd;
using testing::kSampleStart;
using testing::kSignerExtensions;
using testing::Made;
using testing::Named;
using testing::NewP256;
using testing::NewRsa;
using testing::NewSm2;
using testing::ReadFile;
using testing::SampleCertificate;
using testing::SampleExtensions;
using testing::SampleKey;
using testing::SampleRoot;
using testing::SealFixtures;
using testing::Spki;

using Fault = CertificateFault;

constexpr int64_t kAt = 1'750'000'000;

Fault Judge(const std::string& der, const std::vector<std::string>& trusted,
            const std::vector<std::string>& others = {}, int64_t at_s = kAt,
            bool sm2_only = true) {
  const Fault fault = JudgeCertificate(der, trusted, others, at_s, sm2_only);
  // TLS on this thread must not find what OpenSSL said about a certificate.
  CHECK(ERR_peek_error() == 0);
  return fault;
}

TEST_CASE("no bit of a certificate may change") {
  const SampleRoot root;
  const SampleKey key = NewSm2();
  const std::string leaf = Made(root.Issued("Signer", key.get()));
  const std::vector<std::string> trusted = {root.der};
  REQUIRE(Judge(leaf, trusted) == Fault::kNone);
  for (size_t bit = 0; bit < 8 * leaf.size(); ++bit) {
    CAPTURE(bit);
    std::string changed = leaf;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    CHECK(Judge(changed, trusted) != Fault::kNone);
  }
}

TEST_CASE("what is not one certificate in DER is malformed") {
  const SampleRoot root;
  CHECK(Judge(root.der + '\0', {root.der}) == Fault::kMalformed);
  CHECK(Judge("", {root.der}) == Fault::kMalformed);
}

TEST_CASE("a certificate is valid from its first second through its last") {
  const SampleRoot root;
  const SampleKey key = NewSm2();
  SampleCertificate sample = root.Issued("Signer", key.get());
  sample.not_before_s = kSampleStart + 10;
  sample.not_after_s = kSampleEnd - 10;
  const std::string leaf = Made(sample);
  const auto at = [&](int64_t at_s) {
    return Judge(leaf, {root.der}, {}, at_s);
  };
  CHECK(at(kSampleStart + 9) == Fault::kNotYetValid);
  CHECK(at(kSampleStart + 10) == Fault::kNone);
  CHECK(at(kSampleEnd - 10) == Fault::kNone);
  CHECK(at(kSampleEnd - 9) == Fault::kExpired);
}

TEST_CASE("an issuer's validity counts as the certificate's own") {
  const SampleRoot root;
  const SampleKey key = NewSm2();
  SampleCertificate sample = root.Issued("Signer", key.get());
  sample.not_before_s = kSampleStart - 100;
  sample.not_after_s = kSampleEnd + 100;
  const std::string leaf = Made(sample);
  const auto at = [&](int64_t at_s) {
    return Judge(leaf, {root.der}, {}, at_s);
  };
  CHECK(at(kSampleStart - 1) == Fault::kNotYetValid);
  CHECK(at(kSampleStart) == Fault::kNone);
  CHECK(at(kSampleEnd) == Fault::kNone);
  CHECK(at(kSampleEnd + 1) == Fault::kExpired);
}

TEST_CASE("a signature by another key, or under another user ID, is wrong") {
  const SampleRoot root;
  const SampleRoot namesake;
  const SampleKey key = NewSm2();
  CHECK(Judge(Made(namesake.Issued("Signer", key.get())), {root.der}) ==
        Fault::kWrongSignature);
  SampleCertificate sample = root.Issued("Signer", key.get());
  sample.user_id = "";
  CHECK(Judge(Made(sample), {root.der}) == Fault::kWrongSignature);
}

// root → middle → leaf.
struct Chain {
  SampleRoot root;
  SampleKey middle_key = NewSm2();
  SampleKey leaf_key = NewSm2();
  SampleCertificate middle;
  SampleCertificate leaf;

  Chain() {
    middle = root.Issued("Middle", middle_key.get());
    middle.extensions = kCaExtensions;
    leaf = {.subject = Named("Signer"),
            .issuer = Named("Middle"),
            .key = leaf_key.get(),
            .issuer_key = middle_key.get()};
  }
};

TEST_CASE("others may stand between a certificate and a trusted one") {
  Chain chain;
  const std::string middle = Made(chain.middle);
  const std::string leaf = Made(chain.leaf);
  CHECK(Judge(leaf, {chain.root.der}, {middle}) == Fault::kNone);
  CHECK(Judge(leaf, {chain.root.der, middle}) == Fault::kNone);
  CHECK(Judge(leaf, {chain.root.der}) == Fault::kUnknownIssuer);
  CHECK(Judge(leaf, {chain.root.der}, {"no certificate", middle}) ==
        Fault::kNone);
  chain.middle.user_id = "";
  CHECK(Judge(leaf, {chain.root.der}, {Made(chain.middle)}) ==
        Fault::kWrongSignature);
}

TEST_CASE("a chain ends in any of the trusted, roots or not") {
  const Chain chain;
  const std::string middle = Made(chain.middle);
  const std::string leaf = Made(chain.leaf);
  CHECK(Judge(leaf, {middle}) == Fault::kNone);
  CHECK(Judge(leaf, {leaf}) == Fault::kNone);
  CHECK(Judge(leaf, {leaf}, {}, kSampleEnd + 1) == Fault::kExpired);
  CHECK(Judge(leaf, {"no certificate", middle}) == Fault::kNone);
  CHECK(Judge(leaf, {"no certificate"}) == Fault::kUnknownIssuer);
}

Fault JudgeWithMiddle(const SampleExtensions& extensions, bool trusted) {
  Chain chain;
  chain.middle.extensions = extensions;
  const std::string middle = Made(chain.middle);
  return trusted ? Judge(Made(chain.leaf), {middle})
                 : Judge(Made(chain.leaf), {chain.root.der}, {middle});
}

TEST_CASE("an issuer is a CA that may sign certificates, trusted or not") {
  for (const bool trusted : {false, true}) {
    CAPTURE(trusted);
    CHECK(JudgeWithMiddle(kCaExtensions, trusted) == Fault::kNone);
    // Without a key usage it may do all.
    CHECK(JudgeWithMiddle({{NID_basic_constraints, "critical,CA:TRUE"}},
                          trusted) == Fault::kNone);
    CHECK(JudgeWithMiddle(kSignerExtensions, trusted) == Fault::kWrongUse);
    CHECK(JudgeWithMiddle({}, trusted) == Fault::kWrongUse);
    CHECK(JudgeWithMiddle({{NID_basic_constraints, "CA:TRUE"},
                           {NID_key_usage, "digitalSignature,cRLSign"}},
                          trusted) == Fault::kWrongUse);
    CHECK(JudgeWithMiddle({{NID_key_usage, "keyCertSign"}}, trusted) ==
          Fault::kWrongUse);
    CHECK(JudgeWithMiddle({{NID_netscape_cert_type, "sslCA"}}, trusted) ==
          Fault::kWrongUse);
  }
}

TEST_CASE("a root of version 1 is one, since it is trusted") {
  const SampleRoot root;
  const SampleKey key = NewSm2();
  SampleCertificate sample = {.subject = root.name,
                              .issuer = root.name,
                              .key = root.key.get(),
                              .issuer_key = root.key.get(),
                              .extensions = {},
                              .version = 1};
  const std::string leaf = Made(root.Issued("Signer", key.get()));
  CHECK(Judge(leaf, {Made(sample)}) == Fault::kNone);
  // One of version 3 could have said that it is a CA.
  sample.version = 3;
  CHECK(Judge(leaf, {Made(sample)}) == Fault::kWrongUse);
  sample.extensions = {{NID_key_usage, "keyCertSign"}};
  CHECK(Judge(leaf, {Made(sample)}) == Fault::kWrongUse);
}

TEST_CASE("a path is no longer than an issuer allows") {
  Chain chain;
  const std::string leaf = Made(chain.leaf);
  const std::string middle = Made(chain.middle);
  const auto under = [&](const char* constraints) {
    const std::string root =
        Made({.subject = chain.root.name,
              .issuer = chain.root.name,
              .key = chain.root.key.get(),
              .issuer_key = chain.root.key.get(),
              .extensions = {{NID_basic_constraints, constraints}}});
    return Judge(leaf, {root}, {middle});
  };
  CHECK(under("critical,CA:TRUE,pathlen:1") == Fault::kNone);
  CHECK(under("critical,CA:TRUE,pathlen:0") == Fault::kWrongUse);
}

TEST_CASE("a chain has at most eight issuers between its ends") {
  const SampleRoot root;
  std::vector<std::string> others;
  std::vector<SampleKey> keys;
  std::string issuer = "Root";
  EVP_PKEY* issuer_key = root.key.get();
  const auto next = [&](const std::string& name,
                        const SampleExtensions& extensions) {
    keys.push_back(NewSm2());
    return Made({.subject = Named(name),
                 .issuer = Named(issuer),
                 .key = keys.back().get(),
                 .issuer_key = issuer_key,
                 .extensions = extensions});
  };
  for (int middles = 0; middles <= 9; ++middles) {
    CAPTURE(middles);
    CHECK(Judge(next("Signer", kSignerExtensions), {root.der}, others) ==
          (middles <= 8 ? Fault::kNone : Fault::kUnknownIssuer));
    const std::string name = "Middle " + std::to_string(middles);
    others.push_back(next(name, kCaExtensions));
    issuer = name;
    issuer_key = keys.back().get();
  }
}

TEST_CASE("a signer's key usage is for signing, or there is none") {
  const SampleRoot root;
  const SampleKey key = NewSm2();
  const auto with = [&](const SampleExtensions& extensions) {
    SampleCertificate sample = root.Issued("Signer", key.get());
    sample.extensions = extensions;
    const std::string leaf = Made(sample);
    const Fault fault = Judge(leaf, {root.der});
    const auto facts = ReadCertificate(leaf);
    REQUIRE(facts);
    CHECK(facts->may_sign == (fault == Fault::kNone));
    return fault;
  };
  CHECK(with({}) == Fault::kNone);
  CHECK(with({{NID_key_usage, "digitalSignature"}}) == Fault::kNone);
  CHECK(with({{NID_key_usage, "nonRepudiation"}}) == Fault::kNone);
  CHECK(with({{NID_key_usage, "critical,nonRepudiation,keyEncipherment"}}) ==
        Fault::kNone);
  CHECK(with({{NID_key_usage,
               "critical,keyEncipherment,dataEncipherment,"
               "keyAgreement"}}) == Fault::kWrongUse);
  CHECK(with({{NID_key_usage, "decipherOnly"}}) == Fault::kWrongUse);
  CHECK(with(kCaExtensions) == Fault::kWrongUse);
}

TEST_CASE("a certificate for encryption is refused though it is trusted") {
  const SampleRoot root;
  const SampleKey key = NewSm2();
  SampleCertificate sample = root.Issued("Signer", key.get());
  sample.extensions = {{NID_key_usage, "keyEncipherment"}};
  const std::string leaf = Made(sample);
  CHECK(Judge(leaf, {leaf}) == Fault::kWrongUse);
}

TEST_CASE("a critical extension that is not understood restricts the use") {
  const SampleRoot root;
  const SampleKey key = NewSm2();
  SampleCertificate sample = root.Issued("Signer", key.get());
  // Subject information access has no meaning for a chain.
  sample.extensions = {{NID_sinfo_access, "critical,OCSP;URI:http://a.test"}};
  CHECK(Judge(Made(sample), {root.der}) == Fault::kWrongUse);
  sample.extensions = {{NID_sinfo_access, "OCSP;URI:http://a.test"}};
  CHECK(Judge(Made(sample), {root.der}) == Fault::kNone);
}

TEST_CASE("with sm2_only a key is an SM2 key on the named curve") {
  const SampleKey root_key = NewP256();
  const SampleKey key = NewP256();
  const std::string root = Made({.subject = Named("Root"),
                                 .issuer = Named("Root"),
                                 .key = root_key.get(),
                                 .issuer_key = root_key.get(),
                                 .extensions = kCaExtensions,
                                 .digest = EVP_sha256()});
  const auto leaf = [&](EVP_PKEY* of) {
    return Made({.subject = Named("Signer"),
                 .issuer = Named("Root"),
                 .key = of,
                 .issuer_key = root_key.get(),
                 .digest = EVP_sha256()});
  };
  CHECK(Judge(leaf(key.get()), {root}) == Fault::kWrongCurve);
  CHECK(Judge(leaf(key.get()), {root}, {}, kAt, false) == Fault::kNone);
  CHECK(Judge(leaf(NewSm2().get()), {root}) == Fault::kNone);
}

// The same key, with its curve's parameters in place of the name, or with its
// point compressed.
SampleKey Respelt(const SampleKey& key, const char* parameter,
                  const char* value) {
  SampleKey other(EVP_PKEY_dup(key.get()));
  REQUIRE(other != nullptr);
  REQUIRE(EVP_PKEY_set_utf8_string_param(other.get(), parameter, value) == 1);
  return other;
}

TEST_CASE("an SM2 key has one spelling, in a signer and above it") {
  const SampleRoot root;
  const SampleKey key = NewSm2();
  for (const auto& [parameter, value] :
       {std::pair{"encoding", "explicit"}, {"point-format", "compressed"}}) {
    const std::string_view spelling = value;
    CAPTURE(spelling);
    const SampleKey odd = Respelt(key, parameter, value);
    REQUIRE(Spki(odd.get()) != Spki(key.get()));
    CHECK(Judge(Made(root.Issued("Signer", odd.get())), {root.der}) ==
          Fault::kWrongCurve);
    const SampleKey odd_root = Respelt(root.key, parameter, value);
    const std::string above = Made({.subject = root.name,
                                    .issuer = root.name,
                                    .key = odd_root.get(),
                                    .issuer_key = root.key.get(),
                                    .extensions = kCaExtensions});
    CHECK(Judge(Made(root.Issued("Signer", key.get())), {above}) ==
          Fault::kWrongCurve);
  }
}

TEST_CASE("no issuer has a curve of its own parameters") {
  const SampleKey root_key = NewP256();
  const SampleKey odd = Respelt(root_key, "encoding", "explicit");
  const std::string root = Made({.subject = Named("Root"),
                                 .issuer = Named("Root"),
                                 .key = odd.get(),
                                 .issuer_key = root_key.get(),
                                 .extensions = kCaExtensions,
                                 .digest = EVP_sha256()});
  const std::string leaf = Made({.subject = Named("Authority"),
                                 .issuer = Named("Root"),
                                 .key = NewP256().get(),
                                 .issuer_key = root_key.get(),
                                 .digest = EVP_sha256()});
  CHECK(Judge(leaf, {root}, {}, kAt, false) == Fault::kWrongCurve);
}

TEST_CASE("a chain rests on no weak algorithm") {
  const SampleKey key = NewP256();
  const auto judged = [&](const SampleKey& root_key, const EVP_MD* digest) {
    const std::string root = Made({.subject = Named("Root"),
                                   .issuer = Named("Root"),
                                   .key = root_key.get(),
                                   .issuer_key = root_key.get(),
                                   .extensions = kCaExtensions,
                                   .digest = digest});
    const std::string leaf = Made({.subject = Named("Authority"),
                                   .issuer = Named("Root"),
                                   .key = key.get(),
                                   .issuer_key = root_key.get(),
                                   .digest = digest});
    return Judge(leaf, {root}, {}, kAt, false);
  };
  CHECK(judged(NewRsa(2048), EVP_sha256()) == Fault::kNone);
  CHECK(judged(NewRsa(1024), EVP_sha256()) == Fault::kWrongSignature);
  CHECK(judged(NewRsa(2048), EVP_sha1()) == Fault::kWrongSignature);
}

TEST_CASE("with an extension that cannot be read a certificate may nothing") {
  // The last one is of a real signer's kind: no part of what is judged.
  for (const SampleExtensions& extensions :
       {SampleExtensions{{NID_key_usage, "DER:030100"}},
        SampleExtensions{{NID_basic_constraints, "DER:0c0141"}},
        SampleExtensions{{NID_basic_constraints, "critical,CA:TRUE"},
                         {NID_key_usage, "digitalSignature,keyCertSign"},
                         {NID_subject_alt_name, "DER:0c0141"}}}) {
    Chain chain;
    chain.leaf.extensions = extensions;
    const std::string leaf = Made(chain.leaf);
    const auto facts = ReadCertificate(leaf);
    REQUIRE(facts);
    CHECK(facts->common_name == "Signer");
    CHECK_FALSE(facts->may_sign);
    CHECK_FALSE(facts->is_ca);
    CHECK(Judge(leaf, {Made(chain.middle)}) == Fault::kMalformed);
    CHECK(Judge(leaf, {leaf}) == Fault::kMalformed);
    CHECK(JudgeWithMiddle(extensions, true) == Fault::kUnknownIssuer);
    CHECK(JudgeWithMiddle(extensions, false) == Fault::kUnknownIssuer);
  }
}

TEST_CASE("certificates of a seal's maker and signer by others are judged") {
  const std::filesystem::path folder = SealFixtures();
  if (folder.empty()) return;
  const auto read = [&](const char* name) {
    const auto all = ReadCertificatesPem(ReadFile(folder / "own" / name));
    REQUIRE(all);
    REQUIRE(all->size() == 1);
    return all->front();
  };
  const std::string ca = read("ca.pem");
  const std::string maker = read("maker.pem");
  const std::string signer = read("signer.pem");
  const std::string tsa = read("tsa-ca.pem");
  for (const std::string& der : {maker, signer}) {
    CHECK(Judge(der, {ca}) == Fault::kNone);
    CHECK(Judge(der, {tsa}) == Fault::kUnknownIssuer);
    CHECK(Judge(der, {maker, signer}) == Fault::kNone);
    CHECK(Judge(der, {ca}, {}, 1'400'000'000) == Fault::kNotYetValid);
    CHECK(Judge(der, {ca}, {}, 2'500'000'000) == Fault::kExpired);
  }
  CHECK(Judge(ca, {ca}) == Fault::kWrongUse);
  const auto facts = ReadCertificate(signer);
  REQUIRE(facts);
  CHECK(facts->subject ==
        "C=CN,CN=35010000000017,O=91350100M000100Y43测试单位");
  CHECK(facts->common_name == "35010000000017");
  CHECK(facts->organization == "91350100M000100Y43测试单位");
  CHECK(facts->issuer == "CN=Bench Root CA,O=Bench,C=CN");
  CHECK(facts->serial == "b2d065ea3352db63c31ed9f0178846");
  CHECK(facts->may_sign);
  CHECK(ReadCertificate(ca)->is_ca);
}

}  // namespace
}  // namespace sealedger::notary
