// trust.toml: what a verifier accepts beforehand.
//
//   [[log]]
//   vkey = "example.com/log+51e7b236+AYqI…"
//   [[ca]]
//   file = "seal-ca.pem"      # relative to this file; or pem = "-----BEGIN …"
//   use = "seal"              # "seal" | "tsa"
//   [[block]]
//   chain = "eip155:1"
//   hash = "0x…"
//   number = 21000000         # optional
//   time = "2026-11-22T09:30:00.000Z"   # optional
//
// Thread rule: values; pure functions but for ReadTrustFile.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/note.h"
#include "ledger/result.h"
#include "notary/canonical_json.h"
#include "notary/eseal_verify.h"

namespace sealedger::notary {

struct TrustedCa {
  std::vector<std::string> certificates;  // DER; at least one
  std::string use;                        // "seal" | "tsa"
};

struct TrustedBlock {
  std::string chain;  // CAIP-2
  std::string hash;   // spelled as explorers do
  std::optional<uint64_t> number;
  std::optional<int64_t> time_ms;
};

struct Trust {
  std::vector<ledger::VerifierKey> logs;
  std::vector<TrustedCa> cas;
  std::vector<TrustedBlock> blocks;

  // By their use.
  SealTrust seal_trust() const;
};

// `folder`: where relative files of [[ca]] are looked for. Errors: kMalformed
// or kInvalidArgument with the place in `field`; kIo for an unreadable file.
Result<Trust> ParseTrust(std::string_view toml, const std::string& folder);
Result<Trust> ReadTrustFile(const std::string& path);

}  // namespace sealedger::notary
