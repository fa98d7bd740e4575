#include "notary/png.h"

#include <doctest/doctest.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "ledger/encoding.h"
#include "ledger/hash.h"

namespace sealedger::notary {
namespace {

const std::string kSignature = "\x89PNG\r\n\x1a\n";

std::string Big32(uint32_t value) {
  std::string out;
  ledger::AppendBigEndian32(&out, value);
  return out;
}

std::string Chunk(const std::string& type, const std::string& content) {
  const std::string body = type + content;
  const auto* const bytes = reinterpret_cast<const Bytef*>(body.data());
  const auto crc = crc32(0, bytes, static_cast<uInt>(body.size()));
  return Big32(static_cast<uint32_t>(content.size())) + body +
         Big32(static_cast<uint32_t>(crc));
}

std::string Deflated(const std::string& bytes) {
  uLongf size = compressBound(static_cast<uLong>(bytes.size()));
  std::string out(size, '\0');
  REQUIRE(compress2(reinterpret_cast<Bytef*>(out.data()), &size,
                    reinterpret_cast<const Bytef*>(bytes.data()),
                    static_cast<uLong>(bytes.size()), 9) == Z_OK);
  out.resize(size);
  return out;
}

// A picture to be encoded: zero pixels, unfiltered.
struct Picture {
  uint32_t width = 20;
  uint32_t height = 10;
  int depth = 8;
  int colour = 6;
  int interlace = 0;
  int compression = 0;
  int filter = 0;
};

size_t SamplesOf(const Picture& picture) {
  constexpr std::array<size_t, 7> kSamples = {1, 0, 3, 1, 2, 0, 4};
  return kSamples.at(static_cast<size_t>(picture.colour));
}

// PNG §7.3 for one pass: a filter octet before each row.
std::string Rows(const Picture& picture, size_t width, size_t height) {
  if (width == 0) return "";
  const size_t bits =
      width * SamplesOf(picture) * static_cast<size_t>(picture.depth);
  return std::string(height * (1 + (bits + 7) / 8), '\0');
}

std::string DataOf(const Picture& picture) {
  if (picture.interlace == 0) {
    return Rows(picture, picture.width, picture.height);
  }
  // Adam7: first column and row, and the steps, of each pass.
  constexpr std::array<std::array<size_t, 4>, 7> kPasses = {{{0, 0, 8, 8},
                                                             {4, 0, 8, 8},
                                                             {0, 4, 4, 8},
                                                             {2, 0, 4, 4},
                                                             {0, 2, 2, 4},
                                                             {1, 0, 2, 2},
                                                             {0, 1, 1, 2}}};
  std::string data;
  for (const auto& [x, y, dx, dy] : kPasses) {
    data += Rows(picture, (picture.width + dx - 1 - x) / dx,
                 (picture.height + dy - 1 - y) / dy);
  }
  return data;
}

std::string Header(const Picture& picture) {
  std::string content = Big32(picture.width) + Big32(picture.height);
  for (const int octet : {picture.depth, picture.colour, picture.compression,
                          picture.filter, picture.interlace}) {
    content += static_cast<char>(octet);
  }
  return Chunk("IHDR", content);
}

std::string Palette(size_t colours) {
  return Chunk("PLTE", std::string(3 * colours, '\x7f'));
}

std::string Data(const Picture& picture) {
  return Chunk("IDAT", Deflated(DataOf(picture)));
}

const std::string kEnd = Chunk("IEND", "");

std::string Png(const Picture& picture) {
  return kSignature + Header(picture) +
         (picture.colour == 3 ? Palette(2) : "") + Data(picture) + kEnd;
}

// What stands between the signature and the end.
std::string With(const std::string& chunks) {
  return kSignature + chunks + kEnd;
}

std::string Fault(const std::string& bytes) {
  const Result<PictureSize> size = CheckPng(bytes);
  if (size) return "";
  CHECK(size.error().code == ledger::Code::kInvalidArgument);
  return size.error().name;
}

bool IsGood(const std::string& bytes) { return CheckPng(bytes).has_value(); }
// Refused for its chunks, before anything is decoded: libpng has a say in most
// of them, too.
bool IsBad(const std::string& bytes) {
  const Result<PictureSize> size = CheckPng(bytes);
  return !size && size.error().name == "bad-picture" &&
         size.error().detail != "the picture's data cannot be decoded";
}
bool IsTooLarge(const std::string& bytes) {
  return Fault(bytes) == "picture-too-large";
}

TEST_CASE("a picture is taken, and its size told") {
  const Result<PictureSize> size = CheckPng(Png({.width = 300, .height = 200}));
  REQUIRE(size);
  CHECK(size->width == 300);
  CHECK(size->height == 200);
}

TEST_CASE("a colour type has its own depths, interlaced or not") {
  const std::vector<std::pair<int, std::vector<int>>> kinds = {
      {0, {1, 2, 4, 8, 16}},
      {2, {8, 16}},
      {3, {1, 2, 4, 8}},
      {4, {8, 16}},
      {6, {8, 16}}};
  for (const int interlace : {0, 1}) {
    for (const auto& [colour, depths] : kinds) {
      for (int depth = 0; depth <= 17; ++depth) {
        const Picture picture{
            .depth = depth, .colour = colour, .interlace = interlace};
        CAPTURE(picture.colour);
        CAPTURE(depth);
        const bool known =
            std::find(depths.begin(), depths.end(), depth) != depths.end();
        CHECK((known ? IsGood(Png(picture)) : IsBad(Png(picture))));
      }
    }
  }
  for (const int colour : {1, 5, 7, 255}) {
    CAPTURE(colour);
    const Picture good;
    CHECK(IsBad(With(Header({.colour = colour}) + Data(good))));
  }
}

TEST_CASE("a side has 1 to 1,024 pixels") {
  CHECK(Fault(Png({.width = 1024, .height = 1, .depth = 16})) == "");
  CHECK(Fault(Png({.width = 1, .height = 1024})) == "");
  CHECK(Fault(Png({.width = 1024, .height = 1024, .depth = 16})) == "");
  CHECK(Fault(Png({.width = 1, .height = 1, .interlace = 1})) == "");
  CHECK(IsTooLarge(Png({.width = 1025, .height = 1})));
  CHECK(IsTooLarge(Png({.width = 1, .height = 1025})));
  CHECK(IsBad(Png({.width = 0, .height = 1})));
  CHECK(IsBad(Png({.width = 1, .height = 0})));
  CHECK(IsTooLarge(With(Header({.width = 0xffffffff}) + Data({}))));
}

TEST_CASE("methods of a header are those that PNG has") {
  const Picture good;
  CHECK(IsBad(With(Header({.interlace = 2}) + Data(good))));
  CHECK(IsBad(With(Header({.compression = 1}) + Data(good))));
  CHECK(IsBad(With(Header({.filter = 1}) + Data(good))));
}

TEST_CASE("a picture has at most 256 KiB") {
  const std::string picture = Png({});
  // Filled up by a text, to the last octet.
  const size_t room = (256 << 10) - picture.size() - 12;
  const auto filled = [&](size_t size) {
    return With(Header({}) + Chunk("teXt", std::string(size, 'a')) + Data({}));
  };
  REQUIRE(filled(room).size() == 256 << 10);
  CHECK(Fault(filled(room)) == "");
  CHECK(IsTooLarge(filled(room + 1)));
  CHECK(IsTooLarge(filled(10 << 20)));
  CHECK(IsTooLarge(std::string(10 << 20, '\0')));
}

TEST_CASE("no octet of a picture may change") {
  const std::string good = Png({});
  for (size_t i = 0; i < good.size(); ++i) {
    for (const int bit : {0x01, 0x20, 0x80}) {
      std::string changed = good;
      changed[i] = static_cast<char>(changed[i] ^ bit);
      CAPTURE(i);
      CHECK(IsBad(changed));
    }
  }
}

TEST_CASE("a picture that ends early is refused, wherever it does") {
  const std::string good = Png({});
  for (size_t size = 0; size < good.size(); ++size) {
    CAPTURE(size);
    CHECK(IsBad(good.substr(0, size)));
  }
}

TEST_CASE("nothing stands behind a picture") {
  CHECK(IsBad(Png({}) + "x"));
  CHECK(IsBad(Png({}) + kEnd));
  CHECK(IsBad(Png({}) + Chunk("teXt", "a")));
  CHECK(IsBad(Png({}) + Png({})));
}

TEST_CASE("what is no PNG is refused") {
  CHECK(IsBad(""));
  CHECK(IsBad("GIF89a"));
  CHECK(IsBad(kSignature));
  CHECK(IsBad("\xff\xd8\xff\xe0" + Big32(0x00104a46) + "IF" +
              std::string(100, '\1')));
  CHECK(IsBad(Png({}).substr(1)));
}

TEST_CASE("a header comes first, and once") {
  CHECK(IsBad(With(Data({}) + Header({}))));
  CHECK(IsBad(With(Data({}))));
  CHECK(IsBad(With(Chunk("teXt", "a") + Header({}) + Data({}))));
  CHECK(IsBad(With(Header({}) + Header({}) + Data({}))));
  CHECK(IsBad(With(Header({}) + Data({}) + Header({}))));
  std::string content = Header({}).substr(8, 13);
  CHECK(Fault(With(Chunk("IHDR", content) + Data({}))) == "");
  CHECK(IsBad(With(Chunk("abCd", content) + Data({}))));
  CHECK(IsBad(With(Chunk("IHDR", content + '\0') + Data({}))));
  CHECK(IsBad(With(Chunk("IHDR", content.substr(1)) + Data({}))));
}

TEST_CASE("data stand in one run of chunks") {
  const std::string data = Deflated(DataOf({}));
  const std::string first = Chunk("IDAT", data.substr(0, 5));
  const std::string second = Chunk("IDAT", data.substr(5));
  const std::string text = Chunk("teXt", "a");
  CHECK(Fault(With(Header({}) + first + second)) == "");
  CHECK(Fault(With(Header({}) + text + first + second + text)) == "");
  CHECK(Fault(With(Header({}) + first + Chunk("IDAT", "") + second)) == "");
  CHECK(IsBad(With(Header({}) + first + text + second)));
  CHECK(IsBad(With(Header({}))));
  CHECK(IsBad(With(Header({}) + text)));
  CHECK(Fault(With(Header({}) + Chunk("IDAT", ""))) == "bad-picture");
}

TEST_CASE("an end is empty") {
  CHECK(IsBad(kSignature + Header({}) + Data({}) + Chunk("IEND", "a")));
  CHECK(IsBad(kSignature + Header({}) + Data({})));
}

TEST_CASE("a palette stands before the data, once, in the colours' number") {
  const Picture indexed{.depth = 2, .colour = 3};
  const auto with = [&](const std::string& palette) {
    return With(Header(indexed) + palette + Data(indexed));
  };
  CHECK(Fault(with(Palette(1))) == "");
  CHECK(Fault(with(Palette(4))) == "");
  CHECK(IsBad(with(Palette(5))));
  CHECK(IsBad(with(Palette(0))));
  CHECK(IsBad(with("")));
  CHECK(IsBad(with(Palette(1) + Palette(1))));
  CHECK(IsBad(with(Chunk("PLTE", "abcd"))));
  CHECK(IsBad(With(Header(indexed) + Data(indexed) + Palette(1))));
  CHECK(Fault(With(Header({}) + Palette(256) + Data({}))) == "");
  CHECK(IsBad(With(Header({}) + Palette(257) + Data({}))));
  CHECK(IsBad(With(Header({}) + Data({}) + Palette(1))));
  for (const int colour : {0, 4}) {
    const Picture grey{.colour = colour};
    CHECK(IsBad(With(Header(grey) + Palette(1) + Data(grey))));
  }
}

TEST_CASE("an unknown chunk is passed over, unless it is critical") {
  CHECK(Fault(With(Header({}) + Chunk("abCd", "a") + Data({}))) == "");
  CHECK(IsBad(With(Header({}) + Chunk("AbCd", "a") + Data({}))));
  CHECK(IsBad(With(Header({}) + Data({}) + Chunk("AbCd", "a"))));
  for (const std::string type : {"ab1d", "ab d", "abc\xe4", "ab[d", "ab`d"}) {
    CAPTURE(type);
    CHECK(IsBad(With(Header({}) + Chunk(type, "a") + Data({}))));
  }
}

TEST_CASE("transparency stands before the data, and fits the colours") {
  const Picture grey{.colour = 0};
  const std::string level("\0\x7f", 2);
  const auto with = [&](const std::string& before, const std::string& after) {
    return Fault(With(Header(grey) + before + Data(grey) + after));
  };
  CHECK(with(Chunk("tRNS", level), "") == "");
  CHECK(with(Chunk("tRNS", level + level), "") == "bad-picture");
  CHECK(with("", Chunk("tRNS", level)) == "bad-picture");
}

TEST_CASE("a chunk lies within the picture") {
  std::string good = Png({});
  const size_t data = good.find("IDAT");
  for (const uint32_t size :
       {0x7fffffffU, 0x80000000U, 0xffffffffU, 0xfffffff4U, 1000U}) {
    CAPTURE(size);
    std::string changed = good;
    changed.replace(data - 4, 4, Big32(size));
    CHECK(IsBad(changed));
  }
}

TEST_CASE("a deflate stream is whole, and no longer than its rows") {
  const std::string data = Deflated(DataOf({}));
  const auto with = [&](const std::string& stream) {
    return Fault(With(Header({}) + Chunk("IDAT", stream)));
  };
  REQUIRE(with(data) == "");
  for (size_t size = 0; size < data.size(); ++size) {
    CAPTURE(size);
    CHECK(with(data.substr(0, size)) == "bad-picture");
  }
  CHECK(with(data + '\0') == "bad-picture");
  CHECK(with(Deflated(DataOf({}) + '\0')) == "bad-picture");
  CHECK(with(Deflated(DataOf({}).substr(1))) == "bad-picture");
  // The checksum.
  std::string changed = data;
  changed.back() = static_cast<char>(changed.back() ^ 1);
  CHECK(with(changed) == "bad-picture");
  // A filter type that there is not.
  std::string rows = DataOf({});
  rows[0] = 5;
  CHECK(with(Deflated(rows)) == "bad-picture");
}

TEST_CASE("data that inflate to far more than the rows are refused") {
  const std::string bomb = Deflated(std::string(64 << 20, '\0'));
  CHECK(Fault(With(Header({.width = 1, .height = 1}) + Chunk("IDAT", bomb))) ==
        "bad-picture");
}

TEST_CASE("texts and profiles that inflate to much are not inflated") {
  const std::string bomb = Deflated(std::string(20 << 20, '\0'));
  const std::string text = Chunk("zTXt", std::string("a\0\0", 3) + bomb);
  const std::string profile = Chunk("iCCP", std::string("a\0\0", 3) + bomb);
  const std::string unicode =
      Chunk("iTXt", std::string("a\0\1\0\0\0", 6) + bomb);
  CHECK(Fault(With(Header({}) + profile + text + text + unicode + Data({}) +
                   text)) == "");
}

TEST_CASE("a picture that is made up is a picture") {
  std::string noise;
  while (noise.size() < size_t{256} * 160) {
    noise.append(ledger::Sha256Of(noise).view());
  }
  const std::string bytes = EncodeGreyPng(256, 160, noise);
  const auto size = CheckPng(bytes);
  REQUIRE(size);
  CHECK(size->width == 256);
  CHECK(size->height == 160);
  // Noise is not compressed: nothing was left out.
  CHECK(bytes.size() > noise.size());
  CHECK(CheckPng(EncodeGreyPng(1, 1, "x")));
}

}  // namespace
}  // namespace sealedger::notary
