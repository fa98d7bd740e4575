#include "tools/scratch_folder.h"

#include <stdlib.h>

#include <filesystem>
#include <system_error>
#include <utility>

namespace sealedger::tools {

ledger::Result<std::unique_ptr<ScratchFolder>> ScratchFolder::Make(
    const std::optional<std::string>& parent) {
  std::error_code error;
  const std::filesystem::path where =
      parent ? std::filesystem::path(*parent)
             : std::filesystem::temp_directory_path(error);
  std::string path = (where / "sealedger-scratch-XXXXXX").string();
  if (error || mkdtemp(path.data()) == nullptr) {
    return ledger::MakeError(ledger::Code::kIo, "no-scratch",
                             "no folder for temporary files can be made");
  }
  return std::unique_ptr<ScratchFolder>(new ScratchFolder(std::move(path)));
}

ScratchFolder::~ScratchFolder() {
  // What stays behind is a temporary file; nothing can be done about it here.
  std::error_code error;
  std::filesystem::remove_all(path_, error);
}

}  // namespace sealedger::tools
