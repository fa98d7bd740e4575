// A ledger in memory that grows by signed requests, at least one of each kind,
// each with the entry that the service makes of it.
//
// Parties: operator (ed25519), bureau (p256, issuer), acme and guard (sm2,
// platforms), where guard keeps the seals.
//
// Thread rule: immutable once it is made; safe for concurrent use.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ledger/hash.h"
#include "ledger/sequencer.h"
#include "notary/bundle.h"
#include "notary/canonical_json.h"
#include "notary/entry.h"
#include "notary/eseal.h"
#include "notary/sealing_entry.h"
#include "notary/state.h"
#include "notary/tokens.h"
#include "tests/notary/request_signer.h"
#include "tests/notary/signer_samples.h"

namespace sealedger::testing {

using notary::Json;

inline constexpr const char* kOurUscc = "91350100M000100Y43";
inline constexpr const char* kOtherUscc = "91512081MA62K0260E";
inline constexpr const char* kIndividualUscc = "92350100MA0000001L";
inline constexpr const char* kCustodySeal = "35010000000001";
inline constexpr const char* kSignersSeal = "35010000000002";
inline constexpr const char* kGivenSeal = "35010000000003";
inline constexpr const char* kPropertyInfo =
    "/Doc_0/Signs/Sign_0/Signature.xml";
// One pixel, of two shades.
inline constexpr const char* kPng =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mNgAAAAAgAB5Sfe"
    "/AAAAABJRU5ErkJggg==";
inline constexpr const char* kOtherPng =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mM4AQAAygDJNEIn"
    "8wAAAABJRU5ErkJggg==";

inline Json ObjectOf(Json::Object members) { return {std::move(members)}; }
inline std::string Sha256Hex(std::string_view text) {
  return ledger::ToHex(ledger::Sha256Of(text));
}
inline std::string Sm3Hex(std::string_view text) {
  return ledger::ToHex(ledger::Sm3Of(text));
}
// A seal of the shop's maker, under a number of his own.
std::string GivenSeal(notary::SealInfo info);

// A request that was sent, and what came of it.
struct SentRequest {
  std::string by;
  std::string method;
  std::string path;
  std::string body;
  notary::SignedRequest signed_request;
  uint64_t index = 0;  // of its entry
  std::vector<std::string> disclosures;
  std::optional<notary::BundledSeal> file;
};

class RequestStory : private ledger::AdmitView {
 public:
  RequestStory();

  // By a name of its own: "evidence", "seal by design".
  const std::map<std::string, SentRequest>& requests() const {
    return requests_;
  }
  const notary::Entry& EntryOf(const SentRequest& request) const {
    return entries_[request.index];
  }
  // The entries before that one.
  std::map<uint64_t, const notary::Entry*> Before(uint64_t index) const;
  const RequestKey& KeyOf(const std::string& party) const {
    return keys_.at(party);
  }
  // As the party sends it within the second of that time.
  notary::SignedRequest Sign(const std::string& by, const std::string& method,
                             const std::string& path, const std::string& body,
                             int64_t time_ms) const;

 private:
  using Admit =
      std::function<ledger::Result<ledger::Admission>(const notary::Caller&)>;

  ledger::Result<std::optional<std::string>> State(
      std::string_view key) override;
  ledger::Result<std::string> Entry(uint64_t index) override;
  uint64_t next_index() const override { return entries_.size(); }
  uint64_t commit_begin() const override { return entries_.size(); }
  // A second after another for each entry.
  int64_t time_ms() const override;
  // Half a second ago.
  std::string Lately() const;
  notary::ReadState read();

  void Write(const std::vector<ledger::KeyWrite>& writes);
  void AddByHand(const std::string& by, std::optional<uint64_t> by_entry,
                 decltype(notary::Entry::body) body,
                 std::optional<ledger::Hash> request = std::nullopt);
  // Sent by the party, and admitted; the entry that the request is about is the
  // last.
  SentRequest& Send(const std::string& name, const std::string& by,
                    const std::string& method, const std::string& path,
                    const std::string& body, const Admit& admit);
  SentRequest& Post(const std::string& name, const std::string& by,
                    const std::string& path, const Json& body,
                    const Admit& admit);

  void Register(const std::string& name, const Json& body);
  void Change(const std::string& name, const std::string& id, const Json& body);
  void Organize(const std::string& name, const std::string& uscc,
                const Json& body);
  void Apply(const std::string& name, const std::string& by,
             const std::string& id, const Json& body);
  void ApplyForMore(int ordinal);
  void Issue(const std::string& name, const Json& body);
  void Happen(const char* event, const char* reason = nullptr);
  void Seal(const std::string& name, const std::string& path, const Json& body,
            const std::string& signature, notary::DocumentSealed entry);
  uint64_t Record(const std::string& name, const Json& body);
  void Erase(uint64_t index);

  // In this order.
  void AddParties();
  void AddOrganizations();
  void AddApplications();
  void AddSeals();
  void AddLife();
  void AddSignatures();
  void AddEvidence();
  void AddEnds();

  std::map<std::string, RequestKey> keys_;
  MemoryKeys seal_keys_;
  std::map<std::string, std::string, std::less<>> state_;
  std::vector<notary::Entry> entries_;
  std::map<std::string, SentRequest> requests_;
};

// One for all tests: it takes some time to make.
const RequestStory& Story();

}  // namespace sealedger::testing
