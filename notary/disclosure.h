// Private fields as SD-JWT disclosures (RFC 9901 §4.2).
//
//   disclosure  base64url(["zr4Yk2wQ3nC5sFQbVb8k9A","signatory","张三"])
//   digest      base64url(SHA-256(disclosure text)), listed in the entry's _sd
//
// The inner JSON is the canonical array [salt, name, value]; the salt is 16
// random bytes as base64url; name and value are strings. Names that RFC 9901
// keeps for itself, "_sd" and "...", are refused. Whoever has only the
// digest learns nothing; once the disclosure is erased, nobody can.
//
// Thread rule: pure functions and values; NewSalt draws from the system.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ledger/hash.h"
#include "ledger/result.h"
#include "notary/canonical_json.h"

namespace sealedger::notary {

inline constexpr size_t kSaltSize = 16;
inline constexpr size_t kMaxPrivateFields = 32;
inline constexpr size_t kMaxPrivateName = 64;
inline constexpr size_t kMaxPrivateValue = 1024;

struct Disclosure {
  std::string salt;   // 16 bytes
  std::string name;   // 1..64 bytes of UTF-8, not "_sd" or "..."
  std::string value;  // 0..1,024 bytes of UTF-8

  bool operator==(const Disclosure&) const = default;
};

std::string NewSalt();

// Within the bounds above (CHECK).
std::string EncodeDisclosure(const Disclosure& disclosure);
// kMalformed (name "disclosure") for whatever EncodeDisclosure does not write.
Result<Disclosure> DecodeDisclosure(std::string_view text);

// The value alone, of a text that DecodeDisclosure took when it came: whether
// it is written as it should be is not asked again. kMalformed as above.
Result<std::string> DisclosureValue(std::string_view text);

// SHA-256 of the disclosure's text: the key of its blob, and in base64url its
// line in _sd.
ledger::Hash DisclosureDigest(std::string_view disclosure);

// The member `private` of a request, {name: value}: 1..32 fields, kept in the
// order of their names. A value is any string of at most 1,024 bytes. Refusals,
// kInvalidArgument: invalid-request (not an object, a value that is no string),
// private-field (how many, a name that is kept), too-long (a value), and for
// names those of CheckText in text.h.
Result<std::vector<std::pair<std::string, std::string>>> ReadPrivateFields(
    const Json& value, const std::string& pointer);

// Disclosures with fresh salts, sorted by their digests' base64url text (the
// order of _sd).
std::vector<std::string> MakeDisclosures(
    const std::vector<std::pair<std::string, std::string>>& fields);

}  // namespace sealedger::notary
