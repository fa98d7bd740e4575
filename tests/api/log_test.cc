#include "api/log.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <thread>

#include "notary/canonical_json.h"
#include "tests/support/files.h"

namespace sealedger::api {
namespace {

using sealedger::testing::ReadFile;
using sealedger::testing::TempDir;

std::unique_ptr<Log> OpenLog(const std::string& file) {
  Result<std::unique_ptr<Log>> log = Log::Open(file);
  REQUIRE(log);
  return *std::move(log);
}

template <typename Condition>
void Await(const Condition& condition) {
  const auto deadline =
      std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!condition()) {
    REQUIRE(std::chrono::steady_clock::now() < deadline);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

void LogAnswer(Log& log, int status) {
  const Request request;
  Response response;
  response.status = status;
  log.Answered({request, response, 17, std::chrono::microseconds(5)}, 0);
}

size_t Occurrences(const std::string& text, const std::string& word) {
  size_t count = 0;
  for (size_t at = text.find(word); at != std::string::npos;
       at = text.find(word, at + 1)) {
    ++count;
  }
  return count;
}

TEST_CASE("an event is a JSON object whatever its values hold") {
  CHECK(FormatLogEvent("check_failed",
                       {{"check", "clock"}, {"detail", "a \"b\"\n\xff"}}, 0) ==
        R"({"time":"1970-01-01T00:00:00.000Z","event":"check_failed",)"
        R"("check":"clock","detail":"a%20\"b\"%0a%ff"})");
  CHECK(notary::ParseJson(FormatLogEvent("e", {{"d", "\xe7\x8e\x8b\n"}}, 0)));
}

TEST_CASE("a log that cannot be opened says so") {
  const TempDir dir;
  const Result<std::unique_ptr<Log>> log =
      Log::Open(dir.path() / "no-folder" / "log");
  REQUIRE_FALSE(log);
  CHECK(log.error().name == "cannot-log");
}

TEST_CASE("lines are written together, in their order, and all at the end") {
  const TempDir dir;
  const std::string file = dir.path() / "log";
  {
    const std::unique_ptr<Log> log = OpenLog(file);
    for (int status = 200; status < 300; ++status) LogAnswer(*log, status);
    Await([&] { return !ReadFile(file).empty(); });
    LogAnswer(*log, 300);
  }
  const std::string text = ReadFile(file);
  size_t at = 0;
  for (int status = 200; status <= 300; ++status) {
    at = text.find("\"status\":" + std::to_string(status), at);
    REQUIRE(at != std::string::npos);
  }
  CHECK(Occurrences(text, "\n") == 101);
}

TEST_CASE("a moved log file goes on in a new one") {
  const TempDir dir;
  const std::string file = dir.path() / "log";
  const std::unique_ptr<Log> log = OpenLog(file);
  log->Event("first", {});
  Await([&] { return !ReadFile(file).empty(); });
  std::filesystem::rename(file, file + ".1");
  log->Reopen();
  Await([&] { return std::filesystem::exists(file); });
  log->Event("second", {});
  Await([&] { return !ReadFile(file).empty(); });
  CHECK(Occurrences(ReadFile(file), "second") == 1);
  CHECK(Occurrences(ReadFile(file + ".1"), "first") == 1);
  CHECK(Occurrences(ReadFile(file + ".1"), "second") == 0);
}

TEST_CASE("a log file that cannot be opened anew is kept, and that is said") {
  const TempDir dir;
  const std::string file = dir.path() / "log";
  const std::unique_ptr<Log> log = OpenLog(file);
  std::filesystem::rename(file, file + ".1");
  std::filesystem::create_directory(file);
  log->Reopen();
  Await([&] {
    return Occurrences(ReadFile(file + ".1"), "log_not_reopened") == 1;
  });
}

TEST_CASE("a full disk takes no line, and is trouble") {
  const std::unique_ptr<Log> log = OpenLog("/dev/full");
  log->Event("lost", {});
  Await([&] { return log->trouble().has_value(); });
  CHECK(log->trouble()->name == "cannot-log");
}

TEST_CASE("a reader who does not read holds up nobody, and loses whole lines") {
  const TempDir dir;
  const std::string pipe = dir.path() / "pipe";
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  const int reader = open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  REQUIRE(reader >= 0);
  uint64_t dropped = 0;
  size_t sent = 0;
  std::string text;
  const auto read_some = [&] {
    char buffer[1 << 16];
    pollfd slot{reader, POLLIN, 0};
    if (poll(&slot, 1, 20) <= 0) return false;
    const ssize_t got = read(reader, buffer, sizeof(buffer));
    if (got <= 0) return false;
    text.append(buffer, static_cast<size_t>(got));
    return true;
  };
  {
    const std::unique_ptr<Log> log = OpenLog(pipe);
    // Twice what may wait: every call returns although nobody reads.
    while (sent * 80 < 3 * kMaxLogBuffer || log->dropped() == 0) {
      LogAnswer(*log, 200);
      ++sent;
    }
    Await([&] { return log->trouble().has_value(); });
    dropped = log->dropped();
    // Once somebody reads, what waited comes, and new lines with it.
    Await([&] {
      while (read_some()) {
      }
      return !log->trouble();
    });
    // The first one that finds room.
    Await([&] {
      const uint64_t before = log->dropped();
      log->Event("after", {});
      while (read_some()) {
      }
      return log->dropped() == before;
    });
    Await([&] {
      while (read_some()) {
      }
      return Occurrences(text, "\"after\"") == 1;
    });
  }
  while (read_some()) {
  }
  close(reader);
  CHECK(dropped > 0);
  CHECK(Occurrences(text, "\n") == sent - dropped + 1);
  CHECK(Occurrences(text, "{\"time\":") == sent - dropped + 1);
}

}  // namespace
}  // namespace sealedger::api
