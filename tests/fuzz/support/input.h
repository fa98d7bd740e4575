// FuzzInput: reads the bytes of a fuzz target's input as choices.
//
// Every choice of an input that is used up is 0, so that what stands first in a
// list of choices should be the plain case.
//
// Thread rule: one thread at a time; the bytes must outlive it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace sealedger::fuzzing {

class FuzzInput {
 public:
  explicit FuzzInput(std::string_view bytes) : bytes_(bytes) {}

  bool empty() const { return bytes_.empty(); }

  uint8_t Byte() {
    if (bytes_.empty()) return 0;
    const auto byte = static_cast<uint8_t>(bytes_[0]);
    bytes_.remove_prefix(1);
    return byte;
  }
  // 0..255, below `count` (1..256).
  size_t Below(size_t count) { return Byte() % count; }
  // Never where the input is used up.
  bool OneIn(size_t count) { return Below(count) == count - 1; }

  // A length byte and so many bytes, or what is left.
  std::string_view Record() { return Take(Byte()); }
  std::string_view Rest() { return Take(bytes_.size()); }

  template <typename T>
  T Pick(std::initializer_list<T> choices) {
    return *(choices.begin() + Below(choices.size()));
  }

 private:
  std::string_view Take(size_t size) {
    const std::string_view taken =
        bytes_.substr(0, std::min(size, bytes_.size()));
    bytes_.remove_prefix(taken.size());
    return taken;
  }

  std::string_view bytes_;
};

}  // namespace sealedger::fuzzing
