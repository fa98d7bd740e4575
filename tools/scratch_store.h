// ScratchStore: an empty store in a folder of its own under the system's folder
// for temporary files, gone with the object.
//
// Thread rule: one thread makes and destroys it; store() is as any store.
#pragma once

#include <memory>
#include <string>

#include "ledger/result.h"
#include "ledger/store.h"

namespace sealedger::tools {

class ScratchStore {
 public:
  // kIo "no-scratch" where no folder can be made ($TMPDIR says where).
  static ledger::Result<std::unique_ptr<ScratchStore>> Make();
  ~ScratchStore();
  ScratchStore(const ScratchStore&) = delete;
  ScratchStore& operator=(const ScratchStore&) = delete;

  ledger::Store& store() { return *store_; }

 private:
  explicit ScratchStore(std::string folder) : folder_(std::move(folder)) {}

  const std::string folder_;
  std::unique_ptr<ledger::Store> store_;
};

}  // namespace sealedger::tools
