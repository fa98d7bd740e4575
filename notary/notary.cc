#include "notary/notary.h"

#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <unordered_map>
#include <utility>

#include "ledger/encoding.h"
#include "ledger/guard.h"
#include "ledger/rollback.h"
#include "notary/certificate.h"
#include "notary/disclosure.h"
#include "notary/eseal.h"
#include "notary/notary_parts.h"
#include "notary/register_state.h"

namespace sealedger::notary {
namespace {

using ledger::Code;
using ledger::MakeError;

constexpr int64_t kDayMs = int64_t{24} * 3600 * 1000;

Result<std::unique_ptr<ledger::Ledger>> OpenLedger(
    const NotaryOptions& options, const DataPaths& paths,
    const ledger::SignHead& sign) {
  ledger::LevelDbOptions store_options = LedgerStoreOptions();
  store_options.faults = options.ledger_faults;
  Result<std::unique_ptr<ledger::Store>> store =
      ledger::OpenLevelDb(paths.ledger, store_options);
  if (!store) return std::move(store).error();
  Result<std::unique_ptr<ledger::Ledger>> opened =
      ledger::Ledger::Open(*std::move(store), sign);
  if (opened && (*opened)->published()->head.size == 0) {
    return MakeError(Code::kNotFound, "ledger-empty",
                     "the ledger has no first entry; run init");
  }
  return opened;
}

Result<ledger::Guard> OpenGuard(const ledger::Ledger& ledger,
                                const std::string& path,
                                const ledger::VerifierKey& vkey, bool adopt) {
  // Not made here: that it is missing tells something, also the next time.
  if (!adopt && ::access(path.c_str(), F_OK) != 0 && errno == ENOENT) {
    return ledger::CheckAgainstGuard(ledger, std::nullopt, vkey).error();
  }
  Result<ledger::Guard> guard = ledger::Guard::Open(path);
  if (!guard) return guard;
  // Read under its lock: whoever held it before wrote its newest note.
  Result<std::optional<std::string>> note = ledger::Guard::Peek(path);
  if (!note && !(adopt && note.error().name == "guard-corrupt")) {
    return std::move(note).error();
  }
  const std::optional<std::string> known =
      note ? *std::move(note) : std::optional<std::string>();
  if (known || !adopt) {
    Result<void> agrees = ledger::CheckAgainstGuard(ledger, known, vkey);
    if (!agrees) return std::move(agrees).error();
  }
  return guard;
}

// Whether the entry, or the request that made it, may have blobs: most have
// none, and are not parsed.
bool MayHaveBlobs(std::string_view text) {
  for (const std::string_view mark :
       {"\"_sd\":[", "\"kind\":\"document.sealed\"", "\"request\":\""}) {
    if (text.find(mark) != std::string_view::npos) return true;
  }
  return false;
}

// The blobs that belong to an entry, as lines of _sd.
Result<std::vector<std::string>> BlobsOf(const ledger::Ledger& ledger,
                                         uint64_t index, std::string_view text,
                                         const ledger::Published& published) {
  Result<Entry> entry = ParseEntry(text);
  if (!entry) return std::move(entry).error();
  std::vector<std::string> lines = entry->sd;
  const bool has_file = std::holds_alternative<SealIssued>(entry->body) ||
                        std::holds_alternative<DocumentSealed>(entry->body);
  if (!has_file && !entry->request) return lines;
  Result<std::optional<std::string>> side = ledger.ReadSide(index, published);
  if (!side) return std::move(side).error();
  if (!side->has_value()) return lines;
  Result<EntrySide> parsed = ParseSide(**side);
  if (!parsed) return std::move(parsed).error();
  for (const Hash& blob : parsed->blobs) {
    lines.push_back(ledger::EncodeBase64Url(blob.view()));
  }
  if (parsed->request) {
    lines.push_back(ledger::EncodeBase64Url(parsed->request->view()));
  }
  return lines;
}

// Blobs whose entry never came: a crash between the two leaves them.
Result<void> SweepOrphans(const ledger::Ledger& ledger, PrivateStore& store) {
  Result<std::vector<PrivateStore::Pending>> pending = store.ListPending();
  if (!pending) return std::move(pending).error();
  if (pending->empty()) return {};
  const ledger::PublishedPtr published = ledger.published();
  uint64_t begin = published->head.size;
  std::unordered_map<std::string, Hash> orphans;  // by their lines in _sd
  for (const PrivateStore::Pending& blob : *pending) {
    begin = std::min(begin, blob.tree_size);
    orphans.emplace(ledger::EncodeBase64Url(blob.digest.view()), blob.digest);
  }
  std::vector<Hash> settled;
  Result<void> readable;
  Result<void> visited =
      ledger.VisitEntries(begin, published->head.size, *published,
                          [&](uint64_t index, std::string_view text) {
                            if (!MayHaveBlobs(text)) return true;
                            Result<std::vector<std::string>> lines =
                                BlobsOf(ledger, index, text, *published);
                            if (!lines) {
                              readable = std::move(lines).error();
                              return false;
                            }
                            for (const std::string& line : *lines) {
                              const auto found = orphans.find(line);
                              if (found == orphans.end()) continue;
                              settled.push_back(found->second);
                              orphans.erase(found);
                            }
                            return !orphans.empty();
                          });
  if (!visited) return visited;
  if (!readable) return readable;
  store.Settle(settled);
  if (orphans.empty()) return {};
  std::vector<Hash> lost;
  for (const auto& [line, digest] : orphans) lost.push_back(digest);
  return store.Erase(lost);
}

// Where no authority was set up, no seal is issued; one that is there and
// cannot be used is a fault that an operator must know of.
Result<void> OpenSealAuthority(const SealSettings& settings,
                               const DataPaths& paths,
                               std::unique_ptr<SealAuthority>* authority,
                               std::unique_ptr<SealKeys>* keys) {
  if (::access(settings.ca.c_str(), F_OK) != 0) return {};
  Result<SealAuthority> read = ReadSealAuthority(settings);
  if (!read) return std::move(read).error();
  *keys = OpenSealKeyFolder(paths.seal_keys, read->passphrase);
  *authority = std::make_unique<SealAuthority>(*std::move(read));
  return {};
}

// Whether a key in custody is of a seal in the register. Where the seal's file
// is gone, that cannot be told, and the key stays.
Result<bool> IsKeyOfSeal(const std::string& id, const ledger::Ledger& ledger,
                         PrivateStore& store) {
  const std::string code(SealCodeOfKey(id));
  if (code.empty()) return true;  // not ours to judge
  Result<std::optional<SealRecord>> seal = ReadSealRecord(
      [&ledger](std::string_view key) { return ledger.Get(key); }, code);
  if (!seal) return std::move(seal).error();
  if (!seal->has_value()) return false;
  Result<std::optional<std::string>> side =
      ledger.ReadSide((*seal)->issued, *ledger.published());
  if (!side) return std::move(side).error();
  if (!side->has_value()) return true;
  Result<EntrySide> parsed = ParseSide(**side);
  if (!parsed) return std::move(parsed).error();
  for (const Hash& digest : parsed->blobs) {
    Result<std::optional<std::string>> file = store.Get(digest);
    if (!file) return std::move(file).error();
    if (!file->has_value()) return true;
    const Result<Seal> decoded = DecodeSeal(**file);
    if (!decoded) continue;
    for (const std::string& certificate : decoded->info.certificates) {
      const Result<CertificateFacts> facts = ReadCertificate(certificate);
      if (facts && SealKeyId(code, facts->spki) == id) return true;
    }
  }
  return false;
}

// Keys whose seal never came: a crash between the two leaves them.
Result<void> SweepKeys(const ledger::Ledger& ledger, PrivateStore& store,
                       SealKeys& keys) {
  Result<std::vector<std::string>> ids = keys.List();
  if (!ids) return std::move(ids).error();
  for (const std::string& id : *ids) {
    Result<bool> needed = IsKeyOfSeal(id, ledger, store);
    if (!needed) return std::move(needed).error();
    if (*needed) continue;
    if (Result<void> removed = keys.Remove(id); !removed) return removed;
  }
  return {};
}

ReadyLine LineOf(std::string check, const std::optional<Error>& trouble) {
  if (!trouble) return {std::move(check), true, {}, {}};
  return {std::move(check), false, trouble->name, trouble->detail};
}

std::optional<Error> IndexTrouble(const Index& index,
                                  const NotaryFigures& figures) {
  if (std::optional<Error> trouble = index.trouble()) return trouble;
  if (figures.index_lag <= kIndexLate) return std::nullopt;
  return MakeError(Code::kUnavailable, "index-behind",
                   "entries wait for the index for more than 10 s");
}

std::optional<Error> GuardTrouble(const Settings& settings,
                                  const NotaryFigures& figures) {
  constexpr int64_t kGraceMs = 60 * 1000;
  if (figures.sequencer.guard_late_ms <= settings.guard.every_ms + kGraceMs) {
    return std::nullopt;
  }
  return MakeError(Code::kUnavailable, "guard-late",
                   "the guard lacks the newest head for too long");
}

std::optional<Error> DiskTrouble(const Settings& settings,
                                 const NotaryFigures& figures) {
  const uint64_t wanted = settings.disk_min_free_mib << 20;
  const auto low = [&](const std::optional<uint64_t>& free) {
    return free && *free < wanted;
  };
  if (!low(figures.data_free_bytes) && !low(figures.guard_free_bytes)) {
    return std::nullopt;
  }
  return MakeError(
      Code::kUnavailable, "disk-low",
      std::string("less is free than disk.min_free_mib, ") +
          (low(figures.data_free_bytes) ? "under the folder of the data"
                                        : "under the guard"));
}

// Under a file or folder; what a process without privileges may use.
std::optional<uint64_t> FreeBytes(const std::string& path) {
  struct statvfs status {};
  if (statvfs(path.c_str(), &status) != 0) return std::nullopt;
  return static_cast<uint64_t>(status.f_bavail) * status.f_frsize;
}

}  // namespace

ledger::LevelDbOptions LedgerStoreOptions() {
  ledger::LevelDbOptions options;
  options.write_buffer_bytes = 16 << 20;
  options.table_bytes = 16 << 20;
  return options;
}

Result<void> RequireRole(const Caller& caller,
                         std::initializer_list<Role> roles) {
  if (std::find(roles.begin(), roles.end(), caller.role) != roles.end()) {
    return {};
  }
  return MakeError(
      Code::kPermissionDenied, "wrong-role",
      "the role " + std::string(RoleName(caller.role)) + " may not do this");
}

bool SeesBytes(const Caller& caller, const Entry& entry) {
  return caller.role == Role::kRegulator || OwnsPrivate(caller, entry);
}

bool OwnsPrivate(const Caller& caller, const Entry& entry) {
  if (caller.role == Role::kAdmin) return true;
  if (caller.role == Role::kRegulator) return false;
  const auto* seal = std::get_if<SealIssued>(&entry.body);
  return caller.party == entry.by ||
         (seal != nullptr && caller.party == seal->custodian);
}

Notary::Notary(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Notary::~Notary() { Stop(); }

Result<std::unique_ptr<Notary>> Notary::Open(const NotaryOptions& options) {
  auto parts = std::make_unique<Parts>(options.data_dir);
  parts->settings = options.settings;
  parts->clock =
      options.clock != nullptr ? options.clock : &parts->system_clock;
  Result<ledger::VerifierKey> vkey = ReadVkey(parts->paths);
  if (!vkey) return std::move(vkey).error();
  parts->vkey = *std::move(vkey);
  Result<ledger::Ed25519Key> key = ReadLogKey(parts->paths);
  if (!key) return std::move(key).error();
  if (key->public_key() != parts->vkey.public_key) {
    return MakeError(Code::kConflict, "other-origin",
                     "log.vkey is not of the key in keys/log.pem");
  }
  Result<std::string> secret = ReadSecretFile(parts->paths.idempotency_key);
  if (!secret) return std::move(secret).error();
  const ledger::SignHead sign =
      [key = *key, origin = parts->vkey.name](const ledger::TreeHead& head) {
        return ledger::SignCheckpoint({origin, head}, key);
      };

  Result<std::unique_ptr<ledger::Ledger>> opened =
      OpenLedger(options, parts->paths, sign);
  if (!opened) return std::move(opened).error();
  parts->ledger = *std::move(opened);
  std::string& guard_path = parts->settings.guard.path;
  if (guard_path.empty()) guard_path = parts->paths.guard;
  Result<ledger::Guard> guard =
      OpenGuard(*parts->ledger, guard_path, parts->vkey, options.adopt_guard);
  if (!guard) return std::move(guard).error();

  Result<std::unique_ptr<PrivateStore>> private_store =
      PrivateStore::Open(parts->paths.private_blobs, options.private_faults);
  if (!private_store) return std::move(private_store).error();
  parts->private_store = *std::move(private_store);
  Result<void> swept = SweepOrphans(*parts->ledger, *parts->private_store);
  if (!swept) return std::move(swept).error();
  Result<void> sealing =
      OpenSealAuthority(parts->settings.seals, parts->paths,
                        &parts->seal_authority, &parts->seal_keys);
  if (!sealing) return std::move(sealing).error();
  if (parts->seal_authority) {
    parts->judge = std::make_unique<SignatureJudge>(
        SealTrust{parts->seal_authority->cas, {}});
  }
  if (parts->seal_keys) {
    Result<void> kept =
        SweepKeys(*parts->ledger, *parts->private_store, *parts->seal_keys);
    if (!kept) return std::move(kept).error();
  }

  Result<std::unique_ptr<Index>> index =
      Index::Open(parts->paths.views, *parts->ledger, options.on_index_event,
                  options.views_faults);
  if (!index) return std::move(index).error();
  parts->views = *std::move(index);
  Result<std::unique_ptr<Tokens>> tokens = Tokens::Load(*parts->ledger);
  if (!tokens) return std::move(tokens).error();
  parts->tokens = *std::move(tokens);
  parts->idempotency = std::make_unique<IdempotencyKeys>(
      *std::move(secret),
      static_cast<int64_t>(options.settings.idempotency_keep_days) * kDayMs,
      *parts->ledger);

  ledger::SequencerOptions sequencing;
  sequencing.sign_head = sign;
  sequencing.clock = parts->clock;
  sequencing.clock_bounds.max_gap_ms = options.settings.clock_max_gap_ms;
  sequencing.accept_clock = options.accept_clock;
  sequencing.guard.emplace(*std::move(guard));
  sequencing.guard_every_ms = options.settings.guard.every_ms;
  sequencing.gather_us =
      static_cast<int64_t>(options.settings.ledger.gather_us);
  sequencing.max_queue = options.settings.ledger.max_queue;
  sequencing.wait_for_followers = [raw = parts->views.get()] {
    raw->WaitWhileLagging();
  };
  sequencing.on_publish = [raw = parts->views.get()](
                              const ledger::PublishedPtr&) { raw->Notify(); };
  sequencing.on_commit = options.on_commit;
  Result<std::unique_ptr<ledger::Sequencer>> sequencer =
      ledger::Sequencer::Start(*parts->ledger, std::move(sequencing));
  if (!sequencer) return std::move(sequencer).error();
  parts->sequencer = *std::move(sequencer);
  parts->unclaimed = std::make_unique<UnclaimedWatch>(
      *parts->ledger, *parts->sequencer, *parts->clock, parts->settings.routes);
  return std::unique_ptr<Notary>(new Notary(std::move(parts)));
}

void Notary::Stop() {
  parts_->unclaimed->Stop();
  parts_->sequencer->Stop();
  parts_->views->Stop();
}

std::vector<ReadyLine> Notary::Ready() const {
  const std::optional<Error> trouble = parts_->sequencer->trouble();
  const bool clock = trouble && trouble->name == "clock-unsure";
  const NotaryFigures figures = Figures();
  std::vector<ReadyLine> lines;
  lines.push_back(LineOf("sequencer", clock ? std::nullopt : trouble));
  lines.push_back(LineOf("clock", clock ? trouble : std::nullopt));
  lines.push_back(LineOf("private", parts_->private_store->trouble()));
  lines.push_back(LineOf("index", IndexTrouble(*parts_->views, figures)));
  lines.push_back(LineOf("guard", GuardTrouble(parts_->settings, figures)));
  lines.push_back(LineOf("disk", DiskTrouble(parts_->settings, figures)));
  return lines;
}

NotaryFigures Notary::Figures() const {
  const ledger::PublishedPtr published = parts_->ledger->published();
  NotaryFigures figures;
  figures.sequencer = parts_->sequencer->figures();
  figures.size = published->head.size;
  figures.indexed = parts_->views->folded();
  figures.index_lag = parts_->views->lag();
  figures.head_age = std::chrono::milliseconds(
      std::max<int64_t>(NowMs() - published->time_ms, 0));
  figures.data_free_bytes = FreeBytes(parts_->paths.dir);
  figures.guard_free_bytes = FreeBytes(parts_->settings.guard.path);
  return figures;
}

int64_t Notary::NowMs() const { return parts_->clock->WallMs(); }

int64_t Notary::LedgerNowMs(const ledger::Published& published) const {
  return std::max(NowMs(), published.time_ms);
}

}  // namespace sealedger::notary
