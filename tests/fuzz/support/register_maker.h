// RegisterMaker: requests to the register of seals from the choices of a fuzz
// input. Left to itself it makes what may come next: an organisation, an
// application for it, that application's next step, a seal on it, that seal's
// next event; each choice may turn that into something else.
//
// Thread rule: one thread at a time.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "notary/canonical_json.h"
#include "tests/fuzz/support/input.h"
#include "tests/fuzz/support/ledger_model.h"
#include "tests/fuzz/support/register_model.h"
#include "tests/fuzz/support/value_maker.h"

namespace sealedger::fuzzing {

class RegisterMaker {
 public:
  // All must outlive it.
  RegisterMaker(const LedgerModel& model, int64_t now_ms, FuzzInput& input,
                ValueMaker& values)
      : ledger_(model),
        model_(model),
        now_ms_(now_ms),
        input_(input),
        values_(values) {}

  struct Made {
    std::string target;
    std::optional<notary::Json> body;  // of a POST
  };
  Made Make();

 private:
  notary::Json OrganizationBody();
  notary::Json OrganizationEventBody(std::string_view uscc);
  notary::Json ApplicationBody();
  notary::Json ApplicationEventBody(const std::string& id);
  notary::Json SealBody();
  notary::Json SealEventBody(const std::string& code);
  std::string ApplicationsTarget();
  std::string SealsTarget();
  std::string SealTarget();

  std::string Uscc();
  std::string StandingUscc();
  std::string OrganizationName(std::string_view uscc);
  std::string ApplicationId();  // one that is there, as a rule
  std::string SealCode();       // likewise
  std::string NewSealCode();
  std::string NextState(const std::string& id);
  std::string NextEvent(const std::string& code);
  notary::Json Materials(std::string_view route);
  notary::Json Picture();
  // Adds `effective_at`, seldom.
  void AddEffective(notary::Json* json);

  const LedgerModel& ledger_;
  const RegisterModel model_;
  const int64_t now_ms_;
  FuzzInput& input_;
  ValueMaker& values_;
};

}  // namespace sealedger::fuzzing
