#include "notary/side.h"

#include <doctest/doctest.h>

namespace sealedger::notary {
namespace {

TEST_CASE("side data is read as it was written") {
  EntrySide side;
  CHECK(FormatSide(side).empty());
  side.blobs = {ledger::Sha256Of("a"), ledger::Sha256Of("b")};
  side.run = EntrySide::Run{12, 2};
  const std::string text = FormatSide(side);
  CHECK(text.starts_with("{\"blobs\":[\"ca978112"));
  CHECK(text.ends_with("\"run\":{\"count\":2,\"first\":12}}"));
  const auto parsed = ParseSide(text);
  REQUIRE(parsed.has_value());
  CHECK(parsed->blobs == side.blobs);
  REQUIRE(parsed->run.has_value());
  CHECK(parsed->run->first == 12);
  CHECK(parsed->run->count == 2);
}

TEST_CASE("what is no side data is corrupt") {
  for (const char* text : {"", "[]", "{\"blobs\":[1]}", "{\"blobs\":[\"ab\"]}",
                           "{\"other\":1}", "{\"run\":{\"first\":1}}",
                           "{\"run\":{\"count\":1,\"first\":1,\"x\":1}}"}) {
    CAPTURE(text);
    const auto parsed = ParseSide(text);
    REQUIRE(!parsed.has_value());
    CHECK(parsed.error().name == "side-corrupt");
  }
}

}  // namespace
}  // namespace sealedger::notary
