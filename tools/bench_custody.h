// BenchCustody: the folder of a service with one seal whose key is in custody,
// made as a service makes it: a platform, an organisation, an application led
// to its approval, the seal issued, filed and activated. Its picture has the
// size of real ones.
//
// Thread rule: immutable; BenchOrder and the like are pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ledger/result.h"
#include "notary/entry.h"
#include "notary/notary.h"

namespace sealedger::tools {

struct BenchCustody {
  std::string data_dir;
  std::string code;
  std::string seseal;
  notary::Caller custodian;
  std::string token;                                        // the custodian's
  std::vector<std::pair<uint64_t, notary::Entry>> history;  // of the seal
};

// In an empty folder. What a service says where it refuses any step.
ledger::Result<BenchCustody> MakeBenchCustody(const std::string& data_dir);

notary::WriteContext ContextOf(const notary::Caller& caller);

// What is signed to seal document number n.
std::string BenchProtected(uint64_t n);
// {protected, document, property_info}: the order to seal it.
std::string BenchOrder(uint64_t n);
// {protected, document, signature}: one that was made elsewhere.
std::string BenchGiven(uint64_t n, std::string_view signature);

}  // namespace sealedger::tools
