// Notary: what the service does, without HTTP. It checks requests, drafts
// entries, has them sequenced, keeps what may be erased, and answers with
// proofs.
//
// Requests come as parsed JSON, read strictly here (json_members.h): a refusal
// names the faulty member by JSON pointer. Who may do what is judged here, too:
// the edge authenticates, the notary permits.
//
// Thread rule: safe for concurrent use.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ledger/clock.h"
#include "ledger/leveldb_store.h"
#include "ledger/sequencer.h"
#include "notary/index.h"
#include "notary/receipt.h"
#include "notary/register_state.h"
#include "notary/request_signature.h"
#include "notary/settings.h"
#include "notary/tokens.h"
#include "notary/trust.h"
#include "notary/verdict.h"

namespace sealedger::notary {

struct NotaryOptions {
  std::string data_dir;
  Settings settings;
  bool accept_clock = false;
  bool adopt_guard = false;
  // Called by the sequencer after each commit; may be null.
  std::function<void(const ledger::CommitFigures&)> on_commit;
  // Called when indexes are built anew and once they are; may be null.
  IndexEvent on_index_event;
  // For tests; all may be null.
  ledger::Clock* clock = nullptr;  // outlives the notary
  std::shared_ptr<ledger::StoreFaults> ledger_faults;
  std::shared_ptr<ledger::StoreFaults> private_faults;
  std::shared_ptr<ledger::StoreFaults> views_faults;
};

// How the service opens the store `ledger`.
ledger::LevelDbOptions LedgerStoreOptions();

// A request as it came, kept as far as here for requests that are signed.
struct RawRequest {
  std::string_view method;
  std::string_view target;  // path and query, as sent
  std::string_view body;
  const std::vector<std::pair<std::string, std::string>>* headers = nullptr;
};

struct WriteContext {
  Caller caller;
  RawRequest raw;
  std::optional<std::string> idempotency_key;
  // Where the caller signed it (caller.signature).
  std::optional<SignedRequest> signed_request = std::nullopt;
};

struct Recorded {
  bool replayed = false;  // Idempotency-Replayed: true
  Receipt receipt;
};

struct IssuedSeal {
  Recorded recorded;
  // SESeal; absent where it was erased since (a replay).
  std::optional<std::string> seseal;
};

struct IssuedSignature {
  Recorded recorded;
  // SES_Signature; absent where it was erased since (a replay).
  std::optional<std::string> signature;
};

struct RecordedBatch {
  bool replayed = false;
  std::string checkpoint;
  std::vector<BatchReceipt> receipts;
};

struct EntryFilter {
  std::optional<std::string> kind;
  std::optional<std::string> by;
  std::optional<uint64_t> chain;   // root: the root and its links
  std::optional<int64_t> from_ms;  // [from, to)
  std::optional<int64_t> to_ms;
  std::optional<std::string> cursor;
  uint64_t limit = 100;  // items at most
};

struct ApplicationFilter {
  std::optional<ApplicationState> state;
  std::optional<Route> route;
  std::optional<std::string> uscc;
  std::optional<std::string> cursor;
};

struct SealFilter {
  std::optional<std::string> uscc;
  std::optional<std::string> type;
  std::optional<SealStatus> status;
  std::optional<std::string> division;
  std::optional<int64_t> issued_from_ms;  // [from, to)
  std::optional<int64_t> issued_to_ms;
  std::optional<std::string> cursor;
};

// Of seals, or of applications.
struct RegisterList {
  std::vector<std::string> items;   // JSON objects
  std::optional<std::string> next;  // cursor
  std::string checkpoint;
};

struct DocumentDigest {
  enum class Algorithm { kSha256, kSm3 };
  Algorithm algorithm = Algorithm::kSha256;
  Hash hash;
};

// One check of whether the service is of use: "sequencer" (writes are taken),
// "clock" (it is believed), "private" (private fields are taken), "index"
// (folds, and is at most kIndexLate behind), "guard" (holds the newest head, or
// lacks it no longer than the setting says and a minute), "disk"
// (disk.min_free_mib under the folder and the guard).
struct ReadyLine {
  std::string check;
  bool ok = true;
  std::string name;  // of the trouble
  std::string detail;
};

inline constexpr std::chrono::seconds kIndexLate{10};

struct NotaryFigures {
  ledger::Sequencer::Figures sequencer;
  uint64_t size = 0;     // published
  uint64_t indexed = 0;  // folded into the indexes
  std::chrono::milliseconds index_lag{};
  std::chrono::milliseconds head_age{};  // since the newest entry's time
  // Free for us; nullopt where the system does not say.
  std::optional<uint64_t> data_free_bytes;
  std::optional<uint64_t> guard_free_bytes;
};

class Notary {
 public:
  // Opens everything, replays what views lack, starts the threads. Errors with
  // names for the command line: locked, ledger-corrupt, rolled-back,
  // guard-contradicts, guard-missing, guard-corrupt, clock-unsure, key-mode.
  static Result<std::unique_ptr<Notary>> Open(const NotaryOptions& options);
  ~Notary();

