// Receipts and lists, as answers show them (contract of the API: docs/api.md).
//
//   {"anchors":[],"disclosures":["…"],"entry":"{…}","index":7,
//    "kind":"evidence.recorded","leaf_hash":"…","proof":"c2sp.org/tlog-proof@v1\n…"}
//
// Thread rule: values; pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ledger/hash.h"

namespace sealedger::notary {

struct Receipt {
  uint64_t index = 0;
  std::string kind;
  std::string entry;  // exact text
  ledger::Hash leaf_hash;
  std::optional<std::string> proof;  // tlog-proof text; absent in lists
  std::vector<std::string> disclosures;
  std::vector<uint64_t> also;  // absent in JSON when empty
};

void AppendReceipt(std::string* out, const Receipt& receipt);

// One item of a batch: {index, entry, leaf_hash, path, disclosures}.
struct BatchReceipt {
  uint64_t index = 0;
  std::string entry;
  ledger::Hash leaf_hash;
  std::vector<ledger::Hash> path;
  std::vector<std::string> disclosures;
};

void AppendBatchReceipt(std::string* out, const BatchReceipt& receipt);

struct ReceiptList {
  std::vector<Receipt> items;
  std::optional<std::string> next;  // cursor; null in JSON when absent
  std::string checkpoint;           // the note that the answer was made at
  std::optional<std::vector<uint64_t>> related;  // documents alone
};

std::string WriteReceiptList(const ReceiptList& list);

}  // namespace sealedger::notary
