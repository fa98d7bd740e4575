// Command: one word of the command line with its options, its help and what it
// does. command.cc is the only file that knows CLI11.
//
//   Command program("sealedger", "…");
//   Command& hash = program.Sub("hash", "Print the digests of files",
//                               "sealedger hash contract.pdf");
//   auto files = std::make_shared<std::vector<std::string>>();
//   hash.Positionals("FILE", files.get(), "files to hash");
//   hash.Run([files](Output& output) { return …; });
//   return program.Main(argc, argv);
//
// Every command that runs has --json. Where the same option is given twice,
// the call is refused. What options point to must outlive Main.
//
// Thread rule: one thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tools/output.h"

namespace sealedger::tools {

class Command {
 public:
  Command(const std::string& name, const std::string& about);
  ~Command();
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;

  // The command below this one. `example` is a whole line that works.
  Command& Sub(const std::string& name, const std::string& about,
               const std::string& example);
  // A paragraph at the end of the help, before the example.
  void Explain(const std::string& text);

  // `names` as on the line: "--data" or "-o,--output"; `value` is what stands
  // for the value in the help: "DIR".
  void Flag(const std::string& names, bool* target, const std::string& help);
  void Required(const std::string& names, const std::string& value,
                std::string* target, const std::string& help);
  void Optional(const std::string& names, const std::string& value,
                std::optional<std::string>* target, const std::string& help);
  void Number(const std::string& names, const std::string& value,
              std::optional<uint64_t>* target, const std::string& help);
  // May be given more than once.
  void List(const std::string& names, const std::string& value,
            std::vector<std::string>* target, const std::string& help);
  void Choice(const std::string& names, const std::vector<std::string>& words,
              std::optional<std::string>* target, const std::string& help);

  void Positional(const std::string& value, std::string* target,
                  const std::string& help);
  void OptionalNumber(const std::string& value, std::optional<uint64_t>* target,
                      const std::string& help);
  // At least one.
  void Positionals(const std::string& value, std::vector<std::string>* target,
                   const std::string& help);

  void Run(std::function<Exit(Output& output)> run);

  // Reads the line, runs the command that it names, and gives its exit code.
  // Help goes to standard output and ends with 0.
  int Main(int argc, const char* const* argv);

 private:
  struct Node;
  explicit Command(std::unique_ptr<Node> node);

  std::unique_ptr<Node> node_;
};

}  // namespace sealedger::tools
