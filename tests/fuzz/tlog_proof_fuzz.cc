// What is read as a tlog proof is written as the same bytes, and a mutated
// proof is never accepted: of the entries of the vectors, each has one index
// and one path under the one head that was signed.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/check.h"
#include "ledger/tlog_proof.h"

namespace sealedger::ledger {
namespace {

constexpr std::string_view kLogKey =
    "seal.example.com/ledger+51e7b236+"
    "AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c";

void CheckOne(std::string_view bytes) {
  const Result<TlogProof> proof = ParseTlogProof(bytes);
  if (!proof) return;
  CHECK(FormatTlogProof(*proof) == bytes);

  static const std::vector<VerifierKey> known = {
      ParseVerifierKey(kLogKey).value()};
  static const std::vector<Hash> leaves = {LeafHash("entry-0"),
                                           LeafHash("entry-1")};
  for (uint64_t index = 0; index < leaves.size(); ++index) {
    const Result<VerifiedCheckpoint> verified =
        VerifyTlogProof(*proof, leaves[index], known);
    if (!verified) continue;
    CHECK(proof->index == index);
    CHECK(proof->path == std::vector<Hash>{leaves[1 - index]});
    CHECK(verified->head() == TreeHead({2, NodeHash(leaves[0], leaves[1])}));
  }
}

}  // namespace
}  // namespace sealedger::ledger

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sealedger::ledger::CheckOne({reinterpret_cast<const char*>(data), size});
  return 0;
}
