// sealedger init: makes the folder of a service.

#include <memory>

#include "notary/data_dir.h"
#include "tools/commands.h"

namespace sealedger::tools {

namespace {

struct InitOptions {
  std::string data;
  std::string origin;
  std::optional<std::string> succeeds;
};

Exit RunInit(const InitOptions& options, Output& output) {
  std::optional<std::string> succeeds;
  if (options.succeeds) {
    auto note = notary::ReadFile(*options.succeeds);
    if (!note) return output.Fail(note.error());
    succeeds = std::move(*note);
  }
  const auto outcome =
      notary::InitDataDir(options.data, options.origin, succeeds);
  if (!outcome) {
    const bool usage = outcome.error().code == ledger::Code::kInvalidArgument ||
                       outcome.error().code == ledger::Code::kMalformed;
    return output.Fail(outcome.error(), usage ? Exit::kUsage : Exit::kNotDone);
  }
  Json::Array made;
  for (const std::string& path : outcome->made) {
    output.Line("made " + Printable(path));
    made.push_back(Printable(path));
  }
  if (made.empty()) output.Line("nothing was missing");
  output.Line("vkey " + outcome->vkey);
  output.Value(Json(Json::Object{{"created", outcome->created_ledger},
                                 {"made", std::move(made)},
                                 {"vkey", outcome->vkey}}));
  return Exit::kPassed;
}

}  // namespace

void AddInit(Command& program) {
  Command& init =
      program.Sub("init", "Make the folder of a service, or what it lacks",
                  "sealedger init --data data --origin ledger.example.com");
  init.Explain(
      "On a folder that is there it adds missing keys and settings and changes "
      "nothing else. The administrator's token goes to DIR/admin.token, and "
      "the verifier key, which everybody may know, to DIR/log.vkey.");
  const auto options = std::make_shared<InitOptions>();
  init.Required("--data", "DIR", &options->data, "the folder");
  init.Required("--origin", "NAME", &options->origin,
                "the ledger's name for ever, e.g. a domain and a path");
  init.Optional("--succeeds", "CHECKPOINT", &options->succeeds,
                "file with the last checkpoint of the ledger that this one "
                "goes on from");
  init.Run([options](Output& output) { return RunInit(*options, output); });
}

}  // namespace sealedger::tools
