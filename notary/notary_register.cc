#include <algorithm>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "ledger/encoding.h"
#include "notary/application.h"
#include "notary/evidence.h"
#include "notary/json_members.h"
#include "notary/notary.h"
#include "notary/notary_parts.h"
#include "notary/organization.h"
#include "notary/seal.h"
#include "notary/seal_maker.h"

namespace sealedger::notary {
namespace {

using ledger::Code;
using ledger::MakeError;

// A file is one seal: of two entries with the same file neither could be
// refused or erased without the other.
Result<void> CheckFileIsNew(const MadeSeal& made, PrivateStore& store) {
  Result<std::optional<std::string>> there = store.Get(made.seseal_sha256);
  if (!there) return std::move(there).error();
  if (!there->has_value()) return {};
  return MakeError(Code::kConflict, "seal-code-used",
                   "this very file was issued before, under another code",
                   "/seseal");
}

}  // namespace

ReadState Notary::Parts::PresentState() const {
  return [this](std::string_view key) { return ledger->Get(key); };
}

Result<Recorded> Notary::RegisterOrganization(const WriteContext& context,
                                              const Json& body) {
  Result<void> permitted =
      RequireRole(context.caller, {Role::kAdmin, Role::kIssuer});
  if (!permitted) return std::move(permitted).error();
  Result<PreparedOrganization> prepared = PrepareOrganization(body);
  if (!prepared) return std::move(prepared).error();
  return parts_->SubmitOne(context, KindOf(prepared->entry),
                           prepared->disclosures, [&](ledger::AdmitView& view) {
                             return AdmitOrganization(context.caller, *prepared,
                                                      view);
                           });
}

Result<Recorded> Notary::RecordOrganizationEvent(const WriteContext& context,
                                                 const std::string& uscc,
                                                 const Json& body) {
  Result<void> permitted =
      RequireRole(context.caller, {Role::kAdmin, Role::kIssuer});
  if (!permitted) return std::move(permitted).error();
  Result<PreparedOrganization> prepared = PrepareOrganizationEvent(uscc, body);
  if (!prepared) return std::move(prepared).error();
  return parts_->SubmitOne(context, KindOf(prepared->entry),
                           prepared->disclosures, [&](ledger::AdmitView& view) {
                             return AdmitOrganization(context.caller, *prepared,
                                                      view);
                           });
}

Result<Recorded> Notary::SubmitApplication(const WriteContext& context,
                                           const Json& body) {
  Result<void> permitted = RequireRole(
      context.caller,
      {Role::kAdmin, Role::kIssuer, Role::kPlatform, Role::kApplicant});
  if (!permitted) return std::move(permitted).error();
  Result<PreparedApplication> prepared = PrepareApplication(body);
  if (!prepared) return std::move(prepared).error();
  return parts_->SubmitOne(context, KindOf(prepared->entry),
                           prepared->disclosures, [&](ledger::AdmitView& view) {
                             return AdmitApplication(context.caller, *prepared,
                                                     view);
                           });
}

Result<Recorded> Notary::RecordApplicationEvent(const WriteContext& context,
                                                const std::string& id,
                                                const Json& body) {
  Result<void> permitted = RequireRole(
      context.caller,
      {Role::kAdmin, Role::kIssuer, Role::kPlatform, Role::kApplicant});
  if (!permitted) return std::move(permitted).error();
  Result<PreparedApplication> prepared = PrepareApplicationEvent(id, body);
  if (!prepared) return std::move(prepared).error();
  return parts_->SubmitOne(context, KindOf(prepared->entry),
                           prepared->disclosures, [&](ledger::AdmitView& view) {
                             return AdmitApplicationEvent(
                                 context.caller, *prepared,
                                 parts_->settings.routes, view);
                           });
}

// Key, certificate and file are made, then the entry is sequenced, and only
// then is anything answered. A crash before the commit leaves a key and blobs
// that the next start sweeps; after it, the seal is fetched by its code.
Result<IssuedSeal> Notary::IssueSeal(const WriteContext& context,
                                     const Json& body,
                                     std::vector<Check>* checks) {
  Result<void> permitted =
      RequireRole(context.caller, {Role::kAdmin, Role::kIssuer});
  if (!permitted) return std::move(permitted).error();
  Result<RequestedSeal> order = ReadRequestedSeal(body);
  if (!order) return std::move(order).error();
  if (!parts_->seal_authority) {
    return MakeError(Code::kUnavailable, "seal-authority",
                     "no seal authority is set up here: `init` makes one for "
                     "trials, the settings name one in earnest");
  }
  const SealAuthority& authority = *parts_->seal_authority;
  const SealRequest& request = order->request;
  SealFileMade made;
  const auto make = [&]() -> Result<void> {
    const ReadState read = parts_->PresentState();
    const int64_t now_ms = LedgerNowMs(*parts_->ledger->published());
    Result<void> may = CheckActor(context.caller, read, now_ms);
    if (!may) return may;
    Result<SealGround> ground = FindSealGround(request, read, now_ms);
    if (!ground) return std::move(ground).error();
    Result<SealFileMade> file =
        order->design
            ? MakeSeal(authority, *parts_->seal_keys, request.code, *ground,
                       *order->design, now_ms)
            : AdoptSeal(authority, request.code, order->seseal, now_ms, checks);
    if (!file) return std::move(file).error();
    made = *std::move(file);
    if (order->design) return {};
    return CheckFileIsNew(made.facts, *parts_->private_store);
  };
  // From that check to the end nobody else may bring the same file.
  std::unique_lock<std::mutex> lock(parts_->adopting, std::defer_lock);
  if (!order->design) lock.lock();
  Result<Parts::Outcome> outcome = parts_->Submit(
      context, made.blobs,
      [&](ledger::AdmitView& view) {
        return AdmitSeal(context.caller, request, made.facts, view);
      },
      make, request.replaces ? 1 : 0);
  if (!outcome) {
    // As with blobs: what nobody knows is found out at the next start.
    if (made.key_id && outcome.error().name != "outcome-unknown") {
      Result<void> removed = parts_->seal_keys->Remove(*made.key_id);
      if (!removed) return std::move(removed).error();
    }
    return std::move(outcome).error();
  }
  const uint64_t index = outcome->run.first + outcome->run.subject;
  IssuedSeal issued;
  if (outcome->sequenced) {
    issued.seseal = std::move(made.seseal);
  } else {
    Result<std::optional<std::string>> file = parts_->ReadSealBlob(index);
    if (!file) return std::move(file).error();
    issued.seseal = *std::move(file);
  }
  Result<Recorded> recorded = parts_->Answer(context, *std::move(outcome),
                                             kSealIssued, made.facts.name);
  if (!recorded) return std::move(recorded).error();
  issued.recorded = *std::move(recorded);
  return issued;
}

Result<Recorded> Notary::RecordSealEvent(const WriteContext& context,
                                         const std::string& code,
                                         const Json& body) {
  Result<void> permitted = RequireRole(
      context.caller, {Role::kAdmin, Role::kIssuer, Role::kPlatform});
  if (!permitted) return std::move(permitted).error();
  Result<SealEventEntry> event = PrepareSealEvent(code, body);
  if (!event) return std::move(event).error();
  return parts_->SubmitOne(
      context, KindOf(*event), {}, [&](ledger::AdmitView& view) {
        return AdmitSealEvent(context.caller, *event, parts_->settings.routes,
                              view);
      });
}

}  // namespace sealedger::notary
