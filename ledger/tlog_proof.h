// C2SP tlog-proof: an inclusion proof as a text of its own.
//
//   c2sp.org/tlog-proof@v1\n
//   index 0\n
//   6GiBGkgsJ9ULbUXd55xGXWrbmwZkUQBHepDPPYUYiYs=\n       path, sibling first
//   \n
//   seal.example.com/ledger\n                            checkpoint, verbatim
//   2\n
//   …
//
// An `extra` line after the first may carry 1 to kMaxTlogProofExtra bytes in
// standard base64; nothing authenticates them.
//
// Thread rule: pure functions and values.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/checkpoint.h"
#include "ledger/hash.h"
#include "ledger/result.h"

namespace sealedger::ledger {

// "extra " and its base64 stay below 64 KiB, the longest line that others read.
inline constexpr size_t kMaxTlogProofExtra = 49146;

struct TlogProof {
  std::optional<std::string> extra;  // decoded bytes
  uint64_t index = 0;
  std::vector<Hash> path;  // at most 63
  std::string checkpoint;  // the note

  bool operator==(const TlogProof&) const = default;
};

std::string FormatTlogProof(const TlogProof& proof);
// kMalformed for whatever FormatTlogProof does not write; the checkpoint must
// parse and its size exceed the index.
Result<TlogProof> ParseTlogProof(std::string_view text);

// Signature, size and path at once. kVerificationFailed when one fails,
// kMalformed when the checkpoint is none.
Result<VerifiedCheckpoint> VerifyTlogProof(const TlogProof& proof,
                                           const Hash& leaf_hash,
                                           std::span<const VerifierKey> known);

}  // namespace sealedger::ledger
