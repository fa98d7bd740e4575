// Reads one JSON text per line; writes its canonical text per line, or "!" and
// the name of the refusal.

#include <iostream>
#include <string>

#include "notary/canonical_json.h"

int main() {
  using sealedger::notary::Json;
  using sealedger::notary::Result;
  std::ios::sync_with_stdio(false);
  std::string line;
  while (std::getline(std::cin, line)) {
    const Result<Json> json = sealedger::notary::ParseJson(line);
    std::cout << (json ? sealedger::notary::WriteJson(*json)
                       : "!" + json.error().name)
              << '\n';
  }
  return std::cout.flush() ? 0 : 1;
}
