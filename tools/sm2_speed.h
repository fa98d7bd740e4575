// Sm2Speed: SM2 operations of OpenSSL with nothing around them, as
// `openssl speed sm2` does them: one 20-byte message with EVP_DigestSign and
// EVP_DigestVerify, digest set up each time, one caller on each processor.
//
// Thread rule: one measurement at a time.
#pragma once

#include <chrono>
#include <memory>

#include "ledger/result.h"

namespace sealedger::tools {

class Sm2Speed {
 public:
  // A key of its own.
  Sm2Speed();
  ~Sm2Speed();
  Sm2Speed(const Sm2Speed&) = delete;
  Sm2Speed& operator=(const Sm2Speed&) = delete;

  // Operations a second, of all processors together.
  ledger::Result<double> Sign(std::chrono::nanoseconds duration) const;
  ledger::Result<double> Verify(std::chrono::nanoseconds duration) const;

 private:
  struct Native;
  std::unique_ptr<Native> native_;
};

}  // namespace sealedger::tools
