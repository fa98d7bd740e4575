#include "ledger/log_tail.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

namespace sealedger::ledger {
namespace {

constexpr uint64_t kBlockSize = 32768;
constexpr uint64_t kHeaderSize = 7;

enum RecordType : uint8_t { kFull = 1, kFirst = 2, kMiddle = 3, kLast = 4 };

using Crc32cTables = std::array<std::array<uint32_t, 256>, 8>;

// Table k advances a byte that has k more bytes behind it in its group of 8.
constexpr Crc32cTables MakeCrc32cTables() {
  Crc32cTables tables{};
  for (uint32_t byte = 0; byte < 256; ++byte) {
    uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82f63b78U : 0);
    }
    tables[0][byte] = crc;
  }
  for (size_t k = 1; k < tables.size(); ++k) {
    for (size_t byte = 0; byte < 256; ++byte) {
      const uint32_t below = tables[k - 1][byte];
      tables[k][byte] = (below >> 8) ^ tables[0][below & 0xff];
    }
  }
  return tables;
}

constexpr Crc32cTables kCrc32c = MakeCrc32cTables();

uint8_t ByteAt(std::string_view bytes, uint64_t at) {
  return static_cast<uint8_t>(bytes[at]);
}

uint32_t LittleEndian32(std::string_view bytes, uint64_t at) {
  return static_cast<uint32_t>(ByteAt(bytes, at)) |
         static_cast<uint32_t>(ByteAt(bytes, at + 1)) << 8 |
         static_cast<uint32_t>(ByteAt(bytes, at + 2)) << 16 |
         static_cast<uint32_t>(ByteAt(bytes, at + 3)) << 24;
}

uint32_t Crc32c(std::string_view bytes) {
  uint32_t crc = 0xffffffffU;
  uint64_t at = 0;
  for (; at + 8 <= bytes.size(); at += 8) {
    const uint32_t low = crc ^ LittleEndian32(bytes, at);
    const uint32_t high = LittleEndian32(bytes, at + 4);
    crc = kCrc32c[7][low & 0xff] ^ kCrc32c[6][(low >> 8) & 0xff] ^
          kCrc32c[5][(low >> 16) & 0xff] ^ kCrc32c[4][low >> 24] ^
          kCrc32c[3][high & 0xff] ^ kCrc32c[2][(high >> 8) & 0xff] ^
          kCrc32c[1][(high >> 16) & 0xff] ^ kCrc32c[0][high >> 24];
  }
  for (; at < bytes.size(); ++at) {
    crc = (crc >> 8) ^ kCrc32c[0][(crc ^ ByteAt(bytes, at)) & 0xff];
  }
  return crc ^ 0xffffffffU;
}

// As LevelDB stores it: a checksum of bytes that hold checksums is a bad one.
uint32_t Mask(uint32_t crc) {
  return ((crc >> 15) | (crc << 17)) + 0xa282ead8U;
}

struct Physical {
  RecordType type = kFull;
  uint64_t end = 0;
};

// The physical record at `at`, where a whole one stands.
std::optional<Physical> PhysicalAt(std::string_view log, uint64_t at) {
  const uint64_t block_end =
      std::min<uint64_t>(log.size(), (at / kBlockSize + 1) * kBlockSize);
  if (at + kHeaderSize > block_end) return std::nullopt;
  const uint8_t type = ByteAt(log, at + 6);
  if (type < kFull || type > kLast) return std::nullopt;
  const uint64_t length =
      ByteAt(log, at + 4) | static_cast<uint64_t>(ByteAt(log, at + 5)) << 8;
  const uint64_t end = at + kHeaderSize + length;
  if (end > block_end) return std::nullopt;
  if (LittleEndian32(log, at) != Mask(Crc32c(log.substr(at + 6, length + 1)))) {
    return std::nullopt;
  }
  return Physical{static_cast<RecordType>(type), end};
}

bool Begins(const Physical& record) {
  return record.type == kFull || record.type == kFirst;
}

// The first position from `from` on at which a logical record begins. Where a
// header is bad nothing says where the next one stands: each byte is tried.
std::optional<uint64_t> NextBeginning(std::string_view log, uint64_t from) {
  for (uint64_t at = from; at + kHeaderSize <= log.size();) {
    const std::optional<Physical> record = PhysicalAt(log, at);
    if (record && Begins(*record)) return at;
    at = record ? record->end : at + 1;
  }
  return std::nullopt;
}

Error StoreIo(const std::string& path) {
  return MakeError(Code::kIo, "store-io", path + ": " + std::strerror(errno));
}

// Closes what it holds.
class File {
 public:
  explicit File(int fd) : fd_(fd) {}
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int get() const { return fd_; }

 private:
  const int fd_;
};

