#include "notary/row_fold.h"

#include <utility>

#include "ledger/encoding.h"
#include "notary/canonical_json.h"
#include "notary/codes.h"
#include "notary/json_members.h"
#include "notary/register_rules.h"
#include "notary/text.h"

namespace sealedger::notary {
namespace {

std::string IndexValue(uint64_t index) { return RowKey("", index); }

std::string NameValue(const std::optional<std::string>& name) {
  Json value{Json::Object{}};
  if (name) value.Add("name", *name);
  return WriteJson(value);
}

Result<Json> ReadText(std::string_view text) {
  Result<Json> json = ParseJson(text);
  if (!json || json->if_object() == nullptr) {
    return CorruptViews("the text of a row cannot be read");
  }
  return json;
}

void SetMember(Json* object, std::string_view name, Json value) {
  for (auto& [there, old] : *object->if_object()) {
    if (there != name) continue;
    old = std::move(value);
    return;
  }
  object->Add(name, std::move(value));
}

// A seal's text: the object without its last brace.
std::string OpenText(const Json& object) {
  std::string text = WriteJson(object);
  text.pop_back();
  return text;
}

Result<std::string> ChangeOpenText(std::string_view text, std::string_view name,
                                   Json value) {
  Result<Json> object = ReadText(std::string(text) + "}");
  if (!object) return std::move(object).error();
  SetMember(&*object, name, std::move(value));
  return OpenText(*object);
}

std::string TextOf(const SealIssued& issued, uint64_t index, int64_t time_ms,
                   const std::optional<std::string>& organization) {
  const SealFacts& seal = issued.seal;
  Json text{Json::Object{}};
  text.Add("code", seal.code);
  text.Add("custodian", issued.custodian);
  text.Add("division", DivisionOf(seal.code));
  text.Add("index", index);
  text.Add("issued_at", FormatTime(time_ms));
  if (organization) text.Add("organization", *organization);
  if (seal.ordinal) text.Add("ordinal", *seal.ordinal);
  if (seal.physical_code) text.Add("physical_code", *seal.physical_code);
  text.Add("status", SealStatusName(SealStatus::kIssued));
  text.Add("type", seal.type);
  text.Add("uscc", seal.uscc);
  text.Add("valid_from", FormatTime(seal.valid_from_ms));
  text.Add("valid_to", FormatTime(seal.valid_to_ms));
  return OpenText(text);
}

std::string TextOf(const ApplicationEntry& application, uint64_t index,
                   const std::string& by) {
  const ApplicationSubject& subject = application.application;
  Json text{Json::Object{}};
  text.Add("by", by);
  text.Add("entries", Json::Array{index});
  text.Add("id", subject.id);
  if (subject.ordinal) text.Add("ordinal", *subject.ordinal);
  text.Add("route", RouteName(subject.route));
  text.Add("seal_type", subject.seal_type);
  text.Add("state", ApplicationStateName(application.state));
  text.Add("uscc", subject.uscc);
  return WriteJson(text);
}

// The text of an application after one more entry.
Result<std::string> NextText(std::string_view text, uint64_t index,
                             ApplicationState state) {
  Result<Json> object = ReadText(text);
  if (!object) return std::move(object).error();
  const Json* before = object->Find("entries");
  if (before == nullptr || before->if_array() == nullptr) {
    return CorruptViews("the text of a row cannot be read");
  }
  Json::Array entries = *before->if_array();
  entries.emplace_back(index);
  SetMember(&*object, "entries", std::move(entries));
  SetMember(&*object, "state", ApplicationStateName(state));
  return WriteJson(*object);
}

// The private field `name` is the only one that seal.issued has.
std::optional<Hash> NameDigest(const Entry& entry) {
  if (entry.sd.size() != 1) return std::nullopt;
  const auto digest = ledger::DecodeBase64Url(entry.sd[0]);
  if (!digest) return std::nullopt;
  return ledger::HashFromBytes(*digest);
}

}  // namespace

Result<void> RowFold::Fold(const Entry& entry, uint64_t index) {
  entry_ = &entry;
  index_ = index;
  if (const auto* body = std::get_if<OrganizationEntry>(&entry.body)) {
    return FoldBody(*body);
  }
  if (const auto* body = std::get_if<ApplicationEntry>(&entry.body)) {
    return FoldBody(*body);
  }
  if (const auto* body = std::get_if<SealIssued>(&entry.body)) {
    return FoldBody(*body);
  }
  if (const auto* body = std::get_if<SealEventEntry>(&entry.body)) {
    return FoldBody(*body);
  }
  return {};
}

void RowFold::Take(ledger::WriteBatch* batch) {
  for (const auto& [key, value] : pending_) {
    if (value) {
      batch->Put(key, *value);
    } else {
      batch->Delete(key);
    }
  }
  pending_.clear();
  pending_bytes_ = 0;
}

Result<void> RowFold::FoldBody(const OrganizationEntry& organization) {
  const std::string key = OrganizationNameKey(organization.uscc);
  Result<std::optional<std::string>> there = Get(key);
  if (!there) return std::move(there).error();
  if (organization.event == OrganizationEvent::kEstablished) {
    if (there->has_value()) return Misfit("the organisation is there already");
    Set(key, NameValue(organization.name));
    return {};
  }
  if (!there->has_value()) return Misfit("there is no such organisation");
  if (!organization.name) return {};
  Result<std::map<uint64_t, std::string>> seals = SealsOf(organization.uscc);
  if (!seals) return std::move(seals).error();
  std::map<uint64_t, std::string> renamed;
  for (const auto& [index, value] : *seals) {
    Result<SealRow> row = DecodeSealRow(value);
    if (!row) return std::move(row).error();
    Result<std::string> text =
        ChangeOpenText(row->text, "organization", *organization.name);
    if (!text) return std::move(text).error();
    row->text = *text;
    renamed.emplace(index, EncodeSealRow(*row));
  }
  Set(key, NameValue(organization.name));
  for (const auto& [index, value] : renamed) {
    PutSeal(*DecodeSealRow(value), index);
  }
  return {};
}

Result<void> RowFold::FoldBody(const ApplicationEntry& application) {
  const std::string key = ApplicationIdKey(application.application.id);
  Result<std::optional<uint64_t>> first = GetIndex(key);
  if (!first) return std::move(first).error();
  if (!application.previous) {
    if (first->has_value()) return Misfit("the application is there already");
    const std::string text = TextOf(application, index_, entry_->by);
    Set(key, IndexValue(index_));
    PutApplication({.state = application.state,
                    .route = application.application.route,
                    .uscc = application.application.uscc,
                    .by = entry_->by,
                    .text = text},
                   index_);
    return {};
  }
  if (!first->has_value()) return Misfit("there is no such application");
  Result<std::string> value = GetRow(AllApplicationsPrefix(), **first);
  if (!value) return std::move(value).error();
  Result<ApplicationRow> row = DecodeApplicationRow(*value);
  if (!row) return std::move(row).error();
  Result<std::string> text = NextText(row->text, index_, application.state);
  if (!text) return std::move(text).error();
  Set(RowKey(ApplicationsThatArePrefix(row->state), **first), std::nullopt);
  row->state = application.state;
  row->text = *text;
  PutApplication(*row, **first);
  return {};
}

Result<void> RowFold::FoldBody(const SealIssued& issued) {
  const SealFacts& seal = issued.seal;
  const std::string key = SealCodeKey(seal.code);
  Result<std::optional<uint64_t>> there = GetIndex(key);
  if (!there) return std::move(there).error();
  if (there->has_value()) return Misfit("the seal is there already");
  Result<std::optional<std::string>> organization = NameOf(seal.uscc);
  if (!organization) return std::move(organization).error();
  const std::string text =
      TextOf(issued, index_, entry_->time_ms, *organization);
  Set(key, IndexValue(index_));
  PutSeal({.issued_ms = entry_->time_ms,
           .valid_to_ms = seal.valid_to_ms,
           .status = SealStatus::kIssued,
           .type = seal.type,
           .uscc = seal.uscc,
           .code = seal.code,
           .custodian = issued.custodian,
           .name = NameDigest(*entry_),
           .text = text},
          index_);
  return {};
}

Result<void> RowFold::FoldBody(const SealEventEntry& event) {
  Result<std::optional<uint64_t>> issued =
      GetIndex(SealCodeKey(event.seal_code));
  if (!issued) return std::move(issued).error();
  if (!issued->has_value()) return Misfit("there is no such seal");
  Result<std::string> value = GetRow(AllSealsPrefix(), **issued);
  if (!value) return std::move(value).error();
  Result<SealRow> row = DecodeSealRow(*value);
  if (!row) return std::move(row).error();
  Result<SealStatus> status = StatusAfter(row->status, event.event);
  if (!status) return Misfit(status.error().detail);
  Result<std::string> text =
      ChangeOpenText(row->text, "status", SealStatusName(*status));
  if (!text) return std::move(text).error();
  Set(RowKey(SealsThatArePrefix(row->status), **issued), std::nullopt);
  row->status = *status;
  row->text = *text;
  PutSeal(*row, **issued);
  return {};
}

Result<std::optional<std::string>> RowFold::Get(std::string_view key) const {
  const auto found = pending_.find(key);
  if (found != pending_.end()) return found->second;
  return store_.Get(key);
}

Result<std::optional<uint64_t>> RowFold::GetIndex(std::string_view key) const {
  Result<std::optional<std::string>> value = Get(key);
  if (!value) return std::move(value).error();
  if (!value->has_value()) return std::optional<uint64_t>();
  if ((*value)->size() != sizeof(uint64_t)) {
    return CorruptViews("the index of a row cannot be read");
  }
  return std::optional<uint64_t>(ledger::ReadBigEndian64(**value));
}

Result<std::string> RowFold::GetRow(std::string prefix, uint64_t index) const {
  Result<std::optional<std::string>> value =
      Get(RowKey(std::move(prefix), index));
  if (!value) return std::move(value).error();
  if (!value->has_value()) return CorruptViews("a row is missing");
  return **std::move(value);
}

Result<std::map<uint64_t, std::string>> RowFold::SealsOf(
    std::string_view uscc) const {
  const std::string prefix = SealsOfPrefix(uscc);
  const std::string begin = RowKey(prefix, 0);
  const std::string end = ledger::PrefixEnd(prefix);
  std::map<std::string, std::string> rows;
  Result<void> scanned =
      ledger::Scan(store_, begin, end,
                   [&rows](std::string_view key, std::string_view value) {
                     rows.emplace(key, value);
                     return true;
                   });
  if (!scanned) return std::move(scanned).error();
  // Rows are never deleted under this prefix.
  for (auto it = pending_.lower_bound(begin);
       it != pending_.end() && it->first < end; ++it) {
    rows.insert_or_assign(it->first, *it->second);
  }
  std::map<uint64_t, std::string> seals;
  for (auto& [key, value] : rows) {
    if (key.size() != begin.size()) {
      return CorruptViews("the key of a row cannot be read");
    }
    seals.emplace(
        ledger::ReadBigEndian64(std::string_view(key).substr(prefix.size())),
        std::move(value));
  }
  return seals;
}

Result<std::optional<std::string>> RowFold::NameOf(
    std::string_view uscc) const {
  Result<std::optional<std::string>> value = Get(OrganizationNameKey(uscc));
  if (!value) return std::move(value).error();
  if (!value->has_value()) return Misfit("there is no such organisation");
  Result<Json> json = ReadText(**value);
  if (!json) return std::move(json).error();
  Members members(*json, "");
  std::optional<std::string> name;
  if (const std::string* text = members.OptionalString("name")) name = *text;
  if (!members.Finish()) {
    return CorruptViews("the name of an organisation cannot be read");
  }
  return name;
}

void RowFold::Set(std::string key, std::optional<std::string> value) {
  const size_t key_size = key.size();
  const auto [place, is_new] = pending_.try_emplace(std::move(key));
  if (is_new) pending_bytes_ += key_size;
  if (place->second) pending_bytes_ -= place->second->size();
  if (value) pending_bytes_ += value->size();
  place->second = std::move(value);
}

void RowFold::PutSeal(const SealRow& row, uint64_t index) {
  const std::string value = EncodeSealRow(row);
  for (std::string prefix :
       {AllSealsPrefix(), SealsOfPrefix(row.uscc),
        SealsInPrefix(DivisionOf(row.code)), SealsThatArePrefix(row.status),
        SealsOfTypePrefix(row.type)}) {
    Set(RowKey(std::move(prefix), index), value);
  }
}

void RowFold::PutApplication(const ApplicationRow& row, uint64_t index) {
  const std::string value = EncodeApplicationRow(row);
  for (std::string prefix :
       {AllApplicationsPrefix(), ApplicationsOfPrefix(row.uscc),
        ApplicationsThatArePrefix(row.state)}) {
    Set(RowKey(std::move(prefix), index), value);
  }
}

Error RowFold::Misfit(std::string_view detail) const {
  return CorruptViews(
      "entry " + std::to_string(index_) +
      " does not fit the rows of the register: " + std::string(detail));
}

}  // namespace sealedger::notary
