// The operator's and the verifier's files: whatever TOML says, reading it ends,
// and settings that are accepted are within their ranges.

#include <cstdint>
#include <string_view>

#include "ledger/check.h"
#include "notary/canonical_json.h"
#include "notary/settings.h"
#include "notary/toml.h"
#include "notary/trust.h"

namespace {

namespace notary = sealedger::notary;

void TryToml(std::string_view text) {
  const auto json = notary::ParseToml(text);
  if (!json) {
    CHECK(json.error().name == "toml");
    return;
  }
  // What was read is a value like any other: a table of UTF-8 texts.
  CHECK(json->if_object() != nullptr);
  const std::string written = notary::WriteJson(*json);
  CHECK(notary::ParseJson(written, {.max_bytes = size_t{64} << 20,
                                    .max_depth = 1000,
                                    .max_values = size_t{1} << 24})
            .has_value());
}

void TrySettings(std::string_view text) {
  const auto settings = notary::ParseSettings(text, "/folder", "/data");
  if (!settings) return;
  const auto& server = settings->server;
  CHECK(server.threads >= 1 && server.threads <= 4096);
  CHECK(server.keep_alive_s >= 1 && server.keep_alive_s <= 3600);
  CHECK(server.read_timeout_s >= 1 && server.read_timeout_s <= 3600);
  CHECK(settings->ledger.gather_us <= 100000);
  CHECK(settings->ledger.max_queue >= 1 &&
        settings->ledger.max_queue <= 1000000);
  CHECK(settings->guard.every_ms >= 0);
  CHECK(settings->clock_max_gap_ms > 0);
  CHECK(settings->idempotency_keep_days >= 1 &&
        settings->idempotency_keep_days <= 3650);
}

void TryTrust(std::string_view text) {
  const auto trust = notary::ParseTrust(text, "/folder/that/is/not/there");
  if (!trust) return;
  for (const auto& key : trust->logs) CHECK(key.public_key.size() == 32);
  for (const auto& ca : trust->cas) CHECK(ca.use == "seal" || ca.use == "tsa");
  for (const auto& block : trust->blocks) CHECK(block.hash.size() >= 64);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  TryToml(text);
  TrySettings(text);
  TryTrust(text);
  return 0;
}
