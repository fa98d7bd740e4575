// The entries of one subject of the register, read from the ledger along their
// `previous`.
//
// Thread rule: values; functions over a ledger, safe for concurrent use.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ledger/ledger.h"
#include "notary/entry.h"
#include "notary/register_state.h"
#include "notary/register_status.h"

namespace sealedger::notary {

struct KnownEntry {
  uint64_t index = 0;
  std::string text;
  Entry entry;
};

// The subject's entries below `size`, the oldest first, from its newest on.
// State is written with the commit and published a moment later: entries that
// are not published yet are read through, to what they name as previous.
Result<std::vector<KnownEntry>> ReadSubjectChain(const ledger::Ledger& ledger,
                                                 uint64_t newest,
                                                 uint64_t size);

// kNotFound "no-such-seal".
Error NoSuchSeal();

// A seal's chain below some size, not empty.
struct SealChain {
  SealRecord record;  // as the state has it, which may be newer
  std::vector<KnownEntry> entries;

  const SealIssued& issued() const {
    return std::get<SealIssued>(entries.front().entry.body);
  }
  // Point into `entries`.
  std::vector<ChainEntry> links() const;
};
// kNotFound "no-such-seal".
Result<SealChain> ReadSealChain(const ledger::Ledger& ledger,
                                const std::string& code, uint64_t size);

}  // namespace sealedger::notary
