// What routes read from a request: its JSON body, its parameters, its path.
//
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "api/http.h"
#include "notary/canonical_json.h"

namespace sealedger::api {

// For requests that are small: a few dozen values.
inline constexpr size_t kFewValues = 1000;
// For 10,000 items of a batch, or a bundle: 50 values an item.
inline constexpr size_t kManyValues = 500000;

// Of these no request has more: beyond the first many, a value of a real one
// takes more bytes than this.
inline constexpr size_t kAnyValues = 20000;
inline constexpr size_t kBytesOfValue = 16;

// The body is JSON whatever Content-Type says: a plain `curl -d` sends another
// one, and a body has one reading here. Errors: the names of canonical_json.h.
Result<notary::Json> ReadJsonBody(const Request& request,
                                  size_t max_values = kFewValues);

// 400 unknown-parameter unless each name is one of `names` and stands there
// once. A detail never repeats a name or value that was sent.
Result<void> CheckParameters(const Request& request,
                             std::initializer_list<std::string_view> names);
// After CheckParameters: the value, or null.
const std::string* FindParameter(const Request& request, std::string_view name);

// An index in a path: decimal without leading zeros, below 2^63; 404
// no-such-entry otherwise.
Result<uint64_t> ReadIndex(std::string_view text);
// The same of a parameter; 400 bad-parameter.
Result<std::optional<uint64_t>> ReadIndexParameter(const Request& request,
                                                   std::string_view name);
// 400 bad-time unless it is spelled as the service spells times.
Result<std::optional<int64_t>> ReadTimeParameter(const Request& request,
                                                 std::string_view name);

}  // namespace sealedger::api
