// FuzzedService: the whole HTTP service but for its sockets, over a real notary
// on a folder in memory (/dev/shm), with a model of what it holds and a judge
// of what it answers.
//
// Its parties: operator (admin), acme and bravo (platform), clerk (issuer),
// court (regulator), person (applicant), each with a token.
// The route `platform` files by itself, and no seal goes unclaimed: what the
// service enters of its own accord, between two requests, no answer tells.
//
// Thread rule: one thread at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/service.h"
#include "notary/notary.h"
#include "tests/fuzz/support/answer_judge.h"
#include "tests/fuzz/support/ledger_model.h"
#include "tests/support/manual_clock.h"

namespace sealedger::fuzzing {

class FuzzedService : private api::Handler {
 public:
  explicit FuzzedService(bool read_needs_token);
  ~FuzzedService() override;

  struct Wire {
    std::string peer = "127.0.0.1";
    size_t step = SIZE_MAX;    // bytes come in pieces of this size
    size_t writes = SIZE_MAX;  // after so many the client is gone
  };
  // One connection whose client sends these bytes. Judges every answer.
  void Serve(const std::string& bytes, const Wire& wire);

  void PassTime(int64_t ms) { clock_.Advance(ms); }
  int64_t now_ms() { return clock_.WallMs(); }
  // Closes everything, judges the files, and opens them again.
  void Restart();
  // As it was at first.
  void Renew();
  // It has grown, or grown old, or somebody cannot call any more, or nobody
  // write: time for Renew.
  bool IsWorn();

  const LedgerModel& model() const { return *model_; }
  const std::vector<std::string>& tokens() const { return tokens_; }
  std::string BundleOf(uint64_t index) const;

 private:
  size_t BodyLimit(const api::Request& head) const override;
  ledger::Result<bool> KnowsSender(const api::Request& head) const override;
  api::Response Handle(const api::Request& request) override;
  void Finished(const api::Exchange& exchange) override;

  void Prepare();
  void Open();
  void Close();
  void JudgeFiles() const;
  void JudgePrivateFiles() const;
  void JudgeKeys() const;

  // Constant after construction.
  std::filesystem::path base_;  // the folder as it was at first
  std::filesystem::path dir_;
  notary::Settings settings_;
  ledger::VerifierKey vkey_;
  std::vector<std::string> tokens_;
  LedgerModel first_model_;
  int64_t first_ms_ = 0;

  testing::ManualClock clock_;
  std::unique_ptr<notary::Notary> notary_;
  std::unique_ptr<api::Service> service_;
  std::unique_ptr<LedgerModel> model_;
  std::unique_ptr<AnswerJudge> judge_;
  // Of the connection that is being served.
  std::vector<JudgedExchange> exchanges_;
  std::string note_before_;
  uint64_t size_before_ = 0;
};

}  // namespace sealedger::fuzzing
