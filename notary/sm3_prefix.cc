#include "notary/sm3_prefix.h"

#include <openssl/evp.h>

#include <string>
#include <utility>

#include "ledger/check.h"
#include "notary/openssl_parts.h"

namespace sealedger::notary {
namespace {

void Add(EVP_MD_CTX* context, std::string_view bytes) {
  CHECK(EVP_DigestUpdate(context, bytes.data(), bytes.size()) == 1);
}

}  // namespace

struct Sm3Prefix::State {
  DigestContextPtr context;
};

Sm3Prefix::Sm3Prefix(std::string_view body)
    : body_(body), states_(kMaxHeads, kMaxHeads) {}
Sm3Prefix::~Sm3Prefix() = default;

ledger::Hash Sm3Prefix::Digest(std::string_view head,
                               std::string_view tail) const {
  const StatePtr state = After(head);
  const DigestContextPtr context(EVP_MD_CTX_new());
  CHECK(context != nullptr);
  CHECK(EVP_MD_CTX_copy_ex(context.get(), state->context.get()) == 1);
  Add(context.get(), tail);
  ledger::Hash hash;
  CHECK(EVP_DigestFinal_ex(context.get(), hash.bytes.data(), nullptr) == 1);
  return hash;
}

ledger::Hash Sm3Prefix::DigestOnce(std::string_view head, std::string_view body,
                                   std::string_view tail) {
  ledger::Digest digest(ledger::Digest::Algorithm::kSm3);
  digest.Update(head);
  digest.Update(body);
  digest.Update(tail);
  return digest.Finish();
}

size_t Sm3Prefix::heads() const {
  const std::lock_guard<std::mutex> lock(mu_);
  return states_.count();
}

Sm3Prefix::StatePtr Sm3Prefix::After(std::string_view head) const {
  CHECK(head.size() <= kMaxHead);
  {
    const std::lock_guard<std::mutex> lock(mu_);
    if (const StatePtr* state = states_.Find(head)) return *state;
  }
  // Outside the lock: two threads may do it twice, none waits.
  DigestContextPtr context(EVP_MD_CTX_new());
  CHECK(context != nullptr);
  CHECK(EVP_DigestInit_ex2(context.get(), EVP_sm3(), nullptr) == 1);
  Add(context.get(), head);
  Add(context.get(), body_);
  StatePtr state = std::make_shared<const State>(State{std::move(context)});
  const std::lock_guard<std::mutex> lock(mu_);
  states_.Put(std::string(head), state, 1);
  return state;
}

}  // namespace sealedger::notary
