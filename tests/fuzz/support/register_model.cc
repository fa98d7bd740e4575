#include "tests/fuzz/support/register_model.h"

#include <algorithm>

#include "ledger/check.h"
#include "notary/text.h"

namespace sealedger::fuzzing {

namespace {

using notary::Json;

template <typename Record>
std::vector<std::string> ByFirstEntry(
    const std::map<std::string, Record>& records) {
  std::vector<std::string> names;
  for (const auto& [name, record] : records) names.push_back(name);
  std::sort(names.begin(), names.end(),
            [&records](const std::string& a, const std::string& b) {
              return records.at(a).entries[0] < records.at(b).entries[0];
            });
  return names;
}

Json IndicesOf(const std::vector<uint64_t>& entries) {
  Json::Array indices;
  for (const uint64_t index : entries) indices.emplace_back(index);
  return indices;
}

}  // namespace

std::string StatusAfter(notary::SealEvent event) {
  using notary::SealEvent;
  switch (event) {
    case SealEvent::kFiled:
      return "filed";
    case SealEvent::kActivated:
    case SealEvent::kResumed:
    case SealEvent::kFound:
      return "active";
    case SealEvent::kSuspended:
      return "suspended";
    case SealEvent::kLost:
      return "lost";
    case SealEvent::kCancelled:
      return "cancelled";
  }
  CHECK(false);
}

int64_t EffectiveOf(const notary::Entry& entry) {
  std::optional<int64_t> effective_ms;
  if (const auto* body = std::get_if<notary::OrganizationEntry>(&entry.body)) {
    effective_ms = body->effective_ms;
  }
  if (const auto* body = std::get_if<notary::SealEventEntry>(&entry.body)) {
    effective_ms = body->effective_ms;
  }
  return effective_ms.value_or(entry.time_ms);
}

std::optional<std::string> StatusAt(const LedgerModel& ledger,
                                    const std::vector<uint64_t>& entries,
                                    int64_t at_ms) {
  std::optional<std::string> status;
  for (const uint64_t index : entries) {
    const notary::Entry& entry = ledger.items().at(index).entry;
    if (EffectiveOf(entry) > at_ms) continue;
    const auto* event = std::get_if<notary::SealEventEntry>(&entry.body);
    status = event == nullptr ? "issued" : StatusAfter(event->event);
  }
  return status;
}

RegisterModel::RegisterModel(const LedgerModel& ledger, uint64_t size) {
  for (uint64_t i = 0; i < size; ++i) {
    Walk(ledger.items().at(i).entry, i, ledger);
  }
}

void RegisterModel::Walk(const notary::Entry& entry, uint64_t index,
                         const LedgerModel& ledger) {
  if (const auto* body = std::get_if<notary::OrganizationEntry>(&entry.body)) {
    Organization& organization = organizations[body->uscc];
    organization.entries.push_back(index);
    if (body->name) organization.name = body->name;
    organization.terminated =
        body->event == notary::OrganizationEvent::kTerminated;
    organization.effective_ms = EffectiveOf(entry);
  }
  if (const auto* body = std::get_if<notary::ApplicationEntry>(&entry.body)) {
    Application& application = applications[body->application.id];
    if (application.entries.empty()) application.by = entry.by;
    application.entries.push_back(index);
    application.subject = body->application;
    application.state = notary::ApplicationStateName(body->state);
    if (body->state == notary::ApplicationState::kApproved) {
      application.approval = index;
    }
  }
  if (const auto* body = std::get_if<notary::SealIssued>(&entry.body)) {
    const auto& approval = std::get<notary::ApplicationEntry>(
        ledger.items().at(body->application).entry.body);
    applications.at(approval.application.id).used = true;
    Seal& seal = seals[body->seal.code];
    CHECK(seal.entries.empty());
    seal.entries = {index};
    seal.facts = body->seal;
    seal.custodian = body->custodian;
    seal.route = approval.application.route;
    seal.issued_ms = entry.time_ms;
    seal.effective_ms = entry.time_ms;
    seal.status = "issued";
  }
  if (const auto* body = std::get_if<notary::SealEventEntry>(&entry.body)) {
    Seal& seal = seals.at(body->seal_code);
    seal.entries.push_back(index);
    seal.effective_ms = EffectiveOf(entry);
    seal.status = StatusAfter(body->event);
  }
}

std::vector<std::string> RegisterModel::ApplicationIds() const {
  return ByFirstEntry(applications);
}

std::vector<std::string> RegisterModel::SealCodes() const {
  return ByFirstEntry(seals);
}

Json RegisterModel::ApplicationItem(const std::string& id) const {
  const Application& application = applications.at(id);
  const notary::ApplicationSubject& subject = application.subject;
  Json item{Json::Object{}};
  item.Add("by", application.by);
  item.Add("entries", IndicesOf(application.entries));
  item.Add("id", id);
  if (subject.ordinal) item.Add("ordinal", *subject.ordinal);
  item.Add("route", notary::RouteName(subject.route));
  item.Add("seal_type", subject.seal_type);
  item.Add("state", application.state);
  item.Add("uscc", subject.uscc);
  return item;
}

Json RegisterModel::SealItem(const std::string& code,
                             const std::optional<std::string>& name,
                             int64_t now_ms) const {
  const Seal& seal = seals.at(code);
  const notary::SealFacts& facts = seal.facts;
  const Organization& organization = organizations.at(facts.uscc);
  Json item{Json::Object{}};
  item.Add("code", code);
  item.Add("custodian", seal.custodian);
  item.Add("division", code.substr(0, 6));
  item.Add("expired", now_ms > facts.valid_to_ms);
  item.Add("index", seal.entries[0]);
  item.Add("issued_at", notary::FormatTime(seal.issued_ms));
  if (name) item.Add("name", *name);
  if (facts.ordinal) item.Add("ordinal", *facts.ordinal);
  if (organization.name) item.Add("organization", *organization.name);
  if (facts.physical_code) item.Add("physical_code", *facts.physical_code);
  item.Add("status", seal.status);
  item.Add("type", facts.type);
  item.Add("uscc", facts.uscc);
  item.Add("valid_from", notary::FormatTime(facts.valid_from_ms));
  item.Add("valid_to", notary::FormatTime(facts.valid_to_ms));
  return item;
}

}  // namespace sealedger::fuzzing
