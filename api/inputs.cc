#include "api/inputs.h"

#include <algorithm>

#include "ledger/encoding.h"
#include "notary/text.h"

namespace sealedger::api {

Result<notary::Json> ReadJsonBody(const Request& request, size_t max_values) {
  // A value takes fifty times the room of the two bytes that it may come in.
  const size_t dense = kAnyValues + request.body.size() / kBytesOfValue;
  return notary::ParseJson(request.body,
                           {.max_bytes = kMaxLargeBody,
                            .max_depth = 16,
                            .max_values = std::min(max_values, dense)});
}

Result<void> CheckParameters(const Request& request,
                             std::initializer_list<std::string_view> names) {
  for (auto parameter = request.query.begin(); parameter != request.query.end();
       ++parameter) {
    if (std::find(names.begin(), names.end(), parameter->first) ==
        names.end()) {
      return MakeError(Code::kInvalidArgument, "unknown-parameter",
                       "the query has a parameter that is not known here");
    }
    const bool twice = std::any_of(
        request.query.begin(), parameter,
        [&](const auto& before) { return before.first == parameter->first; });
    if (twice) {
      return MakeError(Code::kInvalidArgument, "unknown-parameter",
                       "the query has a parameter twice");
    }
  }
  return {};
}

const std::string* FindParameter(const Request& request,
                                 std::string_view name) {
  for (const auto& [key, value] : request.query) {
    if (key == name) return &value;
  }
  return nullptr;
}

Result<uint64_t> ReadIndex(std::string_view text) {
  const std::optional<uint64_t> index = ledger::ParseDecimal(text, INT64_MAX);
  if (!index) {
    return MakeError(Code::kNotFound, "no-such-entry",
                     "the path does not name an entry by its index");
  }
  return *index;
}

Result<std::optional<uint64_t>> ReadIndexParameter(const Request& request,
                                                   std::string_view name) {
  const std::string* text = FindParameter(request, name);
  if (text == nullptr) return std::optional<uint64_t>();
  const std::optional<uint64_t> index = ledger::ParseDecimal(*text, INT64_MAX);
  if (!index) {
    return MakeError(
        Code::kInvalidArgument, "bad-parameter",
        "the parameter " + std::string(name) + " is the index of an entry");
  }
  return index;
}

Result<std::optional<int64_t>> ReadTimeParameter(const Request& request,
                                                 std::string_view name) {
  const std::string* text = FindParameter(request, name);
  if (text == nullptr) return std::optional<int64_t>();
  const std::optional<int64_t> time = notary::ParseTime(*text);
  if (!time) {
    return MakeError(Code::kInvalidArgument, "bad-time",
                     "the parameter " + std::string(name) +
                         " is a time like 2026-11-22T09:30:00.123Z");
  }
  return time;
}

}  // namespace sealedger::api
