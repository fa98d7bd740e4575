// sealedger.toml: the settings of a service, read strictly (an unknown key is
// an error) with their defaults.
//
//   [server]      listen threads keep_alive_s read_timeout_s tls_cert tls_key
//                 trusted_proxies read log_file
//   [ledger]      gather_us max_queue
//   [guard]       path every
//   [clock]       max_gap
//   [idempotency] keep_days
//   [disk]        min_free_mib
//   [routes.NAME] mode filing_hours unclaimed_days
//   [seals]       ca ca_key maker passphrase_file checkpoint_oid
//
// Paths are relative to the file's folder. Durations are written "7d", "12h",
// "30s", "250ms".
//
// Thread rule: values; pure functions but for ReadSettings.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/result.h"
#include "notary/canonical_json.h"
#include "notary/register_entry.h"

namespace sealedger::notary {

struct ServerSettings {
  std::string listen = "127.0.0.1:8080";
  uint64_t threads = 96;                // 1..4096: a connection holds one
  uint64_t keep_alive_s = 15;           // 1..3600
  uint64_t read_timeout_s = 10;         // 1..3600
  std::optional<std::string> tls_cert;  // absolute or relative to the cwd
  std::optional<std::string> tls_key;
  std::vector<std::string> trusted_proxies;  // addresses
  bool read_needs_token = false;             // read = "public" | "token"
  std::string log_file;                      // empty: standard error
};

struct LedgerSettings {
  uint64_t gather_us = 300;   // 0..100,000
  uint64_t max_queue = 4096;  // 1..1,000,000
};

struct GuardSettings {
  std::string path;      // DIR/guard
  int64_t every_ms = 0;  // 0: "commit"
};

struct RouteSetting {
  // mode = "approval" | "filing": whether the service itself approves after
  // the route's last step.
  bool filing = false;
  uint64_t filing_hours = 24;    // 0..8,760: a later filing is noted as late
  uint64_t unclaimed_days = 90;  // 0..3,650: not activated by then, a seal is
                                 // cancelled
};

struct RouteSettings {
  RouteSetting public_security;
  RouteSetting agency;
  RouteSetting platform;

  const RouteSetting& of(Route route) const;
};

struct SealSettings {
  std::string ca;      // DIR/keys/seal-ca.pem: certificates that seals are
                       // judged by; the first one's key is ca_key
  std::string ca_key;  // DIR/keys/seal-ca-key.pem: certifies keys in custody
  std::string maker;   // DIR/keys/seal-maker.pem: certificate and key
  std::string passphrase_file;  // DIR/keys/seal-passphrase
  // Of the ledger's head in a signature made here.
  std::string checkpoint_oid = "2.999.26.3.1";
};

struct Settings {
  ServerSettings server;
  LedgerSettings ledger;
  GuardSettings guard;
  int64_t clock_max_gap_ms = int64_t{7} * 24 * 3600 * 1000;
  uint64_t idempotency_keep_days = 7;  // 1..3650
  uint64_t disk_min_free_mib = 512;    // 0..1,000,000,000; with less: not ready
  RouteSettings routes;
  SealSettings seals;
};

// `folder`: of the file, for relative paths; `data_dir`: for the defaults.
// Errors: kMalformed, kInvalidArgument with the key in `field`.
Result<Settings> ParseSettings(std::string_view toml, const std::string& folder,
                               const std::string& data_dir);
Result<Settings> ReadSettings(const std::string& path,
                              const std::string& data_dir);

// The text that `init` writes: every setting with its default and a comment.
std::string DefaultSettingsText();

}  // namespace sealedger::notary
