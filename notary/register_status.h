// The status of a seal at a moment, from the entries of its chain: seal.issued,
// then its events and authorisations, rising.
//
// Questions are bitemporal: the status in effect at a time, as known at a tree
// size. Effective times never fall along the chain, so that the last event in
// effect decides.
//
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "notary/entry.h"
#include "notary/eseal_verify.h"
#include "notary/register_state.h"
#include "notary/verdict.h"

namespace sealedger::notary {

struct ChainEntry {
  uint64_t index = 0;
  const Entry* entry = nullptr;  // outlives what it is given to
};

// nullopt where it was not issued at that time, or the chain is empty. The
// chain follows the rules (register_rules.h): CHECK-fails where it does not.
std::optional<SealStatus> StatusAt(std::span<const ChainEntry> chain,
                                   int64_t at_ms, uint64_t size);

// The check `register_status` of a signature that was entered at index
// `entered` and is judged at these moments. It is made twice: as known when the
// signature was entered, and as known at `size` (of the bundle's checkpoint;
// the same as `entered` while it is being entered).
//
//   pass  active                                   then, and last known
//         active_then                              and ended or paused since
//   fail  not_issued_then, not_active_then         as known when entered
//         revoked_before_signing_reported_later    as known at `size`
Check JudgeRegisterStatus(std::span<const ChainEntry> chain,
                          std::span<const SigningMoment> moments,
                          uint64_t entered, uint64_t size);

// A party that may sign with the seal at this time, as known at `size`: its
// custodian, or one whom he authorised.
struct Custody {
  bool is_custodian = false;
  std::optional<uint64_t> authorized;  // the seal.authorized
};
Custody CustodyOf(std::span<const ChainEntry> chain, const std::string& party,
                  int64_t at_ms, uint64_t size);

}  // namespace sealedger::notary
