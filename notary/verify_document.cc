#include "notary/verify_document.h"

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "notary/bundle_reasons.h"

namespace sealedger::notary {
namespace {

using Evidence = std::map<std::string, std::string>;

Check Conclude(std::string_view reason, Evidence evidence) {
  return ConcludeBundleCheck("document", reason, std::move(evidence));
}

// The digests by which an entry knows one file.
struct Recorded {
  std::string_view name;  // "document" | "protected"
  std::optional<Hash> sha256;
  std::optional<Hash> sm3;
};

std::vector<Recorded> RecordedIn(const Entry& entry) {
  if (const auto* evidence = std::get_if<EvidenceRecorded>(&entry.body)) {
    return {{"document", evidence->document.sha256, evidence->document.sm3}};
  }
  const auto* sealed = std::get_if<DocumentSealed>(&entry.body);
  if (sealed == nullptr) return {};
  std::vector<Recorded> recorded;
  if (sealed->document) {
    recorded.push_back(
        {"document", sealed->document->sha256, sealed->document->sm3});
  }
  recorded.push_back({"protected", sealed->protected_bytes.sha256,
                      sealed->protected_bytes.sm3});
  return recorded;
}

enum class Comparison { kNothingShared, kSame, kDiffers };

Comparison Compare(const Recorded& recorded, const DocumentAtHand& document,
                   Evidence* evidence) {
  Comparison result = Comparison::kNothingShared;
  const auto compare = [&](std::string_view algorithm,
                           const std::optional<Hash>& given,
                           const std::optional<Hash>& wanted) {
    if (!given || !wanted || result == Comparison::kDiffers) return;
    std::string& compared = (*evidence)["algorithm"];
    if (*given == *wanted) {
      compared += (compared.empty() ? "" : ", ") + std::string(algorithm);
      result = Comparison::kSame;
      return;
    }
    compared = algorithm;
    (*evidence)["recorded"] = ledger::ToHex(*wanted);
    (*evidence)["given"] = ledger::ToHex(*given);
    result = Comparison::kDiffers;
  };
  compare("SHA-256", document.sha256, recorded.sha256);
  compare("SM3", document.sm3, recorded.sm3);
  (*evidence)["compared_with"] = recorded.name;
  return result;
}

}  // namespace

std::optional<Check> CheckDocument(const Entry* subject,
                                   const DocumentAtHand& document) {
  if (subject == nullptr) return Conclude("entry_not_read", {});
  const std::vector<Recorded> recorded = RecordedIn(*subject);
  if (recorded.empty()) {
    // Whoever gives a document expects it to be judged.
    if (!document.given()) return std::nullopt;
    return Conclude("kind_has_no_document",
                    {{"kind", std::string(KindOf(*subject))}});
  }
  Evidence known;
  for (const Recorded& file : recorded) {
    if (file.sha256) known.emplace("sha256", ledger::ToHex(*file.sha256));
    if (file.sm3) known.emplace("sm3", ledger::ToHex(*file.sm3));
  }
  if (!document.given()) return Conclude("no_document", known);
  std::optional<Check> differs;
  for (const Recorded& file : recorded) {
    Evidence evidence = known;
    switch (Compare(file, document, &evidence)) {
      case Comparison::kSame:
        return Conclude("same", evidence);
      case Comparison::kDiffers:
        if (!differs) differs = Conclude("differs", evidence);
        break;
      case Comparison::kNothingShared:
        break;
    }
  }
  if (differs) return differs;
  return Conclude(document.sm3 ? "sm3_not_in_entry" : "sha256_not_in_entry",
                  known);
}

}  // namespace sealedger::notary
