// Codes of the register: whom a seal belongs to, what kind it is, and its own.
//
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sealedger::notary {

// Unified social credit code (GB 32100-2015): 18 characters of
// 0123456789ABCDEFGHJKLMNPQRTUWXY, the last one a check character.
bool IsUscc(std::string_view uscc);
// An individual business: its name is a person's, as a rule.
bool IsIndividualBusiness(std::string_view uscc);  // begins with 92

// 13 or 14 digits, the first six an administrative division.
bool IsSealCode(std::string_view code);
// The six digits. CHECK-fails on what is no seal code.
std::string_view DivisionOf(std::string_view code);
bool IsDivision(std::string_view division);  // six digits

// 01 statutory name, 02 finance, 03 invoice, 04 contract, 05 legal
// representative's name, 99 other.
bool IsSealType(std::string_view type);
inline constexpr std::string_view kStatutoryName = "01";
inline constexpr uint64_t kMaxOrdinal = 9999;
// A statutory-name seal has none, every other seal one of 1 to 9,999.
bool FitsOrdinal(std::string_view type, std::optional<uint64_t> ordinal);

// A physical seal's code, as its register spells it: 1 to 64 printable ASCII
// characters without spaces.
bool IsPhysicalCode(std::string_view code);

}  // namespace sealedger::notary
