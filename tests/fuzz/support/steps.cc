#include "tests/fuzz/support/steps.h"

#include <algorithm>
#include <random>
#include <utility>

#include "tests/fuzz/support/input.h"

namespace sealedger::fuzzing {

namespace {

using Random = std::minstd_rand;

// 0..count-1; 0 for none.
size_t Draw(Random& random, size_t count) {
  return count == 0 ? 0 : random() % count;
}

std::string NewStep(Random& random) {
  std::string step(1 + Draw(random, 40), '\0');
  for (char& c : step) c = static_cast<char>(Draw(random, 256));
  // Most choices are plain: what differs in all of them is refused at once.
  for (char& c : step) {
    if (Draw(random, 3) != 0) c = 0;
  }
  return step;
}

}  // namespace

Steps ReadSteps(std::string_view bytes) {
  FuzzInput input(bytes);
  Steps steps;
  steps.options = static_cast<char>(input.Byte());
  while (!input.empty()) steps.steps.emplace_back(input.Record());
  return steps;
}

std::string WriteSteps(const Steps& steps, size_t max_size) {
  std::string bytes(1, steps.options);
  for (const std::string& step : steps.steps) {
    if (bytes.size() + 1 + step.size() > max_size) break;
    bytes.push_back(static_cast<char>(step.size()));
    bytes += step;
  }
  return bytes;
}

void MutateSteps(Steps* steps, uint32_t seed,
                 const std::function<void(std::string*)>& mutate_bytes) {
  Random random(seed);
  std::vector<std::string>& list = steps->steps;
  const auto place = [&](size_t count) {
    return list.begin() + static_cast<std::ptrdiff_t>(Draw(random, count));
  };
  if (list.empty()) {
    list.push_back(NewStep(random));
    return;
  }
  switch (Draw(random, 10)) {
    case 0:
      list.insert(place(list.size() + 1), NewStep(random));
      return;
    case 1: {
      std::string copy = *place(list.size());
      list.insert(place(list.size() + 1), std::move(copy));
      return;
    }
    case 2:
      list.erase(place(list.size()));
      return;
    case 3:
      std::iter_swap(place(list.size()), place(list.size()));
      return;
    case 4:
      steps->options = static_cast<char>(Draw(random, 256));
      return;
    default:
      mutate_bytes(&*place(list.size()));
  }
}

Steps CrossSteps(const Steps& a, const Steps& b, uint32_t seed) {
  Random random(seed);
  Steps crossed = a;
  crossed.steps.resize(Draw(random, a.steps.size() + 1));
  const size_t from = Draw(random, b.steps.size() + 1);
  crossed.steps.insert(crossed.steps.end(),
                       b.steps.begin() + static_cast<std::ptrdiff_t>(from),
                       b.steps.end());
  return crossed;
}

}  // namespace sealedger::fuzzing
