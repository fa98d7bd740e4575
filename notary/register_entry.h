// Entries of the register: organisations, applications for seals, and seals
// with their whole life. Members: notary/FORMAT.md. They are bodies of Entry
// (entry.h), which reads and writes them through the functions below. Words:
// register_words.h.
//
// Names of natural persons and of individual businesses are private fields.
//
// Thread rule: values; pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/hash.h"
#include "ledger/result.h"
#include "notary/canonical_json.h"
#include "notary/json_members.h"
#include "notary/register_words.h"

namespace sealedger::notary {

using ledger::Hash;

// organization.established, .altered, .terminated.
struct OrganizationEntry {
  OrganizationEvent event = OrganizationEvent::kEstablished;
  std::string uscc;
  // Absent where it is private (IsIndividualBusiness), and in terminated.
  std::optional<std::string> name;
  std::optional<int64_t> effective_ms;  // effective_at
  std::optional<uint64_t> previous;     // absent in established alone

  bool operator==(const OrganizationEntry&) const = default;
};

struct Material {
  std::string kind;
  Hash sha256;

  bool operator==(const Material&) const = default;
};
inline constexpr size_t kMaxMaterials = 16;
inline constexpr uint64_t kMaxFeeFen = 1'000'000'000'000;

// What is applied for; the same in every entry of an application.
struct ApplicationSubject {
  std::string id;
  Route route = Route::kPublicSecurity;
  std::string uscc;
  std::string seal_type;
  std::optional<uint64_t> ordinal;
  std::optional<Channel> channel;

  bool operator==(const ApplicationSubject&) const = default;
};

// application.<state>.
struct ApplicationEntry {
  ApplicationState state = ApplicationState::kSubmitted;
  ApplicationSubject application;
  std::vector<Material> materials;  // of submitted alone; absent when empty
  std::optional<Hash> declaration;  // SHA-256; of submitted alone
  // 1 to kMaxFeeFen; of fee_due alone, where it must be.
  std::optional<uint64_t> fee_fen;
  std::optional<uint64_t> previous;  // absent in the first

  bool operator==(const ApplicationEntry&) const = default;
};

struct SealFacts {
  std::string code;
  std::string uscc;
  std::string type;
  std::optional<uint64_t> ordinal;
  std::optional<std::string> physical_code;
  int64_t valid_from_ms = 0;
  int64_t valid_to_ms = 0;  // the last moment; after valid_from

  bool operator==(const SealFacts&) const = default;
};

// More than an entry has room for: its size is the narrower bound.
inline constexpr size_t kMaxSigners = 64;

// seal.issued.
struct SealIssued {
  SealFacts seal;
  uint64_t application = 0;   // its application.approved
  uint64_t organization = 0;  // its newest entry
  std::string custodian;
  bool made_here = false;  // made "here" | "elsewhere"
  Hash seseal_sm3;
  Hash maker_sha256;                 // of the maker's certificate
  std::vector<Hash> signers_sha256;  // may be empty; at most kMaxSigners

  bool operator==(const SealIssued&) const = default;
};

// seal.filed and so on.
struct SealEventEntry {
  SealEvent event = SealEvent::kFiled;
  std::string seal_code;
  std::optional<std::string> reason;  // where IsSealReason knows one
  std::optional<int64_t> effective_ms;
  bool late = false;                       // of filed alone
  std::optional<std::string> replaced_by;  // a code; of cancelled alone
  uint64_t previous = 0;

  bool operator==(const SealEventEntry&) const = default;
};

std::string_view KindOf(const OrganizationEntry& entry);
std::string_view KindOf(const ApplicationEntry& entry);
std::string_view KindOf(const SealIssued& entry);
std::string_view KindOf(const SealEventEntry& entry);

// What values must be, whether read or to be written: kMalformed "entry" with
// the place in `field`. What they must be beside the members of every entry is
// checked where those are (entry.h).
Result<void> CheckBody(const OrganizationEntry& entry);
Result<void> CheckBody(const ApplicationEntry& entry);
Result<void> CheckBody(const SealIssued& entry);
Result<void> CheckBody(const SealEventEntry& entry);

// The members besides the common ones. `kind` is one of its noun's.
OrganizationEntry ReadOrganizationEntry(Members& members,
                                        std::string_view kind);
ApplicationEntry ReadApplicationEntry(Members& members, std::string_view kind);
SealIssued ReadSealIssued(Members& members);
SealEventEntry ReadSealEventEntry(Members& members, std::string_view kind);
void AddBody(Json& json, const OrganizationEntry& entry);
void AddBody(Json& json, const ApplicationEntry& entry);
void AddBody(Json& json, const SealIssued& entry);
void AddBody(Json& json, const SealEventEntry& entry);

// materials [{kind, sha256}], of entries and requests. Refusals besides those
// of json_members.h: bad-material (an unknown kind, one twice, more than 16),
// bad-digest. Absent and empty give none: who must tell them apart asks Has.
std::vector<Material> ReadMaterials(Members& parent, std::string_view name);
// declaration {sha256}, of both too; absent gives none.
std::optional<Hash> ReadDeclaration(Members& parent, std::string_view name);

}  // namespace sealedger::notary
