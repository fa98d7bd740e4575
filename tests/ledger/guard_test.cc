#include "ledger/guard.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/support/files.h"

namespace sealedger::ledger {
namespace {

struct GuardFile {
  testing::TempDir dir;
  std::string path = (dir.path() / "guard").string();

  void Write(const std::string& note) const {
    auto guard = Guard::Open(path);
    REQUIRE(guard.has_value());
    REQUIRE(guard->Write(note).has_value());
  }
};

TEST_CASE("no file is no guard, and an empty one is corrupt") {
  const GuardFile file;
  CHECK(!Guard::Peek(file.path)->has_value());
  testing::WriteFile(file.path, "");
  CHECK(Guard::Peek(file.path).error().name == "guard-corrupt");
}

TEST_CASE("the newest note is read, across openings") {
  const GuardFile file;
  for (const char* note : {"one\n", "two\n", "three\n"}) {
    file.Write(note);
    CHECK(**Guard::Peek(file.path) == note);
  }
  const auto guard = Guard::Open(file.path);
  REQUIRE(guard.has_value());
  CHECK(Guard::Open(file.path).error().name == "locked");
}

TEST_CASE("a torn or changed slot leaves the one before it") {
  const GuardFile file;
  file.Write("older\n");
  file.Write("newer\n");
  const std::string whole = testing::ReadFile(file.path);
  const size_t newer = whole.find("newer");
  const size_t older = whole.find("older");
  REQUIRE(newer != std::string::npos);
  REQUIRE(older != std::string::npos);

  std::string changed = whole;
  changed[newer] = 'N';
  testing::WriteFile(file.path, changed);
  CHECK(**Guard::Peek(file.path) == "older\n");

  changed = whole;
  changed[older] = 'O';
  testing::WriteFile(file.path, changed);
  CHECK(**Guard::Peek(file.path) == "newer\n");

  changed[newer] = 'N';
  testing::WriteFile(file.path, changed);
  CHECK(Guard::Peek(file.path).error().name == "guard-corrupt");

  // The next write takes the older slot, whichever is broken.
  testing::WriteFile(file.path, whole);
  file.Write("newest\n");
  const std::string after = testing::ReadFile(file.path);
  CHECK(after.find("newer") != std::string::npos);
  CHECK(after.find("older") == std::string::npos);
}

}  // namespace
}  // namespace sealedger::ledger
