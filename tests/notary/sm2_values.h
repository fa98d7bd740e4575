// SM2 signature values as no honest signer writes them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sealedger::testing {

// `good` is always DER SEQUENCE { r, s } of a good signature.

// r ‖ s, 32 octets each.
std::string RawSm2Value(std::string_view good);
// The same numbers, r with one octet 00 too many in front.
std::string PaddedSm2Value(std::string_view good);
// True where r would be negative without an octet 00 in front.
bool HasHighR(std::string_view good);

struct NamedValue {
  std::string name;
  std::string value;
};
// Each is one that a lax reader takes for the good one, or a number outside of
// 1..n-1, or no SEQUENCE { r, s } at all. `good` HasHighR.
std::vector<NamedValue> BadSm2Values(std::string_view good);

// A key on P-256 whose private number is 1, and a value over `message` under
// the user ID 1234567812345678 that fulfils SM2's equation on that curve.
std::string P256Spki();
std::string SignOverP256(std::string_view message);

}  // namespace sealedger::testing
