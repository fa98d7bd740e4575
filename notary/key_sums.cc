#include "notary/key_sums.h"

#include <algorithm>

#include "ledger/check.h"
#include "ledger/encoding.h"
#include "ledger/hash.h"
#include "ledger/result.h"

namespace sealedger::notary {
namespace {

constexpr size_t kSecretSize = 16;
constexpr size_t kIndexSize = 8;

}  // namespace

KeySums::KeySums(uint64_t size)
    : size_(size), input_(ledger::RandomBytes(kSecretSize)) {}

void KeySums::Add(std::string_view key, Sum Sums::*side) {
  SEALEDGER_CHECK(key.size() > kIndexSize);
  const uint64_t index =
      ledger::ReadBigEndian64(key.substr(key.size() - kIndexSize));
  input_.resize(kSecretSize);
  input_.append(key);
  const ledger::Hash hash = ledger::Sha256Of(input_);
  Sum& sum = blocks_[{key[0], std::min(index, size_) / kBlock}].*side;
  for (size_t i = 0; i < sum.hash.size(); ++i) {
    sum.hash[i] += ledger::ReadBigEndian64(hash.view().substr(8 * i, 8));
  }
  ++sum.count;
  if (side == &Sums::found) ++found_;
}

std::vector<KeySums::Difference> KeySums::Differences() const {
  std::vector<Difference> differences;
  for (const auto& [where, sums] : blocks_) {
    if (sums.due == sums.found) continue;
    const uint64_t begin = where.second * kBlock;
    differences.push_back(
        {where.first, begin, begin + kBlock, sums.due.count, sums.found.count});
  }
  return differences;
}

}  // namespace sealedger::notary
