// What a Notary is made of: shared by notary.cc (opening, health),
// notary_writes.cc and notary_reads.cc, and by nobody else.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "ledger/clock.h"
#include "ledger/ledger.h"
#include "ledger/sequencer.h"
#include "notary/bundle.h"
#include "notary/data_dir.h"
#include "notary/idempotency.h"
#include "notary/index.h"
#include "notary/notary.h"
#include "notary/private_store.h"
#include "notary/register_rows.h"
#include "notary/seal_authority.h"
#include "notary/seal_keys.h"
#include "notary/sealing.h"
#include "notary/side.h"
#include "notary/signature_judge.h"
#include "notary/signer_cache.h"
#include "notary/tokens.h"
#include "notary/unclaimed.h"

namespace sealedger::notary {

struct Notary::Parts {
  explicit Parts(const std::string& dir) : paths(dir) {}

  // Constant after opening.
  DataPaths paths;
  Settings settings;
  ledger::SystemClock system_clock;
  ledger::Clock* clock = nullptr;
  ledger::VerifierKey vkey;
  // Null where no seal authority is set up: then no seal is issued.
  std::unique_ptr<SealAuthority> seal_authority;
  std::unique_ptr<SealKeys> seal_keys;
  SignerCache signers;                    // by seal_keys
  std::unique_ptr<SignatureJudge> judge;  // by seal_authority

  // In the order in which they must outlive each other.
  std::unique_ptr<ledger::Ledger> ledger;
  std::unique_ptr<PrivateStore> private_store;
  std::unique_ptr<Index> views;
  std::unique_ptr<Tokens> tokens;
  std::unique_ptr<IdempotencyKeys> idempotency;
  std::unique_ptr<ledger::Sequencer> sequencer;
  std::unique_ptr<UnclaimedWatch> unclaimed;

  std::atomic<int> batches{0};
  std::mutex erasing;   // one erasure at a time
  std::mutex adopting;  // one seal made elsewhere at a time

  // What a request made: where its entries stand and, unless it was replayed,
  // what the sequencer gave.
  struct Outcome {
    EntryRun run;
    std::optional<ledger::Sequenced> sequenced;
  };
  // What `before` of Submit does. To take blobs back costs compactions: what
  // would be refused is asked before they are put, unless `before` has asked.
  enum class Before { kPrepares, kAsks };
  // Idempotency, blobs, commit: the way of every write. `blobs` are on disk
  // before the entries are; `before` runs once it is known that the request is
  // not a replay, and may still fill `blobs`. `subject`: which of the entries
  // the request is about.
  Result<Outcome> Submit(const WriteContext& context,
                         const std::vector<std::string>& blobs,
                         const ledger::Admit& admit,
                         const std::function<Result<void>()>& before = nullptr,
                         uint32_t subject = 0, Before does = Before::kPrepares);
  // For requests whose subject is one entry, of this kind.
  Result<Recorded> SubmitOne(
      const WriteContext& context, std::string_view kind,
      const std::vector<std::string>& blobs, const ledger::Admit& admit,
      const std::function<Result<void>()>& before = nullptr);

  // The receipt of what Submit made. `disclosures`: of its subject; those of a
  // replay are read.
  Result<Recorded> Answer(const WriteContext& context, Outcome outcome,
                          std::string_view kind,
                          const std::vector<std::string>& disclosures) const;
  // What the commit would say of the register as it is now.
  ReadState PresentState() const;

