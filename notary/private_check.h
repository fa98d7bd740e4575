// Whether the store of private fields has what the ledger says it has: of each
// entry with private fields that are not erased, every disclosure. A folder
// `private` that is missing, or from an older copy, is found by nothing else,
// since no proof needs it.
//
// Thread rule: one thread; nobody writes the stores meanwhile.
#pragma once

#include <string>
#include <vector>

#include "ledger/result.h"
#include "ledger/store.h"
#include "notary/private_store.h"

namespace sealedger::notary {

// One sentence for each entry that lacks some, at most 100; empty: whole.
// `blobs` is null where there is no such store. Errors are those of the stores:
// kCorruption, kIo.
ledger::Result<std::vector<std::string>> CheckPrivate(ledger::Store& ledger,
                                                      PrivateStore* blobs);

}  // namespace sealedger::notary