  // Looks for a signature of the request, and holds it to the caller's key;
  // none is no error. kUnauthenticated: those of request_signature.h and
  // request_base.h, and
  //   signature-other-party  its keyid is not the caller
  //   signature-no-key       the caller has no key
  //   signature-wrong        it is not by that key
  Result<void> TakeSignature(WriteContext* context) const;

  // -- Writes. Role rules: kPermissionDenied "wrong-role".

  // {document, label?, private?, chain?}: admin, issuer, platform.
  Result<Recorded> RecordEvidence(const WriteContext& context,
                                  const Json& body);
  // {items [evidence…]}: 1..10,000, all in one commit, all or none. At most two
  // are in work at once: kUnavailable "busy".
  Result<RecordedBatch> RecordEvidenceBatch(const WriteContext& context,
                                            const Json& body);
  // {id, role, name?, key? (PEM), private?}: admin.
  Result<Recorded> RegisterParty(const WriteContext& context, const Json& body);
  // {event "changed", name?, key?, signed_only?}: admin. kNotFound
  // "no-such-party".
  Result<Recorded> ChangeParty(const WriteContext& context,
                               const std::string& id, const Json& body);
  // {reason}: the entry's own party, or admin. Answers once no file holds the
  // private fields any more. kNotFound "no-such-entry", kConflict
  // "nothing-to-erase" or "already-erased".
  Result<Recorded> EraseDisclosures(const WriteContext& context, uint64_t index,
                                    const Json& body);

  // -- The register.

  // {uscc, name, effective_at?}; {event, effective_at?, name?}: admin, issuer.
  Result<Recorded> RegisterOrganization(const WriteContext& context,
                                        const Json& body);
  // A termination's receipt names the cancellations of the live seals.
  Result<Recorded> RecordOrganizationEvent(const WriteContext& context,
                                           const std::string& uscc,
                                           const Json& body);
  // application.h: all but regulators.
  Result<Recorded> SubmitApplication(const WriteContext& context,
                                     const Json& body);
  // The submitter's own steps, and those of admin and issuer.
  Result<Recorded> RecordApplicationEvent(const WriteContext& context,
                                          const std::string& id,
                                          const Json& body);
  // seal_maker.h: admin, issuer. `checks`: what a seal made elsewhere was
  // refused for.
  Result<IssuedSeal> IssueSeal(const WriteContext& context, const Json& body,
                               std::vector<Check>* checks);
  // {event, reason?, effective_at?}: admin, issuer; `lost` and `suspended` the
  // custodian, too.
  Result<Recorded> RecordSealEvent(const WriteContext& context,
                                   const std::string& code, const Json& body);

  // -- Seals in use.

  // {party, until?}, and an end to it: the seal's custodian.
  Result<Recorded> AuthorizeSeal(const WriteContext& context,
                                 const std::string& code, const Json& body);
  Result<Recorded> DeauthorizeSeal(const WriteContext& context,
                                   const std::string& code,
                                   const std::string& party);
  // sealing.h: the seal's custodian, and whom he authorised. kConflict
  // "no-key-in-custody"; kUnavailable "seal-authority",
  // "time-stamp-authority".
  Result<IssuedSignature> SignWithSeal(const WriteContext& context,
                                       const std::string& code,
                                       const Json& body);
  // sealing.h: admin, issuer, platform. `checks`: the full verdict list, also
  // where the signature was refused for it. kVerificationFailed "unknown-seal",
  // and those of signature_judge.h.
  Result<Recorded> RegisterSignature(const WriteContext& context,
                                     const Json& body,
                                     std::vector<Check>* checks);

