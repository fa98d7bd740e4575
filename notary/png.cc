#include "notary/png.h"

#include <libpng16/png.h>

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstring>
#include <optional>
#include <string>

#include "ledger/check.h"
#include "ledger/encoding.h"

namespace sealedger::notary {
namespace {

using ledger::Code;
using ledger::Error;

constexpr std::string_view kSignature = "\x89PNG\r\n\x1a\n";
constexpr size_t kChunkFrame = 12;  // length, type and CRC
constexpr size_t kMaxPixel = 8;     // octets: four samples of 16 bits
constexpr size_t kMaxPalette = 256;
constexpr uint8_t kGrey = 0;
constexpr uint8_t kPalette = 3;
constexpr uint8_t kGreyAlpha = 4;

Error TooLarge(std::string_view detail) {
  return ledger::MakeError(Code::kInvalidArgument, "picture-too-large", detail);
}

Error Bad(std::string_view detail) {
  return ledger::MakeError(Code::kInvalidArgument, "bad-picture", detail);
}

// CRC-32 of ISO 3309 (PNG §5.5), an octet's worth of steps at a time.
constexpr std::array<uint32_t, 256> kCrcTable = [] {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < table.size(); ++i) {
    uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc & 1) != 0 ? 0xedb88320 ^ (crc >> 1) : crc >> 1;
    }
    table[i] = crc;
  }
  return table;
}();

uint32_t CrcOf(std::string_view bytes) {
  uint32_t crc = 0xffffffff;
  for (const char c : bytes) {
    crc = kCrcTable[(crc ^ static_cast<uint8_t>(c)) & 0xff] ^ (crc >> 8);
  }
  return ~crc;
}

bool IsLetter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

struct Chunk {
  std::string_view type;
  std::string_view content;

  // A decoder may pass over what it does not know (§5.4), if it is ancillary.
  bool IsCritical() const { return type[0] <= 'Z'; }
};

// Takes a chunk from the front of `rest`; nullopt where none is whole, its CRC
// is wrong or its type no four letters.
std::optional<Chunk> TakeChunk(std::string_view* rest) {
  if (rest->size() < kChunkFrame) return std::nullopt;
  const size_t size = ledger::ReadBigEndian32(*rest);
  if (size > rest->size() - kChunkFrame) return std::nullopt;
  const Chunk chunk{rest->substr(4, 4), rest->substr(8, size)};
  const uint32_t crc = ledger::ReadBigEndian32(rest->substr(8 + size));
  if (crc != CrcOf(rest->substr(4, 4 + size)) ||
      !std::all_of(chunk.type.begin(), chunk.type.end(), IsLetter)) {
    return std::nullopt;
  }
  rest->remove_prefix(kChunkFrame + size);
  return chunk;
}

struct Header {
  PictureSize size;
  uint8_t depth = 0;
  uint8_t colour = 0;
};

// §11.2.1, table 11.1.
bool FitsDepth(uint8_t colour, uint8_t depth) {
  switch (colour) {
    case kGrey:
      return depth == 1 || depth == 2 || depth == 4 || depth == 8 ||
             depth == 16;
    case kPalette:
      return depth == 1 || depth == 2 || depth == 4 || depth == 8;
    case 2:
    case kGreyAlpha:
    case 6:
      return depth == 8 || depth == 16;
    default:
      return false;
  }
}

Result<Header> ReadHeader(const Chunk& chunk) {
  if (chunk.type != "IHDR" || chunk.content.size() != 13) {
    return Bad("the picture does not begin with a header");
  }
  const auto octet = [&](size_t i) {
    return static_cast<uint8_t>(chunk.content[i]);
  };
  Header header;
  header.size.width = ledger::ReadBigEndian32(chunk.content);
  header.size.height = ledger::ReadBigEndian32(chunk.content.substr(4));
  header.depth = octet(8);
  header.colour = octet(9);
  const bool known_methods = octet(10) == 0 && octet(11) == 0;
  if (header.size.width == 0 || header.size.height == 0 ||
      !FitsDepth(header.colour, header.depth) || !known_methods ||
      octet(12) > 1) {
    return Bad("the picture's header is none of PNG");
  }
  if (header.size.width > kMaxPictureSide ||
      header.size.height > kMaxPictureSide) {
    return TooLarge("a side of the picture has more than 1,024 pixels");
  }
  return header;
}

// The critical chunks in their order: IHDR, PLTE where the colour type has one,
// IDAT once or more without a gap, IEND.
class ChunkOrder {
 public:
  explicit ChunkOrder(const Header& header) : header_(header) {}

  // Of each chunk after the header. False where it must not stand here.
  bool Take(const Chunk& chunk) {
    if (ended_) return false;
    if (chunk.type == "IDAT") return TakeData();
    // Another chunk ends the run of IDAT.
    after_data_ = has_data_;
    if (chunk.type == "PLTE") return TakePalette(chunk);
    if (chunk.type == "IEND") {
      ended_ = true;
      return has_data_ && chunk.content.empty();
    }
    return !chunk.IsCritical();
  }
  bool ended() const { return ended_; }

