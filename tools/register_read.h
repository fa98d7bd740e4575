// How the commands of the register ask: one answer, or all pages of a list.
//
// Thread rule: one thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "ledger/result.h"
#include "tools/http_client.h"
#include "tools/output.h"

namespace sealedger::tools {

// A path with its parameters. Their values are codes, words and times: what a
// URL needs no escape for (CHECK).
class Query {
 public:
  explicit Query(std::string path) : target_(std::move(path)) {}

  void Add(std::string_view name, const std::optional<std::string>& value);
  void Add(std::string_view name, const std::optional<uint64_t>& value);
  void AddMoment(std::string_view name, const std::optional<int64_t>& time_ms);

  const std::string& target() const { return target_; }

 private:
  std::string target_;
};

// The object that the service answers with. An answer that is none is
// kMalformed "unexpected-answer"; another answer than ok is its problem.
Result<Json> GetObject(HttpClient& client, const Query& query);

// Hands out every item of a list, page by page.
Result<void> ForEachItem(HttpClient& client, const Query& query,
                         const std::function<void(const Json& item)>& use);

// Every line of a list as CSV, without its line end; the line of names once.
Result<void> ForEachCsvLine(HttpClient& client, const Query& query,
                            const std::function<void(std::string_view)>& use);

// The answer: for people a line for each member but its checkpoint, for
// programs as it came.
void TellAnswer(const Json& answer, Output& output);

// The text of a member; empty where there is none.
std::string TextOf(const Json& json, std::string_view name);
// The value of a member in words: "-" where there is none.
std::string WordOf(const Json& json, std::string_view name);

}  // namespace sealedger::tools
