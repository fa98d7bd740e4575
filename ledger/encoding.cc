#include "ledger/encoding.h"

#include <array>
#include <cstring>

#include "ledger/check.h"

namespace sealedger::ledger {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase64Alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBase64UrlAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// Values are below 64, so this bit survives an OR of several look-ups.
constexpr uint8_t kNoDigit = 0x80;

using ReverseTable = std::array<uint8_t, 256>;

constexpr ReverseTable Reverse(std::string_view alphabet) {
  ReverseTable table{};
  table.fill(kNoDigit);
  for (size_t i = 0; i < alphabet.size(); ++i) {
    table[static_cast<uint8_t>(alphabet[i])] = static_cast<uint8_t>(i);
  }
  return table;
}

constexpr ReverseTable kHexValues = Reverse(kHexDigits);
constexpr ReverseTable kBase64Values = Reverse(kBase64Alphabet);
constexpr ReverseTable kBase64UrlValues = Reverse(kBase64UrlAlphabet);

uint8_t ByteAt(std::string_view bytes, size_t i) {
  return static_cast<uint8_t>(bytes[i]);
}

// The two digits of each twelve bits.
using PairTable = std::array<char, 2 * 4096>;

constexpr PairTable PairsOf(std::string_view alphabet) {
  PairTable table{};
  for (size_t i = 0; i < 4096; ++i) {
    table[2 * i] = alphabet[i >> 6];
    table[2 * i + 1] = alphabet[i & 63];
  }
  return table;
}

constexpr PairTable kBase64Pairs = PairsOf(kBase64Alphabet);
constexpr PairTable kBase64UrlPairs = PairsOf(kBase64UrlAlphabet);

// A signature has its seal's picture in it: answers of 60 KB are common.
std::string Encode64(std::string_view bytes, const PairTable& pairs,
                     bool padded) {
  const size_t whole = bytes.size() / 3;
  const size_t rest = bytes.size() % 3;
  const size_t tail = rest == 0 ? 0 : (padded ? 4 : rest + 1);
  std::string text(whole * 4 + tail, '=');
  char* out = text.data();
  for (size_t i = 0; i < whole * 3; i += 3) {
    const uint32_t group =
        static_cast<uint32_t>(ByteAt(bytes, i) << 16 |
                              ByteAt(bytes, i + 1) << 8 | ByteAt(bytes, i + 2));
    std::memcpy(out, &pairs[2 * (group >> 12)], 2);
    std::memcpy(out + 2, &pairs[2 * (group & 4095)], 2);
    out += 4;
  }
  if (rest == 0) return text;
  uint32_t group = static_cast<uint32_t>(ByteAt(bytes, whole * 3) << 16);
  if (rest == 2) {
    group |= static_cast<uint32_t>(ByteAt(bytes, whole * 3 + 1) << 8);
  }
  std::memcpy(out, &pairs[2 * (group >> 12)], 2);
  if (rest == 2) out[2] = pairs[2 * (group & 4095)];
  return text;
}

// `text` without padding.
std::optional<std::string> Decode64(std::string_view text,
                                    const ReverseTable& values) {
  const size_t whole = text.size() / 4;
  const size_t rest = text.size() % 4;
  if (rest == 1) return std::nullopt;
  std::string bytes(whole * 3 + (rest == 0 ? 0 : rest - 1), '\0');
  char* out = bytes.data();
  uint32_t seen = 0;
  for (size_t i = 0; i < whole * 4; i += 4) {
    const uint32_t a = values[ByteAt(text, i)];
    const uint32_t b = values[ByteAt(text, i + 1)];
    const uint32_t c = values[ByteAt(text, i + 2)];
    const uint32_t d = values[ByteAt(text, i + 3)];
    seen |= a | b | c | d;
    *out++ = static_cast<char>(a << 2 | b >> 4);
    *out++ = static_cast<char>(b << 4 | c >> 2);
    *out++ = static_cast<char>(c << 6 | d);
  }
  if (rest != 0) {
    const uint32_t a = values[ByteAt(text, whole * 4)];
    const uint32_t b = values[ByteAt(text, whole * 4 + 1)];
    const uint32_t c = rest == 3 ? values[ByteAt(text, whole * 4 + 2)] : 0u;
    seen |= a | b | c;
    // Bits that belong to no byte: the encoder leaves them zero.
    const uint32_t stray = rest == 2 ? b & 15 : c & 3;
    if (stray != 0) return std::nullopt;
    *out++ = static_cast<char>(a << 2 | b >> 4);
    if (rest == 3) *out++ = static_cast<char>(b << 4 | c >> 2);
  }
  if ((seen & kNoDigit) != 0) return std::nullopt;
  return bytes;
}

// How many bytes a multi-byte character takes and the range of its second
// byte, which alone rules out overlong forms, surrogates and what lies above
// U+10FFFF (RFC 3629 §4). Length 0: `lead` begins no character.
struct Utf8Lead {
  size_t length;
  uint8_t second_min;
  uint8_t second_max;
};

Utf8Lead ClassifyLead(uint8_t lead) {
  if (lead >= 0xc2 && lead <= 0xdf) return {2, 0x80, 0xbf};
  if (lead == 0xe0) return {3, 0xa0, 0xbf};
  if (lead == 0xed) return {3, 0x80, 0x9f};
  if (lead >= 0xe1 && lead <= 0xef) return {3, 0x80, 0xbf};
  if (lead == 0xf0) return {4, 0x90, 0xbf};
  if (lead >= 0xf1 && lead <= 0xf3) return {4, 0x80, 0xbf};
  if (lead == 0xf4) return {4, 0x80, 0x8f};
  return {0, 0, 0};
}

// Length of the multi-byte character at `i`; 0 when it is not well-formed.
size_t MultiByteLength(std::string_view text, size_t i) {
  const Utf8Lead lead = ClassifyLead(ByteAt(text, i));
  if (lead.length == 0 || lead.length > text.size() - i) return 0;
  const uint8_t second = ByteAt(text, i + 1);
  if (second < lead.second_min || second > lead.second_max) return 0;
  for (size_t k = 2; k < lead.length; ++k) {
    if ((ByteAt(text, i + k) & 0xc0) != 0x80) return 0;
  }
  return lead.length;
}

template <typename T>
void AppendBigEndian(std::string* out, T value) {
  for (size_t shift = sizeof(T) * 8; shift != 0; shift -= 8) {
    out->push_back(static_cast<char>(value >> (shift - 8)));
  }
}

template <typename T>
T ReadBigEndian(std::string_view bytes) {
  CHECK(bytes.size() >= sizeof(T));
  T value = 0;
  for (size_t i = 0; i < sizeof(T); ++i) {
    value = static_cast<T>(value << 8 | ByteAt(bytes, i));
  }
  return value;
}

}  // namespace