 private:
  bool TakeData() {
    has_data_ = true;
    return !after_data_ && (has_palette_ || header_.colour != kPalette);
  }

  // §11.2.2.
  bool TakePalette(const Chunk& chunk) {
    const size_t colours = chunk.content.size() / 3;
    const size_t most =
        header_.colour == kPalette ? size_t{1} << header_.depth : kMaxPalette;
    const bool fits = chunk.content.size() % 3 == 0 && colours >= 1 &&
                      colours <= most && header_.colour != kGrey &&
                      header_.colour != kGreyAlpha;
    const bool in_order = !has_palette_ && !has_data_;
    has_palette_ = true;
    return fits && in_order;
  }

  const Header header_;
  bool has_palette_ = false;
  bool has_data_ = false;
  bool after_data_ = false;  // something stood behind the data
  bool ended_ = false;
};

// The whole of the file but what its data holds.
Result<PictureSize> CheckChunks(std::string_view bytes) {
  if (!bytes.starts_with(kSignature)) return Bad("the picture is no PNG");
  bytes.remove_prefix(kSignature.size());
  std::optional<Chunk> chunk = TakeChunk(&bytes);
  if (!chunk) return Bad("a chunk of the picture is broken");
  const Result<Header> header = ReadHeader(*chunk);
  if (!header) return header.error();
  ChunkOrder order(*header);
  while (!bytes.empty()) {
    chunk = TakeChunk(&bytes);
    if (!chunk) return Bad("a chunk of the picture is broken");
    if (!order.Take(*chunk)) return Bad("a chunk of the picture is misplaced");
  }
  if (!order.ended()) return Bad("the picture has no end");
  return header->size;
}

void ReadBytes(png_structp png, png_bytep out, size_t count) {
  auto* const rest = static_cast<std::string_view*>(png_get_io_ptr(png));
  if (count > rest->size()) png_error(png, "the end");
  std::memcpy(out, rest->data(), count);
  rest->remove_prefix(count);
}

[[noreturn]] void OnError(png_structp png, png_const_charp) {
  png_longjmp(png, 1);
}

// In place of libpng's own, which prints.
void OnWarning(png_structp, png_const_charp) {}

void SetLimits(png_structp png) {
  png_set_user_limits(png, kMaxPictureSide, kMaxPictureSide);
  png_set_chunk_malloc_max(png, kMaxPicture);
  // What is neither pixels nor their colours is left alone: a text or a colour
  // profile of 1 KB may inflate to 1 MB.
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);
  // Data that are too long, or end before their checksum, are faults.
  png_set_benign_errors(png, 0);
}

// Decodes all rows, each over the one before, and what follows them: 256 KiB
// may inflate to 260 MB, a kilobyte at a time, which takes a third of a second.
// libpng leaves by longjmp: nothing in here has a destructor.
bool DecodeRows(png_structp png, png_infop info, std::string_view* bytes,
                uint32_t height) {
  std::array<png_byte, kMaxPictureSide * kMaxPixel> row;
  // NOLINTNEXTLINE(cert-err52-cpp): the way that libpng has.
  if (setjmp(png_jmpbuf(png)) != 0) return false;
  SetLimits(png);
  png_set_read_fn(png, bytes, ReadBytes);
  png_read_info(png, info);
  const int passes = png_set_interlace_handling(png);
  png_read_update_info(png, info);
  if (png_get_rowbytes(png, info) > row.size()) return false;
  for (int pass = 0; pass < passes; ++pass) {
    for (uint32_t i = 0; i < height; ++i) {
      png_read_row(png, row.data(), nullptr);
    }
  }
  png_read_end(png, info);
  return true;
}

bool Decodes(std::string_view bytes, uint32_t height) {
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, nullptr,
                                           OnError, OnWarning);
  png_infop info = png == nullptr ? nullptr : png_create_info_struct(png);
  const bool decoded = info != nullptr && DecodeRows(png, info, &bytes, height);
  png_destroy_read_struct(&png, &info, nullptr);
  return decoded;
}

}  // namespace

Result<PictureSize> CheckPng(std::string_view bytes) {
  if (bytes.size() > kMaxPicture) {
    return TooLarge("the picture has more than 256 KiB");
  }
  const Result<PictureSize> size = CheckChunks(bytes);
  if (!size) return size.error();
  if (!Decodes(bytes, size->height)) {
    return Bad("the picture's data cannot be decoded");
  }
  return *size;
}

std::string EncodeGreyPng(uint32_t width, uint32_t height,
                          std::string_view grey) {
  CHECK(width >= 1 && width <= kMaxPictureSide);
  CHECK(height >= 1 && height <= kMaxPictureSide);
  CHECK(grey.size() >= size_t{width} * height);
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = width;
  image.height = height;
  image.format = PNG_FORMAT_GRAY;
  std::string bytes(PNG_IMAGE_PNG_SIZE_MAX(image), '\0');
  png_alloc_size_t size = bytes.size();
  CHECK(png_image_write_to_memory(&image, bytes.data(), &size, 0, grey.data(),
                                  0, nullptr) != 0);
  bytes.resize(size);
  return bytes;
}

}  // namespace sealedger::notary
