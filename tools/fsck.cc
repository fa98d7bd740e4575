// sealedger fsck: hashes a whole ledger again, in its folder or from outside.

#include <unistd.h>

#include <memory>
#include <utility>

#include "ledger/guard.h"
#include "ledger/ledger.h"
#include "ledger/leveldb_store.h"
#include "ledger/rollback.h"
#include "notary/data_dir.h"
#include "notary/private_check.h"
#include "notary/replay.h"
#include "tools/commands.h"
#include "tools/open_notary.h"
#include "tools/progress.h"
#include "tools/remote_fsck.h"
#include "tools/scratch_store.h"
#include "tools/server_access.h"

namespace sealedger::tools {

namespace {

using ledger::Code;

struct FsckOptions {
  std::optional<std::string> data;
  bool replay = false;
  ServerAccess access;
  std::optional<std::string> vkey;
};

// Shows `done` of `total` while a walk over the entries goes on.
class WalkProgress {
 public:
  void operator()(uint64_t done, uint64_t total) {
    if (!progress_) {
      progress_ = std::make_unique<Progress>("entries", total, Unit::kCount);
    }
    progress_->Update(done);
  }

 private:
  std::unique_ptr<Progress> progress_;
};

Exit Report(const ledger::TreeHead& head, uint64_t tiles,
            const std::vector<std::string>& problems, Json::Object more,
            Output& output) {
  Json::Array listed;
  for (const std::string& problem : problems) {
    output.Line("problem: " + Printable(problem));
    listed.push_back(Printable(problem));
  }
  output.Line((problems.empty() ? "clean: " : "not clean: ") +
              std::to_string(head.size) + " entries, " + std::to_string(tiles) +
              " tiles, root " + ledger::ToBase64(head.root));
  more.emplace_back("problems", std::move(listed));
  more.emplace_back("root", ledger::ToBase64(head.root));
  more.emplace_back("size", head.size);
  more.emplace_back("tiles", tiles);
  output.Value(Json(std::move(more)));
  return problems.empty() ? Exit::kPassed : Exit::kFailed;
}

// A store whose bytes are damaged has failed; a disk that says no has not been
// looked at.
Exit FailLooking(const Error& error, Output& output) {
  return output.Fail(WithAdvice(error), error.code == Code::kCorruption
                                            ? Exit::kFailed
                                            : Exit::kNotDone);
}

Result<std::unique_ptr<ledger::Store>> OpenStore(const std::string& path) {
  return ledger::OpenLevelDb(path, ledger::LevelDbOptions{});
}

// The problem that the ledger has with its guard, or an empty text.
Result<std::string> CompareWithGuard(std::unique_ptr<ledger::Store> store,
                                     const notary::DataPaths& paths,
                                     const std::string& guard) {
  const auto vkey = notary::ReadVkey(paths);
  if (!vkey) return vkey.error();
  const auto note = ledger::Guard::Peek(guard);
  if (!note) return note.error();
  // Nothing is published from here: its head needs no signature.
  const auto opened = ledger::Ledger::Open(
      std::move(store),
      [](const ledger::TreeHead&) { return Result<std::string>("unsigned"); });
  if (!opened) return opened.error();
  const auto same = ledger::CheckAgainstGuard(**opened, *note, *vkey);
  if (same) return std::string();
  if (same.error().code != Code::kConflict) return same.error();
  return same.error().detail + " (" + same.error().name + ")";
}

Result<std::vector<std::string>> CheckPrivateFolder(ledger::Store& store,
                                                    const std::string& folder) {
  // fsck makes nothing: a folder that is not there has no blobs.
  if (::access(folder.c_str(), F_OK) != 0) {
    return notary::CheckPrivate(store, nullptr);
  }
  const auto blobs = notary::PrivateStore::Open(folder);
  if (!blobs) return blobs.error();
  return notary::CheckPrivate(store, blobs->get());
}

Exit RunLocal(const FsckOptions& options, Output& output) {
  const notary::DataPaths paths(*options.data);
  const auto settings = ReadSettingsOf(*options.data, std::nullopt);
  if (!settings) return output.Fail(settings.error());
  auto store = OpenStore(paths.ledger);
  if (!store) return FailLooking(store.error(), output);

  ledger::FsckReport report;
  Json::Object more;
  WalkProgress progress;
  const auto on_progress = [&progress](uint64_t done, uint64_t total) {
    progress(done, total);
  };
  if (options.replay) {
    auto views = OpenStore(paths.views);
    if (!views) return FailLooking(views.error(), output);
    const auto scratch = ScratchStore::Make();
    if (!scratch) return output.Fail(scratch.error());
    auto replayed =
        notary::Replay(**store, views->get(), (*scratch)->store(), on_progress);
    if (!replayed) return FailLooking(replayed.error(), output);
    report = std::move(replayed->ledger);
    report.problems.insert(report.problems.end(), replayed->problems.begin(),
                           replayed->problems.end());
    more.emplace_back("index_keys", replayed->index_keys);
    more.emplace_back("state_keys", replayed->state_keys);
  } else {
    auto checked = ledger::Fsck(**store, {nullptr, on_progress});
    if (!checked) return FailLooking(checked.error(), output);
    report = std::move(*checked);
  }
  const auto lacking = CheckPrivateFolder(**store, paths.private_blobs);
  if (!lacking) return FailLooking(lacking.error(), output);
  report.problems.insert(report.problems.end(), lacking->begin(),
                         lacking->end());
  const auto guarded =
      CompareWithGuard(std::move(*store), paths, settings->guard.path);
  if (!guarded) {
    // What the opening refuses is most often what stands above already.
    if (report.problems.empty()) return FailLooking(guarded.error(), output);
  } else if (!guarded->empty()) {
    report.problems.push_back(*guarded);
  }
  return Report(report.head, report.tiles, report.problems, std::move(more),
                output);
}

// The key to check with: --vkey, or what the service itself says, which says
// nothing about whose it is.
Result<ledger::VerifierKey> KeyFor(const FsckOptions& options,
                                   HttpClient& client, Output& output) {
  if (options.vkey) return ledger::ParseVerifierKey(*options.vkey);
  const auto status = client.Get("/v1/status");
  if (!status) return status.error();
  const auto json = notary::ParseJson(*status);
  const Json* vkey = json ? json->Find("vkey") : nullptr;
  if (vkey == nullptr || vkey->if_string() == nullptr) {
    return ledger::MakeError(Code::kMalformed, "unexpected-answer",
                             "the service's status names no key");
  }
  output.Note("the key is what the service itself says, not authenticated: " +
              Printable(*vkey->if_string()));
  return ledger::ParseVerifierKey(*vkey->if_string());
}

Exit RunRemote(const FsckOptions& options, Output& output) {
  auto client = Connect(options.access, Need::kNoToken);
  if (!client) return output.Fail(client.error(), ExitOf(client.error()));
  const auto key = KeyFor(options, *client, output);
  if (!key) {
    return output.Fail(key.error(),
                       options.vkey ? Exit::kUsage : ExitOf(key.error()));
  }
  const auto note = client->Get("/checkpoint", ledger::kMaxNoteSize);
  if (!note) return output.Fail(note.error());
  const auto checkpoint = ledger::VerifyCheckpoint(*note, {&*key, 1});
  if (!checkpoint) return output.Fail(checkpoint.error(), Exit::kFailed);

  WalkProgress progress;
  const auto report = RemoteFsck(
      *checkpoint,
      [&client](const std::string& path) { return client->Get("/" + path); },
      [&progress](uint64_t done, uint64_t total) { progress(done, total); });
  if (!report) return output.Fail(report.error());
  return Report(report->head, report->tiles, report->problems,
                Json::Object{{"authenticated", options.vkey.has_value()},
                             {"origin", checkpoint->origin()}},
                output);
}

Exit RunFsck(const FsckOptions& options, Output& output) {
  if (options.data && options.access.url) {
    return output.Usage("--data and --url exclude each other");
  }
  if (options.data) {
    if (options.vkey) return output.Usage("--vkey goes with --url");
    return RunLocal(options, output);
  }
  if (options.replay) return output.Usage("--replay goes with --data");
  return RunRemote(options, output);
}

}  // namespace

void AddFsck(Command& program) {
  Command& fsck =
      program.Sub("fsck", "Hash a whole ledger again and say what is wrong",
                  "sealedger fsck --data data --replay");
  fsck.Explain(
      "With --data, while the service is stopped: every entry, tile and head, "
      "the guard, and that private/ has what was not erased. With --replay "
      "also the state and the indexes, folded "
      "anew. With --url, from outside: checkpoint, tiles and entries as they "
      "are served, partial tiles at every width. Ends with 0 (clean) or 1.");
  const auto options = std::make_shared<FsckOptions>();
  fsck.Optional("--data", "DIR", &options->data, "the service's folder");
  fsck.Flag("--replay", &options->replay, "fold state and indexes anew, too");
  AddServerOptions(fsck, &options->access);
  fsck.Optional("--vkey", "VKEY", &options->vkey,
                "the ledger's key, with --url; else what the service says");
  fsck.Run([options](Output& output) { return RunFsck(*options, output); });
}

}  // namespace sealedger::tools
