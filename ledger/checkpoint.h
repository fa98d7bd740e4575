// C2SP tlog-checkpoint: a signed tree head as the text of a note.
//
//   example.com/log\n                                    origin
//   2\n                                                  tree size, decimal
//   LyelCCwdQq+kiKw1Cp/EOQwIT1T3Hs3/hZ6Y24QptHk=\n       root hash
//
// No extension lines: anything more goes into entries. The key's name equals
// the origin, always.
//
// Thread rule: pure functions and values.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "ledger/hash.h"
#include "ledger/note.h"
#include "ledger/result.h"
#include "ledger/tree.h"

namespace sealedger::ledger {

struct TreeHead {
  uint64_t size = 0;  // below 2^63
  Hash root;          // EmptyRoot() at size 0

  bool operator==(const TreeHead&) const = default;
};

struct Checkpoint {
  std::string origin;
  TreeHead head;

  bool operator==(const Checkpoint&) const = default;
};

// The origin as we allow it: a key name of at most 255 bytes.
bool IsOrigin(std::string_view origin);

std::string FormatCheckpoint(const Checkpoint& checkpoint);
// kMalformed for whatever FormatCheckpoint does not write, extension lines and
// a root other than the empty one at size 0 among it.
Result<Checkpoint> ParseCheckpoint(std::string_view text);

// The note of a checkpoint, signed by the log's key, whose name is the origin.
Result<std::string> SignCheckpoint(const Checkpoint& checkpoint,
                                   const Ed25519Key& key);

// A checkpoint whose note a known key of its own origin has signed.
class VerifiedCheckpoint {
 public:
  const std::string& origin() const { return checkpoint_.origin; }
  const TreeHead& head() const { return checkpoint_.head; }
  // The whole note, as it was read.
  const std::string& note() const { return note_; }
  const VerifierKey& key() const { return key_; }

 private:
  friend Result<VerifiedCheckpoint> VerifyCheckpoint(
      std::string_view, std::span<const VerifierKey>);
  VerifiedCheckpoint() = default;

  Checkpoint checkpoint_;
  std::string note_;
  VerifierKey key_;
};

// kMalformed, or kVerificationFailed when no known key whose name is the
// origin signed it, or when any known key's signature is wrong.
Result<VerifiedCheckpoint> VerifyCheckpoint(std::string_view note,
                                            std::span<const VerifierKey> known);

}  // namespace sealedger::ledger
