// Text spellings of bytes: lower-case hex, standard base64 with padding,
// base64url without (RFC 4648 §4, §5), and decimal numbers.
//
// Each decoder accepts exactly what its encoder writes: one spelling per byte
// string (no upper-case hex, no missing padding, no stray bits in the last
// character, no white space, no leading zero or sign).
//
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sealedger::ledger {

std::string EncodeHex(std::string_view bytes);
std::optional<std::string> DecodeHex(std::string_view text);

std::string EncodeBase64(std::string_view bytes);
std::optional<std::string> DecodeBase64(std::string_view text);

std::string EncodeBase64Url(std::string_view bytes);
std::optional<std::string> DecodeBase64Url(std::string_view text);

// Decimal without sign or leading zero; nullopt above `max`.
std::optional<uint64_t> ParseDecimal(std::string_view text,
                                     uint64_t max = UINT64_MAX);

// Big-endian integers at a fixed width, as keys and records hold them.
void AppendBigEndian64(std::string* out, uint64_t value);
void AppendBigEndian32(std::string* out, uint32_t value);
// The bytes must be there: at least 8, or 4, of them.
uint64_t ReadBigEndian64(std::string_view bytes);
uint32_t ReadBigEndian32(std::string_view bytes);

// True for well-formed UTF-8 (RFC 3629): no surrogates, no overlong forms,
// nothing above U+10FFFF.
bool IsUtf8(std::string_view text);

}  // namespace sealedger::ledger
