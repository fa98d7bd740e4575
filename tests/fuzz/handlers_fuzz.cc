// The whole service but for its sockets: requests made by a grammar go through
// a connection and the handlers to a real notary, and every answer is judged
// (support/answer_judge.h).
//
// An input is a byte of options and then steps, each a length byte and the
// choices of one request, or of something else that happens: time passes, the
// service is restarted. Mutations work step by step, too.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "tests/fuzz/support/fuzzed_service.h"
#include "tests/fuzz/support/input.h"
#include "tests/fuzz/support/request_maker.h"
#include "tests/fuzz/support/steps.h"

namespace {

using sealedger::fuzzing::FuzzedService;
using sealedger::fuzzing::FuzzInput;
using sealedger::fuzzing::RequestMaker;

constexpr size_t kMaxSteps = 16;

// Made when it is first needed; each lives to the end.
FuzzedService& ServiceFor(bool read_needs_token) {
  static FuzzedService shared(false);
  if (!read_needs_token) return shared;
  static FuzzedService closed(true);
  return closed;
}

FuzzedService::Wire ReadWire(FuzzInput& input) {
  FuzzedService::Wire wire;
  wire.peer = input.Pick<const char*>(
      {"127.0.0.1", "127.0.0.1", "192.0.2.7", "10.9.8.7"});
  wire.step = input.Pick<size_t>({SIZE_MAX, SIZE_MAX, 1, 100});
  wire.writes = input.Pick<size_t>(
      {SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX, 0, 1});
  return wire;
}

void PassTime(FuzzedService& service, FuzzInput& input) {
  constexpr int64_t kDayMs = int64_t{24} * 3600 * 1000;
  service.PassTime(
      input.Pick<int64_t>({1, 1000, 60000, kDayMs, 8 * kDayMs, 20 * kDayMs}));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  FuzzInput input({reinterpret_cast<const char*>(data), size});
  FuzzedService& service = ServiceFor(input.OneIn(4));
  const RequestMaker::BundleOf bundle_of = [&service](uint64_t index) {
    return service.BundleOf(index);
  };
  std::string pipelined;
  for (size_t i = 0; i < kMaxSteps && !input.empty(); ++i) {
    FuzzInput step(input.Record());
    const size_t what = step.Byte();
    if (what == 255) {
      // Slow beside a request.
      if (step.OneIn(8)) service.Restart();
    } else if (what >= 250) {
      PassTime(service, step);
    } else {
      const FuzzedService::Wire wire = ReadWire(step);
      pipelined += RequestMaker(service.model(), service.tokens(), bundle_of,
                                service.now_ms(), step)
                       .Make();
      // Now and then the next request comes in the same breath.
      if (what >= 240 && !input.empty()) continue;
      service.Serve(pipelined, wire);
      pipelined.clear();
    }
  }
  if (service.IsWorn()) service.Renew();
  return 0;
}

#ifdef SEALEDGER_FUZZ

namespace {

using sealedger::fuzzing::kMaxStepSize;
using sealedger::fuzzing::ReadSteps;
using sealedger::fuzzing::Steps;

std::string_view View(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

size_t Give(const Steps& steps, uint8_t* out, size_t max_size) {
  const std::string bytes = sealedger::fuzzing::WriteSteps(steps, max_size);
  std::copy(bytes.begin(), bytes.end(), out);
  return bytes.size();
}

}  // namespace

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size,
                                          size_t max_size, unsigned int seed) {
  Steps steps = ReadSteps(View(data, size));
  sealedger::fuzzing::MutateSteps(&steps, seed, [](std::string* step) {
    const size_t before = step->size();
    step->resize(kMaxStepSize);
    step->resize(LLVMFuzzerMutate(reinterpret_cast<uint8_t*>(step->data()),
                                  before, kMaxStepSize));
  });
  return Give(steps, data, max_size);
}

extern "C" size_t LLVMFuzzerCustomCrossOver(const uint8_t* data1, size_t size1,
                                            const uint8_t* data2, size_t size2,
                                            uint8_t* out, size_t max_size,
                                            unsigned int seed) {
  return Give(
      sealedger::fuzzing::CrossSteps(ReadSteps(View(data1, size1)),
                                     ReadSteps(View(data2, size2)), seed),
      out, max_size);
}

#endif
