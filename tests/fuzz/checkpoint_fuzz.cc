// What is read as a checkpoint is written as the same bytes, and under the key
// of the vectors only the one text that it has signed verifies.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/check.h"
#include "ledger/checkpoint.h"

namespace sealedger::ledger {
namespace {

constexpr std::string_view kLogKey =
    "seal.example.com/ledger+51e7b236+"
    "AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c";
constexpr std::string_view kSignedText =
    "seal.example.com/ledger\n"
    "2\n"
    "LyelCCwdQq+kiKw1Cp/EOQwIT1T3Hs3/hZ6Y24QptHk=\n";

void CheckOne(std::string_view bytes) {
  const Result<Checkpoint> checkpoint = ParseCheckpoint(bytes);
  if (checkpoint) CHECK(FormatCheckpoint(*checkpoint) == bytes);

  static const std::vector<VerifierKey> known = {
      ParseVerifierKey(kLogKey).value()};
  const Result<VerifiedCheckpoint> verified = VerifyCheckpoint(bytes, known);
  if (!verified) return;
  CHECK(verified->note() == bytes);
  CHECK(FormatCheckpoint({verified->origin(), verified->head()}) ==
        kSignedText);
}

}  // namespace
}  // namespace sealedger::ledger

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sealedger::ledger::CheckOne({reinterpret_cast<const char*>(data), size});
  return 0;
}
