// LedgerModel: what a service must hold and answer, worked out from the answers
// that it gave so far, by plain walks over all entries. The oracle of
// fuzz_handlers.
//
// Thread rule: one thread at a time.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ledger/hash.h"
#include "ledger/tile.h"
#include "ledger/tree.h"
#include "notary/entry.h"
#include "notary/notary.h"

namespace sealedger::fuzzing {

class LedgerModel {
 public:
  struct Item {
    std::string text;
    notary::Entry entry;
    ledger::Hash leaf_hash;
    std::vector<std::string> disclosures;  // as first given
    // The other entries of its request; of the register alone.
    std::vector<uint64_t> also;
  };
  struct Token {
    std::string id;
    std::string secret;
    std::string party;
    notary::Role role = notary::Role::kApplicant;
    std::optional<int64_t> expires_ms;
  };
  // A write that had an idempotency key.
  struct Write {
    std::string method;
    std::string target;
    std::string body;
    uint64_t first = 0;
    uint64_t count = 0;
    int64_t commit_ms = 0;
  };
  struct Party {
    notary::PartyEntry newest;
    std::vector<uint64_t> entries;
  };

  // CHECK-fails on a text that is no entry.
  void Add(std::string text, std::vector<std::string> disclosures);
  // The entries [first, first + count) are of one request.
  void TieRun(uint64_t first, uint64_t count);
  const std::vector<Item>& items() const { return items_; }
  uint64_t size() const { return items_.size(); }
  ledger::Hash Root() const { return edge_.Root(); }

  // Whether the entry's private fields are the caller's to see and to erase.
  bool OwnsPrivate(const notary::Caller& caller, uint64_t index) const;
  // What the caller gets of an entry's private fields; null is the public.
  std::vector<std::string> DisclosuresFor(const notary::Caller* caller,
                                          uint64_t index) const;
  // Rising, from the cursor on, however many.
  std::vector<uint64_t> Matching(const notary::EntryFilter& filter) const;
  std::vector<uint64_t> OfDocument(const notary::DocumentDigest& digest,
                                   uint64_t begin) const;
  // The chains that these entries belong to or begin, without them.
  std::vector<uint64_t> RelatedTo(const std::vector<uint64_t>& indices) const;
  std::optional<Party> FindParty(std::string_view id) const;
  // nullopt where the tree has not all of it.
  std::optional<std::string> TileBytes(const ledger::TileId& tile) const;

  std::optional<notary::Caller> Authenticate(std::string_view secret,
                                             int64_t now_ms) const;

  // Also in the order in which they were made, since ids are random.
  void AddToken(Token token);
  void DropToken(const std::string& id);
  const std::vector<Token>& tokens_made() const { return tokens_made_; }
  const std::map<std::string, Token>& tokens() const { return tokens_; }

  // By party and key.
  std::map<std::pair<std::string, std::string>, Write> writes;
  std::set<uint64_t> erased;
  // SESeals by the index of their seal.issued, erased or not.
  std::map<uint64_t, std::string> seal_files;
  std::set<std::string> keys_in_custody;  // seal codes

 private:
  std::vector<Item> items_;
  std::map<std::string, Token> tokens_;  // by id
  std::vector<Token> tokens_made_;
  ledger::RightEdge edge_;
};

}  // namespace sealedger::fuzzing
