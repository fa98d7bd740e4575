#include "ledger/entry_bundle.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/support/aborts.h"
#include "tests/support/files.h"

namespace sealedger::ledger {
namespace {

using testing::Aborts;
using testing::ReadFile;
using testing::VectorPath;

std::string Encode(const std::vector<std::string_view>& entries) {
  std::string bundle;
  for (const std::string_view entry : entries) {
    AppendToEntryBundle(&bundle, entry);
  }
  return bundle;
}

void CheckRefused(std::string_view bytes, uint32_t count) {
  const auto entries = DecodeEntryBundle(bytes, count);
  REQUIRE_FALSE(entries);
  CHECK(entries.error().code == Code::kMalformed);
}

TEST_CASE("the entry bundle of the vectors is read and written again") {
  const std::string bytes = ReadFile(VectorPath("two_entries.bundle"));
  const auto entries = DecodeEntryBundle(bytes, 2);
  REQUIRE(entries);
  CHECK(*entries == std::vector<std::string_view>{"entry-0", "entry-1"});
  CHECK(Encode(*entries) == bytes);
}

TEST_CASE("an entry stands behind its big-endian length") {
  CHECK(Encode({"ab", ""}) == std::string("\0\x02"
                                          "ab\0\0",
                                          6));
  const std::string long_entry(0x0102, 'x');
  CHECK(Encode({long_entry}) == "\x01\x02" + long_entry);
}

TEST_CASE("entries of every allowed size are read back") {
  const std::string longest(kMaxBundledEntry, 'x');
  std::vector<std::string_view> entries(256, longest);
  entries[0] = "";
  entries[1] = std::string_view("\0", 1);
  entries[255] = std::string_view(longest).substr(1);
  for (uint32_t count = 1; count <= 256; count += 51) {
    const std::vector<std::string_view> some(entries.begin(),
                                             entries.begin() + count);
    const std::string bundle = Encode(some);
    const auto decoded = DecodeEntryBundle(bundle, count);
    REQUIRE(decoded);
    CHECK(*decoded == some);
  }
}

TEST_CASE("a bundle with another number of entries is refused") {
  const std::string bundle = Encode({"one", "two", "three"});
  CHECK(DecodeEntryBundle(bundle, 3));
  CheckRefused(bundle, 1);
  CheckRefused(bundle, 2);
  CheckRefused(bundle, 4);
  CheckRefused(bundle, 256);
  CheckRefused("", 1);
}

TEST_CASE("a bundle that is cut short or goes on is refused") {
  const std::string bundle = Encode({"one", "", "three"});
  for (size_t size = 0; size < bundle.size(); ++size) {
    CheckRefused(bundle.substr(0, size), 3);
  }
  CheckRefused(bundle + '\0', 3);
  CheckRefused(bundle + std::string(2, '\0'), 3);
  CheckRefused(
      "\xff\xff"
      "x",
      1);
}

TEST_CASE("what no bundle can hold is our own bug") {
  CHECK(Aborts([] {
    std::string bundle;
    AppendToEntryBundle(&bundle, std::string(kMaxBundledEntry + 1, 'x'));
  }));
  CHECK(Aborts([] { (void)DecodeEntryBundle("", 0); }));
  CHECK(Aborts([] { (void)DecodeEntryBundle("", 257); }));
}

}  // namespace
}  // namespace sealedger::ledger
