#include "notary/register_chain.h"

#include <string>
#include <string_view>
#include <utility>

#include "notary/register_rules.h"
#include "notary/state.h"

namespace sealedger::notary {

bool StandsOnRegister(const Entry& entry) {
  return std::holds_alternative<SealIssued>(entry.body) ||
         std::holds_alternative<DocumentSealed>(entry.body);
}

std::string_view SealCodeOf(const Entry& entry) {
  if (const auto* issued = std::get_if<SealIssued>(&entry.body)) {
    return issued->seal.code;
  }
  if (const auto* event = std::get_if<SealEventEntry>(&entry.body)) {
    return event->seal_code;
  }
  if (const auto* of = std::get_if<SealAuthorization>(&entry.body)) {
    return of->seal_code;
  }
  return {};
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
  } else if (const auto* event = std::get_if<SealEventEntry>(&entry.body)) {
    previous = event->previous;
  } else if (const auto* to = std::get_if<SealAuthorization>(&entry.body)) {
    previous = to->previous;
  } else if (const auto* sealed = std::get_if<DocumentSealed>(&entry.body)) {
    previous = sealed->register_entry;
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
