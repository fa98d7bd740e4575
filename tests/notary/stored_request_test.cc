#include "notary/stored_request.h"

#include <doctest/doctest.h>

#include <string>

#include "notary/canonical_json.h"
#include "notary/request_base.h"
#include "tests/notary/entry_texts.h"
#include "tests/notary/sample_ledger.h"
#include "tests/support/files.h"

namespace sealedger::notary {
namespace {

std::string Vector(const std::string& name) {
  return testing::ReadFile(testing::VectorPath("request/" + name));
}

std::string NameOf(const Result<SignedRequest>& request) {
  return request ? "" : request.error().name;
}

TEST_CASE("the stored request of the vectors is read and written back") {
  const std::string text = Vector("stored.json");
  const Result<SignedRequest> request = ParseStoredRequest(text);
  REQUIRE(request);
  CHECK(FormatStoredRequest(*request) == text);
  CHECK(IsCanonicalJson(text));
  CHECK(*request == testing::SampleRequest());
}

TEST_CASE("the signature base of the vectors is read and written back") {
  const std::string text = Vector("base.txt");
  const Result<RequestBase> base = ParseRequestBase(text);
  REQUIRE(base);
  CHECK(FormatRequestBase(*base) == text);
  CHECK(text == testing::SampleRequest().base);
  const Entry entry = *ParseEntry(testing::EntryVector("evidence.recorded"));
  CHECK(entry.request == ledger::Sha256Of(text));
}

TEST_CASE("what is no stored request is corrupt") {
  const std::string text = Vector("stored.json");
  CHECK(NameOf(ParseStoredRequest("")) == "request-corrupt");
  CHECK(NameOf(ParseStoredRequest("{}")) == "request-corrupt");
  CHECK(NameOf(ParseStoredRequest(testing::With(text, "x", 1))) ==
        "request-corrupt");
  CHECK(NameOf(ParseStoredRequest(testing::With(text, "signature", "*"))) ==
        "request-corrupt");
  for (const char* member : {"base", "body", "signature"}) {
    CAPTURE(member);
    CHECK(NameOf(ParseStoredRequest(testing::Without(text, member))) ==
          "request-corrupt");
  }
}

}  // namespace
}  // namespace sealedger::notary
