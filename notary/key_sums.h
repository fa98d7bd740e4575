// KeySums: compares two large sets of index keys in little memory, whatever
// the order in which each is seen.
//
// Each key is hashed under a secret that this object drew, and the hashes are
// added up, per range (a key's first byte) and per block of 65,536 entries (by
// the entry index that ends the key). Sets that differ in a block have equal
// sums with a probability of 2^-128: nobody can aim at it who does not know
// the secret.
//
// Thread rule: one thread at a time.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sealedger::notary {

class KeySums {
 public:
  static constexpr uint64_t kBlock = 65536;

  // Keys of entries at or above `size` fall into one block.
  explicit KeySums(uint64_t size);

  // `key`: at least 9 bytes, the last 8 a big-endian entry index.
  void AddDue(std::string_view key) { Add(key, &Sums::due); }
  void AddFound(std::string_view key) { Add(key, &Sums::found); }

  struct Difference {
    char range = 0;
    uint64_t begin = 0;  // entries in [begin, end)
    uint64_t end = 0;
    uint64_t due = 0;  // keys
    uint64_t found = 0;
  };
  // By range, then by entries.
  std::vector<Difference> Differences() const;

  uint64_t found() const { return found_; }

 private:
  struct Sum {
    std::array<uint64_t, 2> hash{};  // each modulo 2^64
    uint64_t count = 0;
    bool operator==(const Sum&) const = default;
  };
  struct Sums {
    Sum due;
    Sum found;
  };

  void Add(std::string_view key, Sum Sums::*side);

  const uint64_t size_;
  std::string input_;  // secret ‖ key
  std::map<std::pair<char, uint64_t>, Sums> blocks_;
  uint64_t found_ = 0;
};

}  // namespace sealedger::notary
