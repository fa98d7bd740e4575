#include "notary/toml.h"

#include <toml++/toml.h>

#include <exception>
#include <optional>
#include <string>
#include <utility>

namespace sealedger::notary {

namespace {

constexpr size_t kMaxTomlSize = 1 << 20;

Error Bad(std::string_view detail) {
  return ledger::MakeError(ledger::Code::kMalformed, "toml", detail);
}

Error BadAt(std::string_view detail, const toml::source_position& where) {
  return Bad("line " + std::to_string(where.line) + ", column " +
             std::to_string(where.column) + ": " + std::string(detail));
}

Result<Json> ToJson(const toml::node& node);

Result<Json> ToJson(const toml::table& table) {
  Json json{Json::Object{}};
  for (const auto& [key, value] : table) {
    Result<Json> member = ToJson(value);
    if (!member) return member;
    json.Add(key.str(), *std::move(member));
  }
  return json;
}

Result<Json> ToJson(const toml::array& array) {
  Json::Array json;
  json.reserve(array.size());
  for (const toml::node& value : array) {
    Result<Json> element = ToJson(value);
    if (!element) return element;
    json.push_back(*std::move(element));
  }
  return Json(std::move(json));
}

Result<Json> ToJson(const toml::node& node) {
  if (const auto* table = node.as_table()) return ToJson(*table);
  if (const auto* array = node.as_array()) return ToJson(*array);
  if (const auto* text = node.as_string()) return Json(text->get());
  if (const auto* truth = node.as_boolean()) return Json(truth->get());
  const auto* integer = node.as_integer();
  if (integer == nullptr) {
    return BadAt(
        "neither a string, an integer, true, false, a list nor a table",
        node.source().begin);
  }
  if (integer->get() < -kMaxJsonInteger || integer->get() > kMaxJsonInteger) {
    return BadAt("the number is out of range", node.source().begin);
  }
  return Json(integer->get());
}

}  // namespace

Result<Json> ParseToml(std::string_view text) {
  if (text.size() > kMaxTomlSize) return Bad("more than a mebibyte of TOML");
  try {
    return ToJson(toml::parse(text));
  } catch (const toml::parse_error& error) {
    return BadAt(error.description(), error.source().begin);
  } catch (const std::exception& error) {
    return Bad(error.what());
  }
}

}  // namespace sealedger::notary
