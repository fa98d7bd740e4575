// What is read as a bundle is written to a text that reads alike; and no change
// to a good bundle passes but what may be dropped from one. The input is tried
// as a bundle, and as changes to a good one: each three bytes are an offset
// (big-endian) and the byte that is put there.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/check.h"
#include "notary/bundle.h"
#include "notary/verify.h"
#include "tests/notary/sample_ledger.h"

namespace {

using sealedger::notary::Bundle;
using sealedger::notary::BundledEntry;
using sealedger::notary::Result;
using sealedger::notary::Verdict;

// True when `given` is `whole` or what is left of it after something is
// dropped.
bool IsPartOf(const std::vector<std::string>& given,
              const std::vector<std::string>& whole) {
  auto from = whole.begin();
  for (const std::string& text : given) {
    from = std::find(from, whole.end(), text);
    if (from == whole.end()) return false;
    ++from;
  }
  return true;
}

bool IsPartOf(const BundledEntry& given, const Bundle& whole) {
  return std::any_of(whole.entries.begin(), whole.entries.end(),
                     [&given](const BundledEntry& entry) {
                       return entry.index == given.index &&
                              entry.entry == given.entry &&
                              entry.path == given.path &&
                              IsPartOf(given.disclosures, entry.disclosures);
                     });
}

void Try(std::string_view text) {
  static const Bundle sample = sealedger::testing::SampleBundle();
  static const auto trust = sealedger::testing::SampleTrust();
  static const auto document = sealedger::testing::SampleDocumentAtHand();

  const Verdict verdict =
      sealedger::notary::VerifyBundle(text, trust, document);
  const Result<Bundle> bundle = sealedger::notary::ParseBundle(text);
  if (!bundle) {
    CHECK(verdict.overall() == sealedger::notary::Overall::kFailed);
    return;
  }
  const std::string written = sealedger::notary::FormatBundle(*bundle);
  CHECK(*sealedger::notary::ParseBundle(written) == *bundle);
  if (verdict.overall() != sealedger::notary::Overall::kPassed) return;
  CHECK(bundle->checkpoint == sample.checkpoint);
  CHECK(bundle->entries[0].index == sample.entries[0].index);
  for (const BundledEntry& entry : bundle->entries) {
    CHECK(IsPartOf(entry, sample));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::string sample =
      sealedger::notary::FormatBundle(sealedger::testing::SampleBundle());
  Try({reinterpret_cast<const char*>(data), size});
  std::string changed = sample;
  for (size_t i = 0; i + 3 <= size; i += 3) {
    const size_t offset = size_t{data[i]} << 8 | data[i + 1];
    changed[offset % changed.size()] = static_cast<char>(data[i + 2]);
  }
  Try(changed);
  return 0;
}
