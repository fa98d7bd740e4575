#include "ledger/guard.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "ledger/check.h"
#include "ledger/encoding.h"
#include "ledger/hash.h"

namespace sealedger::ledger {
namespace {

constexpr size_t kSlotSize = 4096;
constexpr std::string_view kMagic = "SLGUARD1";
constexpr size_t kHeaderSize = 8 + 8 + 4;  // magic, counter, note length
constexpr size_t kMaxGuardNote = 4000;
static_assert(kHeaderSize + kMaxGuardNote + kHashSize <= kSlotSize);

struct Slot {
  uint64_t counter = 0;
  std::string note;
};

Error GuardError(const std::string& path) {
  return MakeError(Code::kIo, "guard-io", path + ": " + std::strerror(errno));
}

std::string EncodeSlot(const Slot& slot) {
  std::string bytes(kMagic);
  AppendBigEndian64(&bytes, slot.counter);
  AppendBigEndian32(&bytes, static_cast<uint32_t>(slot.note.size()));
  bytes += slot.note;
  bytes += Sha256Of(bytes).view();
  bytes.resize(kSlotSize, '\0');
  return bytes;
}

// A slot that was never written, or only in part, is none.
std::optional<Slot> DecodeSlot(std::string_view bytes) {
  if (bytes.size() != kSlotSize || bytes.substr(0, 8) != kMagic) return {};
  const uint32_t length = ReadBigEndian32(bytes.substr(16));
  if (length > kMaxGuardNote) return {};
  const std::string_view covered = bytes.substr(0, kHeaderSize + length);
  if (bytes.substr(covered.size(), kHashSize) != Sha256Of(covered).view()) {
    return {};
  }
  return Slot{ReadBigEndian64(bytes.substr(8)),
              std::string(covered.substr(kHeaderSize))};
}

// A slot that the disk does not give is not an empty one: it may be the newer.
Result<std::optional<Slot>> ReadSlot(int fd, int number,
                                     const std::string& path) {
  std::string bytes(kSlotSize, '\0');
  ssize_t got = 0;
  do {
    got = ::pread(fd, bytes.data(), kSlotSize,
                  static_cast<off_t>(kSlotSize) * number);
  } while (got < 0 && errno == EINTR);
  if (got < 0) return GuardError(path);
  bytes.resize(static_cast<size_t>(got));
  return DecodeSlot(bytes);
}

Result<std::optional<Slot>> NewestSlot(int fd, const std::string& path) {
  Result<std::optional<Slot>> first = ReadSlot(fd, 0, path);
  if (!first) return first;
  Result<std::optional<Slot>> second = ReadSlot(fd, 1, path);
  if (!second || !*first) return second;
  if (!*second) return first;
  return (*first)->counter > (*second)->counter ? first : second;
}

}  // namespace

Result<std::optional<std::string>> Guard::Peek(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    if (errno == ENOENT) return std::optional<std::string>();
    return GuardError(path);
  }
  Result<std::optional<Slot>> newest = NewestSlot(fd, path);
  ::close(fd);
  if (!newest) return std::move(newest).error();
  if (!*newest) {
    return MakeError(Code::kCorruption, "guard-corrupt",
                     path + ": neither slot of the guard is whole");
  }
  return std::optional<std::string>(std::move((*newest)->note));
}

Result<Guard> Guard::Open(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return GuardError(path);
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    ::close(fd);
    return MakeError(Code::kUnavailable, "locked",
                     path + " is held by another process");
  }
  // The file's name must be durable before its content counts.
  const std::string folder = path.substr(0, path.rfind('/') + 1);
  const int folder_fd = ::open(folder.empty() ? "." : folder.c_str(),
                               O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = folder_fd >= 0 && ::fsync(folder_fd) == 0;
  Error failure = GuardError(path);
  if (folder_fd >= 0) ::close(folder_fd);
  const Result<std::optional<Slot>> newest = NewestSlot(fd, path);
  Guard guard(fd, newest && *newest ? (*newest)->counter : 0);
  if (!synced) return failure;
  if (!newest) return newest.error();
  return guard;
}

Guard::Guard(int fd, uint64_t counter) : fd_(fd), counter_(counter) {}

Guard::Guard(Guard&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), counter_(other.counter_) {}

Guard::~Guard() {
  if (fd_ >= 0) ::close(fd_);
}

Result<void> Guard::Write(std::string_view note) {
  CHECK(note.size() <= kMaxGuardNote);
  ++counter_;
  const std::string bytes = EncodeSlot({counter_, std::string(note)});
  const auto offset = static_cast<off_t>(kSlotSize * (counter_ % 2));
  ssize_t wrote = 0;
  do {
    wrote = ::pwrite(fd_, bytes.data(), bytes.size(), offset);
  } while (wrote < 0 && errno == EINTR);
  if (wrote != static_cast<ssize_t>(bytes.size()) || ::fdatasync(fd_) != 0) {
    return GuardError("guard");
  }
  return {};
}

}  // namespace sealedger::ledger
