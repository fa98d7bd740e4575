#include "api/log_sink.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <utility>

namespace sealedger::api {

namespace {

using std::chrono::steady_clock;

Error CannotLog() {
  return MakeError(Code::kIo, "cannot-log", strerrordesc_np(errno));
}

bool IsRegular(int fd) {
  struct stat status {};
  return fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

}  // namespace

Result<LogSink> LogSink::Open(const std::string& file) {
  if (file.empty()) {
    return LogSink(STDERR_FILENO, false, !IsRegular(STDERR_FILENO));
  }
  const int fd =
      open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
  if (fd < 0) return CannotLog();
  return LogSink(fd, true, !IsRegular(fd));
}

LogSink::LogSink(LogSink&& other) noexcept
    : fd_(other.fd_),
      owned_(std::exchange(other.owned_, false)),
      waits_(other.waits_) {}

LogSink& LogSink::operator=(LogSink&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(owned_, other.owned_);
  std::swap(waits_, other.waits_);
  return *this;
}

LogSink::~LogSink() {
  if (owned_) close(fd_);
}

Result<size_t> LogSink::Write(std::string_view bytes,
                              steady_clock::time_point deadline) {
  size_t written = 0;
  while (written < bytes.size()) {
    size_t piece = bytes.size() - written;
    if (waits_) {
      // Of a pipe that is ready, so much is taken without waiting.
      piece = std::min<size_t>(piece, PIPE_BUF);
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(
          deadline - steady_clock::now());
      if (left.count() <= 0) return written;
      pollfd slot{fd_, POLLOUT, 0};
      if (poll(&slot, 1, static_cast<int>(left.count())) == 0) return written;
    }
    const ssize_t took = write(fd_, bytes.data() + written, piece);
    if (took >= 0) {
      written += static_cast<size_t>(took);
    } else if (errno != EINTR) {
      if (written > 0 || errno == EAGAIN) return written;
      return CannotLog();
    }
  }
  return written;
}

}  // namespace sealedger::api
