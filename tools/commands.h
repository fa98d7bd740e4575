// The commands of the program, each in the file of its name.
#pragma once

#include "tools/command.h"

namespace sealedger::tools {

void AddInit(Command& program);
void AddServe(Command& program);
void AddToken(Command& program);
void AddRecord(Command& program);
void AddBundle(Command& program);
void AddVerify(Command& program);
void AddOrganization(Command& program);
void AddApplication(Command& program);
void AddSeal(Command& program);
void AddEseal(Command& program);
void AddVkey(Command& program);
void AddFsck(Command& program);
void AddHash(Command& program);
void AddBench(Command& program);

}  // namespace sealedger::tools
