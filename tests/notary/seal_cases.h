// Seals and signatures under their checks, for the tests of eseal_verify.h.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "notary/der.h"
#include "notary/eseal_verify.h"
#include "tests/notary/seal_samples.h"
#include "tests/notary/token_samples.h"

namespace sealedger::testing {

inline const SealWorkshop& Shop() {
  static const SealWorkshop shop;
  return shop;
}

inline notary::SealTrust ShopTrust() {
  return {.seal_cas = {Shop().root().certificate}, .tsa_cas = {}};
}

inline notary::SealQuestion ShopQuestion() {
  return {.at_s = {}, .protected_bytes = std::string(kProtectedBytes)};
}

inline notary::Verdict VerifyFile(
    std::string_view bytes, const notary::SealTrust& trust = ShopTrust(),
    const notary::SealQuestion& question = ShopQuestion()) {
  return notary::VerifySealFile(bytes, trust, question, kSigningTime);
}

inline const notary::Check& CheckIn(const notary::Verdict& verdict,
                                    std::string_view id) {
  const notary::Check* check = verdict.Find(id);
  REQUIRE_MESSAGE(check != nullptr, std::string(id));
  return *check;
}

inline std::string ReasonOf(const notary::Verdict& verdict,
                            std::string_view id) {
  return CheckIn(verdict, id).reason;
}

inline std::string EvidenceOf(const notary::Verdict& verdict,
                              std::string_view id, const std::string& name) {
  const auto& evidence = CheckIn(verdict, id).evidence;
  const auto it = evidence.find(name);
  return it == evidence.end() ? "" : it->second;
}

inline std::vector<std::string> FailsOf(const notary::Verdict& verdict) {
  std::vector<std::string> fails;
  for (const notary::Check& check : verdict.checks) {
    if (check.result == notary::CheckResult::kFail) fails.push_back(check.id);
  }
  std::sort(fails.begin(), fails.end());
  return fails;
}

inline std::string GoodSignature() {
  return Shop().Signature2020({.seal = Shop().Seal2020(Shop().Info())});
}

// A good signature with a token over its value, in the place of a time stamp.
inline std::string StampedSignature(const std::string& token) {
  return Shop().Signature2020(
      {.seal = Shop().Seal2020(Shop().Info()), .time_stamp = token});
}

// SM2 signatures differ from run to run and a token is over one of them: the
// stamp is put beside a signature that is there.
inline std::string WithStamp(const std::string& signature,
                             const std::string& token) {
  notary::DerReader file(signature);
  const auto content = file.Take(notary::kDerSequence)->content;
  return notary::DerOf(
      notary::kDerSequence,
      std::string(content) +
          notary::DerOf(notary::kDerExplicit0, notary::DerBitStringOf(token)));
}

// The verdict of a good signature with such a token over its value.
inline notary::Verdict VerifyStamped(const TokenAuthority& authority,
                                     TokenOrder order,
                                     const std::vector<std::string>& tsa_cas) {
  const std::string signature = GoodSignature();
  const auto decoded = notary::DecodeSealSignature(signature);
  REQUIRE(decoded);
  if (order.stamped.empty()) order.stamped = decoded->signature;
  notary::SealTrust trust = ShopTrust();
  trust.tsa_cas = tsa_cas;
  return VerifyFile(WithStamp(signature, authority.Token(order)), trust);
}

}  // namespace sealedger::testing
