// What a depositor checks of a receipt before the connection is forgotten: that
// the entry is the one that was asked for, and that its proof leads to the root
// of the checkpoint that came along.
//
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "ledger/note.h"
#include "ledger/result.h"
#include "notary/entry.h"
#include "tools/file_digests.h"

namespace sealedger::tools {

struct ReceivedEntry {
  uint64_t index = 0;
  notary::Entry entry;
};

// The entry, which is in the ledger as the receipt proves; what it says is the
// caller's to compare. Without `vkey` the checkpoint's signature is not
// checked: then the receipt is whole, and whose it is remains open.
// kMalformed or kVerificationFailed "bad-receipt".
ledger::Result<ReceivedEntry> CheckReceipt(
    std::string_view receipt, const std::optional<ledger::VerifierKey>& vkey);

// The same of an evidence.recorded of this document; gives its index.
ledger::Result<uint64_t> CheckReceipt(
    std::string_view receipt, const FileDigests& document,
    const std::optional<ledger::VerifierKey>& vkey);

// kVerificationFailed "bad-receipt", for what only the caller can compare.
ledger::Error BadReceipt(std::string_view detail);

}  // namespace sealedger::tools
