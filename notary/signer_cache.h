// SignerCache: the signers of the seals used last, their keys open.
//
// Bounded by number, so that the open keys take a small part of secure memory,
// and by the bytes of their seals. A signer that is dropped lives on while
// somebody signs with it.
//
// Thread rule: safe for concurrent use. Of several threads that want the same
// seal first, one makes its signer and the others wait for that.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "ledger/result.h"
#include "notary/lru_map.h"
#include "notary/seal_signer.h"
#include "notary/secure_memory.h"

namespace sealedger::notary {

class SignerCache {
 public:
  using Signer = std::shared_ptr<const SealSigner>;
  // MakeSealSigner, with whatever it takes to find the seal's file.
  using Make = std::function<Result<Signer>()>;

  static constexpr size_t kMaxSigners = 1024;
  static constexpr size_t kMaxBytes = 32 << 20;  // of their seals
  // As many again may be in use after they were dropped.
  static_assert(2 * kMaxSigners * kSecureMemoryOfKey <= kSecureMemory / 8);

  explicit SignerCache(size_t max_signers = kMaxSigners,
                       size_t max_bytes = kMaxBytes);

  // The signer of the seal with that code; `make` is called where there is
  // none, and what it refuses is not kept.
  Result<Signer> Get(const std::string& code, const Make& make);
  // The next Get makes a signer anew, also where one is being made now: the
  // seal's key, or its file, is another or gone.
  void Forget(const std::string& code);

  size_t count() const;

 private:
  struct Making {
    std::optional<Result<Signer>> made;  // guarded by mu_
  };
  using MakingPtr = std::shared_ptr<Making>;

  mutable std::mutex mu_;
  std::condition_variable made_;
  // Guarded by mu_.
  LruMap<Signer> signers_;
  std::unordered_map<std::string, MakingPtr> making_;
};

}  // namespace sealedger::notary
