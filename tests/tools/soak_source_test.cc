#include "tools/soak_source.h"

#include <doctest/doctest.h>

#include <map>
#include <string>

#include "ledger/encoding.h"
#include "notary/receipt.h"

namespace sealedger::tools {
namespace {

constexpr std::chrono::microseconds kLatency{100};

// A service as it should be, and ways to be another one.
struct Sample {
  std::string Answer(std::string_view request, int* status) {
    *status = request.starts_with("POST") ? 201 : 200;
    const std::string target(request.substr(
        request.find(' ') + 1, request.find(" HTTP") - request.find(' ') - 1));
    if (target == "/v1/evidence") return Record();
    if (target.starts_with("/v1/entries/")) {
      return entries.at(*ledger::ParseDecimal(target.substr(12)));
    }
    return {};
  }

  std::string Record() {
    notary::Receipt receipt;
    receipt.index = entries.size() + 2;
    receipt.kind = "evidence.recorded";
    // As an entry's text could try: a receipt's members inside of it.
    receipt.entry = R"({"label":",\"index\":99,\"leaf_hash\":\"00\""})";
    receipt.leaf_hash =
        ledger::LeafHash(receipt.entry + std::to_string(receipt.index));
    receipt.proof = "a proof";
    std::string text;
    notary::AppendReceipt(&text, receipt);
    entries[receipt.index] = text;
    return text;
  }

  // Asks until it was for one of /v1/entries/{i}, answering all else well.
  // The index of that entry.
  uint64_t UntilEntry() {
    constexpr std::string_view kEntry = "GET /v1/entries/";
    for (;;) {
      const std::string request(source.Next(0));
      if (request.starts_with(kEntry)) {
        return *ledger::ParseDecimal(request.substr(
            kEntry.size(), request.find(" HTTP") - kEntry.size()));
      }
      // What this service does not play is refused for a while.
      int status = 0;
      const std::string body = Answer(request, &status);
      source.Answered(0, body.empty() ? 503 : status, body, kLatency);
    }
  }

  std::map<uint64_t, std::string> entries;  // receipts by index
  SoakMemory memory{1};
  SoakSamples samples;
  SoakFindings findings;
  SoakSource source{"slg_token", 0, 1, memory, samples, findings};
};

TEST_CASE("what is acknowledged is remembered with index and leaf hash") {
  Sample sample;
  sample.UntilEntry();
  CHECK(sample.memory.acknowledged() == sample.entries.size());
  for (const Acknowledged& entry : sample.memory.remembered()) {
    CHECK(sample.entries.at(entry.index).find(ledger::ToHex(entry.leaf_hash)) !=
          std::string::npos);
  }
  const SoakFindings::Counts counts = sample.findings.counts();
  CHECK(counts.lost == 0);
  CHECK(counts.wrong == 0);
  const auto receipt = sample.samples.Take();
  REQUIRE(receipt.has_value());
  CHECK(receipt->kind == SoakSample::Kind::kReceipt);
}

TEST_CASE("an entry that is missing or another one is lost") {
  Sample sample;
  sample.UntilEntry();
  sample.source.Answered(0, 404, "{}", kLatency);
  CHECK(sample.findings.counts().lost == 1);
  sample.UntilEntry();
  sample.source.Answered(0, 200, sample.Record(), kLatency);
  CHECK(sample.findings.counts().lost == 2);
  std::string changed = sample.entries.at(sample.UntilEntry());
  char& digit = changed[changed.find("leaf_hash\":\"") + 12];
  digit = digit == '0' ? '1' : '0';
  sample.source.Answered(0, 200, changed, kLatency);
  CHECK(sample.findings.counts().lost == 3);
  const std::string same = sample.entries.at(sample.UntilEntry());
  sample.source.Answered(0, 200, same, kLatency);
  CHECK(sample.findings.counts().lost == 3);
  CHECK(sample.findings.counts().wrong == 0);
}

TEST_CASE("a status of another kind is wrong, and 503 is counted apart") {
  Sample sample;
  sample.UntilEntry();
  static_cast<void>(sample.source.TakeFigures());
  sample.source.Answered(0, 500, "{}", kLatency);
  sample.UntilEntry();
  sample.source.Answered(0, 503, "{}", kLatency);
  CHECK(sample.findings.counts().wrong == 1);
  CHECK(sample.findings.counts().lost == 0);
  const SoakFigures figures = sample.source.TakeFigures();
  CHECK(figures.unavailable >= 1);
  CHECK(figures.answers >= 2);
  CHECK(sample.source.TakeFigures().answers == 0);
}

}  // namespace
}  // namespace sealedger::tools
