#include "notary/settings.h"

#include <doctest/doctest.h>

#include <string>

namespace sealedger::notary {
namespace {

Result<Settings> Parse(std::string_view toml) {
  return ParseSettings(toml, "/etc/ledger", "/srv/data");
}

void CheckRefused(std::string_view toml, std::string_view name,
                  std::string_view field) {
  CAPTURE(toml);
  const auto settings = Parse(toml);
  REQUIRE(!settings);
  CHECK(settings.error().name == name);
  CHECK(settings.error().field == field);
}

void CheckDefaults(const Settings& settings) {
  CHECK(settings.server.listen == "127.0.0.1:8080");
  CHECK(settings.server.threads == 96);
  CHECK(settings.server.keep_alive_s == 15);
  CHECK(settings.server.read_timeout_s == 10);
  CHECK(!settings.server.tls_cert);
  CHECK(!settings.server.tls_key);
  CHECK(settings.server.trusted_proxies.empty());
  CHECK(!settings.server.read_needs_token);
  CHECK(settings.ledger.gather_us == 300);
  CHECK(settings.ledger.max_queue == 4096);
  CHECK(settings.guard.every_ms == 0);
  CHECK(settings.clock_max_gap_ms == int64_t{7} * 24 * 3600 * 1000);
  CHECK(settings.idempotency_keep_days == 7);
  CHECK(settings.disk_min_free_mib == 512);
  CHECK(settings.server.log_file.empty());
}

TEST_CASE("an empty file means the defaults") {
  const auto settings = Parse("");
  REQUIRE(settings);
  CheckDefaults(*settings);
  CHECK(settings->guard.path == "/srv/data/guard");
}

TEST_CASE("the text that init writes says the defaults") {
  const auto settings =
      ParseSettings(DefaultSettingsText(), "/srv/data", "/srv/data");
  REQUIRE(settings);
  CheckDefaults(*settings);
  CHECK(settings->guard.path == "/srv/data/guard");
}

TEST_CASE("every setting is read") {
  const auto settings = Parse(R"(
[server]
listen = "0.0.0.0:443"
threads = 4096
keep_alive_s = 1
read_timeout_s = 3600
tls_cert = "tls/cert.pem"
tls_key = "/keys/key.pem"
trusted_proxies = ["10.0.0.1", "::1"]
read = "token"
log_file = "logs/service.log"
[ledger]
gather_us = 0
max_queue = 1
[guard]
path = "../other/guard"
every = "250ms"
[clock]
max_gap = "12h"
[idempotency]
keep_days = 3650
[disk]
min_free_mib = 0
)");
  REQUIRE(settings);
  CHECK(settings->server.listen == "0.0.0.0:443");
  CHECK(settings->server.threads == 4096);
  CHECK(settings->server.keep_alive_s == 1);
  CHECK(settings->server.read_timeout_s == 3600);
  CHECK(settings->server.tls_cert == "/etc/ledger/tls/cert.pem");
  CHECK(settings->server.tls_key == "/keys/key.pem");
  CHECK(settings->server.trusted_proxies ==
        std::vector<std::string>{"10.0.0.1", "::1"});
  CHECK(settings->server.read_needs_token);
  CHECK(settings->ledger.gather_us == 0);
  CHECK(settings->ledger.max_queue == 1);
  CHECK(settings->guard.path == "/etc/other/guard");
  CHECK(settings->guard.every_ms == 250);
  CHECK(settings->clock_max_gap_ms == int64_t{12} * 3600 * 1000);
  CHECK(settings->idempotency_keep_days == 3650);
  CHECK(settings->disk_min_free_mib == 0);
  CHECK(settings->server.log_file == "/etc/ledger/logs/service.log");
}

TEST_CASE("durations have a unit, no sign and no leading zero") {
  const auto max_gap = [](const std::string& text) {
    return Parse("[clock]\nmax_gap = \"" + text + "\"\n");
  };
  CHECK(max_gap("1ms")->clock_max_gap_ms == 1);
  CHECK(max_gap("30s")->clock_max_gap_ms == 30000);
  CHECK(max_gap("10m")->clock_max_gap_ms == 600000);
  CHECK(max_gap("3650d")->clock_max_gap_ms == int64_t{3650} * 86400000);
  for (const char* text : {"7", "d", "07d", "-1d", "1.5h", "1 d", "1w", "0s",
                           "3651d", "7D", "99999999999999999999s"}) {
    CAPTURE(text);
    const auto refused = max_gap(text);
    REQUIRE(!refused);
    CHECK(refused.error().name == "bad-setting");
    CHECK(refused.error().field == "/clock/max_gap");
  }
}

TEST_CASE("an unknown table or key is refused and named") {
  CheckRefused("[serve]\n", "unknown-member", "/serve");
  CheckRefused("[server]\nthread = 4\n", "unknown-member", "/server/thread");
  CheckRefused("listen = \"127.0.0.1:1\"\n", "unknown-member", "/listen");
}

TEST_CASE("values outside their bounds are refused") {
  CheckRefused("[server]\nthreads = 0\n", "number-out-of-range",
               "/server/threads");
  CheckRefused("[server]\nthreads = 4097\n", "number-out-of-range",
               "/server/threads");
  CheckRefused("[ledger]\ngather_us = 100001\n", "number-out-of-range",
               "/ledger/gather_us");
  CheckRefused("[ledger]\nmax_queue = -1\n", "number-out-of-range",
               "/ledger/max_queue");
  CheckRefused("[idempotency]\nkeep_days = 0\n", "number-out-of-range",
               "/idempotency/keep_days");
}

TEST_CASE("values of another kind are refused") {
  CheckRefused("[server]\nlisten = 8080\n", "invalid-request",
               "/server/listen");
  CheckRefused("[server]\nlisten = \"\"\n", "bad-setting", "/server/listen");
  CheckRefused("[server]\nread = \"all\"\n", "bad-setting", "/server/read");
  CheckRefused("[server]\ntrusted_proxies = [1]\n", "bad-setting",
               "/server/trusted_proxies");
  CheckRefused("[guard]\nevery = \"never\"\n", "bad-setting", "/guard/every");
  CheckRefused("server = 1\n", "invalid-request", "/server");
}

TEST_CASE("a certificate without its key is refused") {
  CheckRefused("[server]\ntls_cert = \"c.pem\"\n", "bad-setting",
               "/server/tls_cert");
  CheckRefused("[server]\ntls_key = \"k.pem\"\n", "bad-setting",
               "/server/tls_key");
}

TEST_CASE("what is no TOML is refused") {
  const auto settings = Parse("[server\n");
  REQUIRE(!settings);
  CHECK(settings.error().code == ledger::Code::kMalformed);
}

}  // namespace
}  // namespace sealedger::notary
