#include "notary/private_check.h"

#include <optional>
#include <utility>

#include "ledger/encoding.h"
#include "ledger/schema.h"
#include "notary/entry.h"
#include "notary/side.h"
#include "notary/state.h"

namespace sealedger::notary {
namespace {

constexpr size_t kMaxProblems = 100;

Result<bool> Has(PrivateStore& blobs, const Hash& digest) {
  Result<std::optional<std::string>> blob = blobs.Get(digest);
  if (!blob) return std::move(blob).error();
  return blob->has_value() && ledger::Sha256Of(**blob) == digest;
}

// What belongs to an entry: its private fields, its file, its signed request.
Result<std::vector<Hash>> BlobsOf(const Entry& entry, uint64_t index,
                                  ledger::Store& ledger) {
  std::vector<Hash> digests;
  for (const std::string& line : entry.sd) {
    // ParseEntry took no other lines.
    digests.push_back(*ledger::HashFromBytes(*ledger::DecodeBase64Url(line)));
  }
  Result<std::optional<std::string>> text = ledger.Get(ledger::SideKey(index));
  if (!text) return std::move(text).error();
  if (!text->has_value()) return digests;
  Result<EntrySide> side = ParseSide(**text);
  if (!side) return std::move(side).error();
  digests.insert(digests.end(), side->blobs.begin(), side->blobs.end());
  if (side->request) digests.push_back(*side->request);
  return digests;
}

// Whether the entry may have any: most have none, and are not parsed.
bool MayHaveBlobs(std::string_view text) {
  for (const std::string_view mark :
       {"\"_sd\":", "\"kind\":\"document.sealed\"", "\"request\":\""}) {
    if (text.find(mark) != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace

Result<std::vector<std::string>> CheckPrivate(ledger::Store& ledger,
                                              PrivateStore* blobs) {
  std::vector<std::string> problems;
  std::optional<ledger::Error> failed;
  const auto visit = [&](uint64_t index,
                         std::string_view text) -> Result<void> {
    // What cannot be read as an entry is the replay's to say.
    const Result<Entry> entry = ParseEntry(text);
    if (!entry) return {};
    const Result<std::optional<std::string>> erased =
        ledger.Get(ErasedStateKey(index));
    if (!erased) return erased.error();
    if (erased->has_value()) return {};
    const Result<std::vector<Hash>> digests = BlobsOf(*entry, index, ledger);
    if (!digests) return digests.error();
    for (const Hash& digest : *digests) {
      Result<bool> there = false;
      if (blobs != nullptr) there = Has(*blobs, digest);
      if (!there) return std::move(there).error();
      if (*there) continue;
      problems.push_back("private fields or a file of entry " +
                         std::to_string(index) +
                         " are missing from private/ and were not erased (an "
                         "erasure that was cut short is sent again)");
      break;
    }
    return {};
  };
  Result<void> scanned = ledger::Scan(
      ledger, "e", ledger::PrefixEnd("e"),
      [&](std::string_view key, std::string_view value) {
        const auto parts = ledger::ParseLedgerKey(key);
        if (!parts || parts->part != ledger::kPartEntry ||
            !MayHaveBlobs(value)) {
          return true;
        }
        if (Result<void> seen = visit(parts->index, value); !seen) {
          failed = std::move(seen).error();
        }
        return !failed && problems.size() < kMaxProblems;
      });
  if (!scanned) return std::move(scanned).error();
  if (failed) return *std::move(failed);
  return problems;
}

}  // namespace sealedger::notary
