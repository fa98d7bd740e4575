// Texts of entries, changed in one place and written canonically again.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "ledger/check.h"
#include "ledger/encoding.h"
#include "ledger/result.h"
#include "notary/canonical_json.h"
#include "notary/entry.h"
#include "tests/support/files.h"

namespace sealedger::testing {

inline std::string EntryVector(std::string_view name) {
  return ReadFile(VectorPath("entries/" + std::string(name) + ".json"));
}

// "" where the text is an entry; else "code name field".
inline std::string EntryFault(std::string_view text) {
  const ledger::Result<notary::Entry> entry = notary::ParseEntry(text);
  if (entry) return "";
  const ledger::Error& error = entry.error();
  SEALEDGER_CHECK(!error.detail.empty());
  const bool malformed = error.code == ledger::Code::kMalformed;
  return (malformed ? "malformed " : "invalid ") + error.name + " " +
         error.field;
}

// The value at `path`: members, and places in lists, joined by '/'. A last
// member that is not there is added as null; nullptr where a step before it
// leads nowhere.
inline notary::Json* At(notary::Json& json, std::string_view path) {
  const size_t slash = path.find('/');
  const std::string_view step = path.substr(0, slash);
  notary::Json* next = nullptr;
  if (notary::Json::Array* array = json.if_array()) {
    const auto place = ledger::ParseDecimal(step);
    SEALEDGER_CHECK(place && *place < array->size());
    next = &(*array)[*place];
  } else {
    SEALEDGER_CHECK(json.if_object() != nullptr);
    for (auto& [name, value] : *json.if_object()) {
      if (name == step) next = &value;
    }
    if (next == nullptr) next = &json.Add(step, notary::Json());
  }
  return slash == path.npos ? next : At(*next, path.substr(slash + 1));
}

// The text with another value at `path`.
inline std::string With(std::string_view text, std::string_view path,
                        notary::Json value) {
  notary::Json json = *notary::ParseJson(text);
  *At(json, path) = std::move(value);
  return notary::WriteJson(json);
}

// The text without the member at `path`, which is there.
inline std::string Without(std::string_view text, std::string_view path) {
  notary::Json json = *notary::ParseJson(text);
  const size_t slash = path.rfind('/');
  notary::Json* object =
      slash == path.npos ? &json : At(json, path.substr(0, slash));
  const std::string_view name = path.substr(slash == path.npos ? 0 : slash + 1);
  SEALEDGER_CHECK(object->Find(name) != nullptr);
  std::erase_if(*object->if_object(),
                [name](const auto& member) { return member.first == name; });
  return notary::WriteJson(json);
}

}  // namespace sealedger::testing
