// ControlServer: what a write costs without a ledger. The same HTTP server as
// the service's, and behind it one synced write of the body to a store of its
// own for each POST, to whatever path; the answer has the size of a receipt.
//
// Thread rule: one thread at a time; the server serves on threads of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "api/server.h"
#include "ledger/result.h"

namespace sealedger::tools {

class ControlServer {
 public:
  // Makes the store `folder`. Errors: as OpenLevelDb and Server::Start.
  static ledger::Result<std::unique_ptr<ControlServer>> Start(
      const std::string& folder, size_t answer_bytes);
  ~ControlServer();
  ControlServer(const ControlServer&) = delete;
  ControlServer& operator=(const ControlServer&) = delete;

  uint16_t port() const;
  // Bodies that are on disk.
  uint64_t written() const;

 private:
  class Bodies;
  ControlServer() = default;

  std::shared_ptr<Bodies> bodies_;
  std::unique_ptr<api::Server> server_;
};

}  // namespace sealedger::tools
