// Seals in use: authorisations, signatures in custody, and signatures that were
// made elsewhere, from a request to what the commit admits. How a signature is
// made is in seal_signer.h, how one is judged in eseal_verify.h and
// register_status.h.
//
// Thread rule: pure functions; AdmitX runs in the sequencer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ledger/sequencer.h"
#include "notary/draft.h"
#include "notary/entry.h"
#include "notary/eseal.h"
#include "notary/register_state.h"
#include "notary/tokens.h"

namespace sealedger::notary {

// {party, until?}, or the party that DELETE names. kNotFound "no-such-seal";
// kInvalidArgument "bad-id", "bad-time".
Result<SealAuthorization> PrepareAuthorization(const std::string& code,
                                               const Json& body);
Result<SealAuthorization> PrepareDeauthorization(const std::string& code,
                                                 const std::string& party);
// Errors of sealing_rules.h, and kVerificationFailed "unknown-reference",
// "not-a-platform" (the party).
Result<ledger::Admission> AdmitAuthorization(
    const Caller& caller, const SealAuthorization& authorization,
    ledger::AdmitView& view);

// What a signature is asked for.
struct SealingRequest {
  ProtectedDigests protected_bytes;
  std::optional<DocumentDigests> document;
  std::string property_info;  // IA5, at most kMaxPropertyInfo bytes
  bool time_stamp = false;
};
// {protected {sm3, sha256?}, property_info, document?, time_stamp?}.
// kInvalidArgument "bad-property-info".
Result<SealingRequest> ReadSealingRequest(const Json& body);

// What a signature made elsewhere comes with.
struct GivenSignature {
  std::string signature;  // SES_Signature
  ProtectedDigests protected_bytes;
  std::optional<DocumentDigests> document;
};
// {signature, protected {sm3, sha256?}, document?}. kInvalidArgument
// "bad-base64".
Result<GivenSignature> ReadGivenSignature(const Json& body);

// Whether the caller may sign with this seal as the register is now. kNotFound
// "no-such-seal", and the errors of CheckMaySign and CheckUsable.
Result<SealRecord> FindSigningSeal(const std::string& party,
                                   const std::string& code,
                                   const ReadState& read, int64_t time_ms);

// A signature on its way into the ledger.
struct PreparedSealing {
  DocumentSealed entry;  // all but `register`
  Draft draft;
  Hash blob;  // SHA-256 of the stored signature
  // After it the checks of certificates might come out otherwise.
  int64_t good_until_ms = 0;
  // The register's newest entry of the seal that the checks went by; absent
  // where the commit itself decides (made here).
  std::optional<uint64_t> judged_at;
};
// kInvalidArgument "entry-too-large".
Result<PreparedSealing> PrepareSealing(const Caller& caller,
                                       DocumentSealed entry, const Hash& blob,
                                       int64_t good_until_ms,
                                       std::optional<uint64_t> judged_at);
// It, and what is to be kept beside it.
struct Sealing {
  std::optional<PreparedSealing> prepared;
  std::vector<std::string> blobs;
  std::string signature;  // the whole of it, where it was made here
};
// Errors of sealing_rules.h, and kConflict "seal-changed": what the signature
// was judged by is no longer so.
Result<ledger::Admission> AdmitSealing(const Caller& caller,
                                       const PreparedSealing& prepared,
                                       ledger::AdmitView& view);

}  // namespace sealedger::notary
