#include <algorithm>
#include <utility>

#include "ledger/encoding.h"
#include "notary/codes.h"
#include "notary/disclosure.h"
#include "notary/notary.h"
#include "notary/notary_parts.h"
#include "notary/register_rows.h"
#include "notary/register_status.h"
#include "notary/state.h"
#include "notary/subject_chain.h"
#include "notary/text.h"

namespace sealedger::notary {
namespace {

using ledger::Code;
using ledger::MakeError;
using ledger::PublishedPtr;

constexpr size_t kPage = 100;

Json::Array IndicesOf(const std::vector<KnownEntry>& chain) {
  Json::Array indices;
  for (const KnownEntry& known : chain) indices.emplace_back(known.index);
  return indices;
}

Error NeedsToken() {
  return MakeError(Code::kUnauthenticated, "token-required",
                   "this is shown to token holders alone");
}

// The custodian whose seals alone the caller may list, or nothing: all.
Result<std::optional<std::string>> SealsShownTo(const Caller* caller) {
  if (caller == nullptr) return NeedsToken();
  Result<void> may = RequireRole(*caller, {Role::kAdmin, Role::kIssuer,
                                           Role::kRegulator, Role::kPlatform});
  if (!may) return std::move(may).error();
  if (caller->role != Role::kPlatform) return std::optional<std::string>();
  return std::optional<std::string>(caller->party);
}

// Who may list all applications; the others see their own.
Result<std::optional<std::string>> ApplicationsShownTo(const Caller* caller) {
  if (caller == nullptr) return NeedsToken();
  if (caller->role == Role::kPlatform || caller->role == Role::kApplicant) {
    return std::optional<std::string>(caller->party);
  }
  return std::optional<std::string>();
}

}  // namespace

Result<std::optional<std::string>> Notary::Parts::ReadSealBlob(
    uint64_t index) const {
  const PublishedPtr published = ledger->published();
  if (index >= published->head.size) return NoSuchEntry();
  Result<EntrySide> side = ReadSide(index, *published);
  if (!side) return std::move(side).error();
  if (side->blobs.empty()) return std::optional<std::string>();
  return private_store->Get(side->blobs.front());
}

Result<Json> Notary::ReadOrganization(const Caller* caller,
                                      const std::string& uscc) const {
  if (Result<void> may = parts_->MayRead(caller); !may) {
    return std::move(may).error();
  }
  const Error none = MakeError(Code::kNotFound, "no-such-organization",
                               "no organisation of this code is in the "
                               "register");
  if (!IsUscc(uscc)) return none;
  const PublishedPtr published = parts_->ledger->published();
  Result<std::optional<OrganizationRecord>> record =
      ReadOrganizationRecord(parts_->PresentState(), uscc);
  if (!record) return std::move(record).error();
  if (!record->has_value()) return none;
  Result<std::vector<KnownEntry>> chain =
      ReadSubjectChain(*parts_->ledger, (*record)->entry, published->head.size);
  if (!chain) return std::move(chain).error();
  if (chain->empty()) return none;
  std::optional<std::string> name;
  for (const KnownEntry& known : *chain) {
    const auto& entry = std::get<OrganizationEntry>(known.entry.body);
    if (entry.name) name = entry.name;
  }
  const auto& newest = std::get<OrganizationEntry>(chain->back().entry.body);
  Json organization{Json::Object{}};
  if (name) organization.Add("name", *name);
  organization.Add("uscc", uscc);
  Json json{Json::Object{}};
  json.Add("checkpoint", published->note);
  json.Add("entries", IndicesOf(*chain));
  json.Add("organization", std::move(organization));
  json.Add("terminated", newest.event == OrganizationEvent::kTerminated);
  return json;
}

Result<Json> Notary::ReadApplication(const Caller* caller,
                                     const std::string& id) const {
  Result<std::optional<std::string>> own = ApplicationsShownTo(caller);
  if (!own) return std::move(own).error();
  const Error none = MakeError(Code::kNotFound, "no-such-application",
                               "there is no application of this id");
  if (!IsId(id)) return none;
  const PublishedPtr published = parts_->ledger->published();
  Result<std::optional<ApplicationRecord>> record =
      ReadApplicationRecord(parts_->PresentState(), id);
  if (!record) return std::move(record).error();
  // Whether another's application is there is not told either.
  if (!record->has_value() || (*own && **own != (*record)->by)) return none;
  Result<std::vector<KnownEntry>> chain =
      ReadSubjectChain(*parts_->ledger, (*record)->entry, published->head.size);
  if (!chain) return std::move(chain).error();
  if (chain->empty()) return none;
  const auto& newest = std::get<ApplicationEntry>(chain->back().entry.body);
  const ApplicationSubject& subject = newest.application;
  Json json{Json::Object{}};
  json.Add("by", (*record)->by);
  json.Add("checkpoint", published->note);
  json.Add("entries", IndicesOf(*chain));
  json.Add("id", subject.id);
  if (subject.ordinal) json.Add("ordinal", *subject.ordinal);
  json.Add("route", RouteName(subject.route));
  json.Add("seal_type", subject.seal_type);
  json.Add("state", ApplicationStateName(newest.state));
  json.Add("uscc", subject.uscc);
  return json;
}

Result<RegisterList> Notary::ListApplications(
    const Caller* caller, const ApplicationFilter& filter) const {
  Result<std::optional<std::string>> own = ApplicationsShownTo(caller);
  if (!own) return std::move(own).error();
  Result<uint64_t> begin = ReadCursor(filter.cursor);
  if (!begin) return std::move(begin).error();
  Result<Index::Reading> reading = parts_->ReadRows();
  if (!reading) return std::move(reading).error();
  const PublishedPtr& published = reading->head;
  ApplicationQuery query;
  query.state = filter.state;
  query.route = filter.route;
  query.uscc = filter.uscc;
  query.by = *own;
  query.begin = *begin;
  query.end = published->head.size;
  query.limit = kPage;
  auto found = parts_->views->FindApplications(query);
  reading->lock.unlock();
  if (!found) return std::move(found).error();
  RegisterList list;
  list.checkpoint = published->note;
  for (const StoredApplicationRow& row : found->rows) {
    list.items.emplace_back(row->text);
  }
  if (found->next) list.next = std::to_string(*found->next);
  return list;
}

Result<std::optional<std::string>> Notary::Parts::SealName(
    const SealRow& row) const {
  if (!row.name) return std::optional<std::string>();
  Result<std::optional<std::string>> blob = private_store->Get(*row.name);
  if (!blob) return std::move(blob).error();
  if (!blob->has_value()) return std::optional<std::string>();
  Result<std::string> name = DisclosureValue(**blob);
  if (!name) return std::move(name).error();
  return std::optional<std::string>(*std::move(name));
}

Result<RegisterList> Notary::ListSeals(const Caller* caller,
                                       const SealFilter& filter) const {
  Result<std::optional<std::string>> own = SealsShownTo(caller);
  if (!own) return std::move(own).error();
  Result<uint64_t> begin = ReadCursor(filter.cursor);
  if (!begin) return std::move(begin).error();
  Result<Index::Reading> reading = parts_->ReadRows();
  if (!reading) return std::move(reading).error();
  const PublishedPtr& published = reading->head;
  SealQuery query;
  query.uscc = filter.uscc;
  query.type = filter.type;
  query.status = filter.status;
  query.division = filter.division;
  query.custodian = *own;
  query.begin = *begin;
  query.end = published->head.size;
  query.limit = kPage;
  if (filter.issued_from_ms) {
    Result<uint64_t> from =
        FirstNotBefore(*parts_->ledger, *filter.issued_from_ms, *published);
    if (!from) return std::move(from).error();
    query.begin = std::max(query.begin, *from);
  }
  if (filter.issued_to_ms) {
    Result<uint64_t> to =
        FirstNotBefore(*parts_->ledger, *filter.issued_to_ms, *published);
    if (!to) return std::move(to).error();
    query.end = std::min(query.end, *to);
  }
  auto found = parts_->views->FindSeals(query);
  reading->lock.unlock();
  if (!found) return std::move(found).error();
  RegisterList list;
  list.checkpoint = published->note;
  const int64_t now_ms = LedgerNowMs(*published);
  for (const StoredSealRow& row : found->rows) {
    Result<std::optional<std::string>> name = parts_->SealName(*row);
    if (!name) return std::move(name).error();
    AppendSealItem(&list.items.emplace_back(), *row, now_ms, *name);
  }
  if (found->next) list.next = std::to_string(*found->next);
  return list;
}

Result<Json> Notary::ReadSeal(const Caller* caller,
                              const std::string& code) const {
  Result<std::optional<std::string>> own = SealsShownTo(caller);
  if (!own) return std::move(own).error();
  Result<Index::Reading> reading = parts_->ReadRows();
  if (!reading) return std::move(reading).error();
  const PublishedPtr& published = reading->head;
  Result<std::optional<StoredSealRow>> row = parts_->views->FindSeal(code);
  reading->lock.unlock();
  if (!row) return std::move(row).error();
  if (!row->has_value() || (*own && **own != (**row)->custodian)) {
    return NoSuchSeal();
  }
  Result<SealChain> chain =
      ReadSealChain(*parts_->ledger, code, published->head.size);
  if (!chain) return std::move(chain).error();
  Result<std::optional<std::string>> name = parts_->SealName(***row);
  if (!name) return std::move(name).error();
  std::string item;
  AppendSealItem(&item, ***row, LedgerNowMs(*published), *name);
  Result<Json> json = ParseJson(item);
  if (!json) return std::move(json).error();
  json->Add("checkpoint", published->note);
  json->Add("entries", IndicesOf(chain->entries));
  return json;
}

Result<std::string> Notary::ReadSealFile(const Caller* caller,
                                         const std::string& code) const {
  if (caller == nullptr) return NeedsToken();
  Result<SealChain> chain = ReadSealChain(
      *parts_->ledger, code, parts_->ledger->published()->head.size);
  if (!chain) return std::move(chain).error();
  const KnownEntry& issued = chain->entries.front();
  if (caller->role != Role::kRegulator && !OwnsPrivate(*caller, issued.entry)) {
    return MakeError(Code::kPermissionDenied, "not-owner",
                     "the seal is another party's");
  }
  Result<std::optional<std::string>> file = parts_->ReadSealBlob(issued.index);
  if (!file) return std::move(file).error();
  if (file->has_value()) return *std::move(*file);
  return MakeError(Code::kNotFound, "seal-file-erased",
                   "the file of this seal was erased");
}

Result<ReceiptList> Notary::SealHistory(const Caller* caller,
                                        const std::string& code) const {
  if (Result<void> may = parts_->MayRead(caller); !may) {
    return std::move(may).error();
  }
  const PublishedPtr published = parts_->ledger->published();
  Result<SealChain> chain =
      ReadSealChain(*parts_->ledger, code, published->head.size);
  if (!chain) return std::move(chain).error();
  ReceiptList list;
  list.checkpoint = published->note;
  for (KnownEntry& known : chain->entries) {
    Result<std::vector<std::string>> disclosures =
        parts_->DisclosuresFor(caller, known.entry);
    if (!disclosures) return std::move(disclosures).error();
    Receipt receipt;
    receipt.index = known.index;
    receipt.kind = KindOf(known.entry);
    receipt.leaf_hash = ledger::LeafHash(known.text);
    receipt.entry = std::move(known.text);
    receipt.disclosures = *std::move(disclosures);
    Result<void> run = parts_->AddRun(*published, &receipt);
    if (!run) return std::move(run).error();
    list.items.push_back(std::move(receipt));
  }
  return list;
}

// Effective times never fall along the chain, so that the last entry in effect
// decides.
Result<Json> Notary::SealStatusAt(const std::string& code,
                                  std::optional<int64_t> at_ms,
                                  std::optional<uint64_t> size) const {
  const PublishedPtr published = parts_->ledger->published();
  const uint64_t known_size = size.value_or(published->head.size);
  if (known_size > published->head.size) {
    return MakeError(
        Code::kInvalidArgument, "size-beyond-ledger",
        "the ledger has " + std::to_string(published->head.size) + " entries");
  }
  Result<SealChain> chain = ReadSealChain(*parts_->ledger, code, known_size);
  if (!chain) return std::move(chain).error();
  const int64_t at = at_ms.value_or(LedgerNowMs(*published));
  const std::vector<ChainEntry> links = chain->links();
  const std::optional<SealStatus> status = StatusAt(links, at, known_size);
  if (!status) {
    return MakeError(Code::kNotFound, "seal-not-issued-yet",
                     "the seal was not issued at this time");
  }
  Json json{Json::Object{}};
  json.Add("at", FormatTime(at));
  json.Add("checkpoint", published->note);
  json.Add("code", code);
  json.Add("entries", IndicesOf(chain->entries));
  json.Add("expired", at > chain->issued().seal.valid_to_ms);
  json.Add("size", known_size);
  json.Add("status", SealStatusName(*status));
  return json;
}

}  // namespace sealedger::notary
