#include "notary/request_base.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace sealedger::notary {
namespace {

using ledger::Code;

const std::string kDigest =
    "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:";
const std::string kCovered =
    "(\"@method\" \"@path\" \"content-digest\" \"idempotency-key\")";
const std::string kCreated = ";created=1790000000";
const std::string kKeyid = ";keyid=\"acme\"";
const std::string kTag = ";tag=\"sealedger\"";

// A base line by line, so that each can be another.
struct Lines {
  std::string method = "POST";
  std::string path = "/v1/evidence";
  std::string digest = kDigest;
  std::string key = "k-1";
  std::string params = kCovered + kCreated + kKeyid + kTag;

  std::string Text() const {
    return "\"@method\": " + method + "\n\"@path\": " + path +
           "\n\"content-digest\": " + digest + "\n\"idempotency-key\": " + key +
           "\n\"@signature-params\": " + params;
  }
};

std::string WithMethod(const std::string& method) {
  return Lines{.method = method}.Text();
}
std::string WithPath(const std::string& path) {
  return Lines{.path = path}.Text();
}
std::string WithDigest(const std::string& digest) {
  return Lines{.digest = digest}.Text();
}
std::string WithKey(const std::string& key) { return Lines{.key = key}.Text(); }
std::string WithParams(const std::string& params) {
  return Lines{.params = params}.Text();
}
std::string WithParameters(const std::string& parameters) {
  return WithParams(kCovered + parameters);
}
std::string WithCreated(const std::string& created) {
  return WithParameters(";created=" + created + kKeyid + kTag);
}
std::string WithKeyid(const std::string& keyid) {
  return WithParameters(kCreated + ";keyid=" + keyid + kTag);
}

bool IsTaken(const std::string& text) {
  const Result<RequestBase> base = ParseRequestBase(text);
  if (!base) return false;
  CHECK(FormatRequestBase(*base) == text);
  CHECK(text.size() <= kMaxRequestBase);
  return true;
}

bool IsRefused(const std::string& text) {
  const Result<RequestBase> base = ParseRequestBase(text);
  return !base && base.error().code == Code::kMalformed &&
         base.error().name == "request-base" && !base.error().detail.empty();
}

TEST_CASE("a base is read, and written as it was") {
  const std::string text = Lines().Text();
  const Result<RequestBase> base = ParseRequestBase(text);
  REQUIRE(base);
  CHECK(base->method == "POST");
  CHECK(base->path == "/v1/evidence");
  CHECK(base->content_sha256 == ledger::Sha256Of("{\"hello\": \"world\"}"));
  CHECK(base->idempotency_key == "k-1");
  CHECK(base->created_s == 1'790'000'000);
  CHECK(base->keyid == "acme");
  CHECK(FormatRequestBase(*base) == text);
  RequestBase made;
  made.method = "POST";
  made.path = "/v1/evidence";
  made.content_sha256 = ledger::Sha256Of("{\"hello\": \"world\"}");
  made.idempotency_key = "k-1";
  made.created_s = 1'790'000'000;
  made.keyid = "acme";
  CHECK(made == *base);
  CHECK(FormatRequestBase(made) == text);
}

TEST_CASE("parameters stand in any order, which is kept") {
  const std::vector<std::string> orders = {
      kCreated + kKeyid + kTag, kCreated + kTag + kKeyid,
      kKeyid + kCreated + kTag, kKeyid + kTag + kCreated,
      kTag + kCreated + kKeyid, kTag + kKeyid + kCreated};
  const RequestBase first = *ParseRequestBase(Lines().Text());
  for (const std::string& order : orders) {
    CAPTURE(order);
    const std::string text = WithParameters(order);
    Result<RequestBase> base = ParseRequestBase(text);
    REQUIRE(base);
    CHECK(FormatRequestBase(*base) == text);
    CHECK((*base == first) == (order == orders.front()));
    base->order = first.order;
    CHECK(*base == first);
  }
}

TEST_CASE("each of the three parameters stands there once, and no other") {
  const std::string all = kCreated + kKeyid + kTag;
  for (const std::string& parameters :
       {std::string(), kCreated, kCreated + kKeyid, kKeyid + kTag,
        kCreated + kTag, all + kCreated, all + kKeyid, all + kTag,
        kCreated + kCreated + kTag, kCreated + kKeyid + kKeyid,
        kTag + kKeyid + kTag, all + ";alg=\"ed25519\"",
        ";alg=\"ed25519\"" + all, kCreated + kKeyid + ";alg=\"ed25519\"",
        all + ";expires=1790000300", all + ";nonce=\"n\"", all + ";x",
        kCreated + kKeyid + ";tags=\"sealedger\""}) {
    CAPTURE(parameters);
    CHECK(IsRefused(WithParameters(parameters)));
  }
}

TEST_CASE("exactly the four components are covered, in their order") {
  const std::string rest = kCreated + kKeyid + kTag;
  REQUIRE(IsTaken(WithParams(kCovered + rest)));
  for (const std::string covered :
       {"", "()", R"(("@method" "@path" "content-digest"))",
        R"(("@path" "@method" "content-digest" "idempotency-key"))",
        R"(("@method" "@path" "idempotency-key" "content-digest"))",
        R"(("@method" "@path" "content-digest" "idempotency-key" "date"))",
        R"(("@method" "@path" "content-digest" "idempotency-key";sf))",
        R"(("@method" "@path";req "content-digest" "idempotency-key"))",
        R"(("@method" "@target-uri" "content-digest" "idempotency-key"))",
        R"(("@method" "@path" "Content-Digest" "idempotency-key"))"}) {
    CAPTURE(covered);
    CHECK(IsRefused(WithParams(covered + rest)));
  }
}

TEST_CASE("a base has one spelling") {
  const std::string text = Lines().Text();
  for (size_t i = 0; i <= text.size(); ++i) {
    for (const std::string more : {" ", "\n", "\r", "\t", "\x7f"}) {
      CAPTURE(i);
      CHECK(IsRefused(std::string(text).insert(i, more)));
    }
    if (i < text.size()) CHECK(IsRefused(text.substr(0, i)));
  }
  // Lists and parameters with the white space that their readers pass over.
  CHECK(IsRefused(
      WithParams("( " + kCovered.substr(1) + kCreated + kKeyid + kTag)));
  CHECK(IsRefused(WithParameters("; created=1790000000" + kKeyid + kTag)));
  for (const std::string created :
       {"", "+1", "-1", "-0", "01", "1.0", "0x1", "\"1\"", ":MQ==:", "?1",
        "1790000000 ", "1e9"}) {
    CAPTURE(created);
    CHECK(IsRefused(WithCreated(created)));
  }
  for (const std::string keyid :
       {"", "acme", "\"", "\"acme", "acme\"", "\"ac\\\\me\"", "\"\\acme\"",
        "'acme'", ":YWNtZQ==:", "\"acme\" ", "\"acme\",x=\"y\""}) {
    CAPTURE(keyid);
    CHECK(IsRefused(WithKeyid(keyid)));
  }
  for (const std::string tag :
       {"sealedger", "\"\"", "\"Sealedger\"", "\"sealedger2\"", "\"sealedge\"",
        "\"sealedger\";", "\"sealedger"}) {
    CAPTURE(tag);
    CHECK(IsRefused(WithParameters(kCreated + kKeyid + ";tag=" + tag)));
  }
}

TEST_CASE("the lines of a base are five, in their order, by their names") {
  const std::string text = Lines().Text();
  CHECK(IsRefused(""));
  CHECK(IsRefused("\n\n\n\n"));
  CHECK(IsRefused(text.substr(text.find('\n') + 1)));
  CHECK(IsRefused(text + "\n\"date\": x"));
  CHECK(IsRefused(text + "\n" + text));
  for (const std::string name : {"@method", "@path", "content-digest",
                                 "idempotency-key", "@signature-params"}) {
    CAPTURE(name);
    std::string other = text;
    other[other.find(name + "\": ") + 1] = 'X';
    CHECK(IsRefused(other));
  }
  const size_t second = text.find('\n') + 1;
  const size_t third = text.find('\n', second) + 1;
  CHECK(IsRefused(text.substr(second, third - second) + text.substr(0, second) +
                  text.substr(third)));
}

TEST_CASE("no value brings lines of its own") {
  const std::string params = kCovered + kCreated + kKeyid + kTag;
  const RequestBaseLines good = {"POST", "/v1/evidence", kDigest, "k-1",
                                 params};
  CHECK(JoinRequestBase(good) == Lines().Text());
  for (std::string_view RequestBaseLines::*const line :
       {&RequestBaseLines::method, &RequestBaseLines::path,
        &RequestBaseLines::content_digest, &RequestBaseLines::idempotency_key,
        &RequestBaseLines::signature_params}) {
    for (const std::string more : {"\n", "\n\"@path\": /v1/parties"}) {
      RequestBaseLines lines = good;
      const std::string value = std::string(good.*line) + more;
      lines.*line = value;
      CAPTURE(value);
      CHECK(IsRefused(JoinRequestBase(lines)));
    }
  }
}

TEST_CASE("a method is 1 to 16 upper-case letters") {
  CHECK(IsTaken(WithMethod("DELETE")));
  CHECK(IsTaken(WithMethod(std::string(16, 'A'))));
  for (const std::string& method :
       {std::string(), std::string("post"), std::string("PO ST"),
        std::string("GET/"), std::string("A\u00c4"), std::string(17, 'A')}) {
    CAPTURE(method);
    CHECK(IsRefused(WithMethod(method)));
  }
}

TEST_CASE("a path is as sent, and has no query") {
  CHECK(IsTaken(WithPath("/")));
  CHECK(IsTaken(WithPath("/v1/seals/%E5%8D%B0/events;a=b:c")));
  CHECK(IsTaken(WithPath("/" + std::string(1023, 'a'))));
  for (const std::string& path :
       {std::string(), std::string("*"), std::string("v1"),
        std::string("http://ledger.example/v1"), std::string("/v1?"),
        std::string("/v1?a=b"), std::string("/v1#a"), std::string("/v 1"),
        std::string("/v\x01"), std::string("/v\x7f"), std::string("/\u5370"),
        "/" + std::string(1024, 'a')}) {
    CAPTURE(path);
    CHECK(IsRefused(WithPath(path)));
  }
}

TEST_CASE("a key is 1 to 255 visible characters, quotes around it apart") {
  const std::string most(255, 'k');
  for (const std::string& key :
       {std::string("k"), std::string("\"k-1\""), std::string("~!\"\\,;=:"),
        most, "\"" + most + "\"", std::string("\"")}) {
    CAPTURE(key);
    CHECK(IsTaken(WithKey(key)));
  }
  for (const std::string& key :
       {std::string(), std::string("\"\""), std::string("k 1"),
        std::string("k\t"), std::string("k\x1f"), std::string("k\x7f"),
        std::string("k\x80"), std::string("\u94a5"), most + "k",
        "\"" + most + "k\"", "\"" + most}) {
    CAPTURE(key);
    CHECK(IsRefused(WithKey(key)));
  }
}

TEST_CASE("created and keyid lie in their bounds") {
  CHECK(IsTaken(WithCreated("0")));
  CHECK(IsTaken(WithCreated("999999999999999")));
  CHECK(IsRefused(WithCreated("1000000000000000")));
  CHECK(IsRefused(WithCreated("18446744073709551616")));
  CHECK(IsTaken(WithKeyid("\"0\"")));
  CHECK(IsTaken(WithKeyid("\"a.b_c-9\"")));
  CHECK(IsTaken(WithKeyid("\"" + std::string(64, 'a') + "\"")));
  for (const std::string& id :
       {std::string(), std::string("Acme"), std::string(".a"),
        std::string("a;b"), std::string("a b"), std::string(65, 'a')}) {
    CAPTURE(id);
    CHECK(IsRefused(WithKeyid("\"" + id + "\"")));
  }
}

TEST_CASE("the longest base is within the limit, and none is beyond") {
  Lines lines;
  lines.method = std::string(16, 'A');
  lines.path = "/" + std::string(1023, 'a');
  lines.key = "\"" + std::string(255, 'k') + "\"";
  lines.params = kCovered + ";created=999999999999999;keyid=\"" +
                 std::string(64, 'a') + "\"" + kTag;
  CHECK(IsTaken(lines.Text()));
  lines.key = std::string(4 * kMaxRequestBase, 'k');
  CHECK(IsRefused(lines.Text()));
}

TEST_CASE("a Content-Digest is one SHA-256 in padded base64") {
  const auto sha256 = ParseContentDigest(kDigest);
  REQUIRE(sha256);
  CHECK(FormatContentDigest(*sha256) == kDigest);
  for (const std::string digest :
       {"", "sha-256=", "sha-256=:", "sha-256=::", "sha-256=:AAAA:",
        "X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=",
        // Without padding, with stray bits in the last character, in the
        // alphabet of base64url.
        "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE:",
        "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPF=:",
        "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DB-E=:",
        "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=;",
        "sha-256=\"X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=\"",
        "SHA-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:",
        "sm3=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:"}) {
    CAPTURE(digest);
    CHECK_FALSE(ParseContentDigest(digest));
    CHECK(IsRefused(WithDigest(digest)));
  }
  for (const std::string& digest : {kDigest + ";a=1", kDigest + ",",
                                    kDigest + ", " + kDigest, kDigest + " "}) {
    CAPTURE(digest);
    CHECK_FALSE(ParseContentDigest(digest));
    CHECK(IsRefused(WithDigest(digest)));
  }
}

TEST_CASE("a request is let in within 300 seconds of its creation") {
  const RequestBase base = *ParseRequestBase(Lines().Text());
  const int64_t at = 1'790'000'000'000;
  const auto judged = [&](int64_t now_ms) {
    const Result<void> checked = CheckCreated(base.created_s, now_ms);
    if (checked) return std::string();
    CHECK(checked.error().code == Code::kUnauthenticated);
    return checked.error().name;
  };
  CHECK(judged(at) == "");
  CHECK(judged(at + 300'000) == "");
  CHECK(judged(at + 300'001) == "signature-old");
  CHECK(judged(at - 300'000) == "");
  CHECK(judged(at - 300'001) == "signature-early");
  CHECK(judged(0) == "signature-early");
  CHECK(judged(INT64_MAX) == "signature-old");
}

TEST_CASE("a creation at the end of its range is judged, too") {
  const RequestBase last = *ParseRequestBase(WithCreated("999999999999999"));
  CHECK(CheckCreated(last.created_s, 0).error().name == "signature-early");
  const RequestBase first = *ParseRequestBase(WithCreated("0"));
  CHECK(CheckCreated(first.created_s, 0));
  CHECK(CheckCreated(first.created_s, 1'790'000'000'000).error().name ==
        "signature-old");
}

}  // namespace
}  // namespace sealedger::notary
