// BenchDocument: made-up documents for benchmarks, number n always the same
// one, no two alike. Their entries have kBenchEntryBytes, near the size of real
// evidence with both digests, a media type and a label.
//
// Thread rule: pure functions, but for BenchRequest, which serves one thread at
// a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "notary/evidence.h"
#include "notary/tokens.h"
#include "tools/file_digests.h"

namespace sealedger::tools {

// Of an entry by the party `operator` whose by_entry has one digit.
inline constexpr size_t kBenchEntryBytes = 600;

FileDigests BenchDigests(uint64_t n);

// The operator itself, as `init` registers it.
notary::Caller BenchCaller();
notary::PreparedEvidence PrepareBenchEvidence(uint64_t n);
// The entry's bytes as the sequencer would fill them in.
std::string BenchEntry(uint64_t n);

enum class PrivateFields { kNone, kTwo };

// One request for evidence over HTTP, whose digests are written in place.
class BenchRequest {
 public:
  // `path`: where it is sent to.
  BenchRequest(std::string_view path, std::string_view token,
               PrivateFields fields);

  // The whole request for document n. Lives until the next call.
  std::string_view For(uint64_t n);

 private:
  std::string text_;
  size_t sha256_at_;
  size_t sm3_at_;
};

// {document, label, private?}: the body of such a request.
std::string BenchBody(uint64_t n, PrivateFields fields);

}  // namespace sealedger::tools
