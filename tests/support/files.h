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

// Where syncing costs nothing, for tests that do it thousands of times and
// whose faults are not the disk's own; another folder where there is none.
std::filesystem::path MemoryFolder();

// A new empty folder, removed with all that is in it at the end of its life.
class TempDir {
 public:
  TempDir();
  explicit TempDir(const std::filesystem::path& parent);
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace sealedger::testing
