// ServedLedger: a folder served by a process of its own, `sealedger serve` of
// this very program, on a port of 127.0.0.1 that was free. What it logs goes to
// a file. The process ends with the object, and with the one that started it.
//
// Thread rule: one thread at a time; Start on a thread that outlives the
// object.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>

#include "ledger/result.h"

namespace sealedger::tools {

class ServedLedger {
 public:
  // Answers when it returns. kUnavailable "not-served": it ended or did not
  // say where it listens; the log says why.
  static ledger::Result<std::unique_ptr<ServedLedger>> Start(
      const std::string& data_dir, const std::string& log_file);
  // Kills what still runs.
  ~ServedLedger();
  ServedLedger(const ServedLedger&) = delete;
  ServedLedger& operator=(const ServedLedger&) = delete;

  uint16_t port() const { return port_; }
  const std::string& url() const { return url_; }

  // Memory of its own that is no file's, in bytes. kIo "no-memory-figures".
  ledger::Result<uint64_t> AnonymousBytes() const;
  // SIGTERM, and its end awaited. kUnavailable "not-served" where that was not
  // 0.
  ledger::Result<void> Stop();

 private:
  ServedLedger() = default;

  pid_t pid_ = -1;
  uint16_t port_ = 0;
  std::string url_;
};

}  // namespace sealedger::tools
