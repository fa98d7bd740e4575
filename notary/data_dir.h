// The folder of a service:
//
//   ledger/ views/ private/ guard log.vkey sealedger.toml admin.token
//   keys/log.pem keys/idempotency.key trust.toml quickstart/
//   keys/seal-ca.pem keys/seal-ca-key.pem keys/seal-maker.pem
//   keys/seal-passphrase keys/seals/
//
// Keys are PKCS#8 PEM of mode 0600; a wider mode is refused. `serve` never
// makes a key: InitDataDir alone does.
//
// Thread rule: functions over files; one process at a time writes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ledger/ed25519.h"
#include "ledger/note.h"
#include "ledger/result.h"
#include "notary/canonical_json.h"

namespace sealedger::notary {

struct DataPaths {
  explicit DataPaths(std::string dir);

  std::string dir;
  std::string ledger;
  std::string views;
  std::string private_blobs;
  std::string guard;  // unless the settings say otherwise
  std::string vkey;
  std::string settings;
  std::string admin_token;
  std::string trust;
  std::string log_key;
  std::string idempotency_key;
  std::string seal_ca;
  std::string seal_ca_key;
  std::string seal_maker;
  std::string seal_passphrase;
  std::string seal_keys;  // folder: keys in custody
};

// Reads a file whole. kIo, and kNotFound when it is not there.
Result<std::string> ReadFile(const std::string& path);
// What was made, named or removed in the folder is on disk.
Result<void> SyncFolder(const std::string& folder);
// Writes a new file, whole or not at all, synced with its folder. kConflict
// when it is there.
Result<void> WriteNewFile(const std::string& path, std::string_view content,
                          unsigned mode);
// ReadFile, and kPermissionDenied "key-mode" when others may read it.
Result<std::string> ReadSecretFile(const std::string& path);

Result<ledger::Ed25519Key> ReadLogKey(const DataPaths& paths);
// The vkey file: one line. Works while the service runs.
Result<ledger::VerifierKey> ReadVkey(const DataPaths& paths);

struct InitOutcome {
  std::string vkey;
  bool created_ledger = false;
  std::vector<std::string> made;  // paths that were not there before
};

// `init`: makes what is missing and changes nothing that is there. A new
// ledger gets its entries 0 (ledger.created) and 1 (party.registered
// `operator`) and an admin token. `succeeds`: a checkpoint note of the ledger
// that this one goes on from. For trials it also makes a seal authority of its
// own, an SM2 root and a seal maker, unless one of their files is there or the
// settings name others. kConflict where DIR has another origin.
Result<InitOutcome> InitDataDir(const std::string& dir,
                                const std::string& origin,
                                const std::optional<std::string>& succeeds);

}  // namespace sealedger::notary
