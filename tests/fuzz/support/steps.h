// Inputs of fuzz_handlers, seen as steps: a byte of options, then records, each
// a length byte and so many bytes. Mutations that know steps keep the requests
// behind a change what they were.
//
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace sealedger::fuzzing {

inline constexpr size_t kMaxStepSize = 255;

struct Steps {
  char options = 0;
  std::vector<std::string> steps;  // each at most kMaxStepSize
};

// Every text reads as steps; a last one that is cut short is as long as what
// is there.
Steps ReadSteps(std::string_view bytes);
// At most `max_size` bytes: steps that do not fit are left out.
std::string WriteSteps(const Steps& steps, size_t max_size);

// Changes, adds, drops, doubles or exchanges a step, as `seed` says.
// `mutate_bytes` changes the bytes of one.
void MutateSteps(Steps* steps, uint32_t seed,
                 const std::function<void(std::string*)>& mutate_bytes);
// The first of `a`, the last of `b`.
Steps CrossSteps(const Steps& a, const Steps& b, uint32_t seed);

}  // namespace sealedger::fuzzing
