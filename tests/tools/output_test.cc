#include "tools/output.h"

#include <doctest/doctest.h>

#include <cstdio>
#include <string>

namespace sealedger::tools {
namespace {

// What an Output wrote to a file of its own.
class Capture {
 public:
  Capture() : file_(std::tmpfile()) { REQUIRE(file_ != nullptr); }
  ~Capture() { std::fclose(file_); }
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;

  std::FILE* file() { return file_; }
  std::string text() {
    std::rewind(file_);
    char buffer[4096];
    return std::string(buffer, std::fread(buffer, 1, sizeof buffer, file_));
  }

 private:
  std::FILE* const file_;
};

TEST_CASE("control characters never reach the terminal") {
  CHECK(Printable("plain 合同.pdf") == "plain 合同.pdf");
  CHECK(Printable("a\x1b[2Jb\nc\x7f") == "a?[2Jb?c?");
  // U+009B, which some terminals take for ESC [.
  CHECK(Printable("a\xc2\x9b"
                  "2J") == "a?2J");
  CHECK(Printable("\xc2\xa9") == "\xc2\xa9");
  // No UTF-8: every byte of the upper half goes.
  CHECK(Printable("a\xff\xe5\x90") == "a???");
  CHECK(Printable("") == "");
}

TEST_CASE("an error is a sentence with its place and its name") {
  CHECK(ErrorSentence({ledger::Code::kNotFound, "no-such-entry",
                       "the ledger has no entry of this index", ""}) ==
        "the ledger has no entry of this index (no-such-entry)");
  CHECK(ErrorSentence({ledger::Code::kMalformed, "x", "bad\x1b", "/a\n"}) ==
        "bad?, at /a? (x)");
}

TEST_CASE("people read lines, programs one value") {
  Capture out, err;
  Output people(false, out.file(), err.file());
  people.Line("hello");
  people.Value(Json("not for people"));
  CHECK(people.Flush());
  CHECK(out.text() == "hello\n");

  Capture json;
  Output programs(true, json.file(), err.file());
  programs.Line("not for programs");
  programs.Value(Json(Json::Object{{"a", 1}}));
  CHECK(programs.Flush());
  CHECK(json.text() == "{\"a\":1}\n");
}

TEST_CASE("an error is told to both, with what was done before it") {
  Capture out, err;
  Output output(true, out.file(), err.file());
  const Exit exit = output.Fail(
      ledger::MakeError(ledger::Code::kIo, "unreadable-file", "x is missing"),
      Exit::kNotDone, Json::Object{{"recorded", Json::Array{7}}});
  CHECK(exit == Exit::kNotDone);
  CHECK(err.text() == "sealedger: x is missing (unreadable-file)\n");
  CHECK(out.text() ==
        "{\"error\":{\"detail\":\"x is missing\",\"name\":\"unreadable-file\"},"
        "\"recorded\":[7]}\n");
}

TEST_CASE("an answer that cannot be written is noticed") {
  std::FILE* full = std::fopen("/dev/full", "w");
  REQUIRE(full != nullptr);
  Capture err;
  Output output(false, full, err.file());
  output.Line("lost");
  CHECK(!output.Flush());
  std::fclose(full);
}

}  // namespace
}  // namespace sealedger::tools
