#include "tests/api/openapi_reader.h"

#include <algorithm>
#include <cctype>
#include <sstream>
#include <stdexcept>

namespace sealedger::testing {

namespace {

std::string Upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return std::toupper(c); });
  return text;
}

// Segment by segment; {path}, the one name that holds slashes, takes the rest.
bool Fits(std::string_view pattern, std::string_view path) {
  while (!pattern.empty() && !path.empty()) {
    const std::string_view want = pattern.substr(0, pattern.find('/', 1));
    const std::string_view have = path.substr(0, path.find('/', 1));
    if (want == "/{path}") return true;
    if (!want.starts_with("/{") && want != have) return false;
    pattern.remove_prefix(want.size());
    path.remove_prefix(have.size());
  }
  return pattern.empty() && path.empty();
}

}  // namespace

Operations ReadOpenApi(const std::string& yaml) {
  Operations operations;
  std::istringstream lines(yaml);
  std::string line;
  std::string path;
  std::string method;
  bool in_paths = false;
  while (std::getline(lines, line)) {
    const size_t indent = std::min(line.find_first_not_of(' '), line.size());
    const std::string text = line.substr(indent);
    if (indent == 0 && !text.empty()) in_paths = text == "paths:";
    if (!in_paths || text.empty()) continue;
    if (indent == 2) {
      if (!text.ends_with(':')) throw std::runtime_error(line);
      path = text.substr(0, text.size() - 1);
      method.clear();
    } else if (indent == 4) {
      if (!text.ends_with(':')) throw std::runtime_error(line);
      method = Upper(text.substr(0, text.size() - 1));
      operations[{method, path}];
    } else if (indent == 8 && text.size() > 5 && text[0] == '\'') {
      operations.at({method, path}).insert(std::stoi(text.substr(1, 3)));
    }
  }
  return operations;
}

bool IsEdgeStatus(int status) {
  for (const int edge : {400, 405, 411, 413, 414, 431, 503}) {
    if (status == edge) return true;
  }
  return false;
}

const std::pair<const Operation, std::set<int>>* FindOperation(
    const Operations& operations, const std::string& method,
    const std::string& target) {
  const std::string path = target.substr(0, target.find('?'));
  const std::string asked = method == "HEAD" ? "GET" : method;
  const std::pair<const Operation, std::set<int>>* found = nullptr;
  for (const auto& operation : operations) {
    if (operation.first.first != asked) continue;
    if (!Fits(operation.first.second, path)) continue;
    // A literal path before one with names: /v1/evidence/batch.
    if (found == nullptr || operation.first.second == path) found = &operation;
  }
  return found;
}

}  // namespace sealedger::testing
