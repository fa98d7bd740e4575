#include "notary/sealing_rules.h"

#include <optional>
#include <string>
#include <utility>

namespace sealedger::notary {
namespace {

using ledger::Code;
using ledger::MakeError;

Error OutOfPlace(std::string_view detail, std::string_view field) {
  return MakeError(Code::kCorruption, "out-of-place", detail, field);
}

Error NoSuchSeal() {
  return MakeError(Code::kNotFound, "no-such-seal",
                   "no seal of this code is in the register");
}

Error NotCustodian(std::string_view detail) {
  return MakeError(Code::kPermissionDenied, "not-custodian", detail);
}

Result<void> Grant(const SealAuthorization& authorization,
                   const SealRecord& seal,
                   const std::optional<AuthorizationRecord>& before,
                   int64_t time_ms) {
  if (!seal.IsLive(time_ms)) {
    return MakeError(Code::kConflict, "seal-not-live",
                     "the seal is cancelled or expired");
  }
  if (authorization.until_ms && *authorization.until_ms <= time_ms) {
    return MakeError(Code::kVerificationFailed, "until-in-past",
                     "the authorisation would have ended already", "/until");
  }
  const bool same = before && before->IsLive(time_ms) &&
                    before->until_ms == authorization.until_ms;
  if (same || authorization.party == seal.custodian) {
    return MakeError(Code::kInvalidArgument, "nothing-changed",
                     "the party may sign with the seal already", "/party");
  }
  return {};
}

// Authorisations have no effective time of their own and stand in the way of
// none: a loss may still take effect before the last of them.
Result<void> Fold(const SealAuthorization& authorization, const Entry& entry,
                  uint64_t index, StateFold* state) {
  const ReadState read = [state](std::string_view key) {
    return state->Get(key);
  };
  const std::string& code = authorization.seal_code;
  Result<std::optional<SealRecord>> seal = ReadSealRecord(read, code);
  if (!seal) return std::move(seal).error();
  if (!seal->has_value()) return NoSuchSeal();
  SealRecord record = **seal;
  if (authorization.previous != record.entry) {
    return OutOfPlace("not the seal's entry before", "/previous");
  }
  if (entry.by != record.custodian) {
    return NotCustodian("only the seal's custodian says who else signs");
  }
  Result<std::optional<AuthorizationRecord>> before =
      ReadAuthorizationRecord(read, code, authorization.party);
  if (!before) return std::move(before).error();
  if (authorization.granted) {
    Result<void> may = Grant(authorization, record, *before, entry.time_ms);
    if (!may) return may;
    PutAuthorization(state, code, authorization.party,
                     {index, authorization.until_ms});
  } else {
    if (!before->has_value() || !(*before)->IsLive(entry.time_ms)) {
      return MakeError(Code::kNotFound, "no-such-authorization",
                       "the party is not authorised to sign with the seal");
    }
    DeleteAuthorization(state, code, authorization.party);
  }
  record.entry = index;
  PutSeal(state, code, record);
  return {};
}

// Nothing changes; what was made elsewhere was judged before it was entered.
Result<void> Fold(const DocumentSealed& sealed, const Entry& entry,
                  StateFold* state) {
  const ReadState read = [state](std::string_view key) {
    return state->Get(key);
  };
  Result<std::optional<SealRecord>> seal =
      ReadSealRecord(read, sealed.seal_code);
  if (!seal) return std::move(seal).error();
  if (!seal->has_value()) return NoSuchSeal();
  if (sealed.register_entry != (*seal)->entry) {
    return OutOfPlace("not the seal's newest entry", "/register");
  }
  if (!sealed.made_here) return {};
  Result<void> may =
      CheckMaySign(**seal, sealed.seal_code, entry.by, entry.time_ms, read);
  if (!may) return may;
  return CheckUsable(**seal, entry.time_ms);
}

}  // namespace

Result<void> CheckMaySign(const SealRecord& seal, std::string_view code,
                          std::string_view party, int64_t time_ms,
                          const ReadState& read) {
  if (party == seal.custodian) return {};
  Result<std::optional<AuthorizationRecord>> authorized =
      ReadAuthorizationRecord(read, code, party);
  if (!authorized) return std::move(authorized).error();
  if (authorized->has_value() && (*authorized)->IsLive(time_ms)) return {};
  return NotCustodian(
      "the seal is in another platform's custody, which has not authorised "
      "the party, or no longer");
}

Result<void> CheckUsable(const SealRecord& seal, int64_t time_ms) {
  if (seal.status != SealStatus::kActive) {
    return MakeError(Code::kConflict, "seal-not-usable",
                     "the seal is " + std::string(SealStatusName(seal.status)) +
                         ": only an active one signs");
  }
  if (time_ms > seal.valid_to_ms) {
    return MakeError(Code::kVerificationFailed, "seal-expired",
                     "the seal's validity has ended");
  }
  return {};
}

Result<void> FoldSealing(const Entry& entry, uint64_t index, StateFold* state) {
  if (const auto* body = std::get_if<SealAuthorization>(&entry.body)) {
    return Fold(*body, entry, index, state);
  }
  if (const auto* body = std::get_if<DocumentSealed>(&entry.body)) {
    return Fold(*body, entry, state);
  }
  return {};
}

}  // namespace sealedger::notary
