// SM3 of messages that have a long middle in common:
//
//   head ‖ body ‖ tail
//
// The body is an electronic seal, some 40 kB, the same in all signatures with
// it; the head is a DER header, whose lengths follow that of the tail. The
// state of SM3 after head ‖ body is kept for each of the heads used last, so
// that a message costs what its tail costs: a microsecond, not 200.
//
// Thread rule: safe for concurrent use. The body must outlive the object.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string_view>

#include "ledger/hash.h"
#include "notary/lru_map.h"

namespace sealedger::notary {

class Sm3Prefix {
 public:
  static constexpr size_t kMaxHeads = 64;  // whose states are kept
  static constexpr size_t kMaxHead = 64;   // octets of a head

  explicit Sm3Prefix(std::string_view body);
  ~Sm3Prefix();
  Sm3Prefix(const Sm3Prefix&) = delete;
  Sm3Prefix& operator=(const Sm3Prefix&) = delete;

  // CHECK-fails on a longer head.
  ledger::Hash Digest(std::string_view head, std::string_view tail) const;
  // The same, nothing kept; any head.
  static ledger::Hash DigestOnce(std::string_view head, std::string_view body,
                                 std::string_view tail);

  size_t heads() const;  // kept now

 private:
  struct State;  // OpenSSL's; never changed once it is shared
  using StatePtr = std::shared_ptr<const State>;

  StatePtr After(std::string_view head) const;

  const std::string_view body_;
  mutable std::mutex mu_;
  mutable LruMap<StatePtr> states_;  // by head; guarded by mu_
};

}  // namespace sealedger::notary
