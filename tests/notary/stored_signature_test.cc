#include "notary/stored_signature.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/support/aborts.h"

namespace sealedger::notary {
namespace {

constexpr size_t kHeader = 1 + 16 + 4;
const std::string kSeal = "the bytes of a seal";

std::string Fault(const Result<std::string>& result) {
  if (result) return "";
  CHECK(result.error().code == ledger::Code::kCorruption);
  return result.error().name;
}

TEST_CASE("a signature comes back byte for byte, wherever its seal stands") {
  const std::string around(300, 'a');
  for (size_t offset = 0; offset <= around.size(); ++offset) {
    CAPTURE(offset);
    std::string signature = around;
    signature.insert(offset, kSeal);
    const std::string stored = CutSeal(signature, offset, kSeal.size());
    CHECK(stored.size() == kHeader + around.size());
    CHECK(stored.find(kSeal) == std::string::npos);
    const auto restored = RestoreSignature(stored, kSeal);
    REQUIRE(restored);
    CHECK(*restored == signature);
  }
}

TEST_CASE("one signature stored twice is two blobs") {
  const std::string signature = "before" + kSeal + "after";
  const std::string one = CutSeal(signature, 6, kSeal.size());
  const std::string two = CutSeal(signature, 6, kSeal.size());
  CHECK(one.substr(1, 16) != two.substr(1, 16));
  CHECK(one.substr(17) == two.substr(17));
  CHECK(one.substr(17) == std::string("\0\0\0\6", 4) + "beforeafter");
}

TEST_CASE("what is no such blob is corrupt") {
  const std::string stored = CutSeal("before" + kSeal, 6, kSeal.size());
  REQUIRE(Fault(RestoreSignature(stored, kSeal)) == "");
  for (size_t size = 0; size < stored.size(); ++size) {
    CAPTURE(size);
    CHECK(Fault(RestoreSignature(stored.substr(0, size), kSeal)) ==
          "signature-corrupt");
  }
  for (int bit = 0; bit < 8; ++bit) {
    std::string other = stored;
    other[0] = static_cast<char>(other[0] ^ (1 << bit));
    CHECK(Fault(RestoreSignature(other, kSeal)) == "signature-corrupt");
  }
  std::string far = stored;
  far[17] = '\xff';
  CHECK(Fault(RestoreSignature(far, kSeal)) == "signature-corrupt");
}

TEST_CASE("a seal is cut out of the bytes that hold it") {
  CHECK(testing::Aborts([] { CutSeal("bytes", 6, 0); }));
  CHECK(testing::Aborts([] { CutSeal("bytes", 2, 4); }));
  CHECK_FALSE(testing::Aborts([] { CutSeal("bytes", 5, 0); }));
}

}  // namespace
}  // namespace sealedger::notary
