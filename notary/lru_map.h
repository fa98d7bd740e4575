// LruMap: values by a text, those that were used last, bounded by number and by
// weight (bytes, or whatever the owner counts).
//
// Thread rule: one thread at a time.
#pragma once

#include <cstddef>
#include <iterator>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace sealedger::notary {

template <typename Value>
class LruMap {
 public:
  LruMap(size_t max_count, size_t max_weight)
      : max_count_(max_count), max_weight_(max_weight) {}

  // nullptr where there is none. Counts as a use; good until the next change.
  Value* Find(std::string_view key) {
    const auto found = places_.find(key);
    if (found == places_.end()) return nullptr;
    items_.splice(items_.begin(), items_, found->second);
    return &found->second->value;
  }

  // In the place of one with the same key. Drops what was used longest ago
  // until the bounds hold; a value that exceeds them alone goes at once.
  void Put(std::string key, Value value, size_t weight) {
    Erase(key);
    items_.push_front({std::move(key), std::move(value), weight});
    places_.emplace(items_.front().key, items_.begin());
    weight_ += weight;
    while (items_.size() > max_count_ || weight_ > max_weight_) {
      Drop(std::prev(items_.end()));
    }
  }

  void Erase(std::string_view key) {
    const auto found = places_.find(key);
    if (found != places_.end()) Drop(found->second);
  }

  size_t count() const { return items_.size(); }
  size_t weight() const { return weight_; }

 private:
  struct Item {
    std::string key;
    Value value;
    size_t weight;
  };
  using Items = std::list<Item>;

  void Drop(typename Items::iterator item) {
    weight_ -= item->weight;
    places_.erase(item->key);
    items_.erase(item);
  }

  const size_t max_count_;
  const size_t max_weight_;
  Items items_;  // the last used first
  // Keys are views into `items_`.
  std::unordered_map<std::string_view, typename Items::iterator> places_;
  size_t weight_ = 0;
};

}  // namespace sealedger::notary
