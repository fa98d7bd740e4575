// ValueMaker: values of requests from the choices of a fuzz input, chosen among
// what the ledger has, what it has not, and what no value is.
//
// Thread rule: one thread at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "notary/canonical_json.h"
#include "tests/fuzz/support/input.h"
#include "tests/fuzz/support/ledger_model.h"

namespace sealedger::fuzzing {

// All but letters, digits and -.:_ as %XX.
std::string Percent(std::string_view text);

class ValueMaker {
 public:
  // `model` and `input` must outlive it.
  ValueMaker(const LedgerModel& model, int64_t now_ms, FuzzInput& input)
      : model_(model), now_ms_(now_ms), input_(input) {}

  std::string Index();
  notary::Json IndexJson();
  std::string PartyId();
  std::string TokenId();
  // Hex, perhaps behind "sm3:".
  std::string Digest();
  std::string Time();
  std::string Key();  // of idempotency
  // UTF-8, whatever else.
  std::string Word();
  // {name: value}, each value with kPrivateMark.
  notary::Json Private();
  notary::Json Any();

 private:
  std::string Id();

  const LedgerModel& model_;
  const int64_t now_ms_;
  FuzzInput& input_;
};

}  // namespace sealedger::fuzzing
