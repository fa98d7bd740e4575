// DER (X.690 §8, §10) of what electronic seals are made of: a strict reader
// that yields slices of its input, and a writer.
//
//   30 06  02 01 04  0c 01 41      SEQUENCE { INTEGER 4, UTF8String "A" }
//
// The reader takes tags of one octet (numbers below 31), and lengths that are
// definite, minimal and inside the input; all else is malformed. It looks into
// no value; the ReadX do, one type each, in its one DER spelling.
//
// Thread rule: values; pure functions. A slice lives as long as its input.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sealedger::notary {

inline constexpr uint8_t kDerBoolean = 0x01;
inline constexpr uint8_t kDerInteger = 0x02;
inline constexpr uint8_t kDerBitString = 0x03;
inline constexpr uint8_t kDerOctetString = 0x04;
inline constexpr uint8_t kDerOid = 0x06;
inline constexpr uint8_t kDerUtf8String = 0x0c;
inline constexpr uint8_t kDerSequence = 0x30;
inline constexpr uint8_t kDerPrintableString = 0x13;
inline constexpr uint8_t kDerIa5String = 0x16;
inline constexpr uint8_t kDerUtcTime = 0x17;
inline constexpr uint8_t kDerGeneralizedTime = 0x18;
inline constexpr uint8_t kDerExplicit0 = 0xa0;

// Nesting that IsDer goes into; no seal needs half of it.
inline constexpr size_t kMaxDerDepth = 16;

struct DerElement {
  uint8_t tag = 0;
  std::string_view whole;    // tag, length and content
  std::string_view content;  // inside `whole`
};

// The elements in a constructed element's content, or in a whole input, one
// after the other.
class DerReader {
 public:
  explicit DerReader(std::string_view content) : rest_(content) {}

  bool AtEnd() const { return rest_.empty(); }
  // The next element's tag; nullopt at the end.
  std::optional<uint8_t> Peek() const;
  // nullopt at the end, or where what follows is no DER element; the reader
  // then stays where it is.
  std::optional<DerElement> Next();
  // Next, if it has this tag.
  std::optional<DerElement> Take(uint8_t tag);

 private:
  std::string_view rest_;
};

// One element with nothing after it, whose constructed parts are elements in
// turn, to kMaxDerDepth. Contents of primitive parts are not looked at.
bool IsDer(std::string_view bytes);

// What an element of that universal type holds; nullopt where it is not the
// DER spelling of a value, or the value is beyond the type. The tag is the
// caller's to have checked.
std::optional<bool> ReadDerBoolean(const DerElement& element);
std::optional<int64_t> ReadDerInteger(const DerElement& element);
// "1.2.156.10197.1.501".
std::optional<std::string> ReadDerOid(const DerElement& element);
// UTCTime YYMMDDhhmmssZ (1950 to 2049) and GeneralizedTime YYYYMMDDhhmmssZ in
// the seconds of 1970; a date that does not exist is malformed.
std::optional<int64_t> ReadDerTime(const DerElement& element);
struct DerBits {
  std::string_view octets;
  bool unused_announced = false;  // unused bits, all zero: a vendor's habit
};
// As whole octets: announced unused bits must be zero.
std::optional<DerBits> ReadDerBitString(const DerElement& element);
// IA5String and PrintableString in their own alphabets, UTF8String as UTF-8.
std::optional<std::string_view> ReadDerText(const DerElement& element);

// The writer.
std::string DerOf(uint8_t tag, std::string_view content);
std::string DerBooleanOf(bool value);
std::string DerIntegerOf(int64_t value);
// CHECK-fails on what is no OID.
std::string DerOidOf(std::string_view dotted);
bool IsOid(std::string_view dotted);
std::string DerBitStringOf(std::string_view octets);
// Years 1970 to 9999.
std::string DerGeneralizedTimeOf(int64_t unix_s);

}  // namespace sealedger::notary
