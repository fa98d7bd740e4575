// Members: one JSON object read strictly, member by member, with the place of
// each fault as a JSON pointer (RFC 6901).
//
//   Members m(json, "");                       // the object at this pointer
//   auto label = m.OptionalString("label");    // const std::string* or null
//   Members document = m.Object("document");   // a reader of its own
//   auto sha256 = document.String("sha256");
//   if (!document.Finish()) return document.error();
//   if (!m.Finish()) return m.error();
//
// The first fault is kept and later reads give neutral values, so that a
// reader is written straight down; Finish() reports the first fault, or the
// first member that nobody asked for (name unknown-member).
//
// Names of refusals: invalid-request (not an object, wrong type, missing
// member), unknown-member, number-out-of-range, and what the caller gives to
// Fail. The code is kInvalidArgument. A detail names no member and no value of
// the text; the pointer names the member, an unknown one only where its name
// is short (kMaxPointedName), else the object.
//
// Thread rule: one thread at a time; the Json must outlive it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/hash.h"
#include "ledger/result.h"
#include "notary/canonical_json.h"

namespace sealedger::notary {

// Bytes of an unknown member's name that a pointer repeats.
inline constexpr size_t kMaxPointedName = 64;

// One reference token of a JSON pointer with its slash: "a/b" gives "/a~1b".
std::string PointerToken(std::string_view name);

class Members {
 public:
  Members(const Json& value, std::string pointer);

  bool Has(std::string_view name) const;
  const std::string& pointer() const { return pointer_; }
  std::string PointerTo(std::string_view name) const;

  // Required members: a fault when missing or of another type.
  const std::string& String(std::string_view name);
  // 0 <= value <= max.
  uint64_t Integer(std::string_view name, uint64_t max = kMaxJsonInteger);
  const Json::Array& Array(std::string_view name);
  // Where this object has a fault already, the new reader has it too.
  Members Object(std::string_view name);
  // The value itself, of any type, null too.
  const Json& Value(std::string_view name);

  // Optional members: absent is no fault, null is one.
  const std::string* OptionalString(std::string_view name);
  std::optional<uint64_t> OptionalInteger(std::string_view name,
                                          uint64_t max = kMaxJsonInteger);
  std::optional<bool> OptionalBool(std::string_view name);
  const Json::Array* OptionalArray(std::string_view name);
  std::optional<Members> OptionalObject(std::string_view name);
  const Json* OptionalValue(std::string_view name);

  // Records a fault at a member of this object; the first one stays.
  void Fail(std::string_view name, ledger::Code code,
            std::string_view error_name, std::string_view detail);
  // Takes over a fault found elsewhere (a nested reader's, say).
  void Fail(Error error);
  bool ok() const { return !error_.has_value(); }

  // False when a fault was recorded or a member was not asked for.
  [[nodiscard]] bool Finish();
  // After Finish() gave false.
  Error error() const;

 private:
  // The member, or null with a fault where it is missing.
  const Json* Require(std::string_view name);
  // The member, or null: absent, or null with a fault where it is JSON's null.
  const Json* Allow(std::string_view name);
  const Json* Take(std::string_view name);
  void FailType(std::string_view name, std::string_view detail);

  const Json* value_;
  std::string pointer_;
  std::vector<bool> taken_;
  std::optional<Error> error_;
};

}  // namespace sealedger::notary
