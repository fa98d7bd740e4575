// AnswerJudge, parties and tokens.
#include <algorithm>
#include <string>
#include <utility>

#include "api/inputs.h"
#include "notary/text.h"
#include "tests/fuzz/support/answer_judge.h"
#include "tests/fuzz/support/holds.h"

namespace sealedger::fuzzing {

void AnswerJudge::JudgePartyEntry(const notary::Json& sent,
                                  uint64_t index) const {
  const auto& made =
      std::get<notary::PartyEntry>(model_.items()[index].entry.body);
  HOLDS(made.id == (made.changed ? PathSegment(2) : TextIn(sent, "id")));
  HOLDS(made.changed == (exchange_->response.route != "/v1/parties"));
}

void AnswerJudge::JudgeParty() const {
  const notary::Json answer = Answered();
  const std::string id = PathSegment(2);
  const auto party = model_.FindParty(id);
  HOLDS(party.has_value());
  HOLDS(caller_->role == notary::Role::kAdmin ||
        caller_->role == notary::Role::kRegulator || caller_->party == id);
  HOLDS(TextIn(answer, "checkpoint") == exchange_->note_after);
  const notary::Json& members = Member(answer, "party");
  HOLDS(TextIn(members, "id") == id);
  HOLDS(TextIn(members, "role") == notary::RoleName(party->newest.role));
  HOLDS((members.Find("name") != nullptr) == party->newest.name.has_value());
  HOLDS((answer.Find("key") != nullptr) == party->newest.key.has_value());
  std::vector<uint64_t> entries;
  for (const notary::Json& index : *Member(answer, "entries").if_array()) {
    entries.push_back(static_cast<uint64_t>(*index.if_integer()));
  }
  HOLDS(entries == party->entries);
}

void AnswerJudge::JudgeNewToken() {
  const notary::Json answer = Answered();
  const notary::Json sent = Sent();
  LedgerModel::Token token;
  token.id = TextIn(answer, "id");
  token.secret = TextIn(answer, "token");
  token.party = TextIn(sent, "party");
  token.role = notary::ParseRole(TextIn(sent, "role")).value();
  if (sent.Find("expires") != nullptr) {
    token.expires_ms = notary::ParseTime(TextIn(sent, "expires"));
    HOLDS(token.expires_ms.has_value());
  }
  const auto party = model_.FindParty(token.party);
  HOLDS(party.has_value());
  HOLDS(token.party == notary::kOperator || party->newest.role == token.role);
  model_.AddToken(std::move(token));
}

void AnswerJudge::JudgeTokenList() const {
  HOLDS(caller_->role == notary::Role::kAdmin ||
        caller_->role == notary::Role::kRegulator);
  const notary::Json list = Answered();
  const std::string* cursor = api::FindParameter(exchange_->request, "cursor");
  auto expected = model_.tokens().upper_bound(cursor == nullptr ? "" : *cursor);
  for (const notary::Json& item : *Member(list, "items").if_array()) {
    HOLDS(expected != model_.tokens().end());
    HOLDS(TextIn(item, "id") == expected->first);
    HOLDS(TextIn(item, "party") == expected->second.party);
    HOLDS(TextIn(item, "role") == notary::RoleName(expected->second.role));
    ++expected;
  }
  HOLDS((expected == model_.tokens().end()) == Member(list, "next").is_null());
}

void AnswerJudge::JudgeDeletedToken() {
  HOLDS(exchange_->response.body.empty());
  model_.DropToken(PathSegment(2));
  // Somebody can still make tokens.
  HOLDS(std::any_of(model_.tokens().begin(), model_.tokens().end(),
                    [this](const auto& item) {
                      return item.second.role == notary::Role::kAdmin &&
                             (!item.second.expires_ms ||
                              *item.second.expires_ms > exchange_->now_ms);
                    }));
}

}  // namespace sealedger::fuzzing
