#include "tools/files.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "tests/support/files.h"
#include "tools/file_digests.h"

namespace sealedger::tools {
namespace {

TEST_CASE("a file's digests are those of its bytes") {
  const testing::TempDir dir;
  const std::string path = (dir.path() / "文件").string();
  testing::WriteFile(path, "abc");
  const auto digests = HashFile(path);
  REQUIRE(digests);
  // FIPS 180-4 and GB/T 32905 give both.
  CHECK(ledger::ToHex(digests->sha256) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(ledger::ToHex(digests->sm3) ==
        "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
  CHECK(digests->size == 3);
}

TEST_CASE("files of any size are read in pieces") {
  const testing::TempDir dir;
  const std::string path = (dir.path() / "file").string();
  for (const size_t size :
       {size_t{0}, size_t{1}, (size_t{1} << 20) - 1, size_t{1} << 20,
        (size_t{1} << 20) + 1, size_t{3} << 20}) {
    CAPTURE(size);
    const std::string content(size, 'x');
    testing::WriteFile(path, content);
    const auto digests = HashFile(path);
    REQUIRE(digests);
    CHECK(digests->size == size);
    CHECK(digests->sha256 == ledger::Sha256Of(content));
    CHECK(digests->sm3 == ledger::Sm3Of(content));
  }
}

TEST_CASE("what cannot be read is said") {
  const testing::TempDir dir;
  for (const std::string& path :
       {(dir.path() / "missing").string(), dir.path().string()}) {
    CAPTURE(path);
    const auto digests = HashFile(path);
    REQUIRE(!digests);
    CHECK(digests.error().name == "unreadable-file");
    const auto content = ReadAtMost(path, 10);
    REQUIRE(!content);
    CHECK(content.error().name == "unreadable-file");
  }
}

TEST_CASE("no more is read than was asked for") {
  const testing::TempDir dir;
  const std::string path = (dir.path() / "file").string();
  testing::WriteFile(path, std::string(200000, 'x'));
  CHECK(ReadAtMost(path, 0)->size() == 0);
  CHECK(ReadAtMost(path, 70000)->size() == 70000);
  CHECK(ReadAtMost(path, 300000)->size() == 200000);
}

TEST_CASE("a file is replaced whole, and nothing is left beside it") {
  const testing::TempDir dir;
  const std::string path = (dir.path() / "file").string();
  REQUIRE(ReplaceFile(path, "first"));
  REQUIRE(ReplaceFile(path, "second"));
  CHECK(testing::ReadFile(path) == "second");
  size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(dir.path())) {
    static_cast<void>(entry);
    ++files;
  }
  CHECK(files == 1);
}

TEST_CASE("a secret is readable for its owner alone, whatever was there") {
  const testing::TempDir dir;
  const std::string path = (dir.path() / "file").string();
  const auto mode = [&path] {
    struct stat status = {};
    REQUIRE(stat(path.c_str(), &status) == 0);
    return status.st_mode & 0777;
  };
  REQUIRE(ReplaceFile(path, "first", 0644));
  CHECK(mode() == 0644);
  // What a process of this id left, long ago.
  const std::string left = path + ".part" + std::to_string(getpid());
  testing::WriteFile(left, "left");
  REQUIRE(chmod(left.c_str(), 0666) == 0);
  REQUIRE(ReplaceFile(path, "second", kSecretMode));
  CHECK(mode() == 0600);
  CHECK(testing::ReadFile(path) == "second");
}

TEST_CASE("a file that cannot be written is said") {
  const testing::TempDir dir;
  const auto written =
      ReplaceFile((dir.path() / "missing" / "file").string(), "x");
  REQUIRE(!written);
  CHECK(written.error().name == "unwritable-file");
}

}  // namespace
}  // namespace sealedger::tools
