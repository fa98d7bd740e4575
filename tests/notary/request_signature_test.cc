#include "notary/request_signature.h"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "notary/party_key.h"
#include "notary/request_base.h"
#include "tests/notary/request_signer.h"

namespace sealedger::notary {
namespace {

using ledger::Code;
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

// For tests of the form alone: a signature that is none.
RequestHeaders Plain() {
  return {{"Content-Digest",
           "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:"},
          {"Idempotency-Key", "k-1"},
          {"Signature-Input",
           "sig1=(\"@method\" \"@path\" \"content-digest\" \"idempotency-key\")"
           ";created=1790000000;keyid=\"acme\";tag=\"sealedger\""},
          {"Signature", "sig1=:" + std::string(86, 'A') + "==:"}};
}

std::string& Value(RequestHeaders& headers, const std::string& name) {
  for (auto& [key, value] : headers) {
    if (key == name) return value;
  }
  throw std::runtime_error("no such header");
}

RequestHeaders With(const std::string& name, const std::string& value) {
  RequestHeaders headers = Plain();
  Value(headers, name) = value;
  return headers;
}

RequestHeaders Without(const std::string& name) {
  RequestHeaders headers = Plain();
  std::erase_if(headers, [&](const auto& h) { return h.first == name; });
  return headers;
}

RequestHeaders Replaced(const std::string& name, const std::string& what,
                        const std::string& by) {
  RequestHeaders headers = Plain();
  std::string& value = Value(headers, name);
  const size_t at = value.find(what);
  REQUIRE(at != std::string::npos);
  value.replace(at, what.size(), by);
  return headers;
}

// The name of the error; empty where the request is read as signed.
std::string Refusal(const Result<std::optional<SignedRequest>>& read) {
  if (!read) {
    CHECK(read.error().code == (read.error().name == "signed-body-too-large"
                                    ? Code::kInvalidArgument
                                    : Code::kUnauthenticated));
    CHECK_FALSE(read.error().detail.empty());
    return read.error().name;
  }
  return *read ? "" : "unsigned";
}

std::string Refusal(const RequestHeaders& headers) {
  return Refusal(ReadSignedRequest("POST", kPath, headers, kBody));
}

TEST_CASE("a request with neither header is unsigned") {
  RequestHeaders headers = {{"Content-Digest", "nonsense"}, {"Host", "x"}};
  CHECK(Refusal(headers) == "unsigned");
  CHECK(Refusal({}) == "unsigned");
  CHECK(Refusal(ReadSignedRequest("get", "/v1?a", {},
                                  std::string(kMaxSignedBody + 1, 'x'))) ==
        "unsigned");
}

TEST_CASE("a request signed by a key of each kind is taken") {
  for (const Kind kind : kKinds) {
    const RequestKey key(kind);
    const auto read = ReadSignedRequest(
        "POST", kPath,
        SignRequest(key, "POST", kPath, kBody, "k-1", "acme", kCreated), kBody);
    REQUIRE(read);
    REQUIRE(*read);
    const SignedRequest& request = **read;
    CHECK(request.base == kBase);
    CHECK(request.body == kBody);
    CHECK(request.signature.size() == kRequestSignatureSize);
    CHECK(ParseRequestBase(request.base)->keyid == "acme");
    CHECK(VerifyRequestSignature(key.party_key(), kBase, request.signature));
    CHECK(ParsePartyKey(key.public_pem(), "").value() == key.party_key());
  }
}

TEST_CASE("an empty body, another method and any path are signed alike") {
  const RequestKey key(Kind::kEd25519);
  const std::string path = "/v1/seals/1101020000001/authorizations/%61cme";
  const auto read = ReadSignedRequest(
      "DELETE", path,
      SignRequest(key, "DELETE", path, "", "\"k 1\"", "acme", kCreated), "");
  CHECK(Refusal(read) == "signature-malformed");  // a space in the key
  const auto good = ReadSignedRequest(
      "DELETE", path,
      SignRequest(key, "DELETE", path, "", "\"k-1\"", "acme", kCreated), "");
  REQUIRE(good);
  REQUIRE(*good);
  const RequestBase base = *ParseRequestBase((*good)->base);
  CHECK(base.method == "DELETE");
  CHECK(base.path == path);
  CHECK(base.idempotency_key == "\"k-1\"");
  CHECK(VerifyRequestSignature(key.party_key(), (*good)->base,
                               (*good)->signature));
}

TEST_CASE("names of headers are of either case, their order means nothing") {
  RequestHeaders headers = {{"HOST", "ledger.example"}};
  const RequestHeaders plain = Plain();
  for (auto header = plain.rbegin(); header != plain.rend(); ++header) {
    headers.push_back(*header);
    for (char& c : headers.back().first) {
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
  }
  CHECK(Refusal(headers) == "");
  for (auto& [name, value] : headers) {
    for (char& c : name) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
  }
  CHECK(Refusal(headers) == "");
}

TEST_CASE("a missing header has a name of its own") {
  REQUIRE(Refusal(Plain()) == "");
  CHECK(Refusal(Without("Signature")) == "signature-malformed");
  CHECK(Refusal(Without("Signature-Input")) == "signature-malformed");
  CHECK(Refusal(Without("Idempotency-Key")) == "signature-key-required");
  CHECK(Refusal(Without("Content-Digest")) == "signature-digest");
}

TEST_CASE("a header that stands there twice is refused, alike or not") {
  for (const auto& header : Plain()) {
    CAPTURE(header.first);
    RequestHeaders headers = Plain();
    headers.push_back(header);
    CHECK(Refusal(headers) == "signature-malformed");
    headers.back() = {header.first, "sig2=:AAAA:"};
    CHECK(Refusal(headers) == "signature-malformed");
    headers.back() = {header.first, ""};
    CHECK(Refusal(headers) == "signature-malformed");
  }
}

TEST_CASE("both headers hold one label, the same") {
  const std::string input = "Signature-Input";
  for (const std::string label : {"a", "*", "sig-b_21.x*", "z9"}) {
    CAPTURE(label);
    RequestHeaders headers = Replaced(input, "sig1", label);
    CHECK(Refusal(headers) == "signature-malformed");
    Value(headers, "Signature").replace(0, 4, label);
    CHECK(Refusal(headers) == "");
  }
  for (const std::string label : {"", "Sig1", "1sig", "-", "si g", "sig1 "}) {
    CAPTURE(label);
    RequestHeaders headers = Replaced(input, "sig1", label);
    Value(headers, "Signature").replace(0, 4, label);
    CHECK(Refusal(headers) == "signature-malformed");
  }
  RequestHeaders two = Plain();
  std::string& inputs = Value(two, input);
  inputs += ", sig2" + inputs.substr(4);
  CHECK(Refusal(two) == "signature-malformed");
  const std::string value = "=:" + std::string(86, 'A') + "==:";
  Value(two, "Signature") = "sig1" + value + ", sig2" + value;
  CHECK(Refusal(two) == "signature-malformed");
  CHECK(Refusal(With("Signature", "sig1" + value + ", sig2" + value)) ==
        "signature-malformed");
  CHECK(Refusal(With("Signature", "sig1" + value + ",sig1" + value)) ==
        "signature-malformed");
}

TEST_CASE("Signature is one value of 64 octets in padded base64") {
  const std::string a86(86, 'A');
  for (const std::string& value :
       {std::string(), std::string("sig1"), std::string("sig1="),
        std::string("sig1=:"), std::string("sig1=::"), "sig1=" + a86 + "==",
        "sig1=:" + a86 + ":", "sig1=:" + a86 + "==", "sig1=:" + a86 + "==:;x",
        "sig1=:" + a86.substr(1) + "B==:", "sig1=\"" + a86 + "==\"",
        "sig1= :" + a86 + "==:", "sig1=:" + a86 + "A=:", "sig1=:" + a86 + "AA:",
        "sig1=:" + a86.substr(4) + "==:", "sig1=:AAAA" + a86 + "==:"}) {
    CAPTURE(value);
    CHECK(Refusal(With("Signature", value)) == "signature-malformed");
  }
}

TEST_CASE("Signature-Input is in its one spelling") {
  const std::string name = "Signature-Input";
  CHECK(Refusal(With(name, "")) == "signature-malformed");
  CHECK(Refusal(With(name, "sig1")) == "signature-malformed");
  CHECK(Refusal(With(name, "sig1=")) == "signature-malformed");
  for (const auto& edit : std::vector<std::pair<std::string, std::string>>{
           {"\"@method\" ", ""},
           {"\"@method\"", "\"@authority\""},
           {"\"idempotency-key\"", "\"idempotency-key\" \"date\""},
           {"\"@method\" \"@path\"", "\"@path\" \"@method\""},
           {"\" \"", "\"  \""},
           {"(", "( "},
           {";created", "; created"},
           {";created", ";alg=\"ed25519\";created"},
           {";created", ";expires=1790000300;created"},
           {";created=1790000000", ""},
           {";keyid=\"acme\"", ""},
           {";tag=\"sealedger\"", ""},
           {";tag=\"sealedger\"", ";tag=\"other\""},
           {";tag", ";created=1790000000;tag"},
           {"=1790000000", "=\"1790000000\""},
           {"=1790000000", "=-1"},
           {"\"acme\"", "acme"},
           {"\"acme\"", "\"Acme\""},
           {"\"acme\"", "\"ac\nme\""}}) {
    CAPTURE(edit.first);
    CAPTURE(edit.second);
    CHECK(Refusal(Replaced(name, edit.first, edit.second)) ==
          "signature-malformed");
  }
  CHECK(Refusal(Replaced(name, ";created=1790000000;keyid=\"acme\"",
                         ";keyid=\"acme\";created=1790000000")) == "");
}

TEST_CASE("Content-Digest is the SHA-256 of the body, alone") {
  const std::string name = "Content-Digest";
  const std::string good =
      "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:";
  for (const std::string& digest :
       {std::string(), std::string("sha-256=::"), std::string("sha-512=:AAAA:"),
        std::string("sha-256=X48E"), good.substr(0, good.size() - 2) + ":",
        good + ";a",
        // Of another body: its first bit.
        std::string("sha-256=:34"
                    "8E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:")}) {
    CAPTURE(digest);
    CHECK(Refusal(With(name, digest)) == "signature-digest");
  }
  for (const std::string& digest :
       {good + ", sha-512=:AAAA:", "sha-512=:AAAA:, " + good,
        good + "," + good}) {
    CAPTURE(digest);
    CHECK(Refusal(With(name, digest)) == "signature-malformed");
  }
  CHECK(Refusal(ReadSignedRequest("POST", kPath, Plain(), kBody + " ")) ==
        "signature-digest");
  CHECK(Refusal(ReadSignedRequest("POST", kPath, Plain(), "")) ==
        "signature-digest");
}

TEST_CASE("a key, a method and a target that no base holds are refused") {
  for (const std::string& key :
       {std::string(), std::string("k 1"), std::string("k\n1"),
        std::string("k\x01"), std::string("\u94a5"), std::string(256, 'k')}) {
    CAPTURE(key);
    CHECK(Refusal(With("Idempotency-Key", key)) == "signature-malformed");
  }
  CHECK(Refusal(With("Idempotency-Key", std::string(255, 'k'))) == "");
  for (const std::string target :
       {"", "*", "v1", "/v1/evidence?", "/v1/evidence?a=b", "/v1/evidence#a",
        "http://ledger.example/v1/evidence", "/v1/evi dence",
        "/v1\n\"@path\": /v1"}) {
    CAPTURE(target);
    CHECK(Refusal(ReadSignedRequest("POST", target, Plain(), kBody)) ==
          "signature-malformed");
  }
  for (const std::string method : {"", "post", "POST\n\"@path\": /v1"}) {
    CAPTURE(method);
    CHECK(Refusal(ReadSignedRequest(method, kPath, Plain(), kBody)) ==
          "signature-malformed");
  }
}

TEST_CASE("a signed body has at most 64 KiB") {
  const RequestKey key(Kind::kEd25519);
  const auto refusal = [&](size_t size) {
    const std::string body(size, 'x');
    return Refusal(ReadSignedRequest(
        "POST", kPath,
        SignRequest(key, "POST", kPath, body, "k-1", "acme", kCreated), body));
  };
  CHECK(refusal(65'536) == "");
  CHECK(refusal(65'537) == "signed-body-too-large");
}

}  // namespace
}  // namespace sealedger::notary
