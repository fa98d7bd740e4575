#include "tools/commands.h"
namespace sealedger::tools {
void AddFsck(Command&) {}
}  // namespace sealedger::tools
