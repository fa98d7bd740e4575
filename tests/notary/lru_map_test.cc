#include "notary/lru_map.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>

namespace sealedger::notary {
namespace {

constexpr size_t kAny = 1000;

template <typename Value>
bool Has(LruMap<Value>& map, const std::string& key) {
  return map.Find(key) != nullptr;
}

TEST_CASE("of more values than may be kept, the one used longest ago goes") {
  LruMap<int> map(3, kAny);
  map.Put("a", 1, 1);
  map.Put("b", 2, 1);
  map.Put("c", 3, 1);
  REQUIRE(Has(map, "a"));
  CHECK(*map.Find("a") == 1);
  map.Put("d", 4, 1);
  CHECK(map.count() == 3);
  CHECK_FALSE(Has(map, "b"));
  CHECK(Has(map, "c"));
  map.Put("e", 5, 1);
  CHECK_FALSE(Has(map, "a"));
  CHECK(Has(map, "c"));
  CHECK(*map.Find("d") == 4);
  CHECK(*map.Find("e") == 5);
}

TEST_CASE("as many go as a heavy value has need of") {
  LruMap<int> map(kAny, 10);
  map.Put("a", 1, 4);
  map.Put("b", 2, 4);
  map.Put("c", 3, 2);
  CHECK(map.count() == 3);
  CHECK(map.weight() == 10);
  map.Put("d", 4, 7);
  CHECK_FALSE(Has(map, "a"));
  CHECK_FALSE(Has(map, "b"));
  CHECK(Has(map, "c"));
  CHECK(Has(map, "d"));
  CHECK(map.weight() == 9);
  map.Put("e", 5, 11);
  CHECK_FALSE(Has(map, "e"));
  CHECK(map.weight() == 0);
}

TEST_CASE("a value takes the place, and the weight, of its key's older one") {
  LruMap<int> map(kAny, 10);
  map.Put("a", 1, 6);
  map.Put("a", 2, 5);
  CHECK(*map.Find("a") == 2);
  CHECK(map.count() == 1);
  CHECK(map.weight() == 5);
  map.Erase("a");
  map.Erase("b");
  CHECK_FALSE(Has(map, "a"));
  CHECK(map.count() == 0);
  CHECK(map.weight() == 0);
}

TEST_CASE("what goes is destroyed, and lives on where it is held") {
  LruMap<std::shared_ptr<int>> map(1, kAny);
  auto value = std::make_shared<int>(1);
  map.Put("a", value, 1);
  CHECK(value.use_count() == 2);
  map.Put("b", nullptr, 1);
  CHECK(value.use_count() == 1);
}

}  // namespace
}  // namespace sealedger::notary
