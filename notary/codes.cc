#include "notary/codes.h"

#include <algorithm>

#include "ledger/check.h"

namespace sealedger::notary {
namespace {

// GB 32100-2015 §5: a character's value is its place. Without I, O, S, V, Z.
constexpr std::string_view kUsccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
constexpr size_t kUsccSize = 18;
constexpr size_t kUsccBase = 31;
constexpr size_t kDivisionSize = 6;
constexpr size_t kMaxPhysicalCode = 64;
constexpr std::string_view kSealTypes[] = {kStatutoryName, "02", "03",
                                           "04",           "05", "99"};

bool AreDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

bool IsUscc(std::string_view uscc) {
  if (uscc.size() != kUsccSize) return false;
  // The check character makes the weighted sum 0 mod 31. The weights are the
  // powers of 3: none is 0 mod 31, so that no single change goes unseen, and no
  // two neighbours are alike, so that no swap of two does.
  size_t sum = 0;
  size_t weight = 1;
  for (size_t i = 0; i < kUsccSize; ++i) {
    const size_t value = kUsccAlphabet.find(uscc[i]);
    if (value == std::string_view::npos) return false;
    sum += value * (i + 1 < kUsccSize ? weight : 1);
    weight = weight * 3 % kUsccBase;
  }
  return sum % kUsccBase == 0;
}

bool IsIndividualBusiness(std::string_view uscc) {
  return uscc.starts_with("92");
}

bool IsSealCode(std::string_view code) {
  return (code.size() == 13 || code.size() == 14) && AreDigits(code);
}

std::string_view DivisionOf(std::string_view code) {
  CHECK(IsSealCode(code));
  return code.substr(0, kDivisionSize);
}

bool IsDivision(std::string_view division) {
  return division.size() == kDivisionSize && AreDigits(division);
}

bool IsSealType(std::string_view type) {
  return std::find(std::begin(kSealTypes), std::end(kSealTypes), type) !=
         std::end(kSealTypes);
}

bool FitsOrdinal(std::string_view type, std::optional<uint64_t> ordinal) {
  if (!IsSealType(type)) return false;
  if (type == kStatutoryName) return !ordinal;
  return ordinal && *ordinal >= 1 && *ordinal <= kMaxOrdinal;
}

bool IsPhysicalCode(std::string_view code) {
  return !code.empty() && code.size() <= kMaxPhysicalCode &&
         std::all_of(code.begin(), code.end(),
                     [](char c) { return c > ' ' && c <= '~'; });
}

}  // namespace sealedger::notary
