// sealedger seal authorize|deauthorize: who else may sign with a seal.
#pragma once

#include "tools/command.h"

namespace sealedger::tools {

void AddSealAuthorize(Command& seal);

}  // namespace sealedger::tools
