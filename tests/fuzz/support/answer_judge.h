// AnswerJudge: holds each answer of a service against what the contract of the
// API says, and against a model of the ledger that it keeps.
//
//   - The status is one that api/openapi.yaml lists for the operation, never
//     500; a problem is one of the table in api/problem.cc.
//   - The checkpoint after it is of the tree of exactly the entries that were
//     answered with 201, in their order: nothing shrinks, forks, or is there
//     that nobody was told of.
//   - A receipt verifies with the log's key and says what the request said, and
//     names what else the request made.
//   - Lists, tiles, parties and tokens are what the model works out.
//   - What the register lets in follows from what it holds, by rules that are
//     told here once more; its lists and answers are what the model works out,
//     and a seal that it gives out passes its checks.
//   - Who may not, cannot: roles, disclosures, token secrets, private values.
//   - The same idempotency key and request gives the same entries, another
//     request none.
//
// A breach prints request and answer and aborts.
//
// Thread rule: one thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/http.h"
#include "ledger/checkpoint.h"
#include "ledger/note.h"
#include "notary/canonical_json.h"
#include "notary/notary.h"
#include "tests/api/openapi_reader.h"
#include "tests/fuzz/support/ledger_model.h"
#include "tests/fuzz/support/register_model.h"

namespace sealedger::fuzzing {

// Every private value that is sent holds it, and no answer may.
inline constexpr std::string_view kPrivateMark = "private-0x5e41";

struct JudgedExchange {
  api::Request request;    // empty method: the head was refused
  api::Response response;  // its stream written into `body`
  std::string note_before;
  std::string note_after;
  std::vector<std::string> added;  // texts of the entries between the two
  int64_t now_ms = 0;
};

class AnswerJudge {
 public:
  // All must outlive it.
  AnswerJudge(LedgerModel& model, const ledger::VerifierKey& vkey,
              const notary::Settings& settings);

  void Judge(const JudgedExchange& exchange);

 private:
  [[noreturn]] void Breach(const char* file, int line,
                           const char* condition) const;

  void JudgeStatus() const;
  void JudgeProblem() const;
  void JudgeRefusal(std::string_view name) const;
  void JudgeSecrets() const;
  void JudgeCaller() const;
  void JudgeTree() const;

  // By route; each takes the answers that did not refuse.
  void JudgeSuccess();
  void JudgeRecorded();
  void JudgeBatch();
  void JudgeEntry() const;
  void JudgeBundle() const;
  void JudgeEntryList() const;
  void JudgeDocumentList() const;
  void JudgeParty() const;
  void JudgeNewToken();
  void JudgeTokenList() const;
  void JudgeDeletedToken();
  void JudgeVerdict() const;
  void JudgeTile() const;
  void JudgeStatusPage() const;
  void JudgeOrganization() const;
  void JudgeApplication() const;
  void JudgeApplicationList() const;
  void JudgeSeal() const;
  void JudgeSealList() const;
  void JudgeSealFile() const;
  void JudgeSealHistory() const;
  void JudgeSealStatus() const;

  // What this party's key stood for, where that is still remembered.
  const LedgerModel::Write* FindWrite() const;
  // A write that was answered with 201: true when it was a replay.
  bool JudgeIdempotency(uint64_t first, uint64_t count);
  void JudgeEvidence(const notary::Json& sent, uint64_t index) const;
  void JudgePartyEntry(const notary::Json& sent, uint64_t index) const;
  void JudgeErasure(const notary::Json& sent, uint64_t index);
  // An entry of the register that a request made, by what was there before.
  void JudgeRegisterEntry(const RegisterModel& before, const notary::Json& sent,
                          uint64_t index);
  void JudgeOrganizationEntry(const RegisterModel& before,
                              const notary::Json& sent, uint64_t index) const;
  void JudgeApplicationEntry(const RegisterModel& before,
                             const notary::Json& sent, uint64_t index) const;
  void JudgeApplicationStep(const RegisterModel& before,
                            const notary::Json& sent, uint64_t index) const;
  void JudgeIssuedSeal(const RegisterModel& before, const notary::Json& sent,
                       uint64_t index);
  void JudgePlaceOfSeal(const RegisterModel& before, const notary::Json& sent,
                        uint64_t index) const;
  void JudgeSealFileMade(const notary::Json& sent, uint64_t index) const;
  void JudgeSealEvent(const RegisterModel& before, const notary::Json& sent,
                      uint64_t index) const;
  void JudgeEffective(const notary::Json& sent, uint64_t index,
                      int64_t last_ms) const;
  // An entry that cancels a seal beside what the request was about.
  void JudgeCancelled(const RegisterModel& before, uint64_t index,
                      std::string_view reason) const;
  // Whose entry it is, and that it stands on that party's newest.
  void JudgeAuthor(uint64_t index, std::string_view party) const;
  // `fields`: what was to be kept apart, or null.
  void JudgeDisclosures(const std::vector<std::string>& given,
                        const notary::Json* fields, uint64_t index) const;
  // The fields that the request's entry keeps apart.
  std::optional<notary::Json> PrivateFieldsOf(const notary::Json& sent,
                                              uint64_t index) const;
  // A receipt of an entry that the model has, as the caller may see it; its
  // index.
  uint64_t JudgeReceipt(const notary::Json& receipt, bool with_proof) const;
  void JudgeListPage(const notary::Json& list,
                     const std::vector<uint64_t>& matching) const;
  // A page of the register: these items, and where the next page begins.
  struct RegisterPage {
    std::vector<std::string> items;
    std::optional<uint64_t> next;
  };
  RegisterPage ReadRegisterPage() const;
  RegisterPage ReadCsvPage() const;
  // `due`: items by the index that they stand at, in order.
  void JudgeRegisterPage(
      const RegisterPage& page,
      const std::vector<std::pair<uint64_t, notary::Json>>& due) const;
  // The name of a seal, where it is kept.
  std::optional<std::string> SealNameAt(uint64_t issued) const;

  bool Succeeded() const { return exchange_->response.status < 300; }
  notary::Json Answered() const;
  notary::Json Sent() const;
  const notary::Json& Member(const notary::Json& json,
                             std::string_view name) const;
  uint64_t IndexIn(const notary::Json& json, std::string_view name) const;
  const std::string& TextIn(const notary::Json& json,
                            std::string_view name) const;
  std::vector<std::string> TextsIn(const notary::Json& json,
                                   std::string_view name) const;
  std::vector<uint64_t> IndicesIn(const notary::Json& json,
                                  std::string_view name) const;
  // The segment of the path at a position: "/v1/entries/7" has "7" at 2.
  std::string PathSegment(size_t position) const;
  const notary::Caller* caller() const { return caller_ ? &*caller_ : nullptr; }

  LedgerModel& model_;
  const ledger::VerifierKey& vkey_;
  const notary::Settings& settings_;
  const std::vector<std::string> seal_cas_;  // DER
  const testing::Operations operations_;

  // Of the exchange that is being judged.
  const JudgedExchange* exchange_ = nullptr;
  std::optional<notary::Caller> caller_;
  ledger::TreeHead before_;
  ledger::TreeHead after_;
};

}  // namespace sealedger::fuzzing
