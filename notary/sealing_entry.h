// Entries of seals in use: whom a custodian lets sign with a seal, and the
// documents that were sealed. Members: notary/FORMAT.md. They are bodies of
// Entry (entry.h), as those of register_entry.h are.
//
// Authorisations belong to the seal's chain: `previous` is the seal's entry
// before, of whatever kind. A sealed document hangs beside that chain:
// `register` names the seal's newest entry as the commit saw it.
//
// Thread rule: values; pure functions.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "ledger/hash.h"
#include "ledger/result.h"
#include "notary/canonical_json.h"
#include "notary/document_digests.h"
#include "notary/json_members.h"

namespace sealedger::notary {

using ledger::Hash;

// seal.authorized, seal.deauthorized.
struct SealAuthorization {
  bool granted = false;
  std::string seal_code;
  std::string party;                // never the custodian
  std::optional<int64_t> until_ms;  // the first moment without it
  uint64_t previous = 0;

  bool operator==(const SealAuthorization&) const = default;
};

// What the data hash of a signature is of; in an OFD file not the document but
// its Signature.xml.
struct ProtectedDigests {
  Hash sm3;
  std::optional<Hash> sha256;

  bool operator==(const ProtectedDigests&) const = default;
};

// document.sealed.
struct DocumentSealed {
  bool made_here = false;  // made "here" | "elsewhere"
  ProtectedDigests protected_bytes;
  std::optional<DocumentDigests> document;  // the file before it was sealed
  std::string seal_code;
  uint64_t register_entry = 0;
  Hash signature_sm3;      // of the whole SES_Signature
  Hash signer_sha256;      // of the signer's certificate
  int64_t claimed_ms = 0;  // timeInfo
  // The tree that the signature itself names; where it was made here alone.
  std::optional<uint64_t> checkpoint_size;
  // How the checks came out when it was entered, by their id: "pass" or
  // "not_checked"; where it was made elsewhere alone.
  std::map<std::string, std::string> verdicts;

  bool operator==(const DocumentSealed&) const = default;
};

inline constexpr std::string_view kDocumentSealed = "document.sealed";

std::string_view KindOf(const SealAuthorization& entry);
std::string_view KindOf(const DocumentSealed& entry);

// As those of register_entry.h.
Result<void> CheckBody(const SealAuthorization& entry);
Result<void> CheckBody(const DocumentSealed& entry);

SealAuthorization ReadSealAuthorization(Members& members,
                                        std::string_view kind);
DocumentSealed ReadDocumentSealed(Members& members);
void AddBody(Json& json, const SealAuthorization& entry);
void AddBody(Json& json, const DocumentSealed& entry);

// protected {sm3, sha256?}, of entries and requests [bad-digest].
ProtectedDigests ReadProtected(Members& parent, std::string_view name);

}  // namespace sealedger::notary
