#include "notary/receipt.h"

#include "notary/canonical_json.h"

namespace sealedger::notary {
namespace {

// Written member by member in canonical order: a tree of values would cost
// more than the proof.
void AppendStrings(std::string* out, const std::vector<std::string>& strings) {
  *out += '[';
  for (size_t i = 0; i < strings.size(); ++i) {
    if (i > 0) *out += ',';
    AppendJsonString(out, strings[i]);
  }
  *out += ']';
}

void AppendIndices(std::string* out, const std::vector<uint64_t>& indices) {
  *out += '[';
  for (size_t i = 0; i < indices.size(); ++i) {
    if (i > 0) *out += ',';
    *out += std::to_string(indices[i]);
  }
  *out += ']';
}

}  // namespace

void AppendReceipt(std::string* out, const Receipt& receipt) {
  // Enough for most: each quote and each line's end takes one byte more.
  out->reserve(out->size() + 512 + receipt.entry.size() +
               (receipt.proof ? receipt.proof->size() : 0));
  if (receipt.also.empty()) {
    *out += "{\"anchors\":[]";
  } else {
    *out += "{\"also\":";
    AppendIndices(out, receipt.also);
    *out += ",\"anchors\":[]";
  }
  *out += ",\"disclosures\":";
  AppendStrings(out, receipt.disclosures);
  *out += ",\"entry\":";
  AppendJsonString(out, receipt.entry);
  *out += ",\"index\":";
  *out += std::to_string(receipt.index);
  *out += ",\"kind\":";
  AppendJsonString(out, receipt.kind);
  *out += ",\"leaf_hash\":\"";
  *out += ToHex(receipt.leaf_hash);
  *out += '"';
  if (receipt.proof) {
    *out += ",\"proof\":";
    AppendJsonString(out, *receipt.proof);
  }
  *out += '}';
}

void AppendBatchReceipt(std::string* out, const BatchReceipt& receipt) {
  *out += "{\"disclosures\":";
  AppendStrings(out, receipt.disclosures);
  *out += ",\"entry\":";
  AppendJsonString(out, receipt.entry);
  *out += ",\"index\":";
  *out += std::to_string(receipt.index);
  *out += ",\"leaf_hash\":\"";
  *out += ToHex(receipt.leaf_hash);
  *out += "\",\"path\":[";
  for (size_t i = 0; i < receipt.path.size(); ++i) {
    if (i > 0) *out += ',';
    *out += '"';
    *out += ToBase64(receipt.path[i]);
    *out += '"';
  }
  *out += "]}";
}

std::string WriteReceiptList(const ReceiptList& list) {
  std::string out = "{\"checkpoint\":";
  AppendJsonString(&out, list.checkpoint);
  out += ",\"items\":[";
  for (size_t i = 0; i < list.items.size(); ++i) {
    if (i > 0) out += ',';
    AppendReceipt(&out, list.items[i]);
  }
  out += "],\"next\":";
  if (list.next) {
    AppendJsonString(&out, *list.next);
  } else {
    out += "null";
  }
  if (list.related) {
    out += ",\"related\":";
    AppendIndices(&out, *list.related);
  }
  out += '}';
  return out;
}

}  // namespace sealedger::notary
