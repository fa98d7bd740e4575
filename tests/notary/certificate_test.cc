#include "notary/certificate.h"

#include <doctest/doctest.h>
#include <openssl/err.h>

#include <string>
#include <vector>

#include "ledger/encoding.h"
#include "tests/notary/sample_certificates.h"

namespace sealedger::notary {
namespace {

using testing::Made;
using testing::NewSm2;
using testing::SampleCertificate;
using testing::SampleKey;
using testing::SampleRoot;

bool IsBad(const std::string& der) {
  const auto facts = ReadCertificate(der);
  CHECK(ERR_peek_error() == 0);
  return !facts && facts.error().code == ledger::Code::kMalformed &&
         facts.error().name == "bad-certificate";
}

bool IsBadPem(const std::string& pem) {
  const auto certificates = ReadCertificatesPem(pem);
  CHECK(ERR_peek_error() == 0);
  return !certificates && certificates.error().name == "bad-certificate";
}

TEST_CASE("what is not one certificate in DER is refused") {
  const SampleRoot root;
  for (size_t size = 0; size < root.der.size(); ++size) {
    CAPTURE(size);
    CHECK(IsBad(root.der.substr(0, size)));
  }
  CHECK_FALSE(IsBad(root.der));
  CHECK(IsBad(root.der + '\0'));
  CHECK(IsBad(root.der + root.der));
  CHECK(IsBad(CertificatePem(root.der)));
  // Indefinite length, and one octet of length too many: BER.
  CHECK(IsBad("\x30\x80" + root.der.substr(4) + std::string(2, '\0')));
  CHECK(IsBad("\x30\x83" + std::string(1, '\0') + root.der.substr(2)));
}

TEST_CASE("a certificate has at most 64 KiB") {
  const SampleRoot root;
  SampleCertificate sample = root.Issued("Signer", root.key.get());
  const auto with_comment = [&](size_t size) {
    sample.extensions = {{NID_netscape_comment, std::string(size, 'a')}};
    return Made(sample);
  };
  CHECK_FALSE(IsBad(with_comment(64'000)));
  CHECK(IsBad(with_comment(64 << 10)));
}

TEST_CASE("of several names the last one counts, and there may be none") {
  const SampleRoot root;
  const SampleKey key = NewSm2();
  SampleCertificate sample = root.Issued("", key.get());
  sample.subject = {{NID_commonName, "first"},
                    {NID_organizationName, "a, \"b\""},
                    {NID_commonName, "测试"}};
  auto facts = ReadCertificate(Made(sample));
  REQUIRE(facts);
  CHECK(facts->common_name == "测试");
  CHECK(facts->organization == "a, \"b\"");
  CHECK(facts->subject == "CN=测试,O=a\\, \\\"b\\\",CN=first");
  sample.subject = {};
  facts = ReadCertificate(Made(sample));
  REQUIRE(facts);
  CHECK(facts->subject.empty());
  CHECK(facts->common_name.empty());
  CHECK(facts->organization.empty());
}

TEST_CASE("a name that is no text makes a certificate malformed") {
  const SampleRoot root;
  const std::string name = "\x0c\x04Root";
  const auto with = [&](const std::string& bytes) {
    std::string der = root.der;
    // Of issuer and subject.
    for (size_t at = 0; (at = der.find(name, at)) != std::string::npos; ++at) {
      der.replace(at, name.size(), bytes);
    }
    return der;
  };
  CHECK(ReadCertificate(with("\x0c\x04Toor"))->common_name == "Toor");
  CHECK(IsBad(with("\x0c\x04Ro\xff\xfe")));
  // A surrogate of UTF-16, and what lies above the last character.
  CHECK(IsBad(with("\x0c\x04\xed\xa0\x80t")));
  CHECK(IsBad(with("\x0c\x04\xf4\x90\x80\x80")));
  // A BIT STRING.
  CHECK(IsBad(with(std::string("\x03\x04\0oot", 6))));
}

TEST_CASE("a serial is hex, with a sign where it is negative") {
  const SampleRoot root;
  CHECK(ReadCertificate(root.der)->serial == "1234");
  std::string der = root.der;
  const size_t at = der.find("\x02\x02\x12\x34");
  REQUIRE(at != std::string::npos);
  der[at + 2] = '\xff';
  CHECK(ReadCertificate(der)->serial == "-cc");
  der[at + 2] = '\x00';
  der[at + 3] = '\xa4';
  CHECK(ReadCertificate(der)->serial == "a4");
}

TEST_CASE("a time before 1970 and one after 2049 are read") {
  const SampleRoot root;
  const SampleKey key = NewSm2();
  SampleCertificate sample = root.Issued("Signer", key.get());
  sample.not_before_s = -86400;
  sample.not_after_s = 253'402'300'799;
  const auto facts = ReadCertificate(Made(sample));
  REQUIRE(facts);
  CHECK(facts->not_before_s == -86400);
  CHECK(facts->not_after_s == 253'402'300'799);
}

TEST_CASE("certificates are read from PEM, and keys beside them passed over") {
  const SampleRoot root;
  const Sm2Key key = Sm2Key::Generate();
  const std::string leaf = Made(root.Issued("Signer", root.key.get()));
  const std::string pem = CertificatePem(root.der);
  const auto one = ReadCertificatesPem(pem);
  REQUIRE(one);
  CHECK(*one == std::vector<std::string>{root.der});
  const std::string sealed = key.EncryptedPem("secret");
  const auto two = ReadCertificatesPem("Subject: Root\n" + pem + sealed + "\n" +
                                       CertificatePem(leaf) + sealed);
  REQUIRE(two);
  CHECK(*two == std::vector<std::string>{root.der, leaf});
  std::string crlf;
  for (const char c : pem) crlf += c == '\n' ? "\r\n" : std::string(1, c);
  CHECK(ReadCertificatesPem(crlf));
  CHECK(ReadCertificatesPem("-----BEGIN CERTIFICATE-----\n" +
                            ledger::EncodeBase64(root.der) +
                            "\n-----END CERTIFICATE-----"));
  CHECK(ERR_peek_error() == 0);
}

TEST_CASE("PEM without a certificate, or with a malformed one, is refused") {
  const SampleRoot root;
  const std::string pem = CertificatePem(root.der);
  CHECK(IsBadPem(""));
  CHECK(IsBadPem("text"));
  CHECK(IsBadPem(Sm2Key::Generate().EncryptedPem("secret")));
  CHECK(IsBadPem(CertificatePem(root.der + '\0')));
  CHECK(IsBadPem(pem + CertificatePem("text")));
  CHECK(IsBadPem(pem + pem.substr(0, pem.size() / 2)));
  CHECK(IsBadPem(pem + "-----BEGIN CERTIFICATE-----\n"));
  std::string broken = pem;
  broken[100] = '*';
  CHECK(IsBadPem(broken));
  std::string headed = pem;
  headed.insert(headed.find('\n') + 1,
                "Proc-Type: 4,ENCRYPTED\n"
                "DEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n");
  CHECK(IsBadPem(headed));
  CHECK(IsBadPem(pem + std::string(1 << 20, '\n')));
}

}  // namespace
}  // namespace sealedger::notary
