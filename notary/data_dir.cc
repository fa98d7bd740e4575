#include "notary/data_dir.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "ledger/encoding.h"
#include "ledger/leveldb_store.h"
#include "ledger/sequencer.h"
#include "notary/party.h"
#include "notary/seal_authority.h"
#include "notary/settings.h"
#include "notary/state.h"
#include "notary/tokens.h"
#include "version.h"

namespace sealedger::notary {
namespace {

using ledger::Code;
using ledger::MakeError;

constexpr unsigned kSecretMode = 0600;
constexpr unsigned kPublicMode = 0644;
constexpr size_t kIdempotencyKeyBytes = 32;

Error FileError(const std::string& path) {
  return MakeError(errno == ENOENT ? Code::kNotFound : Code::kIo, "file",
                   path + ": " + std::strerror(errno));
}

// What a parser says, and of which file.
Error Named(Error error, const std::string& path) {
  error.detail = path + ": " + error.detail;
  return error;
}

bool Exists(const std::string& path) {
  return ::access(path.c_str(), F_OK) == 0;
}

// A guard that was made and never written: an init ended before its first
// commit.
bool HasContent(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && status.st_size > 0;
}

Result<void> MakeFolder(const std::string& path) {
  std::error_code failed;
  std::filesystem::create_directories(path, failed);
  if (failed) {
    return MakeError(Code::kIo, "file", path + ": " + failed.message());
  }
  return {};
}

Result<void> WriteAndSync(int fd, const std::string& path,
                          std::string_view content) {
  while (!content.empty()) {
    const ssize_t wrote = ::write(fd, content.data(), content.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return FileError(path);
    content.remove_prefix(static_cast<size_t>(wrote));
  }
  if (::fsync(fd) != 0) return FileError(path);
  return {};
}

// Makes the file unless it is there, and notes that it did.
Result<void> Provide(const std::string& path, std::string_view content,
                     unsigned mode, InitOutcome* outcome) {
  if (Exists(path)) return {};
  Result<void> written = WriteNewFile(path, content, mode);
  if (written) outcome->made.push_back(path);
  return written;
}

// True when a ledger with entries is there already.
Result<bool> HasLedger(const std::string& path) {
  if (!Exists(path + "/CURRENT")) return false;
  Result<std::unique_ptr<ledger::Store>> store = ledger::OpenLevelDb(path, {});
  if (!store) {
    // Whoever holds it serves it.
    if (store.error().name == "locked") return true;
    return std::move(store).error();
  }
  Result<std::optional<std::string>> first = (*store)->Get(ledger::EntryKey(0));
  if (!first) return std::move(first).error();
  return first->has_value();
}

ledger::Admission FirstEntries(const std::string& origin,
                               const std::string& vkey,
                               const std::optional<std::string>& succeeds,
                               const Token& admin, int64_t time_ms) {
  Entry created;
  created.time_ms = time_ms;
  created.by = kOperator;
  created.body = LedgerCreated{origin, vkey,
                               std::string("sealedger/") + kVersion, succeeds};
  const Entry operator_entry = OperatorEntry(time_ms);
  ledger::Admission admission;
  admission.entries.push_back({FormatEntry(created), ""});
  admission.entries.push_back({FormatEntry(operator_entry), ""});
  StateFold state([](std::string_view) {
    return Result<std::optional<std::string>>(std::nullopt);
  });
  CHECK(FoldEntry(created, 0, &state));
  CHECK(FoldEntry(operator_entry, 1, &state));
  admission.state = state.Take();
  admission.side.push_back(Tokens::TokenWrite(admin));
  return admission;
}

Result<void> CreateLedger(const DataPaths& paths, const std::string& origin,
                          const ledger::Ed25519Key& key,
                          const std::optional<std::string>& succeeds,
                          InitOutcome* outcome) {
  const Result<Settings> settings = ReadSettings(paths.settings, paths.dir);
  if (!settings) return settings.error();
  const std::string& guard_path = settings->guard.path;
  const bool guarded = HasContent(guard_path);
  if (guarded || (Exists(paths.admin_token) && !Exists(paths.ledger))) {
    return MakeError(Code::kConflict, "guard-without-ledger",
                     (guarded ? guard_path : paths.admin_token) +
                         " is there and its ledger is not: a ledger that is "
                         "lost does not begin again under its origin");
  }
  ledger::LevelDbOptions options;
  options.create_if_missing = true;
  Result<std::unique_ptr<ledger::Store>> store =
      ledger::OpenLevelDb(paths.ledger, options);
  if (!store) return std::move(store).error();
  const ledger::SignHead sign = [&](const ledger::TreeHead& head) {
    return ledger::SignCheckpoint({origin, head}, key);
  };
  Result<std::unique_ptr<ledger::Ledger>> opened =
      ledger::Ledger::Open(*std::move(store), sign);
  if (!opened) return std::move(opened).error();

  // The token's file comes first: without it the ledger's only token is lost.
  const NewToken made = Tokens::MakeToken();
  std::error_code ignored_if_absent;
  std::filesystem::remove(paths.admin_token, ignored_if_absent);
  Result<void> written =
      WriteNewFile(paths.admin_token, made.secret + "\n", kSecretMode);
  if (!written) return written;
  outcome->made.push_back(paths.admin_token);

  ledger::SystemClock clock;
  ledger::SequencerOptions sequencing;
  sequencing.sign_head = sign;
  sequencing.clock = &clock;
  Result<ledger::Guard> guard = ledger::Guard::Open(guard_path);
  if (!guard) return std::move(guard).error();
  sequencing.guard.emplace(*std::move(guard));
  Result<std::unique_ptr<ledger::Sequencer>> sequencer =
      ledger::Sequencer::Start(**opened, std::move(sequencing));
  if (!sequencer) return std::move(sequencer).error();
  const Token admin{made.id,
                    ledger::Sha256Of(made.secret),
                    std::string(kOperator),
                    Role::kAdmin,
                    std::nullopt,
                    std::nullopt};
  Result<ledger::Sequenced> sequenced =
      (*sequencer)->Append([&](ledger::AdmitView& view) {
        return Result<ledger::Admission>(FirstEntries(
            origin, outcome->vkey, succeeds, admin, view.time_ms()));
      });
  if (!sequenced) return std::move(sequenced).error();
  outcome->made.push_back(paths.ledger);
  outcome->created_ledger = true;
  return {};
}

}  // namespace

DataPaths::DataPaths(std::string folder)
    : dir(std::move(folder)),
      ledger(dir + "/ledger"),
      views(dir + "/views"),
      private_blobs(dir + "/private"),
      guard(dir + "/guard"),
      vkey(dir + "/log.vkey"),
      settings(dir + "/sealedger.toml"),
      admin_token(dir + "/admin.token"),
      trust(dir + "/trust.toml"),
      log_key(dir + "/keys/log.pem"),
      idempotency_key(dir + "/keys/idempotency.key"),
      seal_ca(dir + "/keys/seal-ca.pem"),
      seal_ca_key(dir + "/keys/seal-ca-key.pem"),
      seal_maker(dir + "/keys/seal-maker.pem"),
      seal_passphrase(dir + "/keys/seal-passphrase"),
      seal_keys(dir + "/keys/seals") {}

Result<std::string> ReadFile(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return FileError(path);
  std::string content;
  char buffer[65536];
  ssize_t got = 0;
  while ((got = ::read(fd, buffer, sizeof buffer)) != 0) {
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) break;
    content.append(buffer, static_cast<size_t>(got));
  }
  Result<std::string> result = std::move(content);
  if (got < 0) result = FileError(path);
  ::close(fd);
  return result;
}

Result<void> SyncFolder(const std::string& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return FileError(folder);
  Result<void> synced;
  if (::fsync(fd) != 0) synced = FileError(folder);
  ::close(fd);
  return synced;
}

Result<void> WriteNewFile(const std::string& path, std::string_view content,
                          unsigned mode) {
  // Under its own name only once it is whole: a crash leaves no part of a key
  // that the next start would take for one.
  const std::string part = path + ".part-" + std::to_string(::getpid());
  ::unlink(part.c_str());
  const int fd = ::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                        static_cast<mode_t>(mode));
  if (fd < 0) return FileError(part);
  Result<void> written = WriteAndSync(fd, part, content);
  ::close(fd);
  if (written && ::link(part.c_str(), path.c_str()) != 0) {
    written = errno == EEXIST ? MakeError(Code::kConflict, "file",
                                          path + " is there already")
                              : FileError(path);
  }
  ::unlink(part.c_str());
  if (!written) return written;
  const size_t slash = path.rfind('/');
  return SyncFolder(slash == std::string::npos ? "." : path.substr(0, slash));
}

