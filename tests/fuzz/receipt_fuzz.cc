// No change to a good receipt passes but such as keep what it says. The input
// is tried as a receipt, and as changes to a good one: each three bytes are an
// offset (big-endian) and the byte that is put there.

#include <cstdint>
#include <string>
#include <string_view>

#include "ledger/check.h"
#include "ledger/tlog_proof.h"
#include "notary/canonical_json.h"
#include "notary/receipt.h"
#include "tests/notary/sample_ledger.h"
#include "tools/receipt_check.h"

namespace {

using namespace sealedger;
using testing::kSampleDocument;
using testing::kSampleSubject;

const notary::Bundle& Sample() {
  static const notary::Bundle sample = testing::SampleBundle();
  return sample;
}

std::string SampleReceipt() {
  const notary::BundledEntry& subject = Sample().entries[0];
  notary::Receipt receipt;
  receipt.index = subject.index;
  receipt.kind = "evidence.recorded";
  receipt.entry = subject.entry;
  receipt.leaf_hash = ledger::LeafHash(subject.entry);
  receipt.proof = ledger::FormatTlogProof(
      {std::nullopt, subject.index, subject.path, Sample().checkpoint});
  std::string text;
  notary::AppendReceipt(&text, receipt);
  return text;
}

void Try(std::string_view text) {
  const tools::FileDigests document{ledger::Sha256Of(kSampleDocument),
                                    ledger::Sm3Of(kSampleDocument),
                                    kSampleDocument.size()};
  const auto open = tools::CheckReceipt(text, document, std::nullopt);
  const auto known = tools::CheckReceipt(text, document, testing::SampleVkey());
  if (!known) {
    CHECK(known.error().name == "bad-receipt");
    return;
  }
  CHECK(open.has_value() && *open == *known);
  CHECK(*known == kSampleSubject);
  const auto json = notary::ParseJson(text);
  CHECK(*json->Find("entry")->if_string() == Sample().entries[0].entry);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::string sample = SampleReceipt();
  Try({reinterpret_cast<const char*>(data), size});
  std::string changed = sample;
  for (size_t i = 0; i + 3 <= size; i += 3) {
    const size_t offset = size_t{data[i]} << 8 | data[i + 1];
    changed[offset % changed.size()] = static_cast<char>(data[i + 2]);
  }
  Try(changed);
  return 0;
}
