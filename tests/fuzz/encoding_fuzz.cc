// Each text decodes in one way or not at all, and is what the encoder writes;
// each byte string survives its encoding. UTF-8 is compared with a reader that
// goes by code points.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ledger/check.h"
#include "ledger/encoding.h"

namespace {

using namespace sealedger::ledger;

// RFC 3629, by the value of each character.
bool IsUtf8ByValue(std::string_view text) {
  size_t i = 0;
  while (i < text.size()) {
    const auto lead = static_cast<uint8_t>(text[i]);
    const size_t length = lead < 0x80   ? 1
                          : lead < 0xc0 ? 0
                          : lead < 0xe0 ? 2
                          : lead < 0xf0 ? 3
                          : lead < 0xf8 ? 4
                                        : 0;
    if (length == 0 || length > text.size() - i) return false;
    uint32_t value = length == 1 ? lead : lead & (0xffu >> (length + 1));
    for (size_t k = 1; k < length; ++k) {
      const auto next = static_cast<uint8_t>(text[i + k]);
      if (next >> 6 != 2) return false;
      value = value << 6 | (next & 0x3fu);
    }
    constexpr uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
    if (value < kLeast[length] || value > 0x10ffff) return false;
    if (value >= 0xd800 && value < 0xe000) return false;
    i += length;
  }
  return true;
}

template <typename Encode, typename Decode>
void Try(std::string_view input, Encode encode, Decode decode) {
  if (const auto bytes = decode(input)) CHECK(encode(*bytes) == input);
  CHECK(decode(encode(input)).value() == input);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  Try(input, EncodeHex, DecodeHex);
  Try(input, EncodeBase64, DecodeBase64);
  Try(input, EncodeBase64Url, DecodeBase64Url);
  if (const auto number = ParseDecimal(input)) {
    CHECK(std::to_string(*number) == input);
    CHECK(ParseDecimal(input, *number) == number);
    if (*number > 0) CHECK(!ParseDecimal(input, *number - 1));
  }
  CHECK(IsUtf8(input) == IsUtf8ByValue(input));
  if (size >= 8) {
    std::string out;
    AppendBigEndian64(&out, ReadBigEndian64(input));
    AppendBigEndian32(&out, ReadBigEndian32(input));
    CHECK(out ==
          std::string(input.substr(0, 8)) + std::string(input.substr(0, 4)));
  }
  return 0;
}
