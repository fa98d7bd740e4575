// What a depositor checks of a receipt before the connection is forgotten: that
// the entry is about this document, and that its proof leads to the root of
// the checkpoint that came along.
//
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "ledger/note.h"
#include "ledger/result.h"
#include "tools/file_digests.h"

namespace sealedger::tools {

// The index of the entry. Without `vkey` the checkpoint's signature is not
// checked: then the receipt is whole, and whose it is remains open.
// kMalformed or kVerificationFailed "bad-receipt".
ledger::Result<uint64_t> CheckReceipt(
    std::string_view receipt, const FileDigests& document,
    const std::optional<ledger::VerifierKey>& vkey);

}  // namespace sealedger::tools
