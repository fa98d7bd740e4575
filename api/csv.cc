#include "api/csv.h"

#include <algorithm>
#include <iterator>

#include "notary/canonical_json.h"
#include "notary/json_members.h"

namespace sealedger::api {

namespace {

std::string CellOf(const notary::Json* value) {
  if (value == nullptr) return {};
  if (const std::string* text = value->if_string()) return *text;
  return notary::WriteJson(*value);
}

const notary::Json* FindMember(const notary::Json::Object& object,
                               std::string_view name) {
  for (const notary::Json::Member& member : object) {
    if (member.first == name) return &member.second;
  }
  return nullptr;
}

}  // namespace

void AppendCsvCell(std::string* out, std::string_view text) {
  // Some table programs take the full-width signs for formulas, too, and some
  // split cells at semicolons and tabs.
  constexpr std::string_view kSigns[] = {"=",  "+",  "-",  "@", "\t",
                                         "＝", "＋", "－", "＠"};
  const bool formula = std::any_of(
      std::begin(kSigns), std::end(kSigns),
      [text](std::string_view sign) { return text.starts_with(sign); });
  const bool quoted =
      text.find_first_of(",;\t\"\r\n") != std::string_view::npos;
  if (quoted) out->push_back('"');
  if (formula) out->push_back('\'');
  for (const char c : text) {
    if (c == '"') out->push_back('"');
    out->push_back(c);
  }
  if (quoted) out->push_back('"');
}

Result<std::string> WriteCsv(std::span<const std::string> items,
                             std::span<const std::string_view> names) {
  std::string csv;
  const auto line = [&csv, names](const auto& cell) {
    for (size_t i = 0; i < names.size(); ++i) {
      if (i > 0) csv.push_back(',');
      AppendCsvCell(&csv, cell(names[i]));
    }
    csv += "\r\n";
  };
  line([](std::string_view name) { return std::string(name); });
  for (const std::string& item : items) {
    Result<notary::Json> json = notary::ParseJson(item);
    const notary::Json::Object* object = json ? json->if_object() : nullptr;
    if (object == nullptr) {
      return MakeError(Code::kCorruption, "views-corrupt",
                       "an item of a list is no object");
    }
    line([object](std::string_view name) {
      return CellOf(FindMember(*object, name));
    });
  }
  return csv;
}

}  // namespace sealedger::api