  // The receipt of an entry in this published tree; its proof is checked
  // before it leaves.
  Result<Receipt> ReadReceipt(const Caller* caller, uint64_t index,
                              const ledger::PublishedPtr& published) const;
  Result<Receipt> MakeReceipt(uint64_t index, std::string entry,
                              const Hash& leaf_hash, std::string_view kind,
                              std::vector<std::string> disclosures,
                              const ledger::PublishedPtr& published) const;
  Result<std::vector<Hash>> ProvenPath(
      uint64_t index, const Hash& leaf_hash,
      const ledger::PublishedPtr& published) const;
  // Fills `also`: the other entries of the receipt's request.
  Result<void> AddRun(const ledger::Published& published,
                      Receipt* receipt) const;
  // The register's rows, not older than this call.
  Result<Index::Reading> ReadRows() const;
  // Disclosures still kept, in the order of _sd, where the caller may see them.
  Result<std::vector<std::string>> DisclosuresFor(const Caller* caller,
                                                  const Entry& entry) const;
  Result<EntrySide> ReadSide(uint64_t index,
                             const ledger::Published& published) const;
  // The SESeal of this seal.issued; nullopt where it is erased. kNotFound where
  // the entry is not published.
  Result<std::optional<std::string>> ReadSealBlob(uint64_t index) const;
  Result<std::shared_ptr<const SealSigner>> SignerOf(const std::string& code,
                                                     const SealRecord& seal);
  // What is kept of a seal's file in memory goes with the file.
  Result<void> ForgetSeal(uint64_t issued, const std::string& code);
  // Judges a signature made elsewhere, and fills in what is to be entered where
  // it passes. `known_size`: as the register was then; nullopt: as it is now.
  Result<void> JudgeGiven(const Caller& caller, const GivenSignature& given,
                          int64_t now_ms, std::optional<uint64_t> known_size,
                          std::vector<Check>* checks, Sealing* sealing);
  Result<void> JudgeAgain(const Caller& caller, const GivenSignature& given,
                          uint64_t index, std::vector<Check>* checks);
  // The SES_Signature of this document.sealed; nullopt where it, or its seal's
  // file, is erased.
  Result<std::optional<std::string>> ReadSignatureBytes(uint64_t index) const;
  // What the caller may see of files and requests, for a bundle of this
  // subject.
  Result<void> AddBytes(const Caller* caller, const Entry& subject,
                        uint64_t index, const ledger::PublishedPtr& published,
                        Bundle* bundle) const;
  Result<void> AddRequest(const Entry& subject, uint64_t index,
                          const ledger::Published& published,
                          Bundle* bundle) const;
  // nullopt where it is erased, or the seal has none.
  Result<std::optional<std::string>> SealName(const SealRow& row) const;
  // An entry as lists show it: without a proof.
  Result<Receipt> ListItem(const Caller* caller, uint64_t index,
                           const ledger::Published& published,
                           Entry* parsed) const;
  // The rest of the story of an entry that speaks of a document: its chain's
  // root and links, and the seal.issued of a sealed document among them.
  Result<void> AddRelated(uint64_t index, const Entry& entry,
                          const ledger::Published& published,
                          std::set<uint64_t>* related) const;
  // The seal.issued of a document.sealed; nullopt for other kinds.
  Result<std::optional<uint64_t>> SealOf(
      uint64_t index, const ledger::Published& published) const;
  // Rising indices that may match, from the narrowest index.
  Result<std::vector<uint64_t>> Candidates(const EntryFilter& filter,
                                           const Index::Range& range) const;
  Result<void> MayRead(const Caller* caller) const;
};

// kPermissionDenied "wrong-role" unless the caller has one of the roles.
Result<void> RequireRole(const Caller& caller,
                         std::initializer_list<Role> roles);

Error NoSuchEntry();
// Where a list goes on from. kInvalidArgument "bad-cursor".
Result<uint64_t> ReadCursor(const std::optional<std::string>& cursor);
// The first index whose entry's time is not before `time_ms`: times never
// decrease along the ledger.
Result<uint64_t> FirstNotBefore(const ledger::Ledger& ledger, int64_t time_ms,
                                const ledger::Published& published);
// How long a list waits for the index.
inline constexpr std::chrono::milliseconds kIndexWait{2000};

// Digests under which these blobs, or the entry's disclosures, are kept.
std::vector<Hash> DigestsOf(const std::vector<std::string>& blobs);
std::vector<Hash> DigestsOf(const Entry& entry);

// Whether the entry's private fields are the caller's to see and to erase: the
// entry's party, of a seal also its custodian, and admin. A regulator's token
// is none of these, although it is held by the operator, who is a party.
bool OwnsPrivate(const Caller& caller, const Entry& entry);
// Whether the files of the entry, a seal or a signature, are: to them, and to a
// regulator.
bool SeesBytes(const Caller& caller, const Entry& entry);

}  // namespace sealedger::notary
