// Bundles (notary.h): the entries that the checks need, and what the caller may
// see of files and requests.

#include <utility>

#include "ledger/encoding.h"
#include "notary/bundle_maker.h"
#include "notary/certificate.h"
#include "notary/notary.h"
#include "notary/notary_parts.h"
#include "notary/stored_request.h"

namespace sealedger::notary {
namespace {

using ledger::PublishedPtr;

// Those of the authority that stand between the certificates of its seals and
// what others trust: all that are no roots.
std::vector<std::string> Between(const std::vector<std::string>& cas) {
  std::vector<std::string> between;
  for (const std::string& der : cas) {
    const Result<CertificateFacts> facts = ReadCertificate(der);
    if (facts && facts->subject != facts->issuer) between.push_back(der);
  }
  return between;
}

}  // namespace

Result<std::string> Notary::ReadBundle(const Caller* caller, uint64_t index,
                                       bool full_chain) const {
  if (Result<void> may = parts_->MayRead(caller); !may) {
    return std::move(may).error();
  }
  const PublishedPtr published = parts_->ledger->published();
  if (index >= published->head.size) return NoSuchEntry();
  BundleMaker maker(*parts_->ledger, published);
  Result<Entry> subject = maker.Take(index);
  if (!subject) return std::move(subject).error();
  if (Result<void> taken = maker.TakeNeeded(*subject, full_chain); !taken) {
    return std::move(taken).error();
  }
  Result<std::vector<std::string>> disclosures =
      parts_->DisclosuresFor(caller, *subject);
  if (!disclosures) return std::move(disclosures).error();
  Bundle bundle = maker.Finish(index, *std::move(disclosures));
  Result<void> bytes =
      parts_->AddBytes(caller, *subject, index, published, &bundle);
  if (!bytes) return std::move(bytes).error();
  return FormatBundle(bundle);
}

Result<void> Notary::Parts::AddBytes(const Caller* caller, const Entry& subject,
                                     uint64_t index,
                                     const PublishedPtr& published,
                                     Bundle* bundle) const {
  if (caller == nullptr) return {};
  if (OwnsPrivate(*caller, subject)) {
    Result<void> added = AddRequest(subject, index, *published, bundle);
    if (!added) return added;
  }
  if (!SeesBytes(*caller, subject)) return {};
  if (std::holds_alternative<SealIssued>(subject.body)) {
    Result<std::optional<std::string>> file = ReadSealBlob(index);
    if (!file) return std::move(file).error();
    if (!file->has_value()) return {};
    bundle->seal = BundledSeal{**std::move(file), std::nullopt};
  } else if (const auto* sealed = std::get_if<DocumentSealed>(&subject.body)) {
    Result<std::optional<std::string>> signature = ReadSignatureBytes(index);
    if (!signature) return std::move(signature).error();
    if (!signature->has_value()) return {};
    bundle->seal = BundledSeal{std::nullopt, **std::move(signature)};
    if (sealed->checkpoint_size) {
      Result<std::vector<Hash>> path =
          ledger->ProveConsistency(*sealed->checkpoint_size, published);
      if (!path) return std::move(path).error();
      bundle->signed_checkpoint = *std::move(path);
    }
  } else {
    return {};
  }
  if (seal_authority) bundle->certificates = Between(seal_authority->cas);
  return {};
}

Result<void> Notary::Parts::AddRequest(const Entry& subject, uint64_t index,
                                       const ledger::Published& published,
                                       Bundle* bundle) const {
  if (!subject.request) return {};
  Result<EntrySide> side = ReadSide(index, published);
  if (!side) return std::move(side).error();
  if (!side->request) return {};
  Result<std::optional<std::string>> blob = private_store->Get(*side->request);
  if (!blob) return std::move(blob).error();
  if (!blob->has_value()) return {};
  Result<SignedRequest> request = ParseStoredRequest(**blob);
  if (!request) return std::move(request).error();
  bundle->request = *std::move(request);
  return {};
}

}  // namespace sealedger::notary
