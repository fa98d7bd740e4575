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
#include "notary/disclosure.h"
#include "notary/notary_parts.h"

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
  Result<void> visited = ledger.VisitEntries(
      begin, published->head.size, *published,
      [&](uint64_t, std::string_view text) {
        // Most entries have no private fields: those are not parsed.
        if (text.find("\"_sd\":[") == std::string_view::npos) return true;
        const Result<Entry> entry = ParseEntry(text);
        if (!entry) {
          readable = entry.error();
          return false;
        }
        for (const std::string& line : entry->sd) {
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

bool OwnsPrivate(const Caller& caller, const Entry& entry) {
  return caller.role == Role::kAdmin ||
         (caller.role != Role::kRegulator && caller.party == entry.by);
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
  return std::unique_ptr<Notary>(new Notary(std::move(parts)));
}

void Notary::Stop() {
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

}  // namespace sealedger::notary
