#include "notary/subject_chain.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "notary/codes.h"

namespace sealedger::notary {
namespace {

using ledger::Code;
using ledger::MakeError;

std::optional<uint64_t> PreviousOf(const Entry& entry) {
  if (const auto* body = std::get_if<OrganizationEntry>(&entry.body)) {
    return body->previous;
  }
  if (const auto* body = std::get_if<ApplicationEntry>(&entry.body)) {
    return body->previous;
  }
  if (const auto* body = std::get_if<SealEventEntry>(&entry.body)) {
    return body->previous;
  }
  if (const auto* body = std::get_if<SealAuthorization>(&entry.body)) {
    return body->previous;
  }
  return std::nullopt;
}

}  // namespace

Error NoSuchSeal() {
  return MakeError(Code::kNotFound, "no-such-seal",
                   "no seal of this code is in the register");
}

Result<std::vector<KnownEntry>> ReadSubjectChain(const ledger::Ledger& ledger,
                                                 uint64_t newest,
                                                 uint64_t size) {
  std::vector<KnownEntry> chain;
  for (std::optional<uint64_t> next = newest; next;) {
    Result<std::optional<std::string>> text =
        ledger.Get(ledger::EntryKey(*next));
    if (!text) return std::move(text).error();
    if (!text->has_value()) {
      return MakeError(Code::kCorruption, "ledger-corrupt",
                       "an entry that another names is not there");
    }
    Result<Entry> entry = ParseEntry(**text);
    if (!entry) return std::move(entry).error();
    const uint64_t index = *next;
    next = PreviousOf(*entry);
    if (index >= size) continue;
    chain.push_back({index, std::move(**text), *std::move(entry)});
  }
  std::reverse(chain.begin(), chain.end());
  return chain;
}

std::vector<ChainEntry> SealChain::links() const {
  std::vector<ChainEntry> links;
  links.reserve(entries.size());
  for (const KnownEntry& known : entries) {
    links.push_back({known.index, &known.entry});
  }
  return links;
}

Result<SealChain> ReadSealChain(const ledger::Ledger& ledger,
                                const std::string& code, uint64_t size) {
  if (!IsSealCode(code)) return NoSuchSeal();
  Result<std::optional<SealRecord>> record = ReadSealRecord(
      [&ledger](std::string_view key) { return ledger.Get(key); }, code);
  if (!record) return std::move(record).error();
  if (!record->has_value()) return NoSuchSeal();
  Result<std::vector<KnownEntry>> entries =
      ReadSubjectChain(ledger, (*record)->entry, size);
  if (!entries) return std::move(entries).error();
  if (entries->empty()) return NoSuchSeal();
  return SealChain{*std::move(*record), *std::move(entries)};
}

}  // namespace sealedger::notary
