// The paths, methods and statuses of api/openapi.yaml, read by the layout that
// the file keeps: two spaces a level, one key a line. Not a YAML reader.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>

namespace sealedger::testing {

// "GET" and "/v1/entries/{index}".
using Operation = std::pair<std::string, std::string>;
using Operations = std::map<Operation, std::set<int>>;

// Throws std::runtime_error where a line is not as expected.
Operations ReadOpenApi(const std::string& yaml);

// What any path may be refused with, before its route is looked at.
bool IsEdgeStatus(int status);

// The operation that a request is for; nullptr where there is none. HEAD is
// GET's.
const std::pair<const Operation, std::set<int>>* FindOperation(
    const Operations& operations, const std::string& method,
    const std::string& target);

}  // namespace sealedger::testing
