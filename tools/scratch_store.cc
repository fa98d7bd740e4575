#include "tools/scratch_store.h"

#include <optional>
#include <utility>

#include "ledger/leveldb_store.h"

namespace sealedger::tools {

ledger::Result<std::unique_ptr<ScratchStore>> ScratchStore::Make() {
  auto folder = ScratchFolder::Make(std::nullopt);
  if (!folder) return std::move(folder).error();
  ledger::LevelDbOptions options;
  options.create_if_missing = true;
  auto store = ledger::OpenLevelDb((*folder)->path() + "/store", options);
  if (!store) return std::move(store).error();
  return std::unique_ptr<ScratchStore>(
      new ScratchStore(*std::move(folder), *std::move(store)));
}

}  // namespace sealedger::tools
