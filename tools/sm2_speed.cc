#include "tools/sm2_speed.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <thread>
#include <vector>

#include "ledger/check.h"
#include "tools/call_rate.h"

namespace sealedger::tools {

using ledger::Result;

namespace {

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Context = std::unique_ptr<EVP_MD_CTX, Free>;
using Message = std::array<unsigned char, 20>;
using Value = std::array<unsigned char, 80>;  // DER of r and s: 72 at most

// One of a caller; what it reuses it never shares.
struct Caller {
  Context context;
  Value value{};
  size_t size = 0;
};

std::vector<Caller> MakeCallers() {
  std::vector<Caller> callers(
      std::max(1U, std::thread::hardware_concurrency()));
  for (Caller& caller : callers) {
    caller.context.reset(EVP_MD_CTX_new());
    CHECK(caller.context != nullptr);
  }
  return callers;
}

void Sign(EVP_PKEY* key, const Message& message, Caller* caller) {
  EVP_MD_CTX* context = caller->context.get();
  caller->size = caller->value.size();
  CHECK(EVP_DigestSignInit(context, nullptr, EVP_sm3(), nullptr, key) == 1);
  CHECK(EVP_DigestSign(context, caller->value.data(), &caller->size,
                       message.data(), message.size()) == 1);
}

void Verify(EVP_PKEY* key, const Message& message, Caller* caller) {
  EVP_MD_CTX* context = caller->context.get();
  CHECK(EVP_DigestVerifyInit(context, nullptr, EVP_sm3(), nullptr, key) == 1);
  CHECK(EVP_DigestVerify(context, caller->value.data(), caller->size,
                         message.data(), message.size()) == 1);
}

}  // namespace

struct Sm2Speed::Native {
  Key key;
  Message message{};
};

Sm2Speed::Sm2Speed() : native_(std::make_unique<Native>()) {
  native_->key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "SM2"));
  CHECK(native_->key != nullptr);
}

Sm2Speed::~Sm2Speed() = default;

Result<double> Sm2Speed::Sign(std::chrono::nanoseconds duration) const {
  std::vector<Caller> callers = MakeCallers();
  return CallRate(callers.size(), duration, [&](size_t caller) {
    tools::Sign(native_->key.get(), native_->message, &callers[caller]);
    return Result<void>();
  });
}

Result<double> Sm2Speed::Verify(std::chrono::nanoseconds duration) const {
  std::vector<Caller> callers = MakeCallers();
  for (Caller& caller : callers) {
    tools::Sign(native_->key.get(), native_->message, &caller);
  }
  return CallRate(callers.size(), duration, [&](size_t caller) {
    tools::Verify(native_->key.get(), native_->message, &callers[caller]);
    return Result<void>();
  });
}

}  // namespace sealedger::tools
