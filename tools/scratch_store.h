// ScratchStore: an empty store in a folder of its own under the system's folder
// for temporary files, gone with the object.
//
// Thread rule: one thread makes and destroys it; store() is as any store.
#pragma once

#include <memory>
#include <utility>

#include "ledger/result.h"
#include "ledger/store.h"
#include "tools/scratch_folder.h"

namespace sealedger::tools {

class ScratchStore {
 public:
  // Errors: as ScratchFolder::Make and OpenLevelDb.
  static ledger::Result<std::unique_ptr<ScratchStore>> Make();

  ledger::Store& store() { return *store_; }

 private:
  ScratchStore(std::unique_ptr<ScratchFolder> folder,
               std::unique_ptr<ledger::Store> store)
      : folder_(std::move(folder)), store_(std::move(store)) {}

  // Outlives the store.
  const std::unique_ptr<ScratchFolder> folder_;
  const std::unique_ptr<ledger::Store> store_;
};

}  // namespace sealedger::tools
