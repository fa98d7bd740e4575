#include "tools/files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

namespace sealedger::tools {

using ledger::Code;
using ledger::MakeError;

namespace {

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

File NewFile(const std::string& path, unsigned mode) {
  const int fd =
      open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  return File(fd < 0 ? nullptr : fdopen(fd, "wb"), std::fclose);
}

ledger::Error Failed(std::string_view name, const std::string& path,
                     std::string_view what) {
  return MakeError(Code::kIo, name,
                   path + " cannot be " + std::string(what) + ": " +
                       std::generic_category().message(errno));
}

}  // namespace

ledger::Result<std::string> ReadAtMost(const std::string& path,
                                       size_t max_bytes) {
  const File file(std::fopen(path.c_str(), "rbe"), std::fclose);
  if (file == nullptr) return Failed("unreadable-file", path, "read");
  std::string content;
  char piece[65536];
  while (content.size() < max_bytes) {
    const size_t wanted = std::min(sizeof piece, max_bytes - content.size());
    const size_t count = std::fread(piece, 1, wanted, file.get());
    if (count == 0) break;
    content.append(piece, count);
  }
  if (std::ferror(file.get()) != 0) {
    return Failed("unreadable-file", path, "read");
  }
  return content;
}

ledger::Result<void> ReplaceFile(const std::string& path,
                                 std::string_view content, unsigned mode) {
  const std::string beside = path + ".part" + std::to_string(getpid());
  // One left by a process that is gone may have another mode.
  std::remove(beside.c_str());
  File file = NewFile(beside, mode);
  if (file == nullptr) return Failed("unwritable-file", path, "written");
  const bool written = std::fwrite(content.data(), 1, content.size(),
                                   file.get()) == content.size() &&
                       std::fflush(file.get()) == 0 &&
                       fsync(fileno(file.get())) == 0;
  if (written && std::fclose(file.release()) == 0 &&
      std::rename(beside.c_str(), path.c_str()) == 0) {
    return {};
  }
  auto error = Failed("unwritable-file", path, "written");
  file.reset();
  std::remove(beside.c_str());
  return error;
}

}  // namespace sealedger::tools