Result<std::string> ReadWhole(int fd, const std::string& path) {
  std::string bytes;
  const off_t size = ::lseek(fd, 0, SEEK_END);
  if (size < 0) return StoreIo(path);
  bytes.resize(static_cast<size_t>(size));
  size_t got = 0;
  while (got < bytes.size()) {
    const ssize_t count = ::pread(fd, bytes.data() + got, bytes.size() - got,
                                  static_cast<off_t>(got));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return StoreIo(path);
    if (count == 0) break;
    got += static_cast<size_t>(count);
  }
  bytes.resize(got);
  return bytes;
}

Result<void> CutTornTail(const std::string& path) {
  const File file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  if (file.get() < 0) return StoreIo(path);
  Result<std::string> log = ReadWhole(file.get(), path);
  if (!log) return std::move(log).error();
  Result<uint64_t> whole = WholeRecords(*log);
  if (!whole) {
    return MakeError(whole.error().code, whole.error().name,
                     path + ": " + whole.error().detail);
  }
  if (*whole == log->size()) return {};
  int cut = 0;
  do {
    cut = ::ftruncate(file.get(), static_cast<off_t>(*whole));
  } while (cut != 0 && errno == EINTR);
  if (cut != 0 || ::fsync(file.get()) != 0) return StoreIo(path);
  return {};
}

// The file that CURRENT names; empty where that cannot be told, which LevelDB
// then says in its own words.
Result<std::string> ManifestName(const std::string& folder) {
  const std::string path = folder + "/CURRENT";
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) {
    if (errno == ENOENT) return std::string();
    return StoreIo(path);
  }
  Result<std::string> name = ReadWhole(file.get(), path);
  if (!name) return name;
  if (!name->starts_with("MANIFEST-") || !name->ends_with('\n')) {
    return std::string();
  }
  name->pop_back();
  return name;
}

std::optional<uint64_t> LogNumber(const std::filesystem::path& path) {
  if (path.extension() != ".log") return std::nullopt;
  const std::string stem = path.stem().string();
  uint64_t number = 0;
  const auto [end, failed] =
      std::from_chars(stem.data(), stem.data() + stem.size(), number);
  if (failed != std::errc() || end != stem.data() + stem.size()) {
    return std::nullopt;
  }
  return number;
}

// Before a log is begun the one before it is synced: only the newest can be
// torn, and a newest that is empty was begun and never written.
Result<std::string> NewestLog(const std::string& folder) {
  std::error_code failed;
  std::optional<uint64_t> newest;
  std::string path;
  std::filesystem::directory_iterator files(folder, failed);
  for (; !failed && files != std::filesystem::directory_iterator();
       files.increment(failed)) {
    const std::optional<uint64_t> number = LogNumber(files->path());
    if (!number || (newest && *newest > *number)) continue;
    const uint64_t size = files->file_size(failed);
    if (failed) break;
    if (size == 0) continue;
    newest = number;
    path = files->path().string();
  }
  if (failed) {
    return MakeError(Code::kIo, "store-io", folder + ": " + failed.message());
  }
  return path;
}

}  // namespace

Result<uint64_t> WholeRecords(std::string_view log) {
  uint64_t whole = 0;  // up to the end of the last whole logical record
  bool inside = false;
  for (uint64_t at = 0;;) {
    if (kBlockSize - at % kBlockSize < kHeaderSize) {
      at = (at / kBlockSize + 1) * kBlockSize;
    }
    if (at >= log.size()) return whole;
    const std::optional<Physical> record = PhysicalAt(log, at);
    if (record && Begins(*record) != inside) {
      at = record->end;
      inside = record->type == kFirst || record->type == kMiddle;
      if (!inside) whole = at;
      continue;
    }
    // Bad, or out of its order. What begins here is behind what it broke.
    const uint64_t behind = record && Begins(*record) ? at : at + 1;
    if (const std::optional<uint64_t> next = NextBeginning(log, behind)) {
      return MakeError(Code::kCorruption, "store-corrupt",
                       "the record at byte " +
                           std::to_string(inside ? whole : at) +
                           " is damaged, and it is not the last: another "
                           "begins at byte " +
                           std::to_string(*next));
    }
    return whole;
  }
}

Result<void> CutTornTails(const std::string& folder) {
  Result<std::string> manifest = ManifestName(folder);
  if (!manifest) return std::move(manifest).error();
  // Without one there is no store yet, or one that LevelDB will not open.
  if (manifest->empty()) return {};
  const std::string manifest_path = folder + "/" + *manifest;
  if (::access(manifest_path.c_str(), F_OK) != 0) return {};
  if (Result<void> cut = CutTornTail(manifest_path); !cut) return cut;
  Result<std::string> log = NewestLog(folder);
  if (!log) return std::move(log).error();
  if (log->empty()) return {};
  return CutTornTail(*log);
}

}  // namespace sealedger::ledger
