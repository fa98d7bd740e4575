// ScratchFolder: an empty folder of this run's own, gone with the object and
// all that is in it.
//
// Thread rule: immutable.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "ledger/result.h"

namespace sealedger::tools {

class ScratchFolder {
 public:
  // Below `parent`, else below the system's folder for temporary files
  // ($TMPDIR says where). kIo "no-scratch" where none can be made.
  static ledger::Result<std::unique_ptr<ScratchFolder>> Make(
      const std::optional<std::string>& parent);
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::string& path() const { return path_; }

 private:
  explicit ScratchFolder(std::string path) : path_(std::move(path)) {}

  const std::string path_;
};

}  // namespace sealedger::tools
