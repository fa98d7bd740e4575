// RequestMaker: HTTP requests from the choices of a fuzz input, by the grammar
// of the API: a route, values for its path and query chosen among what the
// ledger has and what it has not, a token, headers, a body, and now and then
// something that no grammar has.
//
// Thread rule: one thread at a time.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "notary/canonical_json.h"
#include "tests/fuzz/support/input.h"
#include "tests/fuzz/support/ledger_model.h"
#include "tests/fuzz/support/register_maker.h"
#include "tests/fuzz/support/value_maker.h"

namespace sealedger::fuzzing {

class RequestMaker {
 public:
  // A bundle of the ledger, for requests that send one.
  using BundleOf = std::function<std::string(uint64_t index)>;

  // `input`: of one request. All must outlive it.
  RequestMaker(const LedgerModel& model, const std::vector<std::string>& tokens,
               const BundleOf& bundle_of, int64_t now_ms, FuzzInput& input)
      : model_(model),
        tokens_(tokens),
        bundle_of_(bundle_of),
        now_ms_(now_ms),
        input_(input),
        values_(model, now_ms, input) {}

  // The bytes of a request, well-formed or not.
  std::string Make();

 private:
  struct Draft {
    std::string method = "GET";
    std::string target;
    std::string body;
    bool has_body = false;
  };

  void ChooseRoute(Draft* draft);
  void ChooseOfRegister(Draft* draft);
  void Post(Draft* draft, std::string target, std::string body);
  std::string Headers(const Draft& draft);
  std::string Spoil(std::string bytes);

  std::string EvidenceBody();
  std::string BatchBody();
  std::string PartyBody();
  std::string PartyChangeBody();
  std::string ErasureBody();
  std::string TokenBody();
  std::string VerifyBody();
  // The text, or, seldom, one that is not what was meant.
  std::string Body(notary::Json json);

  std::string EntriesQuery();
  std::string TilePath();

  const LedgerModel& model_;
  const std::vector<std::string>& tokens_;
  const BundleOf& bundle_of_;
  const int64_t now_ms_;
  FuzzInput& input_;
  ValueMaker values_;
};

}  // namespace sealedger::fuzzing
