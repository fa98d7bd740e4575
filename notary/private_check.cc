#include "notary/private_check.h"

#include <optional>
#include <utility>

#include "ledger/encoding.h"
#include "ledger/schema.h"
#include "notary/entry.h"
#include "notary/state.h"

namespace sealedger::notary {
namespace {

constexpr size_t kMaxProblems = 100;

Result<bool> HasAll(PrivateStore& blobs, const Entry& entry) {
  for (const std::string& line : entry.sd) {
    const std::optional<std::string> bytes = ledger::DecodeBase64Url(line);
    const std::optional<Hash> digest =
        bytes ? ledger::HashFromBytes(*bytes) : std::nullopt;
    if (!digest) return false;
    Result<std::optional<std::string>> blob = blobs.Get(*digest);
    if (!blob) return std::move(blob).error();
    if (!blob->has_value() || ledger::Sha256Of(**blob) != *digest) return false;
  }
  return true;
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
    if (!entry || entry->sd.empty()) return {};
    const Result<std::optional<std::string>> erased =
        ledger.Get(ErasedStateKey(index));
    if (!erased) return erased.error();
    if (erased->has_value()) return {};
    Result<bool> whole = false;
    if (blobs != nullptr) whole = HasAll(*blobs, *entry);
    if (!whole) return std::move(whole).error();
    if (!*whole) {
      problems.push_back("private fields of entry " + std::to_string(index) +
                         " are missing from private/ and were not erased (an "
                         "erasure that was cut short is sent again)");
    }
    return {};
  };
  Result<void> scanned = ledger::Scan(
      ledger, "e", ledger::PrefixEnd("e"),
      [&](std::string_view key, std::string_view value) {
        const auto parts = ledger::ParseLedgerKey(key);
        if (!parts || parts->part != ledger::kPartEntry ||
            value.find("\"_sd\":") == std::string_view::npos) {
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
