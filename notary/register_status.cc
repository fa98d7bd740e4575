#include "notary/register_status.h"

#include <limits>
#include <string>
#include <utility>

#include "notary/register_rules.h"
#include "notary/seal_reasons.h"
#include "notary/text.h"

namespace sealedger::notary {
namespace {

int64_t EffectiveOf(const Entry& entry, const SealEventEntry& event) {
  return event.effective_ms.value_or(entry.time_ms);
}

// What took effect within the span of a moment may have come before or after
// it, and is held against nobody.
struct Judged {
  bool active = false;
  std::optional<SealStatus> status;  // at the moment's end
};
Judged JudgeAt(std::span<const ChainEntry> chain, const SigningMoment& moment,
               uint64_t size) {
  Judged judged;
  judged.status = StatusAt(chain, moment.at_ms + moment.span_ms, size);
  judged.active = judged.status == SealStatus::kActive ||
                  StatusAt(chain, moment.at_ms, size) == SealStatus::kActive;
  return judged;
}

std::string NameOf(const std::optional<SealStatus>& status) {
  return status ? std::string(SealStatusName(*status)) : std::string();
}

}  // namespace

std::optional<SealStatus> StatusAt(std::span<const ChainEntry> chain,
                                   int64_t at_ms, uint64_t size) {
  std::optional<SealStatus> status;
  for (const ChainEntry& link : chain) {
    if (link.index >= size) break;
    if (!status) {
      if (link.entry->time_ms > at_ms) break;
      status = SealStatus::kIssued;
      continue;
    }
    const auto* event = std::get_if<SealEventEntry>(&link.entry->body);
    if (event == nullptr) continue;
    if (EffectiveOf(*link.entry, *event) > at_ms) break;
    Result<SealStatus> after = StatusAfter(*status, event->event);
    CHECK(after);
    status = *after;
  }
  return status;
}

Check JudgeRegisterStatus(std::span<const ChainEntry> chain,
                          std::span<const SigningMoment> moments,
                          uint64_t entered, uint64_t size) {
  constexpr std::string_view kId = "register_status";
  CHECK(!moments.empty());
  SealEvidence evidence = {{"known_at_entry", std::to_string(entered)},
                           {"known_now", std::to_string(size)}};
  const auto conclude = [&](std::string_view reason,
                            const SigningMoment& moment,
                            const std::optional<SealStatus>& status) {
    evidence["at"] =
        moment.at_ms < 0 ? SealTimeText(-1) : FormatTime(moment.at_ms);
    evidence["time_from"] = moment.from;
    evidence["status"] = NameOf(status);
    return ConcludeSealCheck(kId, reason, evidence);
  };
  for (const SigningMoment& moment : moments) {
    const Judged judged = JudgeAt(chain, moment, entered);
    if (judged.active) continue;
    return conclude(judged.status ? "not_active_then" : "not_issued_then",
                    moment, judged.status);
  }
  for (const SigningMoment& moment : moments) {
    const Judged judged = JudgeAt(chain, moment, size);
    if (judged.active) continue;
    return conclude("revoked_before_signing_reported_later", moment,
                    judged.status);
  }
  const auto now = StatusAt(chain, std::numeric_limits<int64_t>::max(), size);
  if (now != SealStatus::kActive) {
    return conclude("active_then", moments.back(), now);
  }
  return conclude("active", moments.back(), now);
}

Custody CustodyOf(std::span<const ChainEntry> chain, const std::string& party,
                  int64_t at_ms, uint64_t size) {
  Custody custody;
  for (const ChainEntry& link : chain) {
    if (link.index >= size) break;
    if (const auto* issued = std::get_if<SealIssued>(&link.entry->body)) {
      custody.is_custodian = issued->custodian == party;
    }
    const auto* authorization =
        std::get_if<SealAuthorization>(&link.entry->body);
    if (authorization == nullptr || authorization->party != party) continue;
    custody.authorized.reset();
    if (!authorization->granted) continue;
    if (authorization->until_ms && *authorization->until_ms <= at_ms) continue;
    custody.authorized = link.index;
  }
  return custody;
}

}  // namespace sealedger::notary
