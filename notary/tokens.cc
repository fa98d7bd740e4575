#include "notary/tokens.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "ledger/encoding.h"
#include "notary/json_members.h"
#include "notary/state.h"
#include "notary/text.h"

namespace sealedger::notary {
namespace {

using ledger::Code;
using ledger::MakeError;

constexpr std::string_view kKeyPrefix = "xtoken/";
constexpr std::string_view kSecretPrefix = "slg_";
constexpr size_t kSecretBytes = 32;
constexpr size_t kIdBytes = 8;

std::string TokenKey(std::string_view id) {
  return std::string(kKeyPrefix) + std::string(id);
}

Result<Token> ReadToken(std::string_view key, std::string_view value) {
  const Error corrupt = MakeError(Code::kCorruption, "state-corrupt",
                                  "a token's record cannot be read");
  Result<Json> json = ParseJson(value);
  if (!json) return corrupt;
  Members members(*json, "");
  Token token;
  token.id = key.substr(kKeyPrefix.size());
  const std::optional<Hash> secret =
      ledger::HashFromHex(members.String("sha256"));
  token.party = members.String("party");
  const std::optional<Role> role = ParseRole(members.String("role"));
  if (const std::string* label = members.OptionalString("label")) {
    token.label = *label;
  }
  if (const std::string* expires = members.OptionalString("expires")) {
    token.expires_ms = ParseTime(*expires);
  }
  if (!members.Finish() || !secret || !role) return corrupt;
  token.secret_sha256 = *secret;
  token.role = *role;
  return token;
}

bool Expired(const Token& token, int64_t now_ms) {
  return token.expires_ms && *token.expires_ms <= now_ms;
}

// Who may hold a token of a role: the operator any, others their own.
Result<void> CheckHolder(ledger::AdmitView& view, const std::string& party,
                         Role role) {
  const ReadState read = [&view](std::string_view key) {
    return view.State(key);
  };
  Result<std::optional<PartyState>> state = ReadPartyState(read, party);
  if (!state) return std::move(state).error();
  if (!state->has_value()) {
    return MakeError(Code::kVerificationFailed, "unknown-party",
                     "no such party is registered", "/party");
  }
  if (party != kOperator && (*state)->role != role) {
    return MakeError(Code::kVerificationFailed, "wrong-role-for-party",
                     "the party is registered with another role", "/role");
  }
  return {};
}

}  // namespace

Json TokenJson(const Token& token) {
  Json json{Json::Object{}};
  if (token.expires_ms) json.Add("expires", FormatTime(*token.expires_ms));
  json.Add("id", token.id);
  if (token.label) json.Add("label", *token.label);
  json.Add("party", token.party);
  json.Add("role", RoleName(token.role));
  return json;
}

Result<std::unique_ptr<Tokens>> Tokens::Load(const ledger::Ledger& ledger) {
  auto tokens = std::make_unique<Tokens>();
  std::optional<Error> bad;
  Result<void> scanned =
      ledger::Scan(ledger.store(), kKeyPrefix, ledger::PrefixEnd(kKeyPrefix),
                   [&](std::string_view key, std::string_view value) {
                     Result<Token> token = ReadToken(key, value);
                     if (!token) {
                       bad = std::move(token).error();
                       return false;
                     }
                     tokens->Insert(*std::move(token));
                     return true;
                   });
  if (!scanned) return std::move(scanned).error();
  if (bad) return *std::move(bad);
  return tokens;
}

void Tokens::Insert(Token token) {
  id_by_secret_.emplace(token.secret_sha256.view(), token.id);
  std::string id = token.id;
  by_id_.emplace(std::move(id), std::move(token));
}

Result<Caller> Tokens::Authenticate(std::string_view secret,
                                    int64_t now_ms) const {
  const Hash digest = ledger::Sha256Of(secret);
  const std::shared_lock<std::shared_mutex> lock(mu_);
  const auto id = id_by_secret_.find(std::string(digest.view()));
  if (id != id_by_secret_.end()) {
    const Token& token = by_id_.at(id->second);
    if (!Expired(token, now_ms)) return Caller{token.party, token.role};
  }
  return MakeError(Code::kUnauthenticated, "wrong-token",
                   "the token is unknown or has expired");
}

Result<NewToken> Tokens::Create(ledger::Sequencer& sequencer,
                                const std::string& party, Role role,
                                const std::optional<std::string>& label,
                                const std::optional<int64_t>& expires_ms) {
  const NewToken made = MakeToken();
  const Token token{
      made.id, ledger::Sha256Of(made.secret), party, role, label, expires_ms};
  Result<ledger::Sequenced> done = sequencer.Append(
      [&](ledger::AdmitView& view) -> Result<ledger::Admission> {
        Result<void> holder = CheckHolder(view, party, role);
        if (!holder) return std::move(holder).error();
        ledger::Admission admission;
        admission.side.push_back(TokenWrite(token));
        return admission;
      });
  if (!done) return std::move(done).error();
  const std::unique_lock<std::shared_mutex> lock(mu_);
  Insert(token);
  return made;
}

NewToken Tokens::MakeToken() {
  return {ledger::EncodeHex(ledger::RandomBytes(kIdBytes)),
          std::string(kSecretPrefix) +
              ledger::EncodeBase64Url(ledger::RandomBytes(kSecretBytes))};
}

ledger::KeyWrite Tokens::TokenWrite(const Token& token) {
  Json json{Json::Object{}};
  if (token.expires_ms) json.Add("expires", FormatTime(*token.expires_ms));
  if (token.label) json.Add("label", *token.label);
  json.Add("party", token.party);
  json.Add("role", RoleName(token.role));
  json.Add("sha256", ToHex(token.secret_sha256));
  return {TokenKey(token.id), WriteJson(json)};
}

std::vector<Token> Tokens::List(const std::string& after, size_t limit) const {
  std::vector<Token> tokens;
  const std::shared_lock<std::shared_mutex> lock(mu_);
  for (auto at = by_id_.upper_bound(after);
       at != by_id_.end() && tokens.size() < limit; ++at) {
    tokens.push_back(at->second);
  }
  return tokens;
}

Result<void> Tokens::Delete(ledger::Sequencer& sequencer,
                            const std::string& id) {
  Result<ledger::Sequenced> done =
      sequencer.Append([&](ledger::AdmitView&) -> Result<ledger::Admission> {
        // Decided and taken out in the sequencer: of two deletions of
        // the last two admin tokens the second finds one left.
        const std::unique_lock<std::shared_mutex> lock(mu_);
        const auto found = by_id_.find(id);
        if (found == by_id_.end()) {
          return MakeError(Code::kNotFound, "no-such-token",
                           "there is no token of this id");
        }
        // One that expires leaves nobody behind.
        const auto serves_admin = [](const Token& token) {
          return token.role == Role::kAdmin && !token.expires_ms;
        };
        const auto admins = std::count_if(
            by_id_.begin(), by_id_.end(),
            [&](const auto& item) { return serves_admin(item.second); });
        if (serves_admin(found->second) && admins <= 1) {
          return MakeError(Code::kConflict, "last-admin-token",
                           "the last admin token cannot be deleted");
        }
        id_by_secret_.erase(std::string(found->second.secret_sha256.view()));
        by_id_.erase(found);
        ledger::Admission admission;
        admission.side.push_back({TokenKey(id), std::nullopt});
        return admission;
      });
  if (!done) return std::move(done).error();
  return {};
}

}  // namespace sealedger::notary
