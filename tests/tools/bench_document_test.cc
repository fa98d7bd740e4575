#include "tools/bench_document.h"

#include <doctest/doctest.h>

#include <variant>

#include "notary/canonical_json.h"
#include "notary/entry.h"

namespace sealedger::tools {
namespace {

TEST_CASE("an entry of a bench has its size and is a real one") {
  const std::string entry = BenchEntry(7);
  CHECK(entry.size() == kBenchEntryBytes);
  const auto parsed = notary::ParseEntry(entry);
  REQUIRE(parsed.has_value());
  const auto* evidence = std::get_if<notary::EvidenceRecorded>(&parsed->body);
  REQUIRE(evidence != nullptr);
  CHECK(evidence->document.sha256 == BenchDigests(7).sha256);
  CHECK(BenchEntry(8) != entry);
}

TEST_CASE("a request is of the document that is asked for, each time") {
  for (const PrivateFields fields :
       {PrivateFields::kNone, PrivateFields::kTwo}) {
    BenchRequest request("/v1/evidence", "slg_token", fields);
    for (const uint64_t n : {5, 0, 123456789, 5}) {
      const std::string text(request.For(n));
      const size_t head = text.find("\r\n\r\n");
      REQUIRE(head != std::string::npos);
      const std::string body = text.substr(head + 4);
      CHECK(body == BenchBody(n, fields));
      CHECK(notary::ParseJson(body).has_value());
      CHECK(text.find("\r\nContent-Length: " + std::to_string(body.size()) +
                      "\r\n") != std::string::npos);
    }
  }
}

}  // namespace
}  // namespace sealedger::tools
