// Files for tests.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace sealedger::testing {

// The whole file. Throws std::runtime_error where it cannot be read, or
// written.
std::string ReadFile(const std::filesystem::path& path);
void WriteFile(const std::filesystem::path& path, std::string_view bytes);

// tests/vectors/NAME in the source tree.
std::filesystem::path VectorPath(std::string_view name);

// A new empty folder, removed with all that is in it at the end of its life.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace sealedger::testing
