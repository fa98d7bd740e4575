// Tokens: who calls. 256 random bits with the prefix slg_, shown once, kept as
// SHA-256 with role, party, label and expiry, in side writes of the ledger.
//
// Thread rule: safe for concurrent use.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ledger/ledger.h"
#include "ledger/sequencer.h"
#include "notary/entry.h"

namespace sealedger::notary {

// What is known of a request that its party signed (request_signature.h).
struct RequestMark {
  Hash base_sha256;
  uint64_t by_entry = 0;  // the party's entry whose key verified it
  int64_t created_s = 0;
};

// Who calls, once the token was found.
struct Caller {
  std::string party;
  Role role = Role::kApplicant;
  // Absent where the request bears no signature.
  std::optional<RequestMark> signature = std::nullopt;
};

struct Token {
  std::string id;      // 16 lower-case hex digits
  Hash secret_sha256;  // of the whole token text
  std::string party;
  Role role = Role::kApplicant;
  std::optional<std::string> label;
  std::optional<int64_t> expires_ms;
};

struct NewToken {
  std::string id;
  std::string secret;  // slg_ and 43 characters of base64url
};

class Tokens {
 public:
  // Reads them all.
  static Result<std::unique_ptr<Tokens>> Load(const ledger::Ledger& ledger);

  // kUnauthenticated "wrong-token" for an unknown or expired one.
  Result<Caller> Authenticate(std::string_view secret, int64_t now_ms) const;

  // The party must be registered with that role, except that `operator` may
  // hold any: kVerificationFailed "unknown-party" or "wrong-role-for-party";
  // what the sequencer says.
  Result<NewToken> Create(ledger::Sequencer& sequencer,
                          const std::string& party, Role role,
                          const std::optional<std::string>& label,
                          const std::optional<int64_t>& expires_ms);
  // Rising by id, above `after` (empty: from the first).
  std::vector<Token> List(const std::string& after, size_t limit) const;
  // kNotFound "no-such-token"; kConflict "last-admin-token".
  Result<void> Delete(ledger::Sequencer& sequencer, const std::string& id);

  // Fresh id and secret, and the side write that keeps a token: what `init`
  // puts into the first commit.
  static NewToken MakeToken();
  static ledger::KeyWrite TokenWrite(const Token& token);

 private:
  void Insert(Token token);

  mutable std::shared_mutex mu_;
  // Guarded by mu_.
  std::map<std::string, Token> by_id_;
  std::unordered_map<std::string, std::string> id_by_secret_;  // SHA-256 → id
};

Json TokenJson(const Token& token);

}  // namespace sealedger::notary
