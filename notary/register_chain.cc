#include "notary/register_chain.h"

#include <string>
#include <string_view>
#include <utility>

#include "notary/register_rules.h"
#include "notary/state.h"

namespace sealedger::notary {

bool StandsOnRegister(const Entry& entry) {
  return std::holds_alternative<SealIssued>(entry.body);
}

std::vector<uint64_t> RegisterLinks(const Entry& entry) {
  if (const auto* issued = std::get_if<SealIssued>(&entry.body)) {
    return {issued->application, issued->organization};
  }
  std::optional<uint64_t> previous;
  if (const auto* of = std::get_if<OrganizationEntry>(&entry.body)) {
    previous = of->previous;
  } else if (const auto* step = std::get_if<ApplicationEntry>(&entry.body)) {
    previous = step->previous;
  }
  if (!previous) return {};
  return {*previous};
}

std::optional<RegisterFault> FindRegisterFault(
    const std::map<uint64_t, const Entry*>& entries) {
  StateFold state([](std::string_view) {
    return Result<std::optional<std::string>>(std::nullopt);
  });
  for (const auto& [index, entry] : entries) {
    Result<void> folded = FoldRegister(*entry, index, &state);
    if (!folded) return RegisterFault{index, std::move(folded).error()};
  }
  return std::nullopt;
}

}  // namespace sealedger::notary
