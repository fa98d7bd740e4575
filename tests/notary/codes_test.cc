#include "notary/codes.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>

#include "tests/support/aborts.h"

namespace sealedger::notary {
namespace {

const std::string kUsccs[] = {"91350100M000100Y43", "91512081MA62K0260E",
                              "11370306MB2867521U", "115300000151003540",
                              "11320500014150050B"};

TEST_CASE("published unified social credit codes are valid") {
  for (const std::string& uscc : kUsccs) {
    CAPTURE(uscc);
    CHECK(IsUscc(uscc));
  }
  CHECK_FALSE(IsUscc("91350100M000100Y4Z"));
}

TEST_CASE("a credit code with any one character changed is refused") {
  const std::string alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  for (const std::string& uscc : kUsccs) {
    for (size_t i = 0; i < uscc.size(); ++i) {
      for (const char c : alphabet) {
        std::string changed = uscc;
        changed[i] = c;
        CAPTURE(changed);
        CHECK(IsUscc(changed) == (c == uscc[i]));
      }
    }
  }
}

TEST_CASE("a credit code with two neighbours swapped is refused") {
  for (const std::string& uscc : kUsccs) {
    for (size_t i = 0; i + 1 < uscc.size(); ++i) {
      std::string swapped = uscc;
      std::swap(swapped[i], swapped[i + 1]);
      CAPTURE(swapped);
      CHECK(IsUscc(swapped) == (swapped == uscc));
    }
  }
}

TEST_CASE("a credit code has characters of its own only") {
  const std::string uscc = kUsccs[0];
  for (size_t i = 0; i < uscc.size(); ++i) {
    for (int c = 0; c < 256; ++c) {
      std::string changed = uscc;
      changed[i] = static_cast<char>(c);
      CAPTURE(c);
      CHECK(IsUscc(changed) == (changed == uscc));
    }
  }
  CHECK_FALSE(IsUscc("91350100m000100y43"));
  CHECK_FALSE(IsUscc(""));
  CHECK_FALSE(IsUscc(uscc.substr(0, 17)));
  // As a sum alone these would do.
  CHECK_FALSE(IsUscc(uscc + "0"));
  CHECK_FALSE(IsUscc("0"));
}

TEST_CASE("an individual business is known by its first two digits") {
  CHECK(IsIndividualBusiness("92350100MA2XXXXX0A"));
  CHECK_FALSE(IsIndividualBusiness("91350100M000100Y43"));
  CHECK_FALSE(IsIndividualBusiness("29350100M000100Y43"));
  CHECK_FALSE(IsIndividualBusiness("9"));
}

TEST_CASE("a seal code is 13 or 14 digits") {
  CHECK(IsSealCode("3501000000001"));
  CHECK(IsSealCode("35010000000017"));
  CHECK_FALSE(IsSealCode(""));
  CHECK_FALSE(IsSealCode("350100000000"));
  CHECK_FALSE(IsSealCode("350100000000171"));
  CHECK_FALSE(IsSealCode("3501000000001A"));
  CHECK_FALSE(IsSealCode("3501000000001 "));
  CHECK_FALSE(IsSealCode("-3501000000001"));
  CHECK_FALSE(IsSealCode("3501000000001/"));
  CHECK_FALSE(IsSealCode("3501000000001:"));
}

TEST_CASE("a seal code begins with its division") {
  CHECK(DivisionOf("35010000000017") == "350100");
  CHECK(DivisionOf("3502111234567") == "350211");
  CHECK(testing::Aborts([] { DivisionOf("350100"); }));
}

TEST_CASE("a division is six digits") {
  CHECK(IsDivision("350100"));
  CHECK_FALSE(IsDivision("35010"));
  CHECK_FALSE(IsDivision("3501000"));
  CHECK_FALSE(IsDivision("35010a"));
  CHECK_FALSE(IsDivision(""));
}

TEST_CASE("there are six seal types") {
  int types = 0;
  for (int i = 0; i < 100; ++i) {
    const std::string type{static_cast<char>('0' + i / 10),
                           static_cast<char>('0' + i % 10)};
    if (IsSealType(type)) ++types;
  }
  CHECK(types == 6);
  for (const std::string type : {"01", "02", "03", "04", "05", "99"}) {
    CAPTURE(type);
    CHECK(IsSealType(type));
  }
  CHECK_FALSE(IsSealType("1"));
  CHECK_FALSE(IsSealType("001"));
  CHECK_FALSE(IsSealType(""));
}

TEST_CASE("every seal has an ordinal but the one of the statutory name") {
  CHECK(FitsOrdinal("01", std::nullopt));
  CHECK_FALSE(FitsOrdinal("01", 1));
  for (const std::string type : {"02", "03", "04", "05", "99"}) {
    CAPTURE(type);
    CHECK_FALSE(FitsOrdinal(type, std::nullopt));
    CHECK_FALSE(FitsOrdinal(type, 0));
    CHECK(FitsOrdinal(type, 1));
    CHECK(FitsOrdinal(type, 9999));
    CHECK_FALSE(FitsOrdinal(type, 10000));
  }
  CHECK_FALSE(FitsOrdinal("06", 1));
  CHECK_FALSE(FitsOrdinal("06", std::nullopt));
}

TEST_CASE("a physical seal's code is printable ASCII without spaces") {
  for (int c = 0; c < 256; ++c) {
    CAPTURE(c);
    const std::string code = "A" + std::string(1, static_cast<char>(c));
    CHECK(IsPhysicalCode(code) == (c >= 0x21 && c <= 0x7e));
  }
  CHECK_FALSE(IsPhysicalCode(""));
  CHECK(IsPhysicalCode(std::string(64, '7')));
  CHECK_FALSE(IsPhysicalCode(std::string(65, '7')));
}

}  // namespace
}  // namespace sealedger::notary
