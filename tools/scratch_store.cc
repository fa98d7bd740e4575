#include "tools/scratch_store.h"

#include <stdlib.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "ledger/leveldb_store.h"

namespace sealedger::tools {

ledger::Result<std::unique_ptr<ScratchStore>> ScratchStore::Make() {
  std::error_code error;
  std::filesystem::path where = std::filesystem::temp_directory_path(error);
  std::string folder = (where / "sealedger-scratch-XXXXXX").string();
  if (error || mkdtemp(folder.data()) == nullptr) {
    return ledger::MakeError(ledger::Code::kIo, "no-scratch",
                             "no folder for temporary files can be made");
  }
  std::unique_ptr<ScratchStore> scratch(new ScratchStore(std::move(folder)));
  ledger::LevelDbOptions options;
  options.create_if_missing = true;
  auto store = ledger::OpenLevelDb(scratch->folder_ + "/store", options);
  if (!store) return std::move(store).error();
  scratch->store_ = *std::move(store);
  return scratch;
}

ScratchStore::~ScratchStore() {
  store_.reset();
  // What stays behind is a temporary file; nothing can be done about it here.
  std::error_code error;
  std::filesystem::remove_all(folder_, error);
}

}  // namespace sealedger::tools
