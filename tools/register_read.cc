#include "tools/register_read.h"

#include <algorithm>
#include <utility>

#include "ledger/check.h"
#include "notary/text.h"
#include "tools/seal_sheet.h"

namespace sealedger::tools {

using ledger::Code;
using ledger::MakeError;

namespace {

constexpr std::string_view kLineEnd = "\r\n";

ledger::Error Unexpected() {
  return MakeError(Code::kMalformed, "unexpected-answer",
                   "the service's answer is not what was asked for");
}

bool NeedsNoEscape(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z') ||
           std::string_view("-._~:").find(c) != std::string_view::npos;
  });
}

// The target of the next page: the same question from a cursor on, which is
// the service's word.
Result<std::string> NextPage(const Query& query, const std::string& cursor,
                             const std::string& current) {
  Query next = query;
  if (cursor.empty() || !NeedsNoEscape(cursor)) return Unexpected();
  next.Add("cursor", cursor);
  // A list that does not go on would be read for ever.
  if (next.target() == current) return Unexpected();
  return next.target();
}

Result<Json> GetJson(HttpClient& client, const std::string& target) {
  const auto body = client.Get(target);
  if (!body) return body.error();
  auto json = notary::ParseJson(*body, {kMaxAnswer});
  if (!json || json->if_object() == nullptr) return Unexpected();
  return json;
}

// The lines of one page after the first, which names the columns.
Result<void> ReadCsvPage(std::string_view page, bool first,
                         const std::function<void(std::string_view)>& use) {
  for (bool names = true; !page.empty(); names = false) {
    const size_t end = page.find(kLineEnd);
    if (end == std::string_view::npos) return Unexpected();
    if (!names || first) use(page.substr(0, end));
    page.remove_prefix(end + kLineEnd.size());
  }
  return {};
}

std::string Joined(const Json::Array& items) {
  std::string line;
  for (const Json& item : items) {
    line += (line.empty() ? "" : " ") + notary::WriteJson(item);
  }
  return line;
}

}  // namespace

void Query::Add(std::string_view name,
                const std::optional<std::string>& value) {
  if (!value) return;
  CHECK(NeedsNoEscape(*value));
  target_ += target_.find('?') == std::string::npos ? '?' : '&';
  target_.append(name).append("=").append(*value);
}

void Query::Add(std::string_view name, const std::optional<uint64_t>& value) {
  if (value) Add(name, std::to_string(*value));
}

void Query::AddMoment(std::string_view name,
                      const std::optional<int64_t>& time_ms) {
  if (time_ms) Add(name, notary::FormatTime(*time_ms));
}

Result<Json> GetObject(HttpClient& client, const Query& query) {
  return GetJson(client, query.target());
}

Result<void> ForEachItem(HttpClient& client, const Query& query,
                         const std::function<void(const Json& item)>& use) {
  for (std::string target = query.target();;) {
    const auto page = GetJson(client, target);
    if (!page) return page.error();
    const Json* items = page->Find("items");
    if (items == nullptr || items->if_array() == nullptr) return Unexpected();
    for (const Json& item : *items->if_array()) use(item);
    const Json* next = page->Find("next");
    if (next == nullptr || next->is_null()) return {};
    auto following = NextPage(query, TextOf(*page, "next"), target);
    if (!following) return following.error();
    target = *std::move(following);
  }
}

Result<void> ForEachCsvLine(HttpClient& client, const Query& query,
                            const std::function<void(std::string_view)>& use) {
  HttpClient::Request request;
  request.method = "GET";
  request.path = query.target();
  request.accept = "text/csv";
  for (bool first = true;; first = false) {
    const auto page = client.Send(request);
    if (!page) return page.error();
    if (!page->ok()) return ProblemOf(*page);
    if (!page->content_type.starts_with("text/csv")) return Unexpected();
    if (const auto read = ReadCsvPage(page->body, first, use); !read) {
      return read.error();
    }
    if (!page->next_cursor) return {};
    auto following = NextPage(query, *page->next_cursor, request.path);
    if (!following) return following.error();
    request.path = *std::move(following);
  }
}

void TellAnswer(const Json& answer, Output& output) {
  CHECK(answer.if_object() != nullptr);
  Json sheet(Json::Object{});
  for (const auto& [name, value] : *answer.if_object()) {
    if (name == "checkpoint") continue;
    const Json::Array* items = value.if_array();
    sheet.Add(name, items ? Json(Joined(*items)) : value);
  }
  PrintSheet(sheet, output);
  output.Value(answer);
}

std::string TextOf(const Json& json, std::string_view name) {
  const Json* member = json.Find(name);
  const std::string* text = member ? member->if_string() : nullptr;
  return text ? *text : std::string();
}

std::string WordOf(const Json& json, std::string_view name) {
  const Json* member = json.Find(name);
  if (member == nullptr) return "-";
  if (const std::string* text = member->if_string()) return *text;
  if (const bool* truth = member->if_bool()) return *truth ? "yes" : "no";
  return notary::WriteJson(*member);
}

}  // namespace sealedger::tools
