// What commands write, and what they end with.
//
// Standard output holds the answer alone: text for people, or with --json one
// JSON value (of an error too: {"error":{"detail":…,"name":…}}). Errors are one
// sentence on standard error, with the problem's name.
//
// Thread rule: one thread at a time.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

#include "ledger/result.h"
#include "notary/canonical_json.h"

namespace sealedger::tools {

using ledger::Error;
using ledger::Result;
using notary::Json;

enum class Exit : int {
  kPassed = 0,
  kFailed = 1,   // checked, and refused; malformed bundles too
  kUsage = 2,    // the call makes no sense; a bad trust file too
  kNotDone = 3,  // could not be done: an unreadable file, no service
  kIndeterminate = 4,
};

// `text` for a terminal and for JSON: control characters, which could steer the
// one, and bytes that are no UTF-8 become '?'. What servers say, and names of
// files, go through this.
std::string Printable(std::string_view text);

// "the wall clock is not believed (clock-unsure)", with the place where the
// error has one.
std::string ErrorSentence(const Error& error);

class Output {
 public:
  Output(bool json, std::FILE* out, std::FILE* err)
      : json_(json), out_(out), err_(err) {}

  bool json() const { return json_; }

  // For people: a line on standard output; nothing with --json.
  void Line(std::string_view text);
  // For programs: the value, with --json only.
  void Value(const Json& value);
  // The same as a text that is JSON already.
  void JsonText(std::string_view text);
  // For people, beside the answer: a line on standard error.
  void Note(std::string_view text);
  // Says the error and gives back `exit`. `beside`: members that stand in the
  // JSON object beside `error`, such as what was done before it.
  Exit Fail(const Error& error, Exit exit = Exit::kNotDone,
            Json::Object beside = {});
  Exit Usage(std::string_view detail);

  // What was written so far reaches its reader now. False where it did not.
  bool Flush();

 private:
  const bool json_;
  std::FILE* const out_;
  std::FILE* const err_;
};

}  // namespace sealedger::tools
