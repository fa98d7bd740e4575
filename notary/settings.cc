#include "notary/settings.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "ledger/encoding.h"
#include "notary/data_dir.h"
#include "notary/der.h"
#include "notary/json_members.h"
#include "notary/toml.h"

namespace sealedger::notary {

namespace {

using ledger::Code;

// Longer spans have no use here, and the bound keeps sums far from overflow.
constexpr int64_t kMaxDurationMs = int64_t{3650} * 24 * 3600 * 1000;

// "7d", "12h", "10m", "30s", "250ms".
std::optional<int64_t> ParseDuration(std::string_view text) {
  const size_t digits =
      std::min(text.find_first_not_of("0123456789"), text.size());
  const std::string_view unit = text.substr(digits);
  int64_t unit_ms = 0;
  if (unit == "ms") unit_ms = 1;
  if (unit == "s") unit_ms = 1000;
  if (unit == "m") unit_ms = 60 * 1000;
  if (unit == "h") unit_ms = 3600 * 1000;
  if (unit == "d") unit_ms = 24 * 3600 * 1000;
  if (unit_ms == 0) return std::nullopt;
  const auto count = ledger::ParseDecimal(
      text.substr(0, digits), static_cast<uint64_t>(kMaxDurationMs / unit_ms));
  if (!count || *count == 0) return std::nullopt;
  return static_cast<int64_t>(*count) * unit_ms;
}

std::string Under(const std::string& folder, const std::string& path) {
  return (std::filesystem::path(folder) / path).lexically_normal().string();
}

// One table of the file, with its defaults where it or a key is absent.
class Table {
 public:
  Table(Members& parent, std::string_view name)
      : parent_(parent), members_(parent.OptionalObject(name)) {}

  // For tables inside this one; null where this one is absent.
  Members* members() { return members_ ? &*members_ : nullptr; }

  // Ends the table: hands its fault, or a key that nobody asked for, upwards.
  void Finish() {
    if (members_ && !members_->Finish()) parent_.Fail(members_->error());
  }

  void Number(std::string_view name, uint64_t min, uint64_t max,
              uint64_t* value) {
    if (!members_) return;
    const auto given = members_->OptionalInteger(name, max);
    if (!given) return;
    if (*given < min) {
      members_->Fail(name, Code::kInvalidArgument, "number-out-of-range",
                     "the number must be from " + std::to_string(min) + " to " +
                         std::to_string(max));
      return;
    }
    *value = *given;
  }

  // nullptr where it is absent.
  const std::string* Text(std::string_view name) {
    const std::string* text =
        members_ ? members_->OptionalString(name) : nullptr;
    if (text == nullptr) return nullptr;
    if (text->empty()) {
      Fail(name, "an empty text means nothing here");
      return nullptr;
    }
    return text;
  }

  void Path(std::string_view name, const std::string& folder,
            std::string* value) {
    if (const std::string* text = Text(name)) *value = Under(folder, *text);
  }

  void Path(std::string_view name, const std::string& folder,
            std::optional<std::string>* value) {
    if (const std::string* text = Text(name)) *value = Under(folder, *text);
  }

  void Duration(std::string_view name, int64_t* value_ms) {
    const std::string* text = Text(name);
    if (text == nullptr) return;
    const auto duration = ParseDuration(*text);
    if (!duration) {
      Fail(name, "a duration is written 7d, 12h, 10m, 30s or 250ms");
      return;
    }
    *value_ms = *duration;
  }

  void Texts(std::string_view name, std::vector<std::string>* value) {
    const Json::Array* array =
        members_ ? members_->OptionalArray(name) : nullptr;
    if (array == nullptr) return;
    value->clear();
    for (const Json& item : *array) {
      const std::string* text = item.if_string();
      if (text == nullptr || text->empty()) {
        Fail(name, "a list of texts is due here");
        return;
      }
      value->push_back(*text);
    }
  }

