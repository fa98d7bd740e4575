// Every way in which a part of a bundle may be changed, doubled, swapped or
// dropped. Of changed characters and numbers the short form makes a sample.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "notary/canonical_json.h"
#include "notary/verdict.h"
#include "tests/support/thoroughness.h"

namespace sealedger::notary::sample {

inline std::set<std::string> FailedIds(const Verdict& verdict) {
  std::set<std::string> ids;
  for (const Check& check : verdict.checks) {
    if (check.result == CheckResult::kFail) ids.insert(check.id);
  }
  return ids;
}

inline std::string TableOf(const Verdict& verdict) {
  std::string table;
  for (const Check& check : verdict.checks) {
    table += "\n  " + check.id + " " +
             std::string(CheckResultName(check.result)) + " " + check.reason;
  }
  return table;
}

// One in so many is made where the test is not thorough.
inline constexpr size_t kSampled = 4;

// One changed bundle: where, how, its text.
using Visitor = std::function<void(const std::string& pointer,
                                   std::string_view how, Json& root)>;

// Visits every mutation of `node`, a part of `root`, and mends it again.
inline void VisitMutations(Json& root, Json& node, const std::string& pointer,
                           const Visitor& visit);

inline void VisitListMutations(Json& root, Json::Array& list,
                               const std::string& pointer,
                               const Visitor& visit) {
  const Json::Array whole = list;
  for (size_t i = 0; i < whole.size(); ++i) {
    const std::string here = pointer + "/" + std::to_string(i);
    const auto at = static_cast<std::ptrdiff_t>(i);
    list.erase(list.begin() + at);
    visit(here, "dropped", root);
    list = whole;
    list.insert(list.begin() + at, whole[i]);
    visit(here, "doubled", root);
    list = whole;
    for (size_t j = i + 1; j < whole.size(); ++j) {
      std::swap(list[i], list[j]);
      visit(here, "swapped", root);
      list = whole;
    }
  }
  list.clear();
  visit(pointer, "emptied", root);
  list = whole;
  for (size_t i = 0; i < list.size(); ++i) {
    VisitMutations(root, list[i], pointer + "/" + std::to_string(i), visit);
  }
}

inline void VisitObjectMutations(Json& root, Json::Object& object,
                                 const std::string& pointer,
                                 const Visitor& visit) {
  const Json::Object whole = object;
  for (size_t i = 0; i < whole.size(); ++i) {
    const std::string here = pointer + "/" + whole[i].first;
    object.erase(object.begin() + static_cast<std::ptrdiff_t>(i));
    visit(here, "dropped", root);
    object = whole;
    object.push_back(whole[i]);
    visit(here, "doubled", root);
    object = whole;
    object[i].second = Json();
    visit(here, "null", root);
    object = whole;
  }
  for (std::string_view name :
       {"x", "anchors", "beacons", "time_stamps", "signed_checkpoint", "seal",
        "certificates", "request"}) {
    object.emplace_back(std::string(name), Json(Json::Array{}));
    visit(pointer, "added", root);
    object = whole;
  }
  for (auto& [name, value] : object) {
    VisitMutations(root, value, pointer + "/" + name, visit);
  }
}

inline void VisitStringMutations(Json& root, Json& node,
                                 const std::string& pointer,
                                 const Visitor& visit) {
  const std::string whole = *node.if_string();
  // Of a file in base64 every so many characters: its digest is on record.
  const size_t step =
      (1 + whole.size() / 512) * (testing::IsThorough() ? 1 : kSampled);
  for (size_t i = pointer.size() % step; i < whole.size(); i += step) {
    // Bytes of longer characters are changed in the text of the bundle.
    if (static_cast<unsigned char>(whole[i]) >= 0x80) continue;
    std::string changed = whole;
    changed[i] = whole[i] == 'A' ? 'B' : 'A';
    node = Json(changed);
    visit(pointer, "changed", root);
  }
  node = Json(whole + "A");
  visit(pointer, "changed", root);
  node = Json(whole);
}

inline void VisitMutations(Json& root, Json& node, const std::string& pointer,
                           const Visitor& visit) {
  if (Json::Array* list = node.if_array()) {
    VisitListMutations(root, *list, pointer, visit);
  } else if (Json::Object* object = node.if_object()) {
    VisitObjectMutations(root, *object, pointer, visit);
  } else if (node.if_string() != nullptr) {
    VisitStringMutations(root, node, pointer, visit);
  } else if (const int64_t* integer = node.if_integer()) {
    const int64_t whole = *integer;
    for (int64_t changed = -1; changed < 130; ++changed) {
      if (changed == whole) continue;
      const bool near = changed + 1 >= whole && changed <= whole + 1;
      const bool sampled = changed % static_cast<int64_t>(kSampled) == 0;
      if (!testing::IsThorough() && !near && !sampled) continue;
      node = Json(changed);
      visit(pointer, "changed", root);
    }
    node = Json(whole);
  }
}

}  // namespace sealedger::notary::sample
