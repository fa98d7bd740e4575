// How a verdict is told, by every command that gives one: for people the result
// of each check with its evidence, or plain sentences with --explain; for
// programs VerdictJson, with --explain and the sentences beside it.
//
// Thread rule: one thread at a time.
#pragma once

#include <optional>
#include <string>

#include "notary/verdict.h"
#include "tools/command.h"

namespace sealedger::tools {

struct Telling {
  bool explain = false;
  std::optional<std::string> language;
};

// --explain and --lang.
void AddTelling(Command& command, Telling* telling);
// Says so, where --lang was given without --explain; nullopt where all is well.
std::optional<Exit> RefuseTelling(const Telling& telling, Output& output);

// What a verdict holds may come from a forger: no text in it can steer the
// terminal or look like another line of the verdict.
void PrintVerdict(const notary::Verdict& verdict, const Telling& telling,
                  Output& output);
Exit ExitOf(const notary::Verdict& verdict);

}  // namespace sealedger::tools