std::string EncodeHex(std::string_view bytes) {
  std::string text(bytes.size() * 2, '\0');
  for (size_t i = 0; i < bytes.size(); ++i) {
    text[2 * i] = kHexDigits[ByteAt(bytes, i) >> 4];
    text[2 * i + 1] = kHexDigits[ByteAt(bytes, i) & 15];
  }
  return text;
}

std::optional<std::string> DecodeHex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string bytes(text.size() / 2, '\0');
  uint32_t seen = 0;
  for (size_t i = 0; i < bytes.size(); ++i) {
    const uint32_t high = kHexValues[ByteAt(text, 2 * i)];
    const uint32_t low = kHexValues[ByteAt(text, 2 * i + 1)];
    seen |= high | low;
    bytes[i] = static_cast<char>(high << 4 | low);
  }
  if ((seen & kNoDigit) != 0) return std::nullopt;
  return bytes;
}

std::string EncodeBase64(std::string_view bytes) {
  return Encode64(bytes, kBase64Pairs, /*padded=*/true);
}

std::optional<std::string> DecodeBase64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  // A third '=' stays in the text and is refused as no digit.
  for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
  return Decode64(text, kBase64Values);
}

std::string EncodeBase64Url(std::string_view bytes) {
  return Encode64(bytes, kBase64UrlPairs, /*padded=*/false);
}

std::optional<std::string> DecodeBase64Url(std::string_view text) {
  return Decode64(text, kBase64UrlValues);
}

std::optional<uint64_t> ParseDecimal(std::string_view text, uint64_t max) {
  if (text.empty() || (text.size() > 1 && text[0] == '0')) return std::nullopt;
  uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    const uint64_t digit = static_cast<uint64_t>(c - '0');
    if (value > (UINT64_MAX - digit) / 10) return std::nullopt;
    value = value * 10 + digit;
  }
  if (value > max) return std::nullopt;
  return value;
}

void AppendBigEndian64(std::string* out, uint64_t value) {
  AppendBigEndian(out, value);
}

void AppendBigEndian32(std::string* out, uint32_t value) {
  AppendBigEndian(out, value);
}

uint64_t ReadBigEndian64(std::string_view bytes) {
  return ReadBigEndian<uint64_t>(bytes);
}

uint32_t ReadBigEndian32(std::string_view bytes) {
  return ReadBigEndian<uint32_t>(bytes);
}

bool IsUtf8(std::string_view text) {
  constexpr uint64_t kHighBits = 0x8080808080808080;
  size_t i = 0;
  while (i < text.size()) {
    if (text.size() - i >= sizeof(uint64_t)) {
      uint64_t word;
      std::memcpy(&word, text.data() + i, sizeof(word));
      if ((word & kHighBits) == 0) {
        i += sizeof(word);
        continue;
      }
    }
    if (ByteAt(text, i) < 0x80) {
      ++i;
      continue;
    }
    const size_t length = MultiByteLength(text, i);
    if (length == 0) return false;
    i += length;
  }
  return true;
}

}  // namespace sealedger::ledger
