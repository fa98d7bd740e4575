// TLS: what was given is what is shown, and slow or foreign clients are cut.
#include <doctest/doctest.h>
#include <httplib.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <chrono>
#include <memory>
#include <string>

#include "api/server.h"
#include "tests/api/raw_client.h"
#include "tests/support/files.h"

namespace sealedger::api {
namespace {

using sealedger::testing::RawClient;
using sealedger::testing::TempDir;

class EchoHandler : public Handler {
 public:
  size_t BodyLimit(const Request&) const override { return kMaxBody; }
  Response Handle(const Request& request) override {
    Response response;
    response.content_type = "text/plain";
    response.body = request.body;
    return response;
  }
  void Finished(const Exchange&) override {}
};

std::string BioText(BIO* bio) {
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio, &text);
  std::string copy(text, static_cast<size_t>(size));
  BIO_free(bio);
  return copy;
}

// A certificate for 127.0.0.1, signed by itself, and its key.
void WriteCertificate(const TempDir& dir) {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, key);
  X509_NAME* name = X509_get_subject_name(certificate);
  const auto* host = reinterpret_cast<const unsigned char*>("127.0.0.1");
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, host, -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  X509_EXTENSION* names = X509V3_EXT_conf_nid(
      nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1");
  X509_add_ext(certificate, names, -1);
  X509_EXTENSION_free(names);
  REQUIRE(X509_sign(certificate, key, EVP_sha256()) > 0);

  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(bio, certificate);
  sealedger::testing::WriteFile(dir.path() / "cert.pem", BioText(bio));
  bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  sealedger::testing::WriteFile(dir.path() / "key.pem", BioText(bio));
  X509_free(certificate);
  EVP_PKEY_free(key);
}

TEST_CASE("requests go through TLS, large ones too, many on one connection") {
  const TempDir dir;
  WriteCertificate(dir);
  ServerOptions options;
  options.listen = "0.0.0.0:0";
  options.threads = 4;
  options.tls_cert = dir.path() / "cert.pem";
  options.tls_key = dir.path() / "key.pem";
  options.read_timeout = std::chrono::seconds(2);
  Result<std::unique_ptr<Server>> server =
      Server::Start(options, std::make_shared<EchoHandler>());
  REQUIRE(server);

  httplib::SSLClient client("127.0.0.1", (*server)->port());
  client.set_ca_cert_path(*options.tls_cert);
  client.enable_server_certificate_verification(true);
  client.set_keep_alive(true);
  for (const size_t size : {size_t{0}, size_t{1}, size_t{5000}, kMaxBody}) {
    CAPTURE(size);
    const std::string body(size, 'b');
    const httplib::Result answer = client.Post("/", body, "text/plain");
    REQUIRE(answer);
    CHECK(answer->status == 200);
    CHECK(answer->body == body);
  }

  // Neither HTTP nor half a handshake holds a thread past its time.
  RawClient plain((*server)->port());
  plain.Send("GET / HTTP/1.1\r\n\r\n");
  RawClient half((*server)->port());
  half.Send("\x16\x03\x01");
  CHECK_NOTHROW(static_cast<void>(plain.AwaitAny(30000)));
  CHECK(half.AtEnd());
  CHECK(client.Post("/", "again", "text/plain")->body == "again");
  (*server)->Stop();
}

}  // namespace
}  // namespace sealedger::api
