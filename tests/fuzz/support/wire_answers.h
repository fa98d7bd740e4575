// The answers that a server wrote on one connection, read apart from the code
// that wrote them.
//
// Thread rule: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/http.h"

namespace sealedger::fuzzing {

struct WireAnswer {
  int status = 0;
  api::Headers headers;
  std::string body;
};

// `methods`: of the requests that were answered, in their order; the answer to
// HEAD has no body. Answers "100 Continue" are passed over. CHECK-fails on
// bytes that are not those answers and nothing else.
std::vector<WireAnswer> ReadAnswers(std::string_view bytes,
                                    const std::vector<std::string>& methods);

}  // namespace sealedger::fuzzing