Result<std::string> ReadSecretFile(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return FileError(path);
  if ((status.st_mode & 0077) != 0) {
    return MakeError(Code::kPermissionDenied, "key-mode",
                     path + " may be read by others; its mode must be 0600");
  }
  return ReadFile(path);
}

Result<ledger::Ed25519Key> ReadLogKey(const DataPaths& paths) {
  Result<std::string> pem = ReadSecretFile(paths.log_key);
  if (!pem) return std::move(pem).error();
  Result<ledger::Ed25519Key> key = ledger::Ed25519Key::FromPem(*pem);
  if (!key) return Named(key.error(), paths.log_key);
  return key;
}

Result<ledger::VerifierKey> ReadVkey(const DataPaths& paths) {
  Result<std::string> text = ReadFile(paths.vkey);
  if (!text) return std::move(text).error();
  if (!text->empty() && text->back() == '\n') text->pop_back();
  Result<ledger::VerifierKey> vkey = ledger::ParseVerifierKey(*text);
  if (!vkey) return Named(vkey.error(), paths.vkey);
  return vkey;
}

Result<InitOutcome> InitDataDir(const std::string& dir,
                                const std::string& origin,
                                const std::optional<std::string>& succeeds) {
  const DataPaths paths(dir);
  if (!ledger::IsOrigin(origin)) {
    return MakeError(Code::kInvalidArgument, "bad-origin",
                     "an origin is a name without spaces, '+' and control "
                     "characters, of at most 255 bytes");
  }
  for (const std::string& folder : {dir, dir + "/keys"}) {
    if (Result<void> made = MakeFolder(folder); !made) {
      return std::move(made).error();
    }
  }
  Result<bool> has_ledger = HasLedger(paths.ledger);
  if (!has_ledger) return std::move(has_ledger).error();

  InitOutcome outcome;
  // A ledger's key is never made anew: the ledger would become another one.
  if (!*has_ledger) {
    Result<void> key =
        Provide(paths.log_key, ledger::Ed25519Key::Generate().ToPem(),
                kSecretMode, &outcome);
    if (!key) return std::move(key).error();
  }
  Result<ledger::Ed25519Key> key = ReadLogKey(paths);
  if (!key) return std::move(key).error();
  outcome.vkey = ledger::FormatVerifierKey(
      ledger::MakeVerifierKey(origin, key->public_key()));
  Result<void> vkey =
      Provide(paths.vkey, outcome.vkey + "\n", kPublicMode, &outcome);
  if (!vkey) return std::move(vkey).error();
  Result<ledger::VerifierKey> there = ReadVkey(paths);
  if (!there) return std::move(there).error();
  if (ledger::FormatVerifierKey(*there) != outcome.vkey) {
    return MakeError(Code::kConflict, "other-origin",
                     dir + " belongs to the origin " + there->name);
  }
  Result<void> secret = Provide(
      paths.idempotency_key,
      ledger::EncodeHex(ledger::RandomBytes(kIdempotencyKeyBytes)) + "\n",
      kSecretMode, &outcome);
  if (!secret) return std::move(secret).error();
  Result<void> settings =
      Provide(paths.settings, DefaultSettingsText(), kPublicMode, &outcome);
  if (!settings) return std::move(settings).error();
  Result<void> authority = ProvideSealAuthority(paths, &outcome.made);
  if (!authority) return std::move(authority).error();
  if (!*has_ledger) {
    Result<void> created =
        CreateLedger(paths, origin, *key, succeeds, &outcome);
    if (!created) return std::move(created).error();
  }
  return outcome;
}

}  // namespace sealedger::notary