  void Fail(std::string_view name, std::string_view detail) {
    members_->Fail(name, Code::kInvalidArgument, "bad-setting", detail);
  }

 private:
  Members& parent_;
  std::optional<Members> members_;
};

void ReadServer(Members& file, const std::string& folder,
                ServerSettings* server) {
  Table table(file, "server");
  if (const std::string* listen = table.Text("listen")) {
    server->listen = *listen;
  }
  table.Number("threads", 1, 4096, &server->threads);
  table.Number("keep_alive_s", 1, 3600, &server->keep_alive_s);
  table.Number("read_timeout_s", 1, 3600, &server->read_timeout_s);
  table.Path("tls_cert", folder, &server->tls_cert);
  table.Path("tls_key", folder, &server->tls_key);
  if (server->tls_cert.has_value() != server->tls_key.has_value()) {
    table.Fail(server->tls_cert ? "tls_cert" : "tls_key",
               "tls_cert and tls_key go together");
  }
  table.Texts("trusted_proxies", &server->trusted_proxies);
  if (const std::string* read = table.Text("read")) {
    if (*read != "public" && *read != "token") {
      table.Fail("read", "public or token is due here");
    }
    server->read_needs_token = *read == "token";
  }
  table.Path("log_file", folder, &server->log_file);
  table.Finish();
}

void ReadGuard(Members& file, const std::string& folder, GuardSettings* guard) {
  Table table(file, "guard");
  table.Path("path", folder, &guard->path);
  const std::string* every = table.Text("every");
  if (every != nullptr && *every != "commit") {
    table.Duration("every", &guard->every_ms);
  }
  table.Finish();
}

void ReadRoute(Members& routes, Route route, RouteSetting* setting) {
  Table table(routes, RouteName(route));
  if (const std::string* mode = table.Text("mode")) {
    if (*mode != "approval" && *mode != "filing") {
      table.Fail("mode", "approval or filing is due here");
    }
    setting->filing = *mode == "filing";
  }
  table.Number("filing_hours", 0, 8760, &setting->filing_hours);
  table.Number("unclaimed_days", 0, 3650, &setting->unclaimed_days);
  table.Finish();
}

void ReadRoutes(Members& file, RouteSettings* settings) {
  Table routes(file, "routes");
  if (Members* members = routes.members()) {
    ReadRoute(*members, Route::kPublicSecurity, &settings->public_security);
    ReadRoute(*members, Route::kAgency, &settings->agency);
    ReadRoute(*members, Route::kPlatform, &settings->platform);
  }
  routes.Finish();
}

void ReadSeals(Members& file, const std::string& folder,
               SealSettings* settings) {
  Table seals(file, "seals");
  seals.Path("ca", folder, &settings->ca);
  seals.Path("ca_key", folder, &settings->ca_key);
  seals.Path("maker", folder, &settings->maker);
  seals.Path("passphrase_file", folder, &settings->passphrase_file);
  if (const std::string* oid = seals.Text("checkpoint_oid")) {
    if (!IsOid(*oid)) seals.Fail("checkpoint_oid", "not an object identifier");
    settings->checkpoint_oid = *oid;
  }
  seals.Finish();
}

}  // namespace

const RouteSetting& RouteSettings::of(Route route) const {
  switch (route) {
    case Route::kPublicSecurity:
      return public_security;
    case Route::kAgency:
      return agency;
    case Route::kPlatform:
      return platform;
  }
  CHECK(false);
}

Result<Settings> ParseSettings(std::string_view toml, const std::string& folder,
                               const std::string& data_dir) {
  auto json = ParseToml(toml);
  if (!json) return std::move(json).error();
  Settings settings;
  const DataPaths paths(data_dir);
  settings.guard.path = paths.guard;
  settings.seals.ca = paths.seal_ca;
  settings.seals.ca_key = paths.seal_ca_key;
  settings.seals.maker = paths.seal_maker;
  settings.seals.passphrase_file = paths.seal_passphrase;

  Members file(*json, "");
  ReadServer(file, folder, &settings.server);
  Table ledger(file, "ledger");
  ledger.Number("gather_us", 0, 100000, &settings.ledger.gather_us);
  ledger.Number("max_queue", 1, 1000000, &settings.ledger.max_queue);
  ledger.Finish();
  ReadGuard(file, folder, &settings.guard);
  Table clock(file, "clock");
  clock.Duration("max_gap", &settings.clock_max_gap_ms);
  clock.Finish();
  Table idempotency(file, "idempotency");
  idempotency.Number("keep_days", 1, 3650, &settings.idempotency_keep_days);
  idempotency.Finish();
  Table disk(file, "disk");
  disk.Number("min_free_mib", 0, 1000000000, &settings.disk_min_free_mib);
  disk.Finish();
  ReadRoutes(file, &settings.routes);
  ReadSeals(file, folder, &settings.seals);
  if (!file.Finish()) return file.error();
  return settings;
}

Result<Settings> ReadSettings(const std::string& path,
                              const std::string& data_dir) {
  auto text = ReadFile(path);
  if (!text) return std::move(text).error();
  return ParseSettings(
      *text, std::filesystem::path(path).parent_path().string(), data_dir);
}

std::string DefaultSettingsText() {
  return R"(# Settings of this service. Every key is shown with its default; an unknown
# key is an error. Paths are relative to this file. Durations: 7d 12h 10m 30s
# 250ms.

[server]
# Off loopback the service listens only with tls_cert and tls_key (PEM).
listen = "127.0.0.1:8080"
# A connection holds a thread.
threads = 96
keep_alive_s = 15
read_timeout_s = 10
# tls_cert = "tls/cert.pem"
# tls_key = "tls/key.pem"
# Addresses whose X-Forwarded-For tells where a request comes from.
trusted_proxies = []
# Entries, documents and bundles are readable by all ("public"), or by token
# holders only ("token").
read = "public"
# Else standard error. SIGHUP opens it anew.
# log_file = "sealedger.log"

[ledger]
# Microseconds that a commit waits for more requests while they keep coming.
gather_us = 300
# Requests that wait; one more is answered 503.
max_queue = 4096

[guard]
# The newest signed head, so that a ledger that was rolled back is noticed.
# Best on another disk than this folder.
path = "guard"
# With every commit, or a duration.
every = "commit"

[clock]
# The wall clock is believed at the start when the last entry is no older.
max_gap = "7d"

[idempotency]
# How long an Idempotency-Key is remembered.
keep_days = 7

[disk]
# With less free space under this folder or the guard, /readyz says no.
min_free_mib = 512

# How applications for seals are led, by route. The mode `approval` waits for
# somebody to approve after the last step, `filing` approves with it. A seal
# filed later than filing_hours after its issue is noted as late; one that is
# not activated within unclaimed_days is cancelled.
[routes.public_security]
mode = "approval"
filing_hours = 24
unclaimed_days = 90

[routes.agency]
mode = "approval"
filing_hours = 24
unclaimed_days = 90

[routes.platform]
mode = "approval"
filing_hours = 24
unclaimed_days = 90

[seals]
# Certificates that seals are judged by (PEM), and the key of the first of them,
# which certifies keys in custody here. `init` makes a set for trials.
ca = "keys/seal-ca.pem"
ca_key = "keys/seal-ca-key.pem"
# The seal maker's certificate and key.
maker = "keys/seal-maker.pem"
# What the keys of seals are encrypted under; SEALEDGER_SEAL_PASSPHRASE, where
# it is set, comes first.
passphrase_file = "keys/seal-passphrase"
# Under which the ledger's newest head stands in a signature made here.
checkpoint_oid = "2.999.26.3.1"
)";
}

}  // namespace sealedger::notary
