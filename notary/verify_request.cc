#include "notary/verify_request.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "notary/bundle_reasons.h"
#include "notary/entry_members.h"
#include "notary/request_base.h"
#include "notary/request_says.h"
#include "notary/requested_entry.h"
#include "notary/text.h"

namespace sealedger::notary {
namespace {

using Evidence = std::map<std::string, std::string>;

Check Conclude(std::string_view reason, Evidence evidence = {}) {
  return ConcludeBundleCheck("requested_by", reason, std::move(evidence));
}

Evidence Digests(const Hash& recorded, const Hash& given) {
  return {{"recorded", ledger::ToHex(recorded)},
          {"given", ledger::ToHex(given)}};
}

// Of 1970; in the spelling of times where there is one.
std::string SecondsText(int64_t seconds) {
  const int64_t time_ms = seconds * 1000;
  return IsTime(time_ms) ? FormatTime(time_ms) : std::to_string(seconds);
}

// What the entry's `by_entry` names; null where it is not among the others, or
// is no entry of that party.
const PartyEntry* FindParty(const RequestedSubject& subject, uint64_t index) {
  const auto found = subject.others.find(index);
  if (found == subject.others.end()) return nullptr;
  const auto* party = std::get_if<PartyEntry>(&found->second->body);
  return party != nullptr && party->id == subject.entry.by ? party : nullptr;
}

// What the entry's `previous`, or its `application`, names.
std::optional<Check> FindMissing(const RequestedSubject& subject,
                                 Evidence evidence) {
  const std::optional<uint64_t> index = RequestStandsOn(subject.entry);
  if (!index || subject.others.contains(*index)) return std::nullopt;
  const auto& entries = subject.bundle.entries;
  const bool there = std::any_of(
      entries.begin(), entries.end(),
      [&](const BundledEntry& bundled) { return bundled.index == *index; });
  if (there) return Conclude("entry_not_read", std::move(evidence));
  evidence["index"] = std::to_string(*index);
  return Conclude("entry_missing", std::move(evidence));
}

// The digests: of the base, and under it of the body. nullopt: all hold.
std::optional<Check> FindOtherRequest(const RequestedSubject& subject,
                                      const SignedRequest& request,
                                      const RequestBase& base) {
  CHECK(subject.entry.request);
  const Hash base_sha256 = ledger::Sha256Of(request.base);
  if (base_sha256 != *subject.entry.request) {
    return Conclude("not_the_recorded_request",
                    Digests(*subject.entry.request, base_sha256));
  }
  if (base.keyid != subject.entry.by) {
    return Conclude("another_party",
                    {{"party", subject.entry.by}, {"keyid", base.keyid}});
  }
  const Hash body_sha256 = ledger::Sha256Of(request.body);
  if (body_sha256 != base.content_sha256) {
    return Conclude("other_body", Digests(base.content_sha256, body_sha256));
  }
  return std::nullopt;
}

}  // namespace

Check CheckRequestedBy(const RequestedSubject& subject) {
  const Entry& entry = subject.entry;
  if (!subject.bundle.request) return Conclude("bytes_withheld");
  const SignedRequest& request = *subject.bundle.request;
  const Result<RequestBase> base = ParseRequestBase(request.base);
  if (!base) return Conclude("malformed", {{"detail", base.error().detail}});
  if (request.body.size() > kMaxSignedBody) {
    return Conclude("malformed",
                    {{"detail", "the body is larger than one that is signed"}});
  }
  if (auto other = FindOtherRequest(subject, request, *base)) {
    return *std::move(other);
  }

  Evidence evidence = {{"party", entry.by}};
  // Entries 0 and 1 stand on no party, and nobody's key was there for them.
  if (!entry.by_entry) return Conclude("no_key", evidence);
  evidence["index"] = std::to_string(*entry.by_entry);
  const PartyEntry* party = FindParty(subject, *entry.by_entry);
  if (party == nullptr) return Conclude("entry_not_read", evidence);
  if (auto missing = FindMissing(subject, evidence)) return *std::move(missing);
  if (!party->key) return Conclude("no_key", evidence);
  evidence["alg"] = party->key->alg;
  if (!VerifyRequestSignature(*party->key, request.base, request.signature)) {
    return Conclude("wrong_signature", evidence);
  }
  evidence["created"] = SecondsText(base->created_s);
  if (!CheckCreated(base->created_s, entry.time_ms)) {
    evidence["time"] = FormatTime(entry.time_ms);
    return Conclude("not_at_that_time", evidence);
  }
  evidence["method"] = base->method;
  evidence["path"] = base->path;
  const auto place =
      FindDifference({base->method, base->path, request.body},
                     {entry, subject.bundle.entries[0].disclosures,
                      subject.others, subject.bundle.seal});
  if (place) {
    evidence["at"] = *place;
    return Conclude("entry_says_otherwise", evidence);
  }
  return Conclude("signed_by_party", evidence);
}

}  // namespace sealedger::notary
