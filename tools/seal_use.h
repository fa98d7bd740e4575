// sealedger seal sign|register|signature: documents sealed.
#pragma once

#include "tools/command.h"

namespace sealedger::tools {

void AddSealUse(Command& seal);

}  // namespace sealedger::tools
