// PNG pictures of seals: looked at before anything decodes them, and never
// written again: their bytes are kept as they were given.
//
// Thread rule: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "ledger/result.h"

namespace sealedger::notary {

using ledger::Result;

inline constexpr size_t kMaxPicture = 256 << 10;   // bytes
inline constexpr uint32_t kMaxPictureSide = 1024;  // pixels

struct PictureSize {
  uint32_t width = 0;
  uint32_t height = 0;
};

// Signature, chunks with their lengths, order and CRCs (PNG, third edition, §5,
// §11), sides of 1 to 1,024 pixels, then a decoding by libpng that must end
// without a fault. kInvalidArgument "picture-too-large" (bytes or pixels),
// "bad-picture".
Result<PictureSize> CheckPng(std::string_view bytes);

// A picture in shades of grey, one octet a pixel, row by row: for seals that
// are made up. CHECK-fails where the sides are not 1 to 1,024 pixels, or `grey`
// is shorter than they ask for.
std::string EncodeGreyPng(uint32_t width, uint32_t height,
                          std::string_view grey);

}  // namespace sealedger::notary
