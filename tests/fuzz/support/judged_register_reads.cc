// AnswerJudge, what the register says.
#include <algorithm>
#include <string>
#include <utility>

#include "api/inputs.h"
#include "ledger/encoding.h"
#include "notary/disclosure.h"
#include "notary/text.h"
#include "tests/fuzz/support/answer_judge.h"
#include "tests/fuzz/support/holds.h"

namespace sealedger::fuzzing {

namespace {

using notary::Json;
using notary::Role;

constexpr size_t kPage = 100;
constexpr std::string_view kColumns[] = {
    "code",      "name",       "uscc",     "organization", "type",
    "ordinal",   "division",   "status",   "expired",      "physical_code",
    "custodian", "valid_from", "valid_to", "issued_at",    "index"};

// The parameter is absent, or this.
bool Asks(const api::Request& request, std::string_view name,
          std::string_view value) {
  const std::string* asked = api::FindParameter(request, name);
  return asked == nullptr || *asked == value;
}

uint64_t CursorOf(const api::Request& request) {
  const std::string* cursor = api::FindParameter(request, "cursor");
  return cursor == nullptr ? 0
                           : ledger::ParseDecimal(*cursor).value_or(UINT64_MAX);
}

Json WithMembers(Json json, std::initializer_list<Json::Member> members) {
  for (const auto& [name, value] : members) json.Add(name, value);
  return json;
}

Json Numbers(const std::vector<uint64_t>& indices) {
  Json::Array array;
  for (const uint64_t index : indices) array.emplace_back(index);
  return array;
}

// Rows of RFC 4180, each line ended; nullopt for another text.
std::optional<std::vector<std::vector<std::string>>> ReadCsv(
    std::string_view text) {
  std::vector<std::vector<std::string>> rows;
  while (!text.empty()) {
    std::vector<std::string>& row = rows.emplace_back();
    for (bool more = true; more;) {
      std::string& cell = row.emplace_back();
      const bool quoted = text.starts_with('"');
      if (quoted) text.remove_prefix(1);
      while (!text.empty()) {
        if (quoted && text.starts_with("\"\""))
          text.remove_prefix(1);
        else if (quoted ? text[0] == '"' : text[0] == ',' || text[0] == '\r')
          break;
        cell.push_back(text[0]);
        text.remove_prefix(1);
      }
      if (quoted && !text.starts_with('"')) return std::nullopt;
      if (quoted) text.remove_prefix(1);
      more = text.starts_with(',');
      if (more) text.remove_prefix(1);
    }
    if (!text.starts_with("\r\n")) return std::nullopt;
    text.remove_prefix(2);
  }
  return rows;
}

// What a cell holds of a member: no formula.
std::string CellOf(const Json* value) {
  if (value == nullptr) return {};
  const std::string* text = value->if_string();
  if (text == nullptr) return notary::WriteJson(*value);
  const bool formula =
      !text->empty() &&
      std::string_view("=+-@\t").find(text->front()) != std::string_view::npos;
  return formula ? "'" + *text : *text;
}

bool SeesAll(const notary::Caller& caller) {
  return caller.role == Role::kAdmin || caller.role == Role::kIssuer ||
         caller.role == Role::kRegulator;
}

}  // namespace

void AnswerJudge::JudgeOrganization() const {
  const RegisterModel known(model_);
  const std::string uscc = PathSegment(2);
  const auto& organization = known.organizations.at(uscc);
  Json subject{Json::Object{}};
  if (organization.name) subject.Add("name", *organization.name);
  subject.Add("uscc", uscc);
  HOLDS(Answered() == WithMembers(Json(Json::Object{}),
                                  {{"checkpoint", exchange_->note_after},
                                   {"entries", Numbers(organization.entries)},
                                   {"organization", std::move(subject)},
                                   {"terminated", organization.terminated}}));
}

void AnswerJudge::JudgeApplication() const {
  const RegisterModel known(model_);
  const std::string id = PathSegment(2);
  HOLDS(SeesAll(*caller_) || known.applications.at(id).by == caller_->party);
  const Json answer = WithMembers(known.ApplicationItem(id),
                                  {{"checkpoint", exchange_->note_after}});
  HOLDS(notary::WriteJson(Answered()) == notary::WriteJson(answer));
}

AnswerJudge::RegisterPage AnswerJudge::ReadRegisterPage() const {
  const Json answer = Answered();
  HOLDS(answer.if_object()->size() == 3);
  HOLDS(TextIn(answer, "checkpoint") == exchange_->note_after);
  RegisterPage page;
  for (const Json& item : *Member(answer, "items").if_array()) {
    page.items.push_back(notary::WriteJson(item));
  }
  if (!Member(answer, "next").is_null()) {
    page.next = ledger::ParseDecimal(TextIn(answer, "next"));
    HOLDS(page.next.has_value());
  }
  return page;
}

void AnswerJudge::JudgeRegisterPage(
    const RegisterPage& page,
    const std::vector<std::pair<uint64_t, Json>>& due) const {
  HOLDS(page.items.size() <= kPage);
  std::vector<std::string> expected;
  for (const auto& [index, item] : due) {
    if (page.next && index >= *page.next) break;
    expected.push_back(notary::WriteJson(item));
  }
  HOLDS(page.items == expected);
}

void AnswerJudge::JudgeApplicationList() const {
  const api::Request& request = exchange_->request;
  const RegisterModel known(model_);
  std::vector<std::pair<uint64_t, Json>> due;
  for (const std::string& id : known.ApplicationIds()) {
    const auto& application = known.applications.at(id);
    const notary::ApplicationSubject& subject = application.subject;
    if (application.entries[0] < CursorOf(request)) continue;
    if (!SeesAll(*caller_) && application.by != caller_->party) continue;
    if (!Asks(request, "state", application.state)) continue;
    if (!Asks(request, "route", notary::RouteName(subject.route))) continue;
    if (!Asks(request, "uscc", subject.uscc)) continue;
    due.emplace_back(application.entries[0], known.ApplicationItem(id));
  }
  JudgeRegisterPage(ReadRegisterPage(), due);
}

std::optional<std::string> AnswerJudge::SealNameAt(uint64_t issued) const {
  if (model_.erased.count(issued) != 0) return std::nullopt;
  const auto& disclosures = model_.items()[issued].disclosures;
  HOLDS(disclosures.size() == 1);
  return notary::DecodeDisclosure(disclosures[0]).value().value;
}

AnswerJudge::RegisterPage AnswerJudge::ReadCsvPage() const {
  const api::Response& response = exchange_->response;
  const auto rows = ReadCsv(response.body);
  HOLDS(rows && !rows->empty());
  HOLDS(std::equal(std::begin(kColumns), std::end(kColumns), (*rows)[0].begin(),
                   (*rows)[0].end()));
  const std::string* note =
      api::FindHeader(response.headers, "Sealedger-Checkpoint");
  HOLDS(note != nullptr &&
        *note == ledger::EncodeBase64(exchange_->note_after));
  RegisterPage page;
  for (size_t i = 1; i < rows->size(); ++i) {
    HOLDS((*rows)[i].size() == (*rows)[0].size());
    Json item{Json::Object{}};
    for (size_t j = 0; j < (*rows)[0].size(); ++j) {
      item.Add((*rows)[0][j], (*rows)[i][j]);
    }
    page.items.push_back(notary::WriteJson(item));
  }
  const std::string* next =
      api::FindHeader(response.headers, "Sealedger-Next-Cursor");
  if (next != nullptr) page.next = ledger::ParseDecimal(*next);
  HOLDS((next != nullptr) == page.next.has_value());
  return page;
}

void AnswerJudge::JudgeSealList() const {
  const api::Request& request = exchange_->request;
  HOLDS(SeesAll(*caller_) || caller_->role == Role::kPlatform);
  const bool csv = exchange_->response.content_type.starts_with("text/csv");
  const std::string* from = api::FindParameter(request, "issued_from");
  const std::string* to = api::FindParameter(request, "issued_to");
  const RegisterModel known(model_);
  std::vector<std::pair<uint64_t, Json>> due;
  for (const std::string& code : known.SealCodes()) {
    const RegisterModel::Seal& seal = known.seals.at(code);
    const uint64_t index = seal.entries[0];
    if (index < CursorOf(request)) continue;
    if (!SeesAll(*caller_) && seal.custodian != caller_->party) continue;
    if (!Asks(request, "uscc", seal.facts.uscc)) continue;
    if (!Asks(request, "type", seal.facts.type)) continue;
    if (!Asks(request, "status", seal.status)) continue;
    if (!Asks(request, "division", code.substr(0, 6))) continue;
    if (from != nullptr && seal.issued_ms < *notary::ParseTime(*from)) continue;
    if (to != nullptr && seal.issued_ms >= *notary::ParseTime(*to)) continue;
    Json item = known.SealItem(code, SealNameAt(index), exchange_->now_ms);
    if (csv) {
      Json cells{Json::Object{}};
      for (const std::string_view name : kColumns) {
        cells.Add(name, CellOf(item.Find(name)));
      }
      item = std::move(cells);
    }
    due.emplace_back(index, std::move(item));
  }
  JudgeRegisterPage(csv ? ReadCsvPage() : ReadRegisterPage(), due);
}

void AnswerJudge::JudgeSeal() const {
  const RegisterModel known(model_);
  const std::string code = PathSegment(2);
  const RegisterModel::Seal& seal = known.seals.at(code);
  HOLDS(SeesAll(*caller_) ||
        (caller_->role == Role::kPlatform && seal.custodian == caller_->party));
  const Json answer = WithMembers(
      known.SealItem(code, SealNameAt(seal.entries[0]), exchange_->now_ms),
      {{"checkpoint", exchange_->note_after},
       {"entries", Numbers(seal.entries)}});
  HOLDS(notary::WriteJson(Answered()) == notary::WriteJson(answer));
}

void AnswerJudge::JudgeSealFile() const {
  const RegisterModel known(model_);
  const uint64_t issued = known.seals.at(PathSegment(2)).entries[0];
  HOLDS(caller_->role == Role::kRegulator ||
        model_.OwnsPrivate(*caller_, issued));
  HOLDS(model_.erased.count(issued) == 0);
  HOLDS(exchange_->response.body == model_.seal_files.at(issued));
}

void AnswerJudge::JudgeSealHistory() const {
  const RegisterModel known(model_);
  const Json list = Answered();
  HOLDS(TextIn(list, "checkpoint") == exchange_->note_after);
  HOLDS(Member(list, "next").is_null());
  std::vector<uint64_t> listed;
  for (const Json& item : *Member(list, "items").if_array()) {
    listed.push_back(JudgeReceipt(item, false));
  }
  HOLDS(listed == known.seals.at(PathSegment(2)).entries);
}

void AnswerJudge::JudgeSealStatus() const {
  const api::Request& request = exchange_->request;
  const Json answer = Answered();
  const std::string* at = api::FindParameter(request, "at");
  const std::string* size = api::FindParameter(request, "size");
  const int64_t at_ms =
      at == nullptr ? exchange_->now_ms : notary::ParseTime(*at).value();
  const uint64_t known_size =
      size == nullptr ? after_.size : ledger::ParseDecimal(*size).value();
  HOLDS(known_size <= after_.size);
  const RegisterModel known(model_, known_size);
  const RegisterModel::Seal& seal = known.seals.at(PathSegment(2));
  const auto status = StatusAt(model_, seal.entries, at_ms);
  HOLDS(status.has_value());
  HOLDS(answer == WithMembers(Json(Json::Object{}),
                              {{"at", notary::FormatTime(at_ms)},
                               {"checkpoint", exchange_->note_after},
                               {"code", PathSegment(2)},
                               {"entries", Numbers(seal.entries)},
                               {"expired", at_ms > seal.facts.valid_to_ms},
                               {"size", known_size},
                               {"status", *status}}));
}

}  // namespace sealedger::fuzzing
