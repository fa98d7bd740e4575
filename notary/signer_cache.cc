#include "notary/signer_cache.h"

#include <utility>

namespace sealedger::notary {

SignerCache::SignerCache(size_t max_signers, size_t max_bytes)
    : signers_(max_signers, max_bytes) {}

Result<SignerCache::Signer> SignerCache::Get(const std::string& code,
                                             const Make& make) {
  std::unique_lock<std::mutex> lock(mu_);
  if (const Signer* signer = signers_.Find(code)) return *signer;
  const auto [place, is_first] =
      making_.try_emplace(code, std::make_shared<Making>());
  const MakingPtr making = place->second;
  if (!is_first) {
    made_.wait(lock, [&] { return making->made.has_value(); });
    return *making->made;
  }
  lock.unlock();
  Result<Signer> made = make();
  lock.lock();
  making->made = made;
  made_.notify_all();
  // Not so after Forget.
  const auto now = making_.find(code);
  if (now != making_.end() && now->second == making) {
    making_.erase(now);
    if (made) signers_.Put(code, *made, (*made)->seseal().size());
  }
  return made;
}

void SignerCache::Forget(const std::string& code) {
  const std::lock_guard<std::mutex> lock(mu_);
  signers_.Erase(code);
  making_.erase(code);
}

size_t SignerCache::count() const {
  const std::lock_guard<std::mutex> lock(mu_);
  return signers_.count();
}

}  // namespace sealedger::notary