  // {party, role, label?, expires?}: admin.
  Result<NewToken> CreateToken(const Caller& caller, const Json& body);
  // {items, next}: admin, regulator.
  Result<Json> ListTokens(const Caller& caller,
                          const std::optional<std::string>& cursor) const;
  Result<void> DeleteToken(const Caller& caller, const std::string& id);

  // -- Reads. `caller` is null for the public. With read = "token" the public
  // gets kUnauthenticated "token-required" from entries, documents, bundles
  // and entry bundles.

  Result<Caller> Authenticate(std::string_view token) const;
  Result<Receipt> ReadEntry(const Caller* caller, uint64_t index) const;
  // The text of a sealedger-bundle/1.
  Result<std::string> ReadBundle(const Caller* caller, uint64_t index,
                                 bool full_chain) const;
  // Waits for the index as far as what was published when it was called:
  // kUnavailable "index-behind" after two seconds.
  Result<ReceiptList> ListEntries(const Caller* caller,
                                  const EntryFilter& filter) const;
  Result<ReceiptList> FindDocument(
      const Caller* caller, const DocumentDigest& digest,
      const std::optional<std::string>& cursor) const;
  // {party, key?, entries, checkpoint}: admin, regulator, the party itself.
  Result<Json> ReadParty(const Caller* caller, const std::string& id) const;
  // {organization, terminated, entries, checkpoint}; as entries are read.
  Result<Json> ReadOrganization(const Caller* caller,
                                const std::string& uscc) const;
  // {id, route, …, state, by, entries, checkpoint}: admin, issuer, regulator,
  // the submitter.
  Result<Json> ReadApplication(const Caller* caller,
                               const std::string& id) const;
  Result<RegisterList> ListApplications(const Caller* caller,
                                        const ApplicationFilter& filter) const;
  // Admin, issuer, regulator; a platform sees what it keeps.
  Result<RegisterList> ListSeals(const Caller* caller,
                                 const SealFilter& filter) const;
  // The members of a list's item, with entries and checkpoint.
  Result<Json> ReadSeal(const Caller* caller, const std::string& code) const;
  // The SESeal: admin, regulator, who issued it, its custodian.
  Result<std::string> ReadSealFile(const Caller* caller,
                                   const std::string& code) const;
  // The SES_Signature of a document.sealed: admin, regulator, who entered it.
  // kNotFound "no-signature", "signature-erased".
  Result<std::string> ReadSignature(const Caller* caller, uint64_t index) const;
  // Its entries, the oldest first; as entries are read.
  Result<ReceiptList> SealHistory(const Caller* caller,
                                  const std::string& code) const;
  // {code, at, size, status, expired, entries, checkpoint}: in effect at `at`
  // (now), as known at the tree size (the newest). All may ask.
  Result<Json> SealStatusAt(const std::string& code,
                            std::optional<int64_t> at_ms,
                            std::optional<uint64_t> size) const;

  // {origin, vkey, size, root, time, indexed, version, anchors}.
  Json Status() const;
  // {party, role, limits, time}.
  Json Me(const Caller& caller) const;
  // {bundle, document? {sha256?, sm3?}} → verdict. Trust: DIR/trust.toml where
  // it is there, and the ledger's own vkey always.
  Result<Json> Verify(const Json& body) const;

  std::string Checkpoint() const;
  // "tile/0/x001/234.p/5": kNotFound "no-such-tile".
  Result<std::string> ReadTile(const Caller* caller,
                               std::string_view path) const;

  std::vector<ReadyLine> Ready() const;
  NotaryFigures Figures() const;
  int64_t NowMs() const;

  // No more writes are taken; what was accepted is finished and durable.
  void Stop();

 private:
  struct Parts;
  explicit Notary(std::unique_ptr<Parts> parts);
  // Now, and not before the ledger's last entry, whose time never decreases.
  int64_t LedgerNowMs(const ledger::Published& published) const;

  std::unique_ptr<Parts> parts_;
};

}  // namespace sealedger::notary
