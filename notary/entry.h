// Entries: what the ledger's leaves say (members: notary/FORMAT.md).
//
//   {"by":"acme","by_entry":2,"document":{"sha256":"9f86…"},
//    "kind":"evidence.recorded","time":"2026-11-22T09:30:00.123Z","v":1}
//
// An entry is the exact text, canonical JSON of at most 4,095 bytes. ParseEntry
// reads strictly: every member known, every value in its bounds, and the text
// equal to what FormatEntry writes. The ledger never writes an entry again
// from what it parsed.
//
// Every entry is public for ever. No name of a natural person stands here.
//
// Thread rule: values; pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "ledger/hash.h"
#include "ledger/result.h"
#include "notary/canonical_json.h"
#include "notary/document_digests.h"
#include "notary/register_entry.h"
#include "notary/sealing_entry.h"

namespace sealedger::notary {

using ledger::Hash;

enum class Role { kAdmin, kIssuer, kPlatform, kApplicant, kRegulator };
std::string_view RoleName(Role role);
std::optional<Role> ParseRole(std::string_view name);

inline constexpr std::string_view kOperator = "operator";

struct LedgerCreated {
  std::string origin;
  std::string vkey;
  std::string software;
  std::optional<std::string> succeeds;  // a checkpoint note of another origin

  bool operator==(const LedgerCreated&) const = default;
};

struct PartyKey {
  std::string alg;   // "ed25519" | "p256" | "sm2"
  std::string spki;  // DER

  bool operator==(const PartyKey&) const = default;
};

// party.registered, party.changed: the party as it is from here on.
struct PartyEntry {
  bool changed = false;
  std::string id;
  Role role = Role::kApplicant;
  std::optional<std::string> name;
  bool signed_only = false;
  std::optional<PartyKey> key;
  std::optional<uint64_t> previous;  // absent in party.registered alone

  bool operator==(const PartyEntry&) const = default;
};

struct ChainLink {
  uint64_t root = 0;
  uint64_t previous = 0;

  bool operator==(const ChainLink&) const = default;
};

struct EvidenceRecorded {
  DocumentDigests document;
  std::optional<std::string> label;
  std::optional<ChainLink> chain;

  bool operator==(const EvidenceRecorded&) const = default;
};

// "person_request" | "court_order" | "retention_ended" | "mistake"
bool IsErasureReason(std::string_view reason);

struct DisclosureErased {
  uint64_t index = 0;  // of the entry whose private fields are gone
  std::string reason;

  bool operator==(const DisclosureErased&) const = default;
};

struct Entry {
  int64_t time_ms = 0;
  std::string by;
  std::optional<uint64_t> by_entry;  // absent in entries 0 and 1
  std::vector<std::string> sd;       // base64url digests, sorted, no two equal
  std::optional<Hash> request;
  std::variant<LedgerCreated, PartyEntry, EvidenceRecorded, DisclosureErased,
               OrganizationEntry, ApplicationEntry, SealIssued, SealEventEntry,
               SealAuthorization, DocumentSealed>
      body;

  bool operator==(const Entry&) const = default;
};

// "evidence.recorded" and so on; those of the register: register_words.h;
// of seals in use: sealing_entry.h.
inline constexpr std::string_view kLedgerCreated = "ledger.created";
inline constexpr std::string_view kPartyRegistered = "party.registered";
inline constexpr std::string_view kPartyChanged = "party.changed";
inline constexpr std::string_view kEvidenceRecorded = "evidence.recorded";
inline constexpr std::string_view kDisclosureErased = "disclosure.erased";

std::string_view KindOf(const Entry& entry);
// Every kind word that this program writes or reads.
bool IsKind(std::string_view kind);

// The members of an entry; absent what is absent.
Json EntryJson(const Entry& entry);
// CHECK-fails on an entry that ParseEntry would refuse for its shape; the size
// is the caller's to check.
std::string FormatEntry(const Entry& entry);

// Errors: kMalformed (name "entry", the place in `field`; or a name of
// canonical_json.h), and kInvalidArgument "unsupported-kind" for an entry of a
// kind that is reserved or known from later versions.
Result<Entry> ParseEntry(std::string_view text);

}  // namespace sealedger::notary
