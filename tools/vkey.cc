// sealedger vkey: the key that checkpoints are checked with.

#include <memory>

#include "notary/data_dir.h"
#include "tools/commands.h"

namespace sealedger::tools {

void AddVkey(Command& program) {
  Command& vkey = program.Sub("vkey", "Print the ledger's verifier key",
                              "sealedger vkey --data data");
  vkey.Explain(
      "Hand it to whoever shall verify, by a way that they trust. It works "
      "while the service runs.");
  const auto data = std::make_shared<std::string>();
  vkey.Required("--data", "DIR", data.get(), "the service's folder");
  vkey.Run([data](Output& output) {
    const auto key = notary::ReadVkey(notary::DataPaths(*data));
    if (!key) return output.Fail(key.error());
    const std::string text = ledger::FormatVerifierKey(*key);
    output.Line(text);
    output.Value(Json(Json::Object{{"origin", key->name}, {"vkey", text}}));
    return Exit::kPassed;
  });
}

}  // namespace sealedger::tools
