// sealedger seal issue: a seal on an approved application.
#pragma once

#include "tools/command.h"

namespace sealedger::tools {

void AddSealIssue(Command& seal);

}  // namespace sealedger::tools
