#include "notary/checkpoint_extension.h"

#include <doctest/doctest.h>

#include <string>

#include "ledger/encoding.h"
#include "notary/der.h"
#include "tests/support/aborts.h"

namespace sealedger::notary {
namespace {

const CheckpointExtension kSample = {"example.com/log", 70'000,
                                     ledger::Sm3Of("root")};

// SEQUENCE of the three parts.
std::string Parts(const std::string& origin, const std::string& size,
                  const std::string& root) {
  return DerOf(kDerSequence, origin + size + root);
}

TEST_CASE("a checkpoint is a SEQUENCE of origin, size and root") {
  const std::string der = EncodeCheckpointExtension(kSample);
  CHECK(ledger::EncodeHex(der) ==
        "3038"
        "0c0f" +
            ledger::EncodeHex("example.com/log") + "0203011170" + "0420" +
            ledger::ToHex(kSample.root));
  CHECK(ReadCheckpointExtension(der) == kSample);
}

TEST_CASE("every size up to 2^63 - 1 is read back") {
  for (const uint64_t size :
       {uint64_t{0}, uint64_t{127}, uint64_t{128}, uint64_t{255},
        uint64_t{1} << 31, uint64_t{INT64_MAX}}) {
    CAPTURE(size);
    CheckpointExtension sample = kSample;
    sample.size = size;
    CHECK(ReadCheckpointExtension(EncodeCheckpointExtension(sample)) == sample);
  }
  CheckpointExtension beyond = kSample;
  beyond.size = uint64_t{1} << 63;
  CHECK(testing::Aborts([&] { EncodeCheckpointExtension(beyond); }));
  CheckpointExtension nameless = kSample;
  nameless.origin = "";
  CHECK(testing::Aborts([&] { EncodeCheckpointExtension(nameless); }));
}

TEST_CASE("a checkpoint has one spelling, whichever bit changes") {
  const std::string der = EncodeCheckpointExtension(kSample);
  size_t refused = 0;
  for (size_t bit = 0; bit < 8 * der.size(); ++bit) {
    CAPTURE(bit);
    std::string changed = der;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    const auto read = ReadCheckpointExtension(changed);
    if (read) CHECK(EncodeCheckpointExtension(*read) == changed);
    if (read) CHECK_FALSE(*read == kSample);
    if (!read) ++refused;
  }
  // Tags and lengths, the sign of the size, the origin's high bits.
  CHECK(refused > 8 * 8);
  for (size_t size = 0; size < der.size(); ++size) {
    CHECK_FALSE(ReadCheckpointExtension(der.substr(0, size)));
  }
  CHECK_FALSE(ReadCheckpointExtension(der + '\0'));
}

TEST_CASE("parts that are missing, doubled, or of another kind are refused") {
  const std::string origin = DerOf(kDerUtf8String, "example.com/log");
  const std::string size = DerIntegerOf(5);
  const std::string root = DerOf(kDerOctetString, kSample.root.view());
  REQUIRE(ReadCheckpointExtension(Parts(origin, size, root)));
  CHECK_FALSE(ReadCheckpointExtension(Parts("", size, root)));
  CHECK_FALSE(ReadCheckpointExtension(Parts(origin, "", root)));
  CHECK_FALSE(ReadCheckpointExtension(Parts(origin, size, "")));
  CHECK_FALSE(ReadCheckpointExtension(Parts(origin, size, root + root)));
  CHECK_FALSE(ReadCheckpointExtension(Parts(size, origin, root)));
  CHECK_FALSE(ReadCheckpointExtension(Parts(origin, DerIntegerOf(-1), root)));
  CHECK_FALSE(ReadCheckpointExtension(
      Parts(origin, DerOf(kDerInteger, std::string(2, '\0')), root)));
  CHECK_FALSE(ReadCheckpointExtension(
      Parts(origin, size, DerOf(kDerOctetString, std::string(31, 'r')))));
  CHECK_FALSE(ReadCheckpointExtension(
      Parts(DerOf(kDerIa5String, "example.com/log"), size, root)));
  for (const std::string bad : {"", "a log", "\xff", "a\n"}) {
    CHECK_FALSE(
        ReadCheckpointExtension(Parts(DerOf(kDerUtf8String, bad), size, root)));
  }
}

}  // namespace
}  // namespace sealedger::notary
