#include "tools/command.h"

#include <doctest/doctest.h>

#include <initializer_list>
#include <vector>

namespace sealedger::tools {
namespace {

// A program with one command of every kind of option.
struct Sample {
  Sample() : program("sample", "A sample") {
    Command& run = program.Sub("run", "Runs", "sample run --need x F");
    run.Required("--need", "X", &need, "needed");
    run.Optional("--may", "X", &may, "optional");
    run.Number("--count", "N", &count, "a number");
    run.List("--each", "X", &each, "a list");
    run.Choice("--pick", {"zh", "en"}, &pick, "a choice");
    run.Flag("--loud", &loud, "a flag");
    run.Positionals("FILE", &files, "files");
    run.Run([this](Output& output) {
      json = output.json();
      return result;
    });
    Command& outer =
        program.Sub("outer", "Both runs and holds", "sample outer");
    outer.OptionalNumber("INDEX", &index, "an index");
    outer.Run([this](Output&) {
      ran = "outer";
      return Exit::kPassed;
    });
    outer.Sub("inner", "Inside", "sample outer inner").Run([this](Output&) {
      ran = "inner";
      return Exit::kPassed;
    });
    program.Sub("group", "Holds only", "sample group one")
        .Sub("one", "Inside", "sample group one")
        .Run([](Output&) { return Exit::kPassed; });
  }

  int Main(std::initializer_list<const char*> words) {
    std::vector<const char*> line{"sample"};
    line.insert(line.end(), words);
    return program.Main(static_cast<int>(line.size()), line.data());
  }

  Command program;
  std::string need;
  std::optional<std::string> may;
  std::optional<uint64_t> count;
  std::vector<std::string> each;
  std::optional<std::string> pick;
  bool loud = false;
  std::vector<std::string> files;
  std::optional<uint64_t> index;
  bool json = false;
  std::string ran;
  Exit result = Exit::kPassed;
};

TEST_CASE("every kind of option is read") {
  Sample sample;
  CHECK(sample.Main({"run", "--need", "x", "--may=y", "--count", "7", "--each",
                     "A=1", "--each", "B=2", "--pick", "zh", "--loud", "f", "g",
                     "--json"}) == 0);
  CHECK(sample.need == "x");
  CHECK(sample.may == "y");
  CHECK(sample.count == 7);
  CHECK(sample.each == std::vector<std::string>{"A=1", "B=2"});
  CHECK(sample.pick == "zh");
  CHECK(sample.loud);
  CHECK(sample.files == std::vector<std::string>{"f", "g"});
  CHECK(sample.json);
}

TEST_CASE("what the command ends with is the exit code") {
  for (const Exit exit : {Exit::kPassed, Exit::kFailed, Exit::kUsage,
                          Exit::kNotDone, Exit::kIndeterminate}) {
    Sample sample;
    sample.result = exit;
    CHECK(sample.Main({"run", "--need", "x", "f"}) == static_cast<int>(exit));
  }
}

TEST_CASE("calls that make no sense end with 2 and run nothing") {
  const std::vector<std::vector<const char*>> calls = {
      {},
      {"walk"},
      {"group"},
      {"run", "f"},
      {"run", "--need", "x"},
      {"run", "--need", "x", "--need", "y", "f"},
      {"run", "--need", "x", "--unknown", "f"},
      {"run", "--need", "x", "--count", "-1", "f"},
      {"run", "--need", "x", "--count", "07", "f"},
      {"run", "--need", "x", "--count", "18446744073709551616", "f"},
      {"run", "--need", "x", "--pick", "fr", "f"},
      {"outer", "seven"},
      {"outer", "7", "8"},
  };
  for (const auto& call : calls) {
    std::string shown;
    for (const char* word : call) shown += std::string(word) + " ";
    CAPTURE(shown);
    Sample sample;
    sample.result = Exit::kFailed;
    std::vector<const char*> line{"sample"};
    line.insert(line.end(), call.begin(), call.end());
    CHECK(sample.program.Main(static_cast<int>(line.size()), line.data()) == 2);
    CHECK(sample.ran.empty());
  }
}

TEST_CASE("a command that holds another runs by itself, too") {
  Sample sample;
  CHECK(sample.Main({"outer", "41"}) == 0);
  CHECK(sample.ran == "outer");
  CHECK(sample.index == 41);
  Sample other;
  CHECK(other.Main({"outer", "inner"}) == 0);
  CHECK(other.ran == "inner");
}

TEST_CASE("help and version are no failure") {
  CHECK(Sample().Main({"--help"}) == 0);
  CHECK(Sample().Main({"run", "--help"}) == 0);
  CHECK(Sample().Main({"--version"}) == 0);
}

}  // namespace
}  // namespace sealedger::tools
