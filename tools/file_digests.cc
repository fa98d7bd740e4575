#include "tools/file_digests.h"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>
#include <vector>

#include "tools/progress.h"

namespace sealedger::tools {

namespace {

constexpr size_t kPiece = 1 << 20;

ledger::Error Unreadable(const std::string& path, int code) {
  return ledger::MakeError(
      ledger::Code::kIo, "unreadable-file",
      path + " cannot be read: " + std::generic_category().message(code));
}

}  // namespace

ledger::Result<FileDigests> HashFile(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(
      std::fopen(path.c_str(), "rbe"), std::fclose);
  if (file == nullptr) return Unreadable(path, errno);
  std::error_code no_size;
  const uint64_t expected = std::filesystem::file_size(path, no_size);
  Progress progress("hashing " + path, no_size ? 0 : expected, Unit::kBytes);

  FileDigests digests;
  ledger::Digest sha256(ledger::Digest::Algorithm::kSha256);
  ledger::Digest sm3(ledger::Digest::Algorithm::kSm3);
  std::vector<char> piece(kPiece);
  for (;;) {
    const size_t count = std::fread(piece.data(), 1, piece.size(), file.get());
    if (count == 0) break;
    sha256.Update({piece.data(), count});
    sm3.Update({piece.data(), count});
    digests.size += count;
    progress.Update(digests.size);
  }
  if (std::ferror(file.get()) != 0) return Unreadable(path, errno);
  digests.sha256 = sha256.Finish();
  digests.sm3 = sm3.Finish();
  return digests;
}

}  // namespace sealedger::tools
