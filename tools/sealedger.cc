// The program: reads the line and runs the command that it names.

#include <csignal>
#include <cstdio>
#include <exception>

#include "tools/commands.h"

namespace {

int Run(int argc, char** argv) {
  using namespace sealedger::tools;
  // A reader that went away is an error of the write, not the program's end.
  std::signal(SIGPIPE, SIG_IGN);
  Command program(
      "sealedger",
      "An append-only Merkle ledger for evidence of electronic seals");
  program.Explain(
      "Exit codes: 0 passed, 1 failed (a malformed bundle too), 2 wrong usage "
      "(a bad trust file too), 3 could not be done, 4 indeterminate.");
  AddInit(program);
  AddServe(program);
  AddToken(program);
  AddRecord(program);
  AddBundle(program);
  AddVerify(program);
  AddOrganization(program);
  AddApplication(program);
  AddSeal(program);
  AddEseal(program);
  AddVkey(program);
  AddFsck(program);
  AddHash(program);
  AddBench(program);
  return program.Main(argc, argv);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return Run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "sealedger: %s (unexpected)\n", error.what());
    return static_cast<int>(sealedger::tools::Exit::kNotDone);
  }
}
